"""One's own messages, back from the delivery service: a staged commit is adopted, the others are told apart."""

from __future__ import annotations

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.scenario import NOW, group_of
from tests.mls.group.test_refusals import refuses
from workbench.mls import (
    EpochAdvanced,
    Remove,
    Removed,
    adopt,
    create_commit,
    encode,
    process,
    propose,
)
from workbench.mls import errors as refused

BOTH = pytest.mark.parametrize("private", [False, True], ids=["public", "private"])


@BOTH
def test_a_staged_commit_is_adopted_when_it_comes_back(*, private: bool) -> None:
    scenario = group_of("Alice", "Bob")
    staged = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, private=private)
    after, learned = process(staged.current, encode(staged.message), now=NOW, staged=staged)
    assert (after, learned) == (staged.next, staged.advanced)
    scenario.deliver(staged.message, "Alice")
    scenario.states["Alice"] = after
    assert_agreement(scenario)


@BOTH
def test_a_staged_commit_that_lost_does_not_stand_in_the_way_of_the_winner(*, private: bool) -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    staged = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, private=private)
    winner = scenario.commit("Bob", private=private)
    alice, learned = process(staged.current, encode(winner.message), now=NOW, staged=staged)
    assert isinstance(learned, EpochAdvanced)
    assert alice.secrets == winner.next.secrets
    with refuses(refused.LateHandshake, "§6", "can change nothing"):
        process(alice, staged.message, now=NOW, staged=staged)
    with refuses(refused.Misuse, "§12.4", "made in epoch 1"):
        adopt(alice, staged)


@BOTH
def test_a_staged_commit_is_not_adopted_by_who_was_removed_by_the_winner(*, private: bool) -> None:
    scenario = group_of("Alice", "Bob")
    staged = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, private=private)
    winner = create_commit(scenario.states["Bob"], [Remove(0)], entropy=next(scenario.entropy), now=NOW)
    alice, _ = process(staged.current, encode(winner.message), now=NOW, staged=staged)
    with refuses(refused.GroupInactive, "§12.4.2", "no longer in the group"):
        adopt(alice, staged)
    with refuses(refused.GroupInactive, "§12.4.2", "no longer in the group"):
        process(alice, encode(staged.message), now=NOW, staged=staged)


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
    staged = scenario.outside("Bob", via="Alice", resync=old.own_leaf)
    after, learned = process(old, encode(staged.message), now=NOW, staged=staged)
    assert (after, learned) == (staged.next, staged.advanced)
    forgotten, learned = process(old, encode(staged.message), now=NOW)
    assert isinstance(learned, Removed)
    assert not forgotten.active


@BOTH
def test_other_messages_of_ones_own_are_told_apart_by_their_kind(*, private: bool) -> None:
    scenario = group_of("Alice", "Bob")
    alice = scenario.states["Alice"]
    said = scenario.send("Alice", b"echo")
    proposed = propose(alice, Remove(1), entropy=next(scenario.entropy), now=NOW, private=private)
    committed = create_commit(alice, entropy=next(scenario.entropy), now=NOW, private=private)
    other = create_commit(alice, entropy=next(scenario.entropy), now=NOW, private=private)
    for message, content, section, reason in (
        (said, "application", "§9.1", "was known before"),
        (proposed.message, "proposal", "§12.4", "has been waiting in the state"),
        (committed.message, "commit", "§12.4.2", "name that commit as `staged`"),
    ):
        for staged in (None, other):
            with refuses(refused.OwnMessage, section, reason) as caught:
                process(proposed.next, encode(message), now=NOW, staged=staged)
            assert caught.value.content == content
