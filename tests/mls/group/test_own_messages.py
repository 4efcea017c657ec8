"""One's own messages, back from the delivery service: a pending commit is applied, the others are told apart."""

from __future__ import annotations

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, entropies, group_of
from workbench.mls import (
    EpochAdvanced,
    Framing,
    GroupState,
    PendingCommit,
    ReInit,
    Remove,
    Removed,
    apply_pending_commit,
    create_commit,
    create_group,
    encode,
    process,
    propose,
    protect,
    read_pending_commit,
    write_pending_commit,
)
from workbench.mls import errors as refused
from workbench.mls.wire.code_points import ProtocolVersion

BOTH = pytest.mark.parametrize("private", [False, True], ids=["public", "private"])


@BOTH
def test_a_staged_commit_is_adopted_when_it_comes_back(*, private: bool) -> None:
    scenario = group_of("Alice", "Bob")
    pending = create_commit(
        scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private)
    )
    after, learned = process(pending.current, encode(pending.message), now=NOW, pending=pending)
    assert (after, learned) == (pending.next, pending.advanced)
    scenario.deliver(pending.message, "Alice")
    scenario.states["Alice"] = after
    assert_agreement(scenario)


@BOTH
def test_a_staged_commit_that_lost_does_not_stand_in_the_way_of_the_winner(*, private: bool) -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    pending = create_commit(
        scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private)
    )
    winner = scenario.commit("Bob", framing=Framing(private=private))
    alice, learned = process(pending.current, encode(winner.message), now=NOW, pending=pending)
    assert isinstance(learned, EpochAdvanced)
    assert alice.secrets == winner.next.secrets
    with refuses(refused.LateHandshake, "§6", "has no effect"):
        process(alice, pending.message, now=NOW, pending=pending)
    with refuses(refused.Misuse, "§12.4", "made in epoch 1"):
        apply_pending_commit(alice, pending)


@BOTH
def test_a_staged_commit_is_not_adopted_by_who_was_removed_by_the_winner(*, private: bool) -> None:
    scenario = group_of("Alice", "Bob")
    pending = create_commit(
        scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private)
    )
    winner = create_commit(scenario.states["Bob"], [Remove(0)], entropy=next(scenario.entropy), now=NOW)
    alice, _ = process(pending.current, encode(winner.message), now=NOW, pending=pending)
    with refuses(refused.GroupInactive, "§12.4.2", "no longer in the group"):
        apply_pending_commit(alice, pending)
    with refuses(refused.GroupInactive, "§12.4.2", "no longer in the group"):
        process(alice, encode(pending.message), now=NOW, pending=pending)


def test_a_commit_of_somebody_else_may_be_looked_at_and_dropped() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    bob = scenario.states["Bob"]
    expelled = create_commit(scenario.states["Alice"], [Remove(1)], entropy=next(scenario.entropy), now=NOW)
    after, learned = process(bob, encode(expelled.message), now=NOW)
    assert isinstance(learned, Removed)
    assert not after.active
    other = scenario.commit("Carol")
    bob, _ = process(bob, encode(other.message), now=NOW)
    assert bob.secrets == other.next.secrets


def test_a_resync_is_adopted_when_it_comes_back_to_who_still_has_the_old_state() -> None:
    scenario = group_of("Alice", "Bob")
    old = scenario.states["Bob"]
    pending = scenario.outside("Bob", via="Alice", resync=old.own_leaf)
    after, learned = process(old, encode(pending.message), now=NOW, pending=pending)
    assert (after, learned) == (pending.next, pending.advanced)
    forgotten, learned = process(old, encode(pending.message), now=NOW)
    assert isinstance(learned, Removed)
    assert not forgotten.active


def test_the_echo_of_an_external_commit_does_not_bring_an_old_state_back() -> None:
    scenario = group_of("Alice", "Bob")
    pending = scenario.join_by_commit("Carol", via="Alice")
    said = protect(pending.next, b"first", entropy=next(scenario.entropy))
    scenario.deliver(said.message, "Carol")
    later, _ = process(said.next, scenario.commit("Alice").message, now=NOW)
    for state in (pending.next, said.next, later):
        with refuses(refused.LateHandshake, "§6", "has no effect"):
            process(state, encode(pending.message), now=NOW, pending=pending)
        with refuses(refused.Misuse, "§12.4", "made in epoch 1, this state is in epoch"):
            apply_pending_commit(state, pending)
    again = scenario.send("Alice", b"second")
    assert process(later, encode(again), now=NOW)[0].epoch == 3


def test_a_commit_that_comes_before_ones_own_external_commit_is_followed_and_the_own_one_is_dropped() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    old = scenario.states["Bob"]
    pending = scenario.outside("Bob", via="Alice", resync=old.own_leaf)
    winner = scenario.commit("Carol")
    bob, learned = process(old, encode(winner.message), now=NOW, pending=pending)
    assert learned == winner.advanced
    assert bob.secrets == winner.next.secrets
    with refuses(refused.LateHandshake, "§6", "has no effect"):
        process(bob, encode(pending.message), now=NOW, pending=pending)
    with refuses(refused.Misuse, "§12.4", "made in epoch 1, this state is in epoch 2 already"):
        apply_pending_commit(bob, pending)
    scenario.commit("Bob")
    assert_agreement(scenario)


