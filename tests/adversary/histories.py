"""Random histories with everything that can happen in them, and random leaks of their devices."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping

from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import PARTS
from workbench.adversary.verdict import RecordedHistory
from workbench.lab import NotPossible, World
from workbench.lab.leaks import leak_of, recorded_history
from workbench.mls import GroupContextExtensions, Policy
from workbench.mls.wire.code_points import ExtensionType

FRIENDS = ("Wendy", "Xavier", "Yusuf", "Zoe")
PSKS = ("lunch", "letter")
SUITES = (1,) * 9 + (2, 3, 3, 3, 7)
"""Mostly the cheap ones; those of P-521 and X448 cost ten times as much."""
CHEAP_SUITES = (1, 2, 3, 7)
DEAR_SUITES = (4, 5, 6)


def history(seed: int, *, steps: int = 16, groups: bool = True, dear: bool = False) -> World:
    """A history of about so many steps in all; the same seed gives the same one.

    With `groups` it may branch, or end by a ReInit and go on. `dear` is for cipher suites that take their time.
    """
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    world = World.of(
        dice.randint(2, 7),
        seed=seed,
        suite=dice.choice(DEAR_SUITES if dear else SUITES),
        handshakes=dice.choice(["public", "private"]),
        policy=Policy(past_epochs=dice.choice([0, 0, 1, 2])),
    )
    for name in FRIENDS:
        world.device(name)
    _live(world, dice, steps, groups=groups)
    return world


def crowd(seed: int, *, steps: int = 20) -> World:
    """A history of a large group of which few are awake, in a tree that is mostly blank."""
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    size = dice.randint(20, 40)
    world = World.of(size, seed=seed, handshakes=dice.choice(["public", "private"]), awake=5)
    world.device("Zoe")
    while len(world.history) < 6:
        awake = [name for name in world.members if not world.is_held(name)]
        asleep = [name for name in world.members if world.is_held(name)]
        world.remove(dice.choice(awake), *dice.sample(asleep, min(len(asleep), dice.randint(1, 8))))
    _live(world, dice, steps, groups=False)
    return world


def _live(world: World, dice: random.Random, steps: int, *, groups: bool) -> None:
    kinds = {
        each: [*_acts(each, dice), *_network(each, dice), *(_new_groups(each, dice) if groups else ())]
        for each in world.groups
    }
    while sum(len(each.history) for each in world.groups) < steps:
        here = dice.choice(world.groups)
        acts = kinds.setdefault(here, [*_acts(here, dice), *_network(here, dice), *_new_groups(here, dice)])
        (act,) = dice.choices([act for _, act in acts], [weight for weight, _ in acts])
        try:
            act()
        except NotPossible:
            continue


def _member(world: World, dice: random.Random) -> str:
    return dice.choice(world.members)


def _awake(world: World, dice: random.Random) -> str:
    return dice.choice([name for name in world.members if not world.is_held(name)] or world.members)


def _anybody(world: World, dice: random.Random) -> str:
    return dice.choice(sorted(world.devices))


def _acts(world: World, dice: random.Random) -> Iterator[tuple[int, Callable[[], object]]]:
    """What may happen next in a group, each with how often."""

    def by() -> str:
        return _awake(world, dice)

    def member() -> str:
        return _member(world, dice)

    def anybody() -> str:
        return _anybody(world, dice)

    yield 4, lambda: world.commit(by())
    yield 6, lambda: world.send(by(), f"message {len(world.history)}")
    yield 2, lambda: world.add(by(), anybody(), path=dice.random() < 0.5)
    yield 1, lambda: world.add(by(), *dice.sample(sorted(world.devices), 2))
    yield 2, lambda: world.remove(by(), member())
    yield 2, lambda: world.update(by())
    yield 1, lambda: world.propose_add(by(), anybody())
    yield 1, lambda: world.propose_remove(by(), member())
    yield 1, lambda: world.join(anybody())
    yield 1, lambda: world.resync(member())
    yield 1, lambda: world.request_to_join(anybody())
    yield 2, lambda: world.external_sender(by(), anybody())
    yield 3, lambda: world.ask_to_add(anybody(), anybody())
    yield 3, lambda: world.ask_to_remove(anybody(), member())
    yield 1, lambda: _close(world, by(), dice)
    yield 1, lambda: _resume(world, by(), dice)
    yield 1, lambda: _mix_in(world, by(), dice)
    yield 2, lambda: _sleep(world, by(), dice)


def _network(world: World, dice: random.Random) -> Iterator[tuple[int, Callable[[], object]]]:
    """What may become of messages on their way, and key packages that lie about."""

    def some(names: Iterable[str]) -> str | None:
        among = sorted(names)
        return dice.choice(among) if among else None

    def of(action: Callable[[str], object], names: Callable[[], Iterable[str]]) -> Callable[[], object]:
        return lambda: None if (name := some(names())) is None else action(name)

    def asleep() -> list[str]:
        return [name for name in world.devices if world.is_held(name)]

    def could_sleep() -> list[str]:
        awake = [name for name in world.members if not world.is_held(name)]
        return awake if len(awake) > 2 and len(asleep()) < 3 else []

    def delayed() -> list[str]:
        return [name for name in world.devices if world.is_delayed(name)]

    yield 2, of(world.hold, could_sleep)
    yield 2, of(world.release, asleep)
    yield 2, of(world.delay, lambda: world.members if len(delayed()) < 3 else ())
    yield 2, of(world.let_through, delayed)
    yield 1, lambda: world.group.publish_key_package(_anybody(world, dice))
    yield 1, lambda: _add_by_last_resort(world, _awake(world, dice), _anybody(world, dice))


def _add_by_last_resort(world: World, by: str, other: str) -> None:
    """Add somebody by a key package of last resort, which other groups may have used before (RFC 9420 §16.8)."""
    if world.reason_against("add", by, other) is not None:
        return
    directory, suite = world.service, world.suite.id
    while directory.key_packages_left(other, suite):
        world.devices[by].fetch_key_package(other, suite)
    world.attacker.hear(world.devices[other].publish_key_package(suite, last_resort=True))
    world.group.make_commit(by, add=[other])


def _new_groups(world: World, dice: random.Random) -> Iterator[tuple[int, Callable[[], object]]]:
    """How a group may go on as another, at once or later, or beside another."""

    def branch() -> None:
        others = dice.sample(world.members, dice.randint(1, max(1, len(world.members) - 1)))
        world.branch(_awake(world, dice), *others)

    def reinit() -> None:
        world.reinit(_awake(world, dice), dice.choice(CHEAP_SUITES))
        if dice.random() < 0.5:
            world.successor(_awake(world, dice))

    yield 2, branch
    yield 2, reinit
    yield 3, lambda: world.successor(_awake(world, dice))


def _close(world: World, by: str, dice: random.Random) -> None:
    """Commit that the group takes no more proposals from outside (RFC 9420 §12.1.7)."""
    state = world.state(by)
    if state is not None and world.reason_against("commit", by) is None:
        kept = (each for each in state.context.extensions if each.extension_type != ExtensionType.external_senders)
        world.group.make_commit(by, proposals=[GroupContextExtensions(tuple(kept))], path=dice.random() < 0.5)


def _resume(world: World, by: str, dice: random.Random) -> None:
    """Mix in the key of a past epoch, unless somebody is about to join who cannot have it."""
    state = world.state(by)
    if state is not None and not state.proposals:
        world.commit(by, psks=[dice.randrange(1 + state.epoch)], path=dice.random() < 0.5)


def _mix_in(world: World, by: str, dice: random.Random) -> None:
    """Mix in a key that everybody has, in whichever group they are."""
    psk, proposed = dice.choice(PSKS), dice.random() < 0.5
    world.share_psk(psk, *sorted(world.devices))
    if proposed:
        world.propose_psk(by, psk)
    world.commit(by, psks=[] if proposed else [psk], path=dice.random() < 0.5)


def _sleep(world: World, sleeper: str, dice: random.Random) -> None:
    others = [name for name in world.members if name != sleeper and not world.is_held(name)]
    if others and not world.is_held(sleeper):
        world.hold(sleeper)
        try:
            world.commit(dice.choice(others))
        finally:
            world.release(sleeper)


def recorded_histories(world: World) -> Mapping[World, RecordedHistory]:
    """The groups of a history, the first one first, each with its recorded."""
    recorded = recorded_history(world)
    return dict(zip(world.groups, (recorded, *recorded.others()), strict=True))


def leaks(groups: Mapping[World, RecordedHistory], seed: int) -> list[Leak]:
    """A few leaks of any part of any device at any time, in any of the groups."""
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    found = []
    for _ in range(dice.randint(1, 4)):
        group = dice.choice(list(groups))
        at = dice.randrange(len(group.history))
        device = dice.choice(sorted(group.history[at].device_states))
        what = dice.choice(["state", "state", "state", *PARTS])
        found.append(leak_of(group, device, at=at, what=what, recorded=groups[group]))
    return found
