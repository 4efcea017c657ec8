"""Late messages: members read those of the past epochs whose keys they keep, and of no other epoch (RFC 9420 §15.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.mls.group.changed_objects import REINIT, refuses
from tests.mls.group.scenario import NOW, Scenario, group_of
from workbench.mls import (
    ApplicationMessage,
    Framing,
    GroupState,
    LeafIndex,
    MLSMessage,
    Policy,
    Remove,
    apply_pending_commit,
    create_commit,
    encode,
    join,
    process,
    propose,
    protect,
)
from workbench.mls import errors as refused


def keeping(past_epochs: int, *names: str) -> Scenario:
    """A group in which everybody keeps so many past epochs."""
    return group_of(*(names or ("Alice", "Bob", "Carol")), policy=Policy(past_epochs=past_epochs))


def read(state: GroupState, message: MLSMessage) -> tuple[GroupState, ApplicationMessage]:
    following, received = process(state, encode(message), now=NOW)
    assert isinstance(received, ApplicationMessage)
    return following, received


@pytest.mark.parametrize(
    "limited",
    [
        lambda number: Policy(past_epochs=number),
        lambda number: Policy(kept_resumption_psks=number),
        lambda number: Policy(pending_proposals=number),
    ],
    ids=["past_epochs", "kept_resumption_psks", "pending_proposals"],
)
def test_a_limit_may_be_nothing_and_not_less(limited: Callable[[int], Policy]) -> None:
    limited(0)
    with pytest.raises(refused.InvalidArgument, match=r"must be an integer from 0 to 2\^32 - 1, not -1"):
        limited(-1)


def test_a_late_message_is_read_with_what_is_kept_of_its_epoch() -> None:
    scenario = keeping(2)
    late = scenario.send("Alice", b"before the commit", authenticated_data=b"seen by all")
    scenario.commit("Carol")
    scenario.commit("Alice")
    _, received = read(scenario.states["Bob"], late)
    assert received == ApplicationMessage(LeafIndex(0), b"before the commit", b"seen by all", epoch=1)


def test_a_late_message_is_read_once() -> None:
    scenario = keeping(1)
    first, second = scenario.send("Alice", b"first"), scenario.send("Alice", b"second")
    scenario.commit("Carol")
    bob, _ = read(scenario.states["Bob"], second)
    with refuses(refused.KeyAlreadyUsed, "§9.2", "replay"):
        process(bob, second, now=NOW)
    bob, _ = read(bob, first)
    with refuses(refused.KeyAlreadyUsed, "§9.2", "replay"):
        process(bob, first, now=NOW)


def test_what_was_read_in_time_cannot_be_read_late() -> None:
    scenario = keeping(1)
    message = scenario.send("Alice", b"in time")
    scenario.deliver(message, "Alice")
    scenario.commit("Carol")
    with refuses(refused.KeyAlreadyUsed, "§9.2", "replay"):
        process(scenario.states["Bob"], message, now=NOW)


def test_reading_late_changes_one_past_epoch_and_nothing_else() -> None:
    scenario = keeping(3)
    scenario.commit("Alice")
    late = scenario.send("Alice", b"late")
    scenario.commit("Carol")
    scenario.commit("Carol")
    before = scenario.states["Bob"]
    after, _ = read(before, late)
    assert [past.epoch for past in after.past_epochs] == [3, 2, 1]
    assert replace(after, past_epochs=before.past_epochs) == before
    changed = [now.epoch for then, now in zip(before.past_epochs, after.past_epochs, strict=True) if then != now]
    assert changed == [2]


def test_no_past_epoch_is_kept_unless_the_policy_says_so() -> None:
    scenario = group_of("Alice", "Bob")
    late = scenario.send("Alice", b"late")
    scenario.commit("Alice")
    assert scenario.states["Bob"].past_epochs == ()
    with refuses(refused.EpochDeleted, "§9.2", "policy keeps those of 0 past epochs"):
        process(scenario.states["Bob"], late, now=NOW)


def test_an_epoch_beyond_the_limit_is_dropped_and_the_error_says_how_far_back_it_is() -> None:
    scenario = keeping(2)
    late = scenario.send("Alice", b"late")
    for _ in range(3):
        scenario.commit("Carol")
    assert [past.epoch for past in scenario.states["Bob"].past_epochs] == [3, 2]
    with pytest.raises(refused.EpochDeleted) as caught:
        process(scenario.states["Bob"], late, now=NOW)
    assert (caught.value.epoch, caught.value.current, caught.value.behind, caught.value.kept) == (1, 4, 3, 2)


def test_a_message_of_an_epoch_to_come_says_how_many_commits_are_missing() -> None:
    scenario = keeping(2)
    bob = scenario.states["Bob"]
    scenario.commit("Alice")
    scenario.commit("Alice")
    early = scenario.send("Alice", b"early")
    with refuses(refused.FutureEpoch, "§6", "epoch 3, this state is in epoch 1: commits are missing") as caught:
        process(bob, early, now=NOW)
    assert caught.value.missing == 2


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
def test_a_late_handshake_is_refused_by_name_though_its_epoch_is_kept(*, private: bool) -> None:
    scenario = keeping(2)
    alice = scenario.states["Alice"]
    proposed = propose(alice, Remove(1), entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private))
    committed = create_commit(alice, entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private))
    scenario.commit("Carol")
    for message in (proposed.message, committed.message):
        with refuses(refused.LateHandshake, "§6", "epoch 1, this state is in epoch 2") as caught:
            process(scenario.states["Bob"], message, now=NOW)
        assert caught.value.behind == 1


def test_a_newcomer_never_had_a_key_of_the_epochs_before_it() -> None:
    scenario = keeping(5, "Alice", "Bob")
    early = scenario.send("Alice", b"before you came")
    bundle = scenario.bundle("Carol")
    welcome = scenario.commit("Alice", adds=["Dave"]).welcome
    assert welcome is not None
    assert scenario.states["Dave"].past_epochs == ()
    scenario.join_by_commit("Carol", via="Bob")
    assert scenario.states["Carol"].past_epochs == ()
    scenario.commit("Alice")
    for name, first in (("Dave", 2), ("Carol", 3)):
        with refuses(refused.BeforeJoining, "§15", f"joined in epoch {first}") as caught:
            process(scenario.states[name], early, now=NOW)
        assert (caught.value.first_epoch, caught.value.behind) == (first, 3)
    with pytest.raises(refused.NotForMe):
        join(encode(welcome), bundle, now=NOW)


def test_the_sender_of_a_late_message_is_named_by_the_tree_of_its_epoch() -> None:
    scenario = keeping(1, "Alice", "Bob", "Carol")
    late = scenario.send("Bob", b"my last words")
    scenario.commit("Alice", Remove(1), adds=["Dave"])
    assert scenario.leaf("Dave") == 1
    carol, received = read(scenario.states["Carol"], late)
    readable = carol.readable_in(received.epoch)
    assert readable is not None
    assert readable.tree.member(received.sender).credential == scenario.credential("Bob")
    assert carol.tree.member(received.sender).credential == scenario.credential("Dave")
    assert carol.readable_in(0) is None


def test_a_removed_member_reads_late_messages_of_its_last_epoch_and_of_those_that_it_kept() -> None:
    scenario = keeping(1)
    earlier = scenario.send("Carol", b"earlier")
    scenario.commit("Alice")
    later = scenario.send("Carol", b"later")
    committed = create_commit(scenario.states["Alice"], [Remove(1)], entropy=next(scenario.entropy), now=NOW)
    bob, _ = process(scenario.states["Bob"], encode(committed.message), now=NOW)
    following = protect(committed.next, b"without you", entropy=next(scenario.entropy)).message
    for message in (later, earlier):
        bob, _ = read(bob, message)
    with refuses(refused.FutureEpoch, "§6", "epoch 3"):
        process(bob, following, now=NOW)


def test_what_was_said_before_a_group_ended_by_reinit_can_still_be_read() -> None:
    scenario = keeping(1)
    late = scenario.send("Carol", b"before the end")
    scenario.commit("Alice", REINIT)
    assert not scenario.states["Bob"].active
    read(scenario.states["Bob"], late)


def test_ones_own_late_message_is_still_ones_own() -> None:
    scenario = keeping(1)
    late = scenario.send("Alice", b"mine")
    scenario.commit("Carol")
    with refuses(refused.OwnMessage, "§9.1", "sent the message itself"):
        process(scenario.states["Alice"], late, now=NOW)


def test_a_late_message_that_was_tampered_with_is_refused_and_costs_nothing() -> None:
    scenario = keeping(1)
    late = encode(scenario.send("Alice", b"late"))
    scenario.commit("Carol")
    with pytest.raises(refused.DecryptionFailed):
        process(scenario.states["Bob"], late[:-1] + bytes([late[-1] ^ 1]), now=NOW)
    _, received = process(scenario.states["Bob"], late, now=NOW)
    assert isinstance(received, ApplicationMessage)


def test_a_key_that_was_used_while_a_commit_was_pending_stays_deleted_when_the_commit_is_applied() -> None:
    scenario = keeping(1)
    committed = create_commit(
        scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True)
    )
    message = scenario.send("Alice", b"in between")
    bob, _ = read(committed.current, message)
    after = apply_pending_commit(bob, committed)
    assert after.past_epochs == (bob.readable,)
    assert replace(after, past_epochs=()) == replace(committed.next, past_epochs=())
    with refuses(refused.KeyAlreadyUsed, "§9.2", "replay"):
        process(after, message, now=NOW)


def test_a_private_commit_keeps_no_key_that_sealed_it() -> None:
    scenario = keeping(1)
    committed = create_commit(
        scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True)
    )
    assert committed.next.past_epochs == (committed.current.readable,)
    assert committed.current.secret_tree != scenario.states["Bob"].secret_tree
