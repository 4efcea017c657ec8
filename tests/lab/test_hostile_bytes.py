"""Random and forged bytes on the wire never stop the lab, and change nothing of what its oracles say (RFC 9420 §16)."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from tests.adversary.histories import recorded_histories
from workbench.adversary.recovery import recover
from workbench.adversary.theorem import allowed_by_theorem
from workbench.fuzz.edits import Donors, draw, edited
from workbench.fuzz.insider import Sealer, public_message
from workbench.fuzz.parts import take_apart
from workbench.lab import NotPossible, World
from workbench.lab.actions.network import Content
from workbench.lab.actions.reasons import STUCK
from workbench.lab.leaks import evidence_of, leak_of
from workbench.mls import GroupState, MLSError, MLSMessage, create_commit, decode, encode
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import FramedContent, PublicMessage
from workbench.mls.wire.shapes import Item

SEEDS = range(8)
STEPS = 10
KINDS: tuple[Content, ...] = ("application", "proposal", "commit")


def flipped(wire: bytes, dice: random.Random) -> bytes:
    """Some bits changed."""
    damaged = bytearray(wire)
    for _ in range(dice.randint(1, 3)):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def truncated(wire: bytes, dice: random.Random) -> bytes:
    """The beginning."""
    return wire[: dice.randrange(len(wire))]


def overwritten(wire: bytes, dice: random.Random) -> bytes:
    """A valid beginning, then random bytes of the same length."""
    at = dice.randrange(len(wire))
    return wire[:at] + dice.randbytes(len(wire) - at)


def rubbish(_: bytes, dice: random.Random) -> bytes:
    """Random bytes."""
    return dice.randbytes(dice.randrange(200))


def replayed(wire: bytes, _: random.Random) -> bytes:
    """The same message again."""
    return wire


def with_another_field(wire: bytes, dice: random.Random) -> bytes:
    """One or two fields changed, so that most of it still decodes."""
    message = take_apart(MLSMessage, wire)
    return edited(message, [draw(message, dice) for _ in range(dice.choice((1, 1, 2)))], donors())


OUTSIDER: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    flipped,
    truncated,
    overwritten,
    rubbish,
    replayed,
    with_another_field,
    with_another_field,
)
"""What anybody can make of a message on the wire."""


def signed_anew(wire: bytes, state: GroupState, dice: random.Random) -> bytes | None:
    """A public message with another field and a good signature and membership tag; None for any other message."""
    message = decode(MLSMessage, wire).message
    if not isinstance(message, PublicMessage):
        return None
    content = replace(message.content, epoch=state.epoch)
    parts = take_apart(FramedContent, encode(content))
    changed = edited(parts, [draw(parts, dice)], donors())
    return public_message(state, changed, message.auth.confirmation_tag, state.signature_private_key)


def sealed_rubbish(state: GroupState, dice: random.Random) -> bytes:
    """A PrivateMessage that opens, with random bytes inside, or whose sender data is random."""
    sealer = Sealer(state, dice.choice(list(ContentType)))
    if dice.random() < 0.5:
        return sealer.sealed(sealer.inside(dice.randbytes(80), dice.choice([None, dice.randbytes(32)])))
    return sealer.sealed(dice.randbytes(80), dice.randbytes(12))


@cache
def other_group() -> tuple[bytes, ...]:
    """The messages of a group that has nothing to do with this one: each type of message."""
    world = World.of(["Alice", "Bob", "Mallory"], seed="another group")
    world.attacker.hear(world.devices["Alice"].publish_group_info(world.group_id))
    world.send("Alice", "hello")
    world.update("Bob")
    world.commit("Mallory")
    world.device("Erin")
    world.add("Alice", "Erin")
    world.device("Zoe")
    world.join("Zoe")
    return tuple(world.attacker.heard)


@cache
def donors() -> Donors:
    """Fields of the other group's messages, by shape, to be put in place of those of this one."""
    found = defaultdict[Item, list[bytes]](list)
    for wire in other_group():
        for part in take_apart(MLSMessage, wire).walk():
            found[part.shape].append(part.encoded())
    return found


def hostile(world: World, dice: random.Random) -> bytes:
    """Something that an outsider, a member or another group could put on the wire."""
    wire = dice.choice([each for each in (*world.attacker.heard, *other_group()) if each])
    state = world.state("Carol")
    if state is not None and state.active and dice.random() < 0.4:
        inside = signed_anew(wire, state, dice) if is_message(wire) else None
        return inside or sealed_rubbish(state, dice)
    make = dice.choice(OUTSIDER)
    return make(wire, dice) if is_message(wire) else rubbish(wire, dice)


