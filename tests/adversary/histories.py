"""Random histories of small groups, with everything that can happen in them, and random leaks of their devices."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from workbench.adversary.leak import Leak
from workbench.adversary.loot import PARTS
from workbench.adversary.verdict import Case
from workbench.lab import NotPossible, World
from workbench.lab.compromise import compromise

FRIENDS = ("Wendy", "Xavier", "Yusuf", "Zoe")
PSKS = ("lunch", "letter")


def history(seed: int, *, steps: int = 16) -> World:
    """A history of about so many steps; the same seed gives the same one."""
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    world = World.of(dice.randint(2, 7), seed=seed, handshakes=dice.choice(["public", "private"]))
    for name in FRIENDS:
        world.device(name)
    acts = list(_acts(world, dice))
    weights = [weight for weight, _ in acts]
    while len(world.history) < steps:
        (act,) = dice.choices([act for _, act in acts], weights)
        try:
            act()
        except NotPossible:
            continue
    return world


def _acts(world: World, dice: random.Random) -> Iterator[tuple[int, Callable[[], object]]]:
    """What may happen next, each with how often."""

    def member() -> str:
        return dice.choice(world.members)

    def anybody() -> str:
        return dice.choice(sorted(world.devices))

    def sleep() -> None:
        sleeper = member()
        others = [name for name in world.members if name != sleeper]
        if others:
            world.hold(sleeper)
            try:
                world.commit(dice.choice(others))
            finally:
                world.release(sleeper)

    def with_psk() -> None:
        psk = dice.choice(PSKS)
        world.share_psk(psk, *sorted(world.devices))
        world.commit(member(), psks=[psk], path=dice.random() < 0.5)

    def resume() -> None:
        """Mix in the key of a past epoch, unless somebody is about to join who cannot have it."""
        by = member()
        state = world.state(by)
        if state is not None and not state.proposals:
            world.commit(by, psks=[dice.randrange(1 + state.epoch)], path=dice.random() < 0.5)

    yield 4, lambda: world.commit(member())
    yield 6, lambda: world.send(member(), f"message {len(world.history)}")
    yield 2, lambda: world.add(member(), anybody(), path=dice.random() < 0.5)
    yield 1, lambda: world.add(member(), *dice.sample(sorted(world.devices), 2))
    yield 2, lambda: world.remove(member(), member())
    yield 2, lambda: world.update(member())
    yield 1, lambda: world.propose_add(member(), anybody())
    yield 1, lambda: world.propose_remove(member(), member())
    yield 1, lambda: world.join(anybody())
    yield 1, lambda: world.resync(member())
    yield 1, lambda: world.request_to_join(anybody())
    yield 1, resume
    yield 1, with_psk
    yield 2, sleep


def leaks(world: World, case: Case, seed: int) -> list[Leak]:
    """A few leaks of any part of any device at any time."""
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    found = []
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(world.history))
        device = dice.choice(sorted(world.history[at].holdings))
        what = dice.choice(["state", "state", "state", *PARTS])
        found.append(compromise(world, device, at=at, what=what, case=case))
    return found
