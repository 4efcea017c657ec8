"""Why a member cannot process some bytes: each kind of reason, with real bytes, and what proves it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.mls.group.scenario import NOW, Scenario, group_of
from tests.mls.group.test_custom_proposals import LUNCH, polling_group
from tests.mls.group.test_past_epochs import keeping
from workbench.inspect.case import NOTHING, Knowledge
from workbench.inspect.explain import explain
from workbench.inspect.explanation import Explanation
from workbench.inspect.forks import OtherSide
from workbench.inspect.reasons import ERRORS, KINDS, Kind, table
from workbench.inspect.refusals import CLOSER
from workbench.mls import (
    Add,
    ExternalPSK,
    GroupState,
    MLSMessage,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    ReInit,
    Remove,
    cipher_suite,
    create_commit,
    drop_proposal,
    encode,
    group_info,
    join,
    process,
    propose,
    protect,
    reinit_group,
    write_state,
)
from workbench.mls import errors as mls_errors
from workbench.mls.errors import MLSError
from workbench.mls.framing.content import sign_content
from workbench.mls.framing.private_message import protect_private
from workbench.mls.framing.public_message import protect_public
from workbench.mls.group.state import AnyProposal
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


def told(
    state: GroupState, message: MLSMessage | bytes, kind: Kind, *words: str, knowledge: Knowledge = NOTHING
) -> Explanation:
    """The explanation, which must be of this kind and have these words."""
    explanation = explain(state, message, now=NOW, knowledge=knowledge)
    assert explanation.kind is kind, str(explanation)
    for each in words:
        assert each in f"{explanation.sentence} {explanation.next_step}", str(explanation)
    return explanation


def every_error(family: type[MLSError] = MLSError) -> list[type[MLSError]]:
    return [family, *(each for child in family.__subclasses__() for each in every_error(child))]


# The tables


def test_every_error_of_the_engine_has_a_kind_and_a_next_step() -> None:
    assert {each for each in every_error() if each.__module__ == mls_errors.__name__} == set(ERRORS)
    for verdict in ERRORS.values():
        assert (verdict.next_step or KINDS[verdict.kind].next_step).endswith(".")
    assert set(CLOSER) <= set(ERRORS)


def test_every_kind_has_its_evidence_and_its_next_step_on_the_page(repository: Path) -> None:
    assert set(KINDS) == set(Kind)
    assert table() in (repository / "docs" / "explain.md").read_text("utf-8")


# What can be processed


def test_what_a_member_can_read_is_said_to_be_readable() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    bob = scenario.states["Bob"]
    told(bob, scenario.send("Alice", b"Lunch?"), Kind.PROCESSABLE, "application message of Alice", "6 bytes")
    removal = create_commit(
        scenario.states["Alice"], [Remove(scenario.leaf("Bob"))], entropy=next(scenario.entropy), now=NOW
    )
    told(bob, removal.message, Kind.PROCESSABLE, "commit of Alice", "removes this member from the group")
    told(
        bob,
        scenario.propose_update("Carol"),
        Kind.PROCESSABLE,
        "proposal of Carol",
        "wait for a commit: a fresh leaf key",
    )
    bob = scenario.states["Bob"]
    told(
        bob,
        scenario.commit("Alice", private=True).message,
        Kind.PROCESSABLE,
        "leads to epoch 2: Alice took in the update of Carol",
    )
    newcomer = scenario.outside("Dave", via="Bob").message
    told(scenario.states["Bob"], newcomer, Kind.PROCESSABLE, "leads to epoch 3: Dave joined by an external commit")


def test_a_late_message_of_an_epoch_that_is_kept_is_readable() -> None:
    scenario = keeping(1)
    late = scenario.send("Alice", b"late")
    scenario.commit("Carol")
    explanation = told(scenario.states["Bob"], late, Kind.PROCESSABLE, "of Alice")
    assert (explanation.details.epoch, explanation.details.own_epoch) == (1, 2)


# What is no MLSMessage


ALICE_AND_BOB = group_of("Alice", "Bob")
ALICE, BOB = ALICE_AND_BOB.states["Alice"], ALICE_AND_BOB.states["Bob"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no bytes"),
        (b"Lunch at noon?", "This is text"),
        ("Mittag\u00e9ssen".encode(), "This is text"),
        (b"cafe", "This is text"),
        (b'{"error": "not found"}', "This is JSON"),
        (b"\x89PNG\r\n\x1a\n", "start with 89504e47"),
        (bytes(100), "start with 00000000"),
        (b"\x05", "start with 05"),
        (bytes.fromhex("00020006") + bytes(6), "start with 00020006"),  # a Welcome to nobody, by chance
    ],
)
def test_what_is_not_mls_is_called_so(data: bytes, words: str) -> None:
    told(BOB, data, Kind.NOT_MLS, words)


def test_mls_that_is_written_as_text_is_decoded_and_explained() -> None:
    scenario = group_of("Alice", "Bob")
    data = encode(scenario.send("Alice", b"Lunch?"))
    bob = scenario.states["Bob"]
    for text, encoding in (
        (data.hex(), "hexadecimal"),
        (f"0x{data.hex().upper()}\n", "hexadecimal"),
        (base64.b64encode(data).decode(), "base64"),
        (base64.urlsafe_b64encode(data).decode().rstrip("="), "base64"),
        (json.dumps({"parts": [base64.b64encode(data).decode()], "id": 7}), "base64 in a string of JSON"),
    ):
        explanation = told(bob, text.encode(), Kind.ENCODED, "application message of Alice opens")
        assert explanation.details.encoding == encoding
        assert explanation.details.sender == "Alice"


def test_what_lacks_its_frame_is_called_by_its_name() -> None:
    scenario = group_of("Alice", "Bob")
    bundle = scenario.bundle("Carol")
    welcome = scenario.commit("Alice", adds=["Dave"]).welcome
    assert welcome is not None
    for bare in (
        bundle.key_package,
        welcome.message,
        group_info(scenario.states["Alice"]).message,
        scenario.send("Alice", b"hello").message,
        scenario.propose_update("Alice").message,
    ):
        told(scenario.states["Bob"], encode(bare), Kind.UNFRAMED, f"a whole {type(bare).__name__}")
    told(scenario.states["Bob"], encode(bundle.key_package).hex().encode(), Kind.ENCODED, "a whole KeyPackage")


def test_another_version_or_wire_format_is_named() -> None:
    data = encode(protect(ALICE, b"hello", entropy=bytes(32)).message)
    told(BOB, b"\x00\x02" + data[2:], Kind.OTHER_VERSION, "0x0002")
    told(BOB, data[:2] + b"\x00\x06" + data[4:], Kind.OTHER_WIRE_FORMAT, "0x0006")


def test_a_state_that_was_put_away_is_known_and_not_to_be_sent() -> None:
    told(BOB, write_state(ALICE), Kind.NOT_MLS, "private keys in it")


def test_where_damaged_bytes_stop_making_sense_is_told() -> None:
    data = encode(protect(ALICE, b"hello", entropy=bytes(32)).message)
    explanation = told(BOB, data[:-10], Kind.DAMAGED, "in MLSMessage.private_message.ciphertext")
    assert explanation.details.field == "MLSMessage.private_message.ciphertext"
    assert explanation.details.offset is not None
    assert explanation.section == "§2.1.2"
    told(BOB, bytes.fromhex("00010001 0000000000 01 000000"), Kind.DAMAGED)  # a bare PrivateMessage, by chance
    told(BOB, data[:3], Kind.DAMAGED, "Only 3 of the 4 bytes")
    told(BOB, data + b"\n", Kind.DAMAGED, "left over")
    told(
        BOB,
        data + data,
        Kind.DAMAGED,
        f"another one begins at byte {len(data)}",
        f"Split the bytes at byte {len(data)}",
    )


# What is no message to a group


def test_a_key_package_is_validated() -> None:
    scenario = group_of("Alice", "Bob")
    key_package = scenario.bundle("Carol").key_package
    framed = MLSMessage(ProtocolVersion.mls10, key_package)
    told(scenario.states["Bob"], framed, Kind.KEY_PACKAGE, "valid key package of Carol")
    late = explain(scenario.states["Bob"], framed, now=NOW + 10**9)
    assert late.kind is Kind.FAILED_CHECK
    assert "is not within the lifetime" in late.sentence
    assert "clocks" in late.next_step
    other = Scenario(cipher_suite(3)).bundle("Carol").key_package
    told(BOB, MLSMessage(ProtocolVersion.mls10, other), Kind.FAILED_CHECK, "cipher suite 3", "new one")


def test_a_group_info_is_held_against_the_state() -> None:
    scenario = group_of("Alice", "Bob")
    bob, info = scenario.states["Bob"], group_info(scenario.states["Alice"])
    told(bob, info, Kind.GROUP_INFO, "signed by Alice", "agrees")
    message: Any = info.message
    forged = replace(info, message=replace(message, signature=bytes(64)))
    told(bob, forged, Kind.FAILED_CHECK, "Alice has not signed")
    scenario.commit("Alice")
    told(scenario.states["Bob"], info, Kind.GROUP_INFO, "1 commit behind")
    told(bob, group_info(scenario.states["Alice"]), Kind.GROUP_INFO, "1 commit ahead")
    other = replace(message, group_context=replace(message.group_context, group_id=b"\xff"))
    told(bob, replace(info, message=other), Kind.GROUP_INFO, "of group ff")


def test_a_welcome_is_for_this_client_or_for_others() -> None:
    scenario = group_of("Alice", "Bob")
    dave = scenario.bundle("Dave")
    psk = PreSharedKey(PreSharedKeyID(ExternalPSK(b"over lunch"), bytes(32)))
    psks = {b"over lunch": b"fish"}
    proposals: list[AnyProposal] = [Add(dave.key_package), psk]
    made = create_commit(scenario.states["Alice"], proposals, entropy=next(scenario.entropy), now=NOW, psks=psks)
    assert made.welcome is not None
    elsewhere = group_of("Eve").states["Eve"]
    elsewhere = replace(elsewhere, context=replace(elsewhere.context, group_id=b"elsewhere"))
    told(elsewhere, made.welcome, Kind.WELCOME_FOR_OTHERS, "1 client", "no key package was given")
    bob = scenario.bundle("Bob")
    explanation = told(
        elsewhere, made.welcome, Kind.WELCOME_FOR_OTHERS, "none of the 1", knowledge=Knowledge(bundles=[bob])
    )
    assert len(explanation.details.missing) == 1
    told(elsewhere, made.welcome, Kind.MISSING_PSK, "external key", knowledge=Knowledge(bundles=[bob, dave]))
    knows = Knowledge(bundles=[bob, dave], psks=psks)
    told(elsewhere, made.welcome, Kind.WELCOME, "“the group”, in epoch 2, at leaf 2", knowledge=knows)
    spoilt = damaged(made.welcome, "encrypted_group_info")
    told(elsewhere, spoilt, Kind.FAILED_CHECK, "cannot join", "Fetch it again", "add it again", knowledge=knows)
    told(scenario.states["Bob"], made.welcome, Kind.WELCOME, "already, in epoch 1", "drop it", knowledge=knows)
    welcome: Any = made.welcome.message
    odd = replace(made.welcome, message=replace(welcome, cipher_suite=99))
    told(elsewhere, odd, Kind.UNSUPPORTED, "0x0063", knowledge=knows)


# Another group, another epoch


def test_a_message_of_another_group_is_addressed_there() -> None:
    scenario = group_of("Alice", "Bob")
    message: Any = scenario.send("Alice", b"hello")
    elsewhere = replace(message, message=replace(message.message, group_id=b"choir"))
    explanation = told(scenario.states["Bob"], elsewhere, Kind.OTHER_GROUP, "“choir”", "“the group”")
    assert (explanation.details.group_id, explanation.details.own_group_id) == (b"choir", b"the group")
    assert explanation.section == "§6"
    nameless = replace(message, message=replace(message.message, group_id=b"\xff\xfe"))
    told(scenario.states["Bob"], nameless, Kind.OTHER_GROUP, "fffe")


def test_a_message_of_the_group_after_a_reinit_is_addressed_there() -> None:
    scenario = group_of("Alice")
    scenario.commit("Alice", ReInit(b"the next", ProtocolVersion.mls10, 1, ()))
    old = scenario.states["Alice"]
    successor = reinit_group(old, scenario.bundle("Alice"), [], entropy=next(scenario.entropy), now=NOW)
    message = protect(successor.next, b"hello", entropy=next(scenario.entropy)).message
    told(old, message, Kind.SUCCESSOR_GROUP, "comes after this one by ReInit", "Welcome")
    late = create_commit(replace(old, active=True, reinit=None), entropy=next(scenario.entropy), now=NOW)
    bob = replace(old, own_leaf=type(old.own_leaf)(1))
    told(bob, late.message, Kind.GROUP_ENDED, "goes on as “the next”")


def test_a_message_from_the_future_tells_how_many_commits_are_missing() -> None:
    scenario = group_of("Alice", "Bob")
    bob = scenario.states["Bob"]
    for missing, words in ((1, "1 commit is missing"), (2, "2 commits are missing"), (3, "epochs 1 to 3")):
        scenario.commit("Alice")
        explanation = told(bob, scenario.send("Alice", b"hello"), Kind.FUTURE_EPOCH, words)
        assert explanation.details.epoch == 1 + missing
        assert explanation.details.sender == ""
    told(bob, scenario.commit("Alice").message, Kind.FUTURE_EPOCH, "commit of leaf 0", "3 commits are missing")


def test_a_message_of_a_deleted_epoch_names_the_policy_that_deleted_it() -> None:
    scenario = keeping(1)
    late = scenario.send("Alice", b"late")
    scenario.commit("Carol")
    scenario.commit("Carol")
    explanation = told(scenario.states["Bob"], late, Kind.EPOCH_DELETED, "keeps those of 1 past", "Policy.past_epochs")
    assert explanation.section == "§9.2"


def test_a_message_from_before_one_joined_was_never_readable() -> None:
    scenario = group_of("Alice", "Bob")
    early = scenario.send("Alice", b"early")
    scenario.commit("Alice", adds=["Carol"])
    told(scenario.states["Carol"], early, Kind.BEFORE_JOINING, "came in with epoch 2")


def test_a_proposal_or_commit_that_came_too_late_is_told_from_the_one_that_led_here() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    proposal = propose(scenario.states["Alice"], Remove(2), entropy=next(scenario.entropy), now=NOW).message
    loser = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW).message
    winner = scenario.commit("Carol").message
    bob, carol = scenario.states["Bob"], scenario.states["Carol"]
    told(bob, proposal, Kind.EPOCH_ENDED, "which is over")
    told(bob, loser, Kind.EPOCH_ENDED, "which is over", "forked")
    told(bob, winner, Kind.ALREADY_PROCESSED, "has ended epoch 1 here")
    told(carol, winner, Kind.OWN_ECHO, "this member's own", "Drop it")
    scenario.commit("Alice")
    told(scenario.states["Bob"], winner, Kind.EPOCH_ENDED, "which is over")
    public: Any = winner.message
    copied = replace(public.auth, confirmation_tag=scenario.states["Bob"].confirmation_tag)
    told(scenario.states["Bob"], replace(winner, message=replace(public, auth=copied)), Kind.EPOCH_ENDED)
    told(scenario.states["Bob"], winner, Kind.ALREADY_PROCESSED, knowledge=Knowledge(commits=[winner]))


@pytest.mark.parametrize("private", [False, True])
def test_an_own_commit_of_an_epoch_that_is_kept_is_known_again(private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = keeping(2)
    loser = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, private=private)
    scenario.states["Alice"] = loser.current
    scenario.commit("Carol")
    told(scenario.states["Alice"], loser.message, Kind.OWN_ECHO, "this member's own, of epoch 1")
    told(scenario.states["Bob"], loser.message, Kind.EPOCH_ENDED)
    if not private:
        public: Any = loser.message.message
        forged = replace(loser.message, message=replace(public, auth=replace(public.auth, signature=bytes(64))))
        told(scenario.states["Alice"], forged, Kind.EPOCH_ENDED)


def test_who_was_removed_is_told_so() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    removal = create_commit(scenario.states["Alice"], [Remove(1)], entropy=next(scenario.entropy), now=NOW)
    earlier = scenario.send("Alice", b"bye")
    bob, _ = process(scenario.states["Bob"], removal.message, now=NOW)
    said = protect(removal.next, b"hello", entropy=next(scenario.entropy)).message
    told(bob, earlier, Kind.PROCESSABLE, "application message of Alice")
    told(bob, said, Kind.REMOVED, "removed at the end of epoch 1", "join by an external commit")
    told(bob, scenario.propose_update("Carol"), Kind.REMOVED)


# From oneself


def test_ones_own_messages_come_back() -> None:
    scenario = group_of("Alice", "Bob")
    said = scenario.send("Alice", b"hello")
    told(scenario.states["Alice"], said, Kind.OWN_ECHO, "application message of Alice", "what it says was known")
    update = scenario.propose_update("Alice")
    told(scenario.states["Alice"], update, Kind.OWN_ECHO, "proposal of Alice", "waiting")
    private = scenario.propose_update("Alice", private=True)
    told(scenario.states["Alice"], private, Kind.OWN_ECHO, "proposal of Alice", "waiting")
    dropped = scenario.states["Alice"]
    for reference in dropped.proposals:
        dropped = drop_proposal(dropped, reference)
    told(dropped, update, Kind.OWN_ECHO)


@pytest.mark.parametrize("private", [False, True])
def test_ones_own_commit_comes_back_and_is_adopted(private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = group_of("Alice", "Bob")
    committed = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, private=private)
    told(committed.current, committed.message, Kind.OWN_ECHO, "commit of Alice", "`staged`")
    knows = Knowledge(staged=committed)
    told(committed.current, committed.message, Kind.PROCESSABLE, "leads to epoch 2", knowledge=knows)


def test_a_second_copy_of_a_member_is_found_out() -> None:
    scenario = group_of("Alice", "Bob")
    backup = scenario.states["Alice"]
    first, second = scenario.send("Alice", b"first"), scenario.send("Alice", b"second")
    for message, generation in ((first, 0), (second, 1)):
        words = f"took key {generation}, and the next one of this state is 0"
        told(backup, message, Kind.OWN_LEAF_TWICE, "is signed by this member", words)


def test_a_member_that_speaks_in_ones_name_is_not_taken_for_oneself() -> None:
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
    told(alice, message, Kind.FAILED_CHECK, "names this member as its sender, who has neither sealed nor signed it")


# Generations


def test_used_expired_and_distant_keys_are_told_apart() -> None:
    scenario = group_of("Alice", "Bob")
    limits = RatchetLimits(forward=10, behind=3)
    bob = replace(scenario.states["Bob"], policy=replace(scenario.states["Bob"].policy, ratchets=limits))
    messages = [scenario.send("Alice", b"hello") for _ in range(20)]
    bob, _ = process(bob, messages[6], now=NOW)
    used = told(bob, messages[6], Kind.KEY_USED, "application key 6", "of Alice")
    assert (used.details.sender, used.details.leaf, used.details.generation) == ("Alice", 0, 6)
    told(bob, messages[1], Kind.KEY_EXPIRED, "6 steps behind", "RatchetLimits.behind")
    told(bob, messages[5], Kind.PROCESSABLE)
    told(bob, messages[19], Kind.TOO_FAR_AHEAD, "12 steps ahead", "RatchetLimits.forward")


# Forks and damage


def forked() -> tuple[GroupState, GroupState, list[MLSMessage]]:
    """Two sides of one group, both in epoch 2: Alice's and Bob's, and the two commits that led there."""
    scenario = group_of("Alice", "Bob", "Carol")
    commits = [
        create_commit(scenario.states[name], entropy=next(scenario.entropy), now=NOW) for name in ("Alice", "Bob")
    ]
    return commits[0].next, commits[1].next, [each.message for each in commits]


def sent_by(state: GroupState) -> list[MLSMessage]:
    """A private message and a public one."""
    return [
        protect(state, b"hello", entropy=bytes(32)).message,
        create_commit(state, entropy=bytes(32), now=NOW).message,
        propose(state, Remove(2), entropy=bytes(32), now=NOW, private=True).message,
    ]


def test_without_evidence_a_fork_cannot_be_told_from_damage() -> None:
    alice, bob, _ = forked()
    for message in sent_by(bob):
        told(alice, message, Kind.FORK_OR_DAMAGED, "or the group has forked", "compare the epoch authenticator")


def test_something_of_the_other_side_proves_a_fork() -> None:
    alice, bob, commits = forked()
    for other, words in (
        (OtherSide(epoch_authenticator=bob.secrets.epoch_authenticator), "the epoch authenticator"),
        (OtherSide(confirmed_transcript_hash=bob.context.confirmed_transcript_hash), "the confirmed transcript hash"),
        (OtherSide(group_info=group_info(bob)), "the signed GroupInfo"),
    ):
        for message in sent_by(bob):
            told(alice, message, Kind.FORK, words, knowledge=Knowledge(other=other))
    commit = sent_by(bob)[1]
    knows = Knowledge(other=OtherSide(group_info=group_info(bob)))
    told(alice, commit, Kind.FORK, "its own signature, which is good in the other side's epoch", knowledge=knows)
    knows = Knowledge(other=OtherSide(commits=[commits[1]]), commits=[encode(commits[0])])
    words = "the sides part at the end of epoch 1: here by the commit of leaf 0, there by the commit of leaf 1"
    told(alice, commit, Kind.FORK, words, knowledge=knows)


def test_the_histories_of_both_sides_prove_a_fork_in_any_later_epoch_and_in_none_before() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    before = scenario.send("Carol", b"before the fork")
    proposal = propose(scenario.states["Bob"], Remove(2), entropy=next(scenario.entropy), now=NOW).message
    ours, theirs = (
        create_commit(scenario.states[name], entropy=next(scenario.entropy), now=NOW) for name in ("Alice", "Bob")
    )
    second = create_commit(theirs.next, entropy=next(scenario.entropy), now=NOW)
    after = protect(second.next, b"after", entropy=next(scenario.entropy)).message
    knows = Knowledge(other=OtherSide(commits=[theirs.message, second.message]), commits=[ours.message])
    for message in (after, theirs.message, second.message):
        told(ours.next, message, Kind.FORK, "the sides part at the end of epoch 1", knowledge=knows)
    told(ours.next, before, Kind.EPOCH_DELETED, knowledge=knows)
    told(ours.next, proposal, Kind.EPOCH_ENDED, knowledge=knows)
    told(ours.next, after, Kind.FUTURE_EPOCH)


def test_histories_that_hold_custom_proposals_prove_a_fork_too() -> None:
    scenario = polling_group("Alice", "Bob")
    ours, theirs = (
        create_commit(scenario.states[name], [LUNCH], entropy=next(scenario.entropy), now=NOW)
        for name in ("Alice", "Bob")
    )
    after = protect(theirs.next, b"after", entropy=next(scenario.entropy)).message
    knows = Knowledge(other=OtherSide(commits=[encode(theirs.message)]), commits=[encode(ours.message)])
    told(ours.next, after, Kind.FORK, "the sides part at the end of epoch 1", knowledge=knows)


def test_a_custom_proposal_from_a_second_copy_of_ones_leaf_is_known_as_ones_own() -> None:
    scenario = polling_group("Alice", "Bob")
    proposed = propose(scenario.states["Alice"], LUNCH, entropy=next(scenario.entropy), now=NOW, private=True)
    told(scenario.states["Alice"], proposed.message, Kind.OWN_LEAF_TWICE, "is signed by this member")


def test_a_group_info_of_the_other_side_proves_a_fork_by_itself() -> None:
    alice, bob, _ = forked()
    told(alice, group_info(bob), Kind.FORK, "Bob has signed", "the group has forked")


def test_the_parting_of_private_and_outside_commits_is_found_too() -> None:
    scenario = group_of("Alice", "Bob")
    private = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, private=True)
    outside = scenario.outside("Dave", via="Alice")
    message = sent_by(outside.next)[0]
    knows = Knowledge(other=OtherSide(commits=[outside.message]), commits=[private.message])
    told(private.next, message, Kind.FORK, "here by a private commit, there by a newcomer's commit", knowledge=knows)
    same = Knowledge(other=OtherSide(commits=[private.message]), commits=[private.message])
    told(private.next, message, Kind.FORK_OR_DAMAGED, knowledge=same)


def test_evidence_that_proves_nothing_counts_for_nothing() -> None:
    alice, bob, _ = forked()
    without_tree: Any = group_info(bob, ratchet_tree=False)
    forged = replace(without_tree, message=replace(without_tree.message, signature=bytes(64)))
    nobody = replace(without_tree, message=replace(without_tree.message, signer=77))
    earlier = group_info(group_of("Alice", "Bob", "Carol").states["Bob"])
    for evidence in (forged, nobody, earlier, b"", protect(bob, b"", entropy=bytes(32)).message):
        knows = Knowledge(other=OtherSide(group_info=evidence))
        for message in sent_by(bob):
            told(alice, message, Kind.FORK_OR_DAMAGED, knowledge=knows)


def test_a_newcomer_of_the_other_side_is_seen_by_its_signature() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    bob = create_commit(scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW).next
    scenario.states["Bob"] = bob
    newcomer = scenario.outside("Dave", via="Bob").message
    alice = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW).next
    told(alice, newcomer, Kind.FORK_OR_DAMAGED, "of a newcomer")
    knows = Knowledge(other=OtherSide(group_info=group_info(bob)))
    told(alice, newcomer, Kind.FORK, "its own signature", knowledge=knows)


def damaged(message: MLSMessage, field: str) -> MLSMessage:
    """The message with one bit of a field changed."""
    inside: Any = message.message
    return replace(message, message=replace(inside, **{field: flipped(getattr(inside, field))}))


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def test_damage_is_told_from_a_fork_where_a_part_proves_the_epoch() -> None:
    scenario = group_of("Alice", "Bob")
    bob, said = scenario.states["Bob"], scenario.send("Alice", b"hello")
    told(bob, damaged(said, "ciphertext"), Kind.DAMAGED, "its sender data opens")
    told(bob, damaged(said, "encrypted_sender_data"), Kind.FORK_OR_DAMAGED)
    alice = scenario.states["Alice"]
    for other in (
        OtherSide(epoch_authenticator=alice.secrets.epoch_authenticator),
        OtherSide(confirmed_transcript_hash=alice.context.confirmed_transcript_hash),
        OtherSide(group_info=encode(group_info(alice))),
    ):
        known = Knowledge(other=other)
        told(bob, damaged(said, "encrypted_sender_data"), Kind.DAMAGED, "in this very epoch", knowledge=known)
    update = scenario.propose_update("Alice")
    bob = scenario.states["Bob"]
    told(bob, damaged(update, "membership_tag"), Kind.DAMAGED, "signed it for this very epoch")


def test_a_past_epoch_is_compared_as_far_as_it_is_kept() -> None:
    scenario = keeping(1)
    said = damaged(scenario.send("Alice", b"hello"), "encrypted_sender_data")
    authenticator = scenario.states["Alice"].secrets.epoch_authenticator
    confirmed = scenario.states["Alice"].context.confirmed_transcript_hash
    scenario.commit("Carol")
    knows = Knowledge(other=OtherSide(epoch_authenticator=authenticator))
    told(scenario.states["Bob"], said, Kind.FORK_OR_DAMAGED, knowledge=knows)
    knows = Knowledge(other=OtherSide(confirmed_transcript_hash=confirmed))
    told(scenario.states["Bob"], said, Kind.DAMAGED, knowledge=knows)


# What is missing, and what failed


@pytest.mark.parametrize("private", [False, True])
def test_a_missing_proposal_is_named(private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = group_of("Alice", "Bob", "Carol")
    carol = scenario.states["Carol"]
    scenario.propose_update("Bob")
    (reference,) = scenario.states["Alice"].proposals
    commit = scenario.commit("Alice", private=private).message
    explanation = told(carol, commit, Kind.MISSING_PROPOSAL, reference.hex()[:8], "Fetch the proposals")
    assert explanation.details.missing == (() if private else (reference.hex(),))


def test_a_missing_psk_is_named() -> None:
    scenario = group_of("Alice", "Bob")
    psk = PreSharedKey(PreSharedKeyID(ExternalPSK(b"over lunch"), bytes(32)))
    psks = {b"over lunch": b"fish"}
    commit = create_commit(scenario.states["Alice"], [psk], entropy=next(scenario.entropy), now=NOW, psks=psks).message
    bob = scenario.states["Bob"]
    told(bob, commit, Kind.MISSING_PSK, b"over lunch".hex())
    told(bob, commit, Kind.PROCESSABLE, knowledge=Knowledge(psks=psks))
    other = told(bob, commit, Kind.FAILED_CHECK, "confirmation tag", knowledge=Knowledge(psks={b"over lunch": b"soup"}))
    assert "Compare the pre-shared keys" in other.next_step


def test_a_failed_check_keeps_its_section_and_its_error() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    remove = propose(scenario.states["Alice"], Remove(2), entropy=next(scenario.entropy), now=NOW).message
    public: Any = remove.message
    content = replace(public.content, content=replace(public.content.content, proposal=Remove(77)))
    state = scenario.states["Alice"]
    signature = sign_content(
        state.suite, WireFormat.mls_public_message, content, state.signature_private_key, state.context
    )
    authenticated = AuthenticatedContent(WireFormat.mls_public_message, content, FramedContentAuthData(signature, None))
    message = protect_public(state.suite, authenticated, state.secrets.membership_key, state.context)
    explanation = told(
        scenario.states["Bob"], MLSMessage(ProtocolVersion.mls10, message), Kind.FAILED_CHECK, "no member at leaf 77"
    )
    assert explanation.section == "§12.1.3"
    assert explanation.details.error == "InvalidProposal"
    assert type(explanation.error) is mls_errors.InvalidProposal


# How it is shown


def test_an_explanation_is_text_json_and_html() -> None:
    scenario = group_of("Alice", "<Bob>")
    message = scenario.send("<Bob>", b"hello")
    alice, _ = process(scenario.states["Alice"], message, now=NOW)
    explanation = told(alice, message, Kind.KEY_USED)
    lines = str(explanation).splitlines()
    assert lines[0] == "key used (RFC 9420 §9.2)"
    assert max(map(len, lines)) <= 100
    assert "    generation: 0" in lines
    shown = json.loads(json.dumps(explanation.as_json()))
    assert shown["kind"] == "key used"
    assert shown["details"]["sender"] == "<Bob>"
    assert shown["details"]["group_id"] == b"the group".hex()
    html = explanation._repr_html_()
    assert "&lt;Bob&gt;" in html
    assert "<Bob>" not in html
    assert "mls-well" not in html.partition("</style>")[0].partition("<style>")[0]


def test_a_proposal_type_that_is_not_known_here_is_not_called_damage() -> None:
    scenario = polling_group("Alice", "Bob")
    bob = replace(scenario.states["Bob"], policy=Policy())
    for private, field in (
        (False, "MLSMessage.public_message.content.proposal.proposal_type"),
        (True, "PrivateMessageContent.proposal.proposal_type"),
    ):
        proposed = propose(
            scenario.states["Alice"], LUNCH, entropy=next(scenario.entropy), now=NOW, private=private
        ).message
        explanation = told(bob, encode(proposed), Kind.UNSUPPORTED, "61441")
        assert explanation.details.field == field
        told(scenario.states["Bob"], encode(proposed), Kind.PROCESSABLE)


def test_what_a_member_has_sealed_wrongly_is_not_called_damage() -> None:
    scenario = group_of("Alice", "Bob")
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    content = FramedContent(b"the group", 1, Sender(MemberSender(0)), b"", ApplicationData(b"hello"))
    authenticated = AuthenticatedContent(WireFormat.mls_private_message, content, FramedContentAuthData(b"", None))
    secrets = alice.secret_tree, alice.secrets.sender_data_secret
    unsigned, _ = protect_private(alice.suite, authenticated, *secrets, entropy=bytes(32))
    message = MLSMessage(ProtocolVersion.mls10, unsigned)
    told(bob, message, Kind.FAILED_CHECK, "application message of Alice", "signature of the message")


def test_a_path_that_does_not_open_is_told_from_damage() -> None:
    scenario = group_of("Alice", "Bob")
    bob = scenario.states["Bob"]
    forgetful = replace(bob, private_keys={x: bytes(range(32)) for x in bob.private_keys})
    explanation = told(forgetful, scenario.commit("Alice").message, Kind.FAILED_CHECK, "lost a private key")
    assert explanation.details.error == "DecryptionFailed"


def test_a_group_info_by_a_newcomer_of_the_other_side_proves_a_fork() -> None:
    scenario = group_of("Alice", "Bob")
    alice = create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW).next
    dave = scenario.bundle("Dave")
    there = create_commit(scenario.states["Bob"], [Add(dave.key_package)], entropy=next(scenario.entropy), now=NOW)
    assert there.welcome is not None
    other = OtherSide(group_info=group_info(join(there.welcome, dave, now=NOW)))
    told(alice, sent_by(there.next)[0], Kind.FORK, "the signed GroupInfo", knowledge=Knowledge(other=other))
