"""Proposals and commits as PrivateMessages in live groups: all that works in the open works sealed (RFC 9420 §6.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import REINIT, refuses
from tests.mls.group.scenario import NOW, Scenario, group_of
from tests.mls.group.test_custom_proposals import CAPABILITIES, LUNCH, POLICY
from workbench.mls import (
    CIPHER_SUITES,
    Add,
    ExternalPSK,
    Framing,
    GroupContextExtensions,
    MLSMessage,
    Padme,
    PreSharedKey,
    PreSharedKeyID,
    Remove,
    Removed,
    create_commit,
    decode,
    encode,
    join,
    process,
    propose,
)
from workbench.mls import errors as refused
from workbench.mls.framing.private_message import protect_private
from workbench.mls.framing.signing import sign_content
from workbench.mls.group.public_group import AnyProposal
from workbench.mls.wire.code_points import ContentType, ProtocolVersion, WireFormat
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    PrivateMessage,
    Sender,
)
from workbench.mls.wire.proposals import Proposal

every_suite = pytest.mark.parametrize("suite", sorted(CIPHER_SUITES))


def assert_sealed(message: MLSMessage, content_type: ContentType) -> None:
    """On the wire there is a group, an epoch, a kind of content and ciphertext, and nothing else."""
    sealed = decode(MLSMessage, encode(message)).message
    assert isinstance(sealed, PrivateMessage)
    assert (sealed.content_type, sealed.authenticated_data) == (content_type, b"")


def psk(scenario: Scenario) -> PreSharedKey:
    return PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), bytes(scenario.suite.hash_length)))


@every_suite
def test_a_group_lives_behind_private_handshakes_in_every_suite(suite: int) -> None:
    scenario = group_of("Alice", "Bob", "Carol", suite=suite)
    assert_sealed(scenario.propose_update("Carol", framing=Framing(private=True)), ContentType.proposal)
    assert_sealed(
        scenario.propose("Bob", Add(scenario.bundle("Eve").key_package), framing=Framing(private=True)),
        ContentType.proposal,
    )
    assert_sealed(scenario.commit("Alice", framing=Framing(private=True)).message, ContentType.commit)
    assert_agreement(scenario)
    committed = scenario.commit("Bob", adds=["Dave"], framing=Framing(private=True, padding=Padme()))
    assert_sealed(committed.message, ContentType.commit)
    assert_agreement(scenario)
    assert_sealed(
        scenario.propose("Dave", Remove(scenario.leaf("Bob")), framing=Framing(private=True)), ContentType.proposal
    )
    scenario.commit("Carol", framing=Framing(private=True))
    assert "Bob" not in scenario.states
    assert_agreement(scenario)
    scenario.join_by_commit("Fay", via="Dave")
    scenario.propose_update("Fay", framing=Framing(private=True))
    scenario.commit("Dave", framing=Framing(private=True))
    assert_agreement(scenario)
    scenario.deliver(scenario.send("Fay", b"hello"), "Fay")


@every_suite
def test_a_newcomer_joins_by_the_welcome_of_a_private_commit_and_commits_privately(suite: int) -> None:
    scenario = group_of("Alice", "Bob", suite=suite)
    bundle = scenario.bundle("Carol")
    scenario.propose("Bob", Add(bundle.key_package), framing=Framing(private=True))
    committed = scenario.commit("Alice", framing=Framing(private=True))
    scenario.states["Carol"] = join(encode(committed.welcome), bundle, now=NOW)
    assert_agreement(scenario)
    scenario.commit("Carol", framing=Framing(private=True))
    assert_agreement(scenario)


@pytest.mark.parametrize("by_reference", [False, True], ids=["by value", "by reference"])
@pytest.mark.parametrize(
    "kind", ["Add", "Remove", "PreSharedKey", "GroupContextExtensions", "ReInit", "CustomProposal"]
)
def test_every_kind_of_proposal_travels_sealed(kind: str, *, by_reference: bool) -> None:
    scenario = group_of("Alice", "Bob", "Carol", policy=POLICY, capabilities=CAPABILITIES)
    proposals: dict[str, AnyProposal] = {
        "Add": Add(scenario.bundle("Dave", capabilities=CAPABILITIES).key_package),
        "Remove": Remove(2),
        "PreSharedKey": psk(scenario),
        "GroupContextExtensions": GroupContextExtensions(()),
        "ReInit": REINIT,
        "CustomProposal": LUNCH,
    }
    proposal = proposals[kind]
    if by_reference:
        scenario.propose("Bob", proposal, framing=Framing(private=True))
    options: dict[str, Any] = {"framing": Framing(private=True), "psks": {b"id": b"key"}}
    committed = create_commit(
        scenario.states["Alice"], [] if by_reference else [proposal], entropy=next(scenario.entropy), now=NOW, **options
    )
    assert_sealed(committed.message, ContentType.commit)
    bob, learned = process(scenario.states["Bob"], encode(committed.message), now=NOW, psks={b"id": b"key"})
    assert learned == committed.advanced
    assert [(sent.proposal, sent.sender) for sent in committed.advanced.proposals] == [(proposal, int(by_reference))]
    assert bob.secrets == committed.next.secrets


def test_a_private_commit_tells_who_it_removes_that_it_is_out() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    committed = create_commit(
        scenario.states["Alice"], [Remove(1)], entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True)
    )
    after, learned = process(scenario.states["Bob"], encode(committed.message), now=NOW)
    assert isinstance(learned, Removed)
    assert not after.active


def test_private_proposals_arrive_in_any_order_and_once() -> None:
    scenario = group_of("Alice", "Bob")
    state, messages = scenario.states["Alice"], []
    for proposal in (psk(scenario), GroupContextExtensions(())):
        made = propose(state, proposal, entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True))
        state = made.next
        messages.append(made.message)
    bob = scenario.states["Bob"]
    for message in reversed(messages):
        bob, _ = process(bob, message, now=NOW)
    assert set(bob.proposals) == set(state.proposals)
    for message in messages:
        with refuses(refused.KeyAlreadyUsed, "§9.2", "replay"):
            process(bob, message, now=NOW)


def test_handshakes_use_up_no_key_of_application_messages() -> None:
    scenario = group_of("Alice", "Bob")
    said = scenario.send("Alice", b"first")
    proposed = propose(
        scenario.states["Alice"], Remove(1), entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True)
    )
    bob, _ = process(scenario.states["Bob"], proposed.message, now=NOW)
    bob, _ = process(bob, said, now=NOW)
    assert bob.secret_tree == proposed.next.secret_tree


def test_a_proposal_that_was_signed_for_the_open_is_refused_in_a_private_message() -> None:
    scenario = group_of("Alice", "Bob")
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    content = FramedContent(alice.group_id, alice.epoch, Sender(MemberSender(0)), b"", Proposal(Remove(1)))
    for signed_for, accepted in ((WireFormat.mls_private_message, True), (WireFormat.mls_public_message, False)):
        signature = sign_content(scenario.suite, signed_for, content, alice.signature_private_key, alice.context)
        authenticated = AuthenticatedContent(
            WireFormat.mls_private_message, content, FramedContentAuthData(signature, None)
        )
        sealed, _ = protect_private(
            scenario.suite, authenticated, alice.secret_tree, alice.secrets.sender_data_secret, entropy=bytes(32)
        )
        message = MLSMessage(ProtocolVersion.mls10, sealed)
        if accepted:
            process(bob, message, now=NOW)
        else:
            with refuses(refused.InvalidSignature, "§6.1", "does not verify"):
                process(bob, message, now=NOW)


def test_a_kind_of_content_that_was_relabelled_on_the_way_does_not_open() -> None:
    scenario = group_of("Alice", "Bob")
    proposed = propose(
        scenario.states["Alice"], Remove(1), entropy=next(scenario.entropy), now=NOW, framing=Framing(private=True)
    )
    sealed = proposed.message.message
    assert isinstance(sealed, PrivateMessage)
    for content_type in (ContentType.commit, ContentType.application):
        relabelled = replace(proposed.message, message=replace(sealed, content_type=content_type))
        with refuses(refused.DecryptionFailed, "§6.3.2", "sender data"):
            process(scenario.states["Bob"], relabelled, now=NOW)
