"""Messages of another group or epoch, own messages, and messages whose key is deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.inspect.explained import told
from tests.mls.group.scenario import NOW, group_of, with_public
from tests.mls.group.test_past_epochs import keeping
from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.reasons import MessageKind
from workbench.mls import (
    Framing,
    MLSMessage,
    ReInit,
    Remove,
    create_commit,
    drop_proposal,
    process,
    propose,
    protect,
    reinit_group,
)
from workbench.mls.framing.private_message import protect_private
from workbench.mls.framing.signing import sign_content
from workbench.mls.schedule.secret_tree import RatchetLimits
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.messages import (
    ApplicationData,
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    Sender,
)

# Another group, another epoch


def test_a_message_of_another_group_is_addressed_there() -> None:
    scenario = group_of("Alice", "Bob")
    message: Any = scenario.send("Alice", b"hello")
    elsewhere = replace(message, message=replace(message.message, group_id=b"choir"))
    explanation = told(scenario.states["Bob"], elsewhere, MessageKind.OTHER_GROUP, "“choir”", "“the group”")
    assert (explanation.details.group_id, explanation.details.own_group_id) == (b"choir", b"the group")
    assert explanation.section == "§6"
    nameless = replace(message, message=replace(message.message, group_id=b"\xff\xfe"))
    told(scenario.states["Bob"], nameless, MessageKind.OTHER_GROUP, "fffe")


def test_a_message_of_the_group_after_a_reinit_is_addressed_there() -> None:
    scenario = group_of("Alice")
    scenario.commit("Alice", ReInit(b"the next", ProtocolVersion.mls10, 1, ()))
    old = scenario.states["Alice"]
    successor = reinit_group(old, scenario.bundle("Alice"), [], entropy=next(scenario.entropy), now=NOW)
    message = protect(successor.next, b"hello", entropy=next(scenario.entropy)).message
    told(old, message, MessageKind.SUCCESSOR_GROUP, "follows this group after its ReInit", "Welcome")
    late = create_commit(replace(with_public(old, reinit=None), active=True), entropy=next(scenario.entropy), now=NOW)
    bob = replace(old, own_leaf=type(old.own_leaf)(1))
    told(bob, late.message, MessageKind.GROUP_ENDED, "continues as “the next”")


def test_a_message_from_the_future_tells_how_many_commits_are_missing() -> None:
    scenario = group_of("Alice", "Bob")
    bob = scenario.states["Bob"]
    for missing, words in ((1, "1 commit is missing"), (2, "2 commits are missing"), (3, "epochs 1 to 3")):
        scenario.commit("Alice")
        explanation = told(bob, scenario.send("Alice", b"hello"), MessageKind.FUTURE_EPOCH, words)
        assert explanation.details.epoch == 1 + missing
        assert explanation.details.sender == ""
    told(bob, scenario.commit("Alice").message, MessageKind.FUTURE_EPOCH, "commit of leaf 0", "3 commits are missing")


def test_a_message_of_a_deleted_epoch_names_the_policy_that_deleted_it() -> None:
    scenario = keeping(1)
    late = scenario.send("Alice", b"late")
    scenario.commit("Carol")
    scenario.commit("Carol")
    explanation = told(
        scenario.states["Bob"], late, MessageKind.EPOCH_DELETED, "keeps those of 1 past", "Policy.past_epochs"
    )
    assert explanation.section == "§9.2"


def test_a_message_from_before_one_joined_was_never_readable() -> None:
    scenario = group_of("Alice", "Bob")
    early = scenario.send("Alice", b"early")
    scenario.commit("Alice", adds=["Carol"])
    told(scenario.states["Carol"], early, MessageKind.BEFORE_JOINING, "joined in epoch 2")


def test_a_late_commit_is_distinguished_from_the_commit_that_led_to_this_epoch() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    proposal = propose(scenario.states["Alice"], Remove(2), entropy=next(scenario.entropy), now=NOW).message
    loser = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW).message
    winner = scenario.commit("Carol").message
    bob, carol = scenario.states["Bob"], scenario.states["Carol"]
    told(bob, proposal, MessageKind.EPOCH_ENDED, "is already in epoch")
    told(bob, loser, MessageKind.EPOCH_ENDED, "is already in epoch", "forked")
    told(bob, winner, MessageKind.ALREADY_PROCESSED, "has ended epoch 1 here")
    told(carol, winner, MessageKind.OWN_ECHO, "this member's own", "Drop it")
    scenario.commit("Alice")
    told(scenario.states["Bob"], winner, MessageKind.EPOCH_ENDED, "is already in epoch")
    public: Any = winner.message
    copied = replace(public.auth, confirmation_tag=scenario.states["Bob"].confirmation_tag)
    told(scenario.states["Bob"], replace(winner, message=replace(public, auth=copied)), MessageKind.EPOCH_ENDED)
    told(scenario.states["Bob"], winner, MessageKind.ALREADY_PROCESSED, knowledge=ExplainKnowledge(commits=[winner]))


@pytest.mark.parametrize("private", [False, True])
def test_an_own_commit_of_a_past_epoch_is_recognised(private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = keeping(2)
    loser = create_commit(
        scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private)
    )
    scenario.states["Alice"] = loser.current
    scenario.commit("Carol")
    told(scenario.states["Alice"], loser.message, MessageKind.OWN_ECHO, "this member's own message of epoch 1")
    told(scenario.states["Bob"], loser.message, MessageKind.EPOCH_ENDED)
    if not private:
        public: Any = loser.message.message
        forged = replace(loser.message, message=replace(public, auth=replace(public.auth, signature=bytes(64))))
        told(scenario.states["Alice"], forged, MessageKind.EPOCH_ENDED)


def test_a_removed_member_is_told_that_it_was_removed() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    removal = create_commit(scenario.states["Alice"], [Remove(1)], entropy=next(scenario.entropy), now=NOW)
    earlier = scenario.send("Alice", b"bye")
    bob, _ = process(scenario.states["Bob"], removal.message, now=NOW)
    said = protect(removal.next, b"hello", entropy=next(scenario.entropy)).message
    told(bob, earlier, MessageKind.PROCESSABLE, "application message of Alice")
    told(bob, said, MessageKind.REMOVED, "removed it at the end of epoch 1", "join by an external commit")
    told(bob, scenario.propose_update("Carol"), MessageKind.REMOVED)


# Own messages


def test_own_messages_that_come_back_are_recognised() -> None:
    scenario = group_of("Alice", "Bob")
    said = scenario.send("Alice", b"hello")
    told(scenario.states["Alice"], said, MessageKind.OWN_ECHO, "application message of Alice", "knows the content")
    update = scenario.propose_update("Alice")
    told(scenario.states["Alice"], update, MessageKind.OWN_ECHO, "proposal of Alice", "nothing to do")
    private = scenario.propose_update("Alice", framing=Framing(private=True))
    told(scenario.states["Alice"], private, MessageKind.OWN_ECHO, "proposal of Alice", "nothing to do")
    dropped = scenario.states["Alice"]
    for reference in dropped.proposals:
        dropped = drop_proposal(dropped, reference)
    told(dropped, update, MessageKind.OWN_ECHO)


@pytest.mark.parametrize("private", [False, True])
def test_an_own_commit_that_comes_back_is_applied(private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = group_of("Alice", "Bob")
    committed = create_commit(
        scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private)
    )
    told(committed.current, committed.message, MessageKind.OWN_ECHO, "commit of Alice", "`pending`")
    knows = ExplainKnowledge(pending=committed)
    told(committed.current, committed.message, MessageKind.PROCESSABLE, "leads to epoch 2", knowledge=knows)


def test_a_second_copy_of_a_member_is_detected() -> None:
    scenario = group_of("Alice", "Bob")
    backup = scenario.states["Alice"]
    first, second = scenario.send("Alice", b"first"), scenario.send("Alice", b"second")
    for message, generation in ((first, 0), (second, 1)):
        words = f"uses key {generation}, and the next key of this state is 0"
        told(backup, message, MessageKind.OWN_LEAF_TWICE, "is signed by this member", words)


def test_a_message_forged_in_this_members_name_is_not_taken_for_its_own() -> None:
    scenario = group_of("Alice", "Bob")
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    content = FramedContent(b"the group", 1, Sender(MemberSender(0)), b"", ApplicationData(b"I am Alice"))
    signature = sign_content(bob.suite, WireFormat.mls_private_message, content, bob.signature_private_key, bob.context)
    authenticated = AuthenticatedContent(
        WireFormat.mls_private_message, content, FramedContentAuthData(signature, None)
    )
    forged, _ = protect_private(
        bob.suite, authenticated, bob.secret_tree, bob.secrets.sender_data_secret, entropy=bytes(32)
    )
    message = MLSMessage(ProtocolVersion.mls10, forged)
    told(
        alice,
        message,
        MessageKind.FAILED_CHECK,
        "names this member as its sender, but this member has neither encrypted nor signed it",
    )


# Generations


def test_used_expired_and_distant_keys_are_distinguished() -> None:
    scenario = group_of("Alice", "Bob")
    limits = RatchetLimits(forward=10, behind=3)
    bob = with_public(scenario.states["Bob"], policy=replace(scenario.states["Bob"].policy, ratchets=limits))
    messages = [scenario.send("Alice", b"hello") for _ in range(20)]
    bob, _ = process(bob, messages[6], now=NOW)
    used = told(bob, messages[6], MessageKind.KEY_USED, "application key 6", "of Alice")
    assert (used.details.sender, used.details.leaf, used.details.generation) == ("Alice", 0, 6)
    told(bob, messages[1], MessageKind.KEY_EXPIRED, "6 steps behind", "RatchetLimits.behind")
    told(bob, messages[5], MessageKind.PROCESSABLE)
    told(bob, messages[19], MessageKind.TOO_FAR_AHEAD, "12 steps ahead", "RatchetLimits.forward")