def test_a_newcomer_whose_external_commit_lost_is_alone_with_its_state() -> None:
    scenario = group_of("Alice", "Bob")
    pending = scenario.outside("Carol", via="Alice")
    winner = scenario.commit("Bob")
    with refuses(refused.LateHandshake, "§6", "of epoch 1, this state is in epoch 2"):
        process(pending.next, encode(winner.message), now=NOW, pending=pending)
    with refuses(refused.LateHandshake, "§6", "of epoch 1, this state is in epoch 2"):
        process(scenario.states["Alice"], encode(pending.message), now=NOW)
    with refuses(refused.InvalidTag, "§6.2", "membership tag"):
        process(pending.next, encode(scenario.commit("Alice").message), now=NOW)


def test_a_client_that_fell_behind_adopts_its_resync_from_an_old_state() -> None:
    scenario = group_of("Alice", "Bob")
    behind = scenario.states["Bob"]
    scenario.commit("Alice")
    pending = scenario.outside("Bob", via="Alice", resync=behind.own_leaf)
    after, learned = process(behind, encode(pending.message), now=NOW, pending=pending)
    assert (after, learned) == (pending.next, pending.advanced)


def test_a_removed_client_adopts_the_commit_by_which_it_comes_back() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    committed = create_commit(scenario.states["Alice"], [Remove(1)], entropy=next(scenario.entropy), now=NOW)
    gone, _ = process(scenario.states["Bob"], committed.message, now=NOW)
    scenario.states["Alice"] = committed.next
    pending = scenario.outside("Bob", via="Alice")
    assert apply_pending_commit(gone, pending) == pending.next


def foreign_commits() -> dict[str, tuple[GroupState, PendingCommit]]:
    """A state of Alice's, and a commit that was made by somebody else, or elsewhere, or earlier."""
    scenario = group_of("Alice", "Bob")
    before = scenario.states["Alice"]
    bobs = create_commit(scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW)
    stored = write_pending_commit(create_commit(before, entropy=next(scenario.entropy), now=NOW))
    scenario.commit("Alice")
    bundle = scenario.bundle("Alice")
    one, twin = (create_group(bundle, b"the group", entropy=seed * 32, now=NOW) for seed in (b"1", b"2"))
    assert one.context == twin.context
    return {
        "made by the member at leaf 1": (before, bobs),
        "made in epoch 1": (scenario.states["Alice"], read_pending_commit(stored)),
        "made in epoch 0": (one, create_commit(twin, entropy=next(scenario.entropy), now=NOW)),
    }


@pytest.mark.parametrize("reason", foreign_commits())
def test_a_staged_commit_leads_on_from_the_state_alone_in_which_it_was_made(reason: str) -> None:
    state, pending = foreign_commits()[reason]
    with refuses(refused.Misuse, "§12.4", reason):
        apply_pending_commit(state, pending)


def test_the_commit_of_another_member_is_followed_even_if_it_is_named_as_staged() -> None:
    scenario = group_of("Alice", "Bob")
    bobs = create_commit(scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW)
    after, learned = process(scenario.states["Alice"], encode(bobs.message), now=NOW, pending=bobs)
    assert learned == bobs.advanced
    assert (after.own_leaf, after.secrets) == (0, bobs.next.secrets)
    joins = scenario.outside("Carol", via="Bob")
    after, learned = process(scenario.states["Alice"], encode(joins.message), now=NOW, pending=joins)
    assert (after.own_leaf, learned) == (0, joins.advanced)
    with refuses(refused.Misuse, "§12.4", "does not replace leaf 0, so another client made it"):
        apply_pending_commit(scenario.states["Alice"], joins)


def test_an_external_commit_to_another_group_is_not_adopted() -> None:
    scenario = group_of("Alice", "Bob")
    bob = scenario.states["Bob"]
    pending = scenario.outside("Bob", via="Alice", resync=bob.own_leaf)
    twin = group_of("Alice", "Bob", entropy=entropies("another group of the same id"))
    with refuses(refused.Misuse, "§12.4", "of another group of the same id"):
        apply_pending_commit(twin.states["Bob"], pending)
    elsewhere = create_group(scenario.bundle("Bob"), b"elsewhere", entropy=next(scenario.entropy), now=NOW)
    with refuses(refused.Misuse, "§12.4", "the commit joins group"):
        apply_pending_commit(elsewhere, pending)
    with refuses(refused.WrongGroup, "§6", "this is"):
        process(elsewhere, encode(pending.message), now=NOW, pending=pending)


def test_nobody_comes_back_by_a_commit_to_a_group_that_has_ended() -> None:
    scenario = group_of("Alice", "Bob")
    pending = scenario.outside("Bob", via="Alice", resync=scenario.states["Bob"].own_leaf)
    scenario.commit("Alice", ReInit(b"the next", ProtocolVersion.mls10, 1, ()))
    with refuses(refused.GroupInactive, "§11.2", "reinitialised"):
        apply_pending_commit(scenario.states["Bob"], pending)


@BOTH
def test_other_messages_of_ones_own_are_told_apart_by_their_kind(*, private: bool) -> None:
    scenario = group_of("Alice", "Bob")
    alice = scenario.states["Alice"]
    said = scenario.send("Alice", b"echo")
    proposed = propose(alice, Remove(1), entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private))
    committed = create_commit(alice, entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private))
    other = create_commit(alice, entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private))
    for message, content, section, reason in (
        (said, "application", "§9.1", "it knows the content"),
        (proposed.message, "proposal", "§12.4", "has been pending in its state"),
        (committed.message, "commit", "§12.4.2", "give that commit to `process` as `pending`"),
    ):
        for pending in (None, other):
            with refuses(refused.OwnMessage, section, reason) as caught:
                process(proposed.next, encode(message), now=NOW, pending=pending)
            assert caught.value.content == content