def is_message(wire: bytes) -> bool:
    """Whether it decodes: what was damaged before may not be damaged field by field."""
    try:
        decode(MLSMessage, wire)
    except MLSError:
        return False
    return True


def actions(world: World, dice: random.Random) -> Iterator[Callable[[], object]]:
    """What the members do in between."""
    yield lambda: world.send("Alice", "hello")
    yield lambda: world.commit("Alice")
    yield lambda: world.commit(dice.choice(world.members))
    yield lambda: world.update("Bob")
    yield lambda: world.add("Alice", "Erin") if "Erin" not in world.members else world.remove("Alice", "Erin")
    yield lambda: world.join("Zoe")
    yield lambda: world.resync("Bob")


def disturbed(seed: int) -> World:
    """A history in which hostile bytes come before each step."""
    dice = random.Random(seed)  # noqa: S311 - dice, not keys
    world = World.of(["Alice", "Bob", "Carol"], seed=seed, handshakes=dice.choice(["public", "private"]))
    for name in ("Erin", "Zoe"):
        world.device(name)
    world.compromise("Bob")
    for _ in range(STEPS):
        for _ in range(3):
            wire = hostile(world, dice)
            try:
                world.inject(dice.choice(KINDS), wire, "hostile bytes")
            except NotPossible:
                world.attacker.hear(wire)
        try:
            dice.choice([*actions(world, dice)])()
        except NotPossible:
            continue
    return world


@pytest.fixture(scope="module")
def worlds() -> dict[int, World]:
    return {seed: disturbed(seed) for seed in SEEDS}


@pytest.mark.parametrize("seed", SEEDS)
def test_hostile_bytes_neither_stop_the_lab_nor_part_its_oracles(seed: int, worlds: dict[int, World]) -> None:
    world = worlds[seed]
    leaks = [leak_of(world, name, at=2) for name in ("Bob", "Erin")]
    ((_, case),) = recorded_histories(world).items()
    readable = set(case.judge(leaks).readable_epochs)
    assert readable == set(map(int, recover(evidence_of(world, leaks))["epoch_authenticators"]))
    assert readable <= set(allowed_by_theorem(case.group_history, leaks))


def test_there_was_something_hostile(worlds: dict[int, World]) -> None:
    """In every history the server took some, and the attacker could make nothing of some."""
    for world in worlds.values():
        assert any(history_step.text == "hostile bytes" for history_step in world.history)
        assert world.attacker.unreadable
    kinds = {
        history_step.kind
        for world in worlds.values()
        for history_step in world.history
        if history_step.text == "hostile bytes"
    }
    assert kinds == {"message", "propose", "commit"}
    assert any(world.reason_against("commit", "Alice") == STUCK for world in worlds.values())


# What stopped the lab, one by one


def two() -> tuple[World, GroupState]:
    """Alice and Bob, and the state of Bob."""
    world = World.of(["Alice", "Bob"])
    state = world.state("Bob")
    assert state is not None
    return world, state


@pytest.mark.parametrize("kind", ContentType)
def test_what_is_sealed_well_and_decodes_to_nothing_is_recorded_without_content(kind: ContentType) -> None:
    """Whoever has the keys can seal anything."""
    world, state = two()
    world.inject("application", Sealer(state, kind).sealed(b"\xff" * 100), "rubbish")
    (message,) = world.trace()["steps"][-1]["messages"]
    assert message["content"] is None


def test_a_refused_commit_is_recorded_without_effect_whatever_it_is_called() -> None:
    world, state = two()
    committed = encode(create_commit(state, entropy=bytes(32), now=world.clock.now).message)
    tag_changed = committed[:-40] + bytes([committed[-40] ^ 1]) + committed[-39:]
    world.inject("application", tag_changed, "forged")
    assert world.epoch == 1
    assert world.trace()["steps"][-1]["commit"] is None


def test_after_a_commit_that_only_the_server_takes_the_lab_says_why_nothing_more_is_possible() -> None:
    """A server cannot verify a commit (RFC 9750 §5.2): the group is stuck, and the lab goes on."""
    world, state = two()
    world.device("Carol")
    world.inject("commit", Sealer(state, ContentType.commit).sealed(b"\xff" * 100), "rubbish")
    for action, *people in (("commit", "Alice"), ("send", "Alice"), ("add", "Alice", "Carol"), ("update", "Bob")):
        assert world.reason_against(action, *people) == STUCK
    for action, *people in (("join", "Carol"), ("resync", "Bob"), ("request_to_join", "Carol")):
        assert world.reason_against(action, *people) == STUCK
    with pytest.raises(NotPossible, match="accepts nothing more"):
        world.commit("Alice")
    world.compromise("Bob")
    assert list(world.attacker.epochs()) == [1]
