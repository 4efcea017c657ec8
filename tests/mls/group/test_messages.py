"""Which messages a member refuses before it looks at their content (RFC 9420 §6)."""

from __future__ import annotations

from dataclasses import replace

from tests.mls.group.changed_objects import SUITE, moved, refuses
from tests.mls.group.scenario import NOW, group_of, with_public
from workbench.mls import (
    ApplicationMessage,
    MLSMessage,
    Remove,
    encode,
    process,
    propose,
    propose_self_add,
    protect,
)
from workbench.mls import errors as refused
from workbench.mls.framing.public_message import protect_public
from workbench.mls.framing.signing import sign_content
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.messages import AuthenticatedContent, FramedContent, FramedContentAuthData, MemberSender, Sender
from workbench.mls.wire.proposals import Proposal


def test_messages_of_another_group_or_epoch_are_refused() -> None:
    scenario = group_of("Alice", "Bob")
    old = scenario.send("Alice", b"late")
    with refuses(refused.WrongGroup, "§6", "for group"):
        process(group_of("Alice", "Bob", "Carol").states["Bob"], moved(old, group_id=b"elsewhere"), now=NOW)
    scenario.commit("Alice")
    with refuses(refused.EpochDeleted, "§9.2", "of epoch 1, this state is in epoch 2"):
        process(scenario.states["Bob"], old, now=NOW)


def test_a_key_package_is_no_message_within_a_group() -> None:
    scenario = group_of("Alice", "Bob")
    message = MLSMessage(ProtocolVersion.mls10, scenario.bundle("Carol").key_package)
    with refuses(refused.Misuse, "§6", "KeyPackage is not a message within a group"):
        process(scenario.states["Bob"], message, now=NOW)


def test_a_sender_at_a_blank_leaf_is_refused() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    proposal = FramedContent(bob.group_id, bob.epoch, Sender(MemberSender(3)), b"", Proposal(Remove(0)))
    form = WireFormat.mls_public_message
    signature = sign_content(SUITE, form, proposal, alice.signature_private_key, alice.context)
    content = AuthenticatedContent(form, proposal, FramedContentAuthData(signature, None))
    message = protect_public(SUITE, content, alice.secrets.membership_key, alice.context)
    with refuses(refused.InvalidMessage, "§6", "leaf 3, is no member"):
        process(bob, MLSMessage(ProtocolVersion.mls10, message), now=NOW)


def test_application_data_waits_for_pending_proposals() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.propose_update("Bob")
    with refuses(refused.Misuse, "§12.4", "proposals are pending"):
        protect(scenario.states["Alice"], b"hello", entropy=b"e" * 32)


def test_application_data_does_not_wait_for_somebody_who_asks_to_be_added() -> None:
    scenario = group_of("Alice", "Bob")
    alice, carol = scenario.states["Alice"], scenario.bundle("Carol")
    asked = propose_self_add(
        carol.key_package, carol.signature_private_key, SUITE, alice.group_id, alice.epoch, now=NOW
    )
    scenario.deliver(asked, "Carol")
    assert scenario.states["Alice"].proposals
    assert scenario.states["Bob"].proposals
    said = protect(scenario.states["Alice"], b"hello", entropy=b"e" * 32)
    _, received = process(scenario.states["Bob"], encode(said.message), now=NOW)
    assert isinstance(received, ApplicationMessage)
    for name, state in scenario.states.items():
        scenario.states[name] = with_public(state, policy=replace(state.policy, needs_approval=frozenset()))
    with refuses(refused.Misuse, "§12.4", "proposals are pending"):
        protect(scenario.states["Alice"], b"hello", entropy=b"f" * 32)


def test_a_forged_signature_is_refused_though_the_tag_is_right() -> None:
    scenario = group_of("Alice", "Bob")
    state = replace(scenario.states["Alice"], signature_private_key=scenario.states["Bob"].signature_private_key)
    forged = propose(state, Remove(1), entropy=b"e" * 32, now=NOW)
    with refuses(refused.InvalidSignature, "§6.1", "does not verify"):
        process(scenario.states["Bob"], forged.message, now=NOW)
