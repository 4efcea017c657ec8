"""Four questions about a group, and evidence that is checked anew: who is in, since when, who reads, who leaves."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from workbench.client.questions import Departure, MemberProof, MemberSince, if_removed, since_when, who_is_in, who_reads
from workbench.lab import World
from workbench.lab.environment import Handshakes
from workbench.mls import GroupState, LeafIndex, process, protect
from workbench.mls.errors import (
    InvalidCommit,
    InvalidRatchetTree,
    InvalidSignature,
    MLSError,
    UnknownMember,
)

ENTROPY = bytes(range(32))


def group(handshakes: Handshakes = "public") -> World:
    """Alice with Bob's phone; later Carol is added, Bob's laptop comes in by itself, and Carol commits."""
    world = World.of(["Alice", "Bob/phone"], seed=14, handshakes=handshakes)
    world.device("Carol")
    world.add("Bob/phone", "Carol")
    world.device("Bob/laptop", approved_by="Bob/phone")
    world.join("Bob/laptop")
    world.hold("Alice")
    world.update("Bob/phone")
    world.commit("Carol")
    world.device("Dave")
    world.add("Carol", "Dave")
    world.release("Alice")
    return world


recorded = cache(group)
"""The group for tests that only look at it."""


def state(world: World, name: str) -> GroupState:
    found = world.state(name)
    assert found is not None
    return found


def leaf_of(world: World, name: str) -> LeafIndex:
    return world.group.leaf(name)


def test_who_is_in_is_said_by_signed_leaves_of_the_epochs_tree() -> None:
    world = recorded("public")
    proofs = who_is_in(state(world, "Dave"))
    assert [proof.name for proof in proofs] == ["Alice", "Bob's phone", "Carol", "Bob's laptop", "Dave"]
    assert {proof.epoch for proof in proofs} == {world.epoch}
    for proof in proofs:
        proof.verify()
    assert proofs[1].signature_key == world.devices["Bob/phone"].signature_key()


def test_a_member_that_was_put_into_the_tree_is_found_out() -> None:
    world = recorded("public")
    at, other = state(world, "Alice"), state(World.of(["Mallory"], seed=1), "Mallory")
    mallory = other.tree.member(LeafIndex(0))
    forged = replace(at, public=replace(at.public, tree=at.tree.update(LeafIndex(1), mallory)))
    with pytest.raises(InvalidRatchetTree, match="the tree is not the one of epoch"):
        MemberProof(LeafIndex(1), "Mallory", forged).verify()
    context = replace(forged.context, tree_hash=forged.tree.hash())
    forged = replace(forged, public=replace(forged.public, context=context))
    tree_alone = MemberProof(LeafIndex(1), "Mallory", forged)
    if world.handshakes == "public":
        tree_alone.verify()  # the leaf comes from a key package: its signature names no group
    with pytest.raises(InvalidCommit, match="the confirmation tag is not that of epoch"):
        MemberProof(LeafIndex(1), "Mallory", replace(forged, confirmation_tag=bytes(32))).verify()


def test_a_leaf_of_another_place_does_not_verify() -> None:
    world = recorded("public")
    at = state(world, "Alice")
    carol = at.tree.member(leaf_of(world, "Carol"))  # signed for its place, by its commit
    moved = at.tree.update(LeafIndex(0), carol)
    context = replace(at.context, tree_hash=moved.hash())
    forged = replace(at, public=replace(at.public, tree=moved, context=context))
    with pytest.raises(InvalidSignature, match="not signed with its own key for this place"):
        MemberProof(LeafIndex(0), "Carol", forged).verify()


@pytest.mark.parametrize("handshakes", ["public", "private"])
@pytest.mark.parametrize(
    ("asked", "about", "expected"),
    [
        ("Alice", "Alice", ("founded", 0, "")),
        ("Alice", "Bob/phone", ("added", 1, "Alice")),
        ("Alice", "Carol", ("added", 2, "Bob's phone")),
        ("Alice", "Bob/laptop", ("joined", 3, "Bob's laptop")),
        ("Alice", "Dave", ("added", 5, "Carol")),
        ("Bob/phone", "Alice", ("before", 1, "")),
        ("Bob/phone", "Bob/phone", ("added", 1, "")),
        ("Bob/phone", "Carol", ("added", 2, "Bob's phone")),
        ("Dave", "Carol", ("before", 5, "")),
    ],
)
def test_since_when_somebody_is_in_is_said_by_the_commit_that_let_them_in(
    handshakes: Handshakes, asked: str, about: str, expected: tuple[str, int, str]
) -> None:
    world = recorded(handshakes)
    arrival = since_when(world.witnessed(asked), leaf_of(world, about))
    assert (arrival.way, arrival.epoch, arrival.by) == expected
    arrival.verify()


def test_another_commit_in_place_of_the_one_that_let_somebody_in_is_found_out() -> None:
    world, other = recorded("public"), World.of(["Alice", "Bob/phone"], seed=14)
    other.device("Erin")
    other.add("Bob/phone", "Erin")
    arrival = since_when(world.witnessed("Alice"), leaf_of(world, "Carol"))
    instead = other.service.entries(other.group_id)[-1].message
    with pytest.raises(MLSError):
        _with_message(arrival, instead[:-1]).verify()
    with pytest.raises(InvalidCommit, match="leads to another epoch"):
        _with_message(arrival, instead).verify()
    own = since_when(world.witnessed("Bob/phone"), leaf_of(world, "Carol"))
    with pytest.raises(InvalidCommit, match="not the one that led to epoch 2"):
        _with_message(own, instead).verify()


def _with_message(arrival: MemberSince, message: bytes) -> MemberSince:
    return replace(arrival, witnessed=replace(arrival.witnessed, message=message))


def test_nobody_has_come_to_a_blank_leaf_and_a_proposal_lets_nobody_in() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.remove("Alice", "Bob")
    seen = world.witnessed("Alice")
    with pytest.raises(UnknownMember, match="leaf 1 is blank"):
        since_when(seen, LeafIndex(1))


def test_who_reads_what_is_written_now_are_the_members_of_the_epoch_and_their_devices_really_do() -> None:
    world = group()
    readers = who_reads(state(world, "Alice"))
    readers.verify()
    assert readers.names == ("Alice", "Bob's phone", "Carol", "Bob's laptop", "Dave")
    world.device("Erin")
    before = len(world.history) - 1
    world.send("Alice", "Who reads this?")
    opened = {
        name
        for name in world.history[before].device_states
        if len(world.judge(world.leak(name, at=before)).readable_messages) == 1
    }
    assert opened == {*world.members}
    assert "Erin" in world.devices
    assert "Erin" not in opened


def test_whoever_is_removed_reads_the_last_epoch_and_no_further() -> None:
    world = recorded("public")
    alice, carol = state(world, "Alice"), state(world, "Carol")
    departure = if_removed(alice, leaf_of(world, "Carol"), entropy=ENTROPY, now=world.clock.now)
    departure.verify()
    assert departure.name == "Carol"
    assert departure.last_epoch == alice.epoch
    assert "Carol" not in departure.readers.names
    assert state(world, "Alice") == alice
    said = protect(departure.commit.next, b"Without Carol", entropy=ENTROPY)
    gone, _ = process(carol, departure.message, now=world.clock.now)
    with pytest.raises(MLSError):
        process(gone, said.message, now=world.clock.now)
    for other in ("Bob/phone", "Dave"):
        after, _ = process(state(world, other), departure.message, now=world.clock.now)
        assert process(after, said.message, now=world.clock.now)


def test_a_departure_after_which_the_member_is_still_there_is_found_out() -> None:
    world = recorded("public")
    alice = state(world, "Alice")
    departure = if_removed(alice, leaf_of(world, "Carol"), entropy=ENTROPY, now=world.clock.now)
    with pytest.raises(InvalidCommit, match="is still in the tree of epoch"):
        Departure("Dave", leaf_of(world, "Dave"), alice, departure.commit).verify()
    same = replace(alice, secrets=departure.commit.next.secrets)
    with pytest.raises(InvalidCommit, match="has the secrets of the epoch before it"):
        replace(departure, state=same).verify()
