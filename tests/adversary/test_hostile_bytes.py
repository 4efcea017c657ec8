"""Hostile bytes on the wire: the attacker makes nothing of them and goes on, as the members do (RFC 9420 §16)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from tests.adversary.histories import cases_of
from workbench.adversary.burglary import burgle
from workbench.lab import World
from workbench.lab.compromise import case_file, compromise
from workbench.mls import MLSMessage, decode, encode
from workbench.mls.wire.code_points import ContentType, ProtocolVersion, WireFormat
from workbench.mls.wire.messages import PrivateMessage, PublicMessage


def framed(message: PrivateMessage | PublicMessage) -> bytes:
    return encode(MLSMessage(ProtocolVersion.mls10, message))


def private(world: World, kind: ContentType) -> bytes:
    return framed(PrivateMessage(world.group_id, world.epoch or 0, kind, b"", bytes(28), bytes(80)))


def damaged(world: World, wire_format: WireFormat) -> bytes:
    """The last message of this kind on the wire, with its last byte changed: a signature, a tag or a ciphertext."""
    for wire in reversed(world.thief.heard):
        if decode(MLSMessage, wire).message.TAG is wire_format:
            return wire[:-1] + bytes([(wire[-1] + 1) % 256])
    raise AssertionError(f"nothing of kind {wire_format.name} was sent")


HOSTILE: dict[str, Callable[[World], bytes]] = {
    "no MLS at all": lambda _: b"\0\0garbage",
    "nothing": lambda _: b"",
    "an application message": lambda world: private(world, ContentType.application),
    "a proposal": lambda world: private(world, ContentType.proposal),
    "a commit": lambda world: private(world, ContentType.commit),
    "a damaged application message": lambda world: damaged(world, WireFormat.mls_private_message),
    "a damaged commit": lambda world: damaged(world, WireFormat.mls_public_message),
    "a damaged Welcome": lambda world: damaged(world, WireFormat.mls_welcome),
    "a damaged GroupInfo": lambda world: damaged(world, WireFormat.mls_group_info),
    "a damaged key package": lambda world: damaged(world, WireFormat.mls_key_package),
}


def nothing(_world: World) -> tuple[bytes, ...]:
    return ()


def story(hostile: Callable[[World], Iterable[bytes]] = nothing) -> World:
    """Bob's device is compromised, the group goes on, and heals; before each step the attacker hears `hostile`."""
    world = World.of(["Alice", "Bob", "Carol"])
    world.commit("Bob")
    world.send("Alice", "first")
    world.thief.hear(world.devices["Alice"].publish_group_info(world.group_id))
    steps: list[Callable[[], object]] = [
        lambda: world.steal("Bob"),
        lambda: world.send("Alice", "after the compromise"),
        lambda: world.commit("Carol"),
        lambda: world.send("Carol", "not healed"),
        lambda: world.commit("Bob"),
        lambda: world.send("Bob", "healed"),
    ]
    for step in steps:
        for wire in hostile(world):
            world.thief.hear(wire)
        step()
    return world


@pytest.fixture(scope="module")
def honest() -> World:
    """The story in which nobody disturbs."""
    return story()


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_the_attacker_reads_is_the_same_with_hostile_bytes_between(kind: str, honest: World) -> None:
    assert_alike(story(lambda world: [HOSTILE[kind](world)]), honest)


def test_a_forged_commit_that_comes_first_does_not_hide_the_real_one(honest: World) -> None:
    """The same seed gives the same commits, so that what is to come can be forged before it comes."""
    commits = [forged for wire in honest.thief.heard if (forged := forged_commit(wire)) is not None]
    assert len(commits) == 4
    assert_alike(story(lambda _: commits), honest)


def test_the_attacker_says_why_it_could_not_read_a_message() -> None:
    world = World.of(["Alice", "Bob"])
    world.steal("Bob")
    index = len(world.thief.heard)
    world.thief.hear(b"")
    world.thief.hear(private(world, ContentType.application))
    world.send("Alice", "hello")
    assert [read.data for read in world.reads()] == [b"hello"]
    assert set(world.thief.unreadable) == {index, index + 1}
    assert "was not sealed with the sender data secret" in world.thief.unreadable[index + 1]


def forged_commit(wire: bytes) -> bytes | None:
    """A public commit with another signature; None for anything else."""
    message = decode(MLSMessage, wire).message
    if not isinstance(message, PublicMessage) or message.content.content.TAG is not ContentType.commit:
        return None
    signature = bytes([message.auth.signature[0] ^ 1]) + message.auth.signature[1:]
    return framed(replace(message, auth=replace(message.auth, signature=signature)))


def assert_alike(attacked: World, honest: World) -> None:
    """The attacker has the same of both histories."""
    assert [read.data for read in attacked.reads()] == [read.data for read in honest.reads()]
    assert set(attacked.thief.epochs()) == set(honest.thief.epochs())
    assert set(attacked.thief.private_keys) == set(honest.thief.private_keys)


def test_rules_and_attacker_agree_after_a_reinit_to_another_suite_with_a_member_offline() -> None:
    """Each key that a device makes, in whichever suite, is known to the record: else the rules would miss it."""
    world = World.of(["Alice", "Bob", "Carol"])
    world.hold("Carol")
    world.reinit("Bob", 3)
    after = world.successor("Bob")
    after.send("Bob", "hello in the new group")
    groups = cases_of(world)
    leak = compromise(after, "Carol", case=groups[after])
    results = burgle(case_file(world, [leak]))
    for case, found in zip(groups.values(), (results, *results["beside"]), strict=True):
        readable = {str(epoch) for epoch, standing in case.judge([leak]).epochs.items() if standing == "readable"}
        assert readable == set(found["epoch_authenticators"])
        assert readable
