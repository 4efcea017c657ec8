"""Anyone's own calls of the engine, recorded around them, make a history that the pictures draw."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from widgets import (
    DerivationGraph,
    KeyLifetimes,
    KeySchedule,
    Playground,
    RatchetTree,
    Room,
    SecretTree,
    SecurityMatrix,
    ServerKnowledge,
    Timeline,
    WireInspector,
)
from workbench.adversary.leak import leak_in_record
from workbench.lab import NotPossible, record
from workbench.lab.leaks import recorded_history
from workbench.lab.recording import RecordedCalls
from workbench.mls import (
    Add,
    BasicCredential,
    Credential,
    GroupState,
    KeyPackageBundle,
    Lifetime,
    MLSError,
    apply_pending_commit,
    cipher_suite,
    create_commit,
    create_group,
    create_key_package,
    external_commit,
    group_info,
    join,
    process,
    propose_update,
    protect,
)
from workbench.views.timeline_sources import timeline_view_of

SUITE, NOW = cipher_suite(1), 1_800_000_000
FRESH = iter(bytes([number, 0] * 16) for number in range(1, 200))


def key_package(name: bytes) -> KeyPackageBundle:
    identity = SUITE.signature_key_pair(next(FRESH))
    credential, lifetime = Credential(BasicCredential(name)), Lifetime(NOW, NOW + 86_400)
    return create_key_package(SUITE, credential, identity.private_key, lifetime=lifetime, entropy=next(FRESH))


def commit(state: GroupState, *proposals: Any) -> Any:
    return create_commit(state, proposals, entropy=next(FRESH), now=NOW)


def two() -> tuple[GroupState, GroupState]:
    """Alice makes a group and adds Bob, who joins."""
    bob = key_package(b"Bob")
    alice = create_group(key_package(b"Alice"), b"tea", entropy=next(FRESH), now=NOW)
    added = commit(alice, Add(bob.key_package))
    return added.next, join(added.welcome, bob, now=NOW)


def told(history: RecordedCalls) -> list[list[str]]:
    return [[step["title"] for step in branch["steps"]] for branch in timeline_view_of(history)["branches"]]


def test_calls_with_names_that_were_imported_before_are_recorded_and_drawn() -> None:
    with record() as history:
        alice, bob = two()
        said = protect(alice, b"Hello, Bob", entropy=next(FRESH))
        bob, _ = process(bob, said.message, now=NOW)
        proposed = propose_update(bob, entropy=next(FRESH), now=NOW)
        alice, _ = process(said.next, proposed.message, now=NOW)
        made = commit(alice)
        alice, (bob, _) = apply_pending_commit(alice, made), process(proposed.next, made.message, now=NOW)
    assert told(history) == [
        [
            *("Alice created the group", "Alice added Bob", "Alice sent a message"),
            *("Bob proposed a fresh leaf key", "Alice took in the update of Bob"),
        ]
    ]
    steps = timeline_view_of(history)["branches"][0]["steps"]
    assert [one["state"] for step in steps for one in step["signatures"]] == [
        *("verified", "decrypted", "decrypted", "verified", "verified"),
    ]
    assert repr(Timeline.of(history)) == 'Timeline("Alice\'s group", step 5 of 5)'
    assert len(RatchetTree.of(history).view["steps"]) == 5
    assert {*KeyLifetimes.of(history).view["devices"]} == {"Alice", "Bob"}


def test_a_member_that_processes_a_commit_later_catches_up_and_a_lost_commit_has_no_effect() -> None:
    with record() as history:
        alice, bob = two()
        won, lost = commit(bob), commit(alice)
        said = protect(won.next, b"Hello", entropy=next(FRESH))
        process(alice, won.message, now=NOW)
    assert lost.message != won.message
    assert told(history)[0][2:] == [
        *(
            "Bob updated by a commit",
            "Alice sent a commit that everybody refused",
            "Bob sent a message",
            "Alice caught up",
        ),
    ]
    assert said.message is not None


def test_two_commits_that_both_go_on_are_branches() -> None:
    with record() as history:
        alice, bob = two()
        ours, theirs = commit(alice), commit(bob)
        protect(ours.next, b"here", entropy=next(FRESH))
        protect(theirs.next, b"there", entropy=next(FRESH))
    view = timeline_view_of(history)
    assert [(branch["parent"], branch["at"]) for branch in view["branches"]] == [(-1, -1), (0, 1)]


def test_a_newcomer_comes_by_an_external_commit() -> None:
    with record() as history:
        alice, _ = two()
        info = group_info(alice)
        carol = SUITE.signature_key_pair(next(FRESH)).private_key
        came = external_commit(info, Credential(BasicCredential(b"Carol")), carol, entropy=next(FRESH), now=NOW)
        process(alice, came.message, now=NOW)
    assert told(history)[0][-1] == "Carol joined by an external commit"


def test_nothing_is_recorded_outside_of_the_block_nor_of_a_call_that_fails() -> None:
    alice, _ = two()
    with record() as history, pytest.raises(MLSError):
        process(alice, b"no message", now=NOW)
    assert (history.calls, sys.getprofile()) == ([], None)
    with pytest.raises(NotPossible, match="No group was recorded"):
        history.trace()
    with record() as history:
        protect(alice, b"Hello", entropy=next(FRESH))
    with pytest.raises(NotPossible, match="No call of group “tee” was recorded"):
        history.trace(b"tee")
    assert repr(history) == "RecordedCalls(1 call, 1 group)"
    assert told(history) == [["Alice sent a message"]]


def test_a_record_says_nothing_of_secrets_and_another_profile_function_still_hears() -> None:
    heard: list[str] = []
    sys.setprofile(lambda frame, event, _value: heard.append(frame.f_code.co_name) if event == "call" else None)
    try:
        with record() as history:
            two()
    finally:
        sys.setprofile(None)
    assert "create_group" in heard
    assert "private" not in repr(history.calls)


def test_every_picture_draws_recorded_calls_or_says_what_it_takes() -> None:
    with record() as history:
        alice, bob = two()
        said = protect(alice, b"Hello, Bob", entropy=next(FRESH))
        process(bob, said.message, now=NOW)
        commit(said.next)
    assert repr(SecretTree.of(history, message=0)).startswith('SecretTree("Alice\'s group", seen by Bob')
    assert repr(KeySchedule.of(history)).startswith('KeySchedule("Alice\'s group", epoch 2')
    wire = WireInspector.of(history, message="2.0", viewer="Bob")
    assert repr(wire).startswith("WireInspector(application message in a PrivateMessage, epoch 1")
    assert SecurityMatrix.of(history, leaks=[{"device": "Bob", "at": 1}]).verdict().readable_epochs == (1, 2)
    recorded = recorded_history(history)
    verdict = recorded.judge([leak_in_record(recorded.group_history, "Bob", 1)])
    assert "epoch 2" in repr(DerivationGraph.of(verdict, 2))
    pictures: list[Any] = [Room, ServerKnowledge, Playground]
    for picture in pictures:
        with pytest.raises(TypeError, match=rf"{picture.__name__}.of takes a World, .*, not a RecordedCalls"):
            picture.of(history)
