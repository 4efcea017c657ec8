"""The evidence that a message comes from the other side of a fork, or that it is damaged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.inspect.explained import damaged, forked, sent_by, told
from tests.mls.group.scenario import NOW, group_of, with_public
from tests.mls.group.test_custom_proposals import LUNCH, polling_group
from tests.mls.group.test_past_epochs import keeping
from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.forks import OtherSide
from workbench.inspect.reasons import MessageKind
from workbench.mls import (
    Add,
    Framing,
    MLSMessage,
    Policy,
    Remove,
    create_commit,
    encode,
    group_info,
    join,
    propose,
    protect,
)
from workbench.mls.framing.private_message import protect_private
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.messages import (
    ApplicationData,
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    Sender,
)


def test_without_evidence_a_fork_and_damage_look_the_same() -> None:
    alice, bob, _ = forked()
    for message in sent_by(bob):
        told(alice, message, MessageKind.FORK_OR_DAMAGED, "or the group has forked", "compare the epoch authenticator")


def test_evidence_of_the_other_side_proves_a_fork() -> None:
    alice, bob, commits = forked()
    for other, words in (
        (OtherSide(epoch_authenticator=bob.secrets.epoch_authenticator), "the epoch authenticator"),
        (OtherSide(confirmed_transcript_hash=bob.context.confirmed_transcript_hash), "the confirmed transcript hash"),
        (OtherSide(group_info=group_info(bob)), "the signed GroupInfo"),
    ):
        for message in sent_by(bob):
            told(alice, message, MessageKind.FORK, words, knowledge=ExplainKnowledge(other=other))
    commit = sent_by(bob)[1]
    knows = ExplainKnowledge(other=OtherSide(group_info=group_info(bob)))
    told(
        alice,
        commit,
        MessageKind.FORK,
        "the message's own signature, which is valid in the other side's epoch",
        knowledge=knows,
    )
    knows = ExplainKnowledge(other=OtherSide(commits=[commits[1]]), commits=[encode(commits[0])])
    words = "different commits at the end of epoch 1 (here the commit of leaf 0, there the commit of leaf 1)"
    told(alice, commit, MessageKind.FORK, words, knowledge=knows)


def test_the_histories_of_both_sides_prove_a_fork_in_any_later_epoch_and_in_none_before() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    before = scenario.send("Carol", b"before the fork")
    proposal = propose(scenario.states["Bob"], Remove(2), entropy=next(scenario.entropy), now=NOW).message
    ours, theirs = (
        create_commit(scenario.states[name], entropy=next(scenario.entropy), now=NOW) for name in ("Alice", "Bob")
    )
    second = create_commit(theirs.next, entropy=next(scenario.entropy), now=NOW)
    after = protect(second.next, b"after", entropy=next(scenario.entropy)).message
    knows = ExplainKnowledge(other=OtherSide(commits=[theirs.message, second.message]), commits=[ours.message])
    for message in (after, theirs.message, second.message):
        told(ours.next, message, MessageKind.FORK, "different commits at the end of epoch 1", knowledge=knows)
    told(ours.next, before, MessageKind.EPOCH_DELETED, knowledge=knows)
    told(ours.next, proposal, MessageKind.EPOCH_ENDED, knowledge=knows)
    told(ours.next, after, MessageKind.FUTURE_EPOCH)


def test_histories_that_hold_custom_proposals_prove_a_fork_too() -> None:
    scenario = polling_group("Alice", "Bob")
    ours, theirs = (
        create_commit(scenario.states[name], [LUNCH], entropy=next(scenario.entropy), now=NOW)
        for name in ("Alice", "Bob")
    )
    after = protect(theirs.next, b"after", entropy=next(scenario.entropy)).message
    knows = ExplainKnowledge(other=OtherSide(commits=[encode(theirs.message)]), commits=[encode(ours.message)])
    told(ours.next, after, MessageKind.FORK, "different commits at the end of epoch 1", knowledge=knows)


def test_a_custom_proposal_from_a_second_copy_of_ones_leaf_is_known_as_ones_own() -> None:
    scenario = polling_group("Alice", "Bob")
    proposed = propose(
        scenario.states["Alice"], LUNCH, entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True)
    )
    told(scenario.states["Alice"], proposed.message, MessageKind.OWN_LEAF_TWICE, "is signed by this member")


def test_a_group_info_of_the_other_side_proves_a_fork_by_itself() -> None:
    alice, bob, _ = forked()
    told(alice, group_info(bob), MessageKind.FORK, "Bob has signed", "The group has forked")


def test_a_fork_between_private_and_external_commits_is_found() -> None:
    scenario = group_of("Alice", "Bob")
    private = create_commit(
        scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True)
    )
    outside = scenario.outside("Dave", via="Alice")
    message = sent_by(outside.next)[0]
    knows = ExplainKnowledge(other=OtherSide(commits=[outside.message]), commits=[private.message])
    told(
        private.next,
        message,
        MessageKind.FORK,
        "here a private commit, there a newcomer's commit",
        knowledge=knows,
    )
    same = ExplainKnowledge(other=OtherSide(commits=[private.message]), commits=[private.message])
    told(private.next, message, MessageKind.FORK_OR_DAMAGED, knowledge=same)


def test_invalid_evidence_is_ignored() -> None:
    alice, bob, _ = forked()
    without_tree: Any = group_info(bob, ratchet_tree=False)
    forged = replace(without_tree, message=replace(without_tree.message, signature=bytes(64)))
    nobody = replace(without_tree, message=replace(without_tree.message, signer=77))
    earlier = group_info(group_of("Alice", "Bob", "Carol").states["Bob"])
    for evidence in (forged, nobody, earlier, b"", protect(bob, b"", entropy=bytes(32)).message):
        knows = ExplainKnowledge(other=OtherSide(group_info=evidence))
        for message in sent_by(bob):
            told(alice, message, MessageKind.FORK_OR_DAMAGED, knowledge=knows)


def test_the_signature_of_a_newcomer_shows_that_it_is_on_the_other_side() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    bob = create_commit(scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW).next
    scenario.states["Bob"] = bob
    newcomer = scenario.outside("Dave", via="Bob").message
    alice = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW).next
    told(alice, newcomer, MessageKind.FORK_OR_DAMAGED, "of a newcomer")
    knows = ExplainKnowledge(other=OtherSide(group_info=group_info(bob)))
    told(alice, newcomer, MessageKind.FORK, "the message's own signature", knowledge=knows)


def test_damage_is_distinguished_from_a_fork_if_a_part_proves_the_epoch() -> None:
    scenario = group_of("Alice", "Bob")
    bob, said = scenario.states["Bob"], scenario.send("Alice", b"hello")
    told(bob, damaged(said, "ciphertext"), MessageKind.DAMAGED, "its sender data opens")
    told(bob, damaged(said, "encrypted_sender_data"), MessageKind.FORK_OR_DAMAGED)
    alice = scenario.states["Alice"]
    for other in (
        OtherSide(epoch_authenticator=alice.secrets.epoch_authenticator),
        OtherSide(confirmed_transcript_hash=alice.context.confirmed_transcript_hash),
        OtherSide(group_info=encode(group_info(alice))),
    ):
        known = ExplainKnowledge(other=other)
        told(bob, damaged(said, "encrypted_sender_data"), MessageKind.DAMAGED, "in the same epoch", knowledge=known)
    update = scenario.propose_update("Alice")
    bob = scenario.states["Bob"]
    told(bob, damaged(update, "membership_tag"), MessageKind.DAMAGED, "signed it for this epoch")


def test_evidence_is_compared_with_the_kept_part_of_a_past_epoch() -> None:
    scenario = keeping(1)
    said = damaged(scenario.send("Alice", b"hello"), "encrypted_sender_data")
    authenticator = scenario.states["Alice"].secrets.epoch_authenticator
    confirmed = scenario.states["Alice"].context.confirmed_transcript_hash
    scenario.commit("Carol")
    knows = ExplainKnowledge(other=OtherSide(epoch_authenticator=authenticator))
    told(scenario.states["Bob"], said, MessageKind.FORK_OR_DAMAGED, knowledge=knows)
    knows = ExplainKnowledge(other=OtherSide(confirmed_transcript_hash=confirmed))
    told(scenario.states["Bob"], said, MessageKind.DAMAGED, knowledge=knows)


def test_an_unknown_proposal_type_is_not_called_damage() -> None:
    scenario = polling_group("Alice", "Bob")
    bob = with_public(scenario.states["Bob"], policy=Policy())
    for private, field in (
        (False, "MLSMessage.public_message.content.proposal.proposal_type"),
        (True, "PrivateMessageContent.proposal.proposal_type"),
    ):
        proposed = propose(
            scenario.states["Alice"], LUNCH, entropy=next(scenario.entropy), now=NOW, framing=Framing(private=private)
        ).message
        explanation = told(bob, encode(proposed), MessageKind.UNSUPPORTED, "61441")
        assert explanation.details.field == field
        told(scenario.states["Bob"], encode(proposed), MessageKind.PROCESSABLE)


def test_a_message_that_a_member_encrypted_wrongly_is_not_called_damage() -> None:
    scenario = group_of("Alice", "Bob")
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    content = FramedContent(b"the group", 1, Sender(MemberSender(0)), b"", ApplicationData(b"hello"))
    authenticated = AuthenticatedContent(WireFormat.mls_private_message, content, FramedContentAuthData(b"", None))
    secrets = alice.secret_tree, alice.secrets.sender_data_secret
    unsigned, _ = protect_private(alice.suite, authenticated, *secrets, entropy=bytes(32))
    message = MLSMessage(ProtocolVersion.mls10, unsigned)
    told(bob, message, MessageKind.FAILED_CHECK, "application message of Alice", "signature of the message")


def test_a_path_that_does_not_open_is_distinguished_from_damage() -> None:
    scenario = group_of("Alice", "Bob")
    bob = scenario.states["Bob"]
    forgetful = replace(bob, private_keys={x: bytes(range(32)) for x in bob.private_keys})
    explanation = told(forgetful, scenario.commit("Alice").message, MessageKind.FAILED_CHECK, "lost a private key")
    assert explanation.details.error == "DecryptionFailed"


def test_a_group_info_by_a_newcomer_of_the_other_side_proves_a_fork() -> None:
    scenario = group_of("Alice", "Bob")
    alice = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW).next
    dave = scenario.bundle("Dave")
    there = create_commit(scenario.states["Bob"], [Add(dave.key_package)], entropy=next(scenario.entropy), now=NOW)
    assert there.welcome is not None
    other = OtherSide(group_info=group_info(join(there.welcome, dave, now=NOW)))
    told(
        alice, sent_by(there.next)[0], MessageKind.FORK, "the signed GroupInfo", knowledge=ExplainKnowledge(other=other)
    )
