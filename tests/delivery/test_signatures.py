"""Public handshakes whose signature is wrong are refused, as far as a GroupInfo tells the service the keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.client.devices import GROUP, logged_in
from tests.delivery.uploads import NOW
from workbench.client import Device
from workbench.delivery import DeliveryService, InvalidGroupInfoUpload, WrongOrder, WrongSignature
from workbench.delivery.http.problems import error_of, problem_of
from workbench.delivery.signatures import check_signature, described_group
from workbench.mls import (
    Add,
    BasicCredential,
    Credential,
    Extension,
    Framing,
    GroupContextExtensions,
    LeafIndex,
    Lifetime,
    MLSMessage,
    Remove,
    cipher_suite,
    create_commit,
    create_key_package,
    decode,
    encode,
    external_commit,
    group_info,
    propose,
    propose_external,
    propose_self_add,
)
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import ExternalSender, ExternalSenders
from workbench.mls.wire.messages import GroupInfo, MemberSender, PublicMessage, Sender
from workbench.mls.wire.proposals import Proposal
from workbench.mls.wire.tree import RatchetTreeExtension

SUITE = cipher_suite(1)
ENTROPY = bytes(range(32))
OUTSIDE = SUITE.signature_key_pair(b"somebody outside")


def two_members() -> tuple[Device, Device]:
    """Alice and Bob in epoch 2 of a group with an external sender; each reaches the service as a device of its own."""
    alice, bob = logged_in(DeliveryService(clock=lambda: NOW), "Alice", "Bob")
    senders = ExternalSenders((ExternalSender(OUTSIDE.public_key, Credential(BasicCredential(b"auditor"))),))
    listed = GroupContextExtensions((Extension(ExtensionType.external_senders, encode(senders)),))
    alice.commit(GROUP, proposals=[listed])
    for device in (alice, bob):
        device.fetch(GROUP)
    return alice, bob


def proposal_of_a_member(bob: Device) -> MLSMessage:
    return propose(bob.state(GROUP), Remove(LeafIndex(0)), entropy=ENTROPY, now=NOW).message


def commit_of_a_member(bob: Device) -> MLSMessage:
    return create_commit(bob.state(GROUP), entropy=ENTROPY, now=NOW).message


def proposal_of_an_external_sender(bob: Device) -> MLSMessage:
    epoch, key = bob.state(GROUP).epoch, OUTSIDE.private_key
    remove = Remove(LeafIndex(0))
    return propose_external(SUITE, GROUP, epoch, remove, now=NOW, sender_index=0, signature_private_key=key)


def commit_of_a_newcomer(bob: Device) -> MLSMessage:
    carol = Credential(BasicCredential(b"Carol"))
    return external_commit(group_info(bob.state(GROUP)), carol, OUTSIDE.private_key, entropy=ENTROPY, now=NOW).message


def request_of_a_newcomer(bob: Device) -> MLSMessage:
    carol = Credential(BasicCredential(b"Carol"))
    lifetime = Lifetime(NOW, NOW + 3600)
    made = create_key_package(SUITE, carol, OUTSIDE.private_key, lifetime=lifetime, entropy=ENTROPY).key_package
    return propose_self_add(made, OUTSIDE.private_key, SUITE, GROUP, bob.state(GROUP).epoch, now=NOW)


SENT = (
    proposal_of_a_member,
    commit_of_a_member,
    proposal_of_an_external_sender,
    commit_of_a_newcomer,
    request_of_a_newcomer,
)


def public(message: MLSMessage) -> PublicMessage:
    assert isinstance(message.message, PublicMessage)
    return message.message


def with_another_signature(message: MLSMessage) -> bytes:
    """The message, with one bit of its signature changed."""
    framed = public(message)
    signature = bytes([framed.auth.signature[0] ^ 1]) + framed.auth.signature[1:]
    return encode(replace(message, message=replace(framed, auth=replace(framed.auth, signature=signature))))


@pytest.mark.parametrize("sent", SENT)
def test_a_public_handshake_with_another_signature_is_refused_and_the_honest_one_is_not(
    sent: Callable[[Device], MLSMessage],
) -> None:
    alice, bob = two_members()
    alice.publish_group_info(GROUP)
    message = sent(bob)
    before = bob._service.entries(GROUP)
    with pytest.raises(WrongSignature, match="does not verify"):
        bob._service.submit(GROUP, with_another_signature(message))
    assert bob._service.entries(GROUP) == before
    assert bob._service.submit(GROUP, encode(message)).index == len(before) + before[0].index


def test_a_member_cannot_send_in_the_name_of_another_one() -> None:
    alice, bob = two_members()
    alice.publish_group_info(GROUP)
    message = proposal_of_a_member(bob)
    framed = public(message)
    for leaf, reason in ((0, "does not verify"), (7, "leaf 7, is no member")):
        content = replace(framed.content, sender=Sender(MemberSender(leaf)))
        with pytest.raises(WrongSignature, match=reason):
            bob._service.submit(GROUP, encode(replace(message, message=replace(framed, content=content))))


def test_without_a_group_info_only_the_key_in_the_message_is_known() -> None:
    _, bob = two_members()
    for sent in SENT[:4]:
        assert not check_signature(public(sent(bob)), None)
    assert check_signature(public(request_of_a_newcomer(bob)), None)
    bob._service.submit(GROUP, with_another_signature(proposal_of_a_member(bob)))
    with pytest.raises(WrongSignature, match="does not verify"):
        bob._service.submit(GROUP, with_another_signature(request_of_a_newcomer(bob)))


def test_a_group_info_without_a_tree_tells_no_key() -> None:
    _, bob = two_members()
    described = encode(group_info(bob.state(GROUP), ratchet_tree=False))
    assert described_group(described) is None
    bob._service.publish_group_info(described)
    bob._service.submit(GROUP, with_another_signature(proposal_of_a_member(bob)))


def test_a_private_handshake_is_not_checked() -> None:
    alice, bob = two_members()
    alice.publish_group_info(GROUP)
    made = propose(bob.state(GROUP), Remove(LeafIndex(0)), entropy=ENTROPY, now=NOW, framing=Framing(private=True))
    damaged = encode(made.message)[:-1] + b"\0"
    assert bob._service.submit(GROUP, damaged).message == damaged


def test_when_the_epoch_ends_the_keys_of_its_group_info_are_not_used_any_more() -> None:
    alice, bob = two_members()
    alice.publish_group_info(GROUP)
    alice.commit(GROUP)
    for device in (alice, bob):
        device.fetch(GROUP)
    damaged = with_another_signature(proposal_of_a_member(bob))
    bob._service.submit(GROUP, damaged)
    alice.publish_group_info(GROUP)
    with pytest.raises(WrongSignature):
        bob._service.submit(GROUP, with_another_signature(commit_of_a_member(bob)))


def test_a_late_message_is_refused_for_its_epoch() -> None:
    alice, bob = two_members()
    late = with_another_signature(commit_of_a_member(bob))
    alice.commit(GROUP)
    alice.fetch(GROUP)
    alice.publish_group_info(GROUP)
    with pytest.raises(Exception, match="the commit is for epoch 2, the group is in epoch 3"):
        bob._service.submit(GROUP, late)


def test_a_request_of_an_unknown_cipher_suite_cannot_be_checked() -> None:
    _, bob = two_members()
    framed = public(request_of_a_newcomer(bob))
    proposal = framed.content.content
    assert isinstance(proposal, Proposal)
    assert isinstance(proposal.proposal, Add)
    unknown = Proposal(Add(replace(proposal.proposal.key_package, cipher_suite=0x7777)))
    assert not check_signature(replace(framed, content=replace(framed.content, content=unknown)), None)


def described(bob: Device, change: Callable[[GroupInfo], GroupInfo]) -> bytes:
    """Bob's GroupInfo with one change."""
    message = group_info(bob.state(GROUP))
    assert isinstance(message.message, GroupInfo)
    return encode(replace(message, message=change(message.message)))


def another_tree(info: GroupInfo) -> GroupInfo:
    """The GroupInfo with the tree of Alice alone, which Alice has signed, in a group of the same tree hash."""
    for extension in info.extensions:
        if extension.extension_type == ExtensionType.ratchet_tree:
            nodes = decode(RatchetTreeExtension, extension.extension_data).ratchet_tree
            shorter = Extension(extension.extension_type, encode(RatchetTreeExtension(nodes[:1])))
            return replace(info, extensions=(shorter,), signer=0)
    raise AssertionError("there is a tree")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda info: replace(info, signature=bytes(64)), "the signature of the GroupInfo does not verify"),
        (lambda info: replace(info, signer=5), "there is no member at leaf 5"),
        (lambda info: replace(info, extensions=(Extension(ExtensionType.ratchet_tree, b"\0"),)), "must not be blank"),
        (another_tree, "the signature of the GroupInfo does not verify"),
    ],
)
def test_a_group_info_that_does_not_hold_together_is_refused(
    change: Callable[[GroupInfo], GroupInfo], reason: str
) -> None:
    _, bob = two_members()
    with pytest.raises(InvalidGroupInfoUpload, match=reason):
        bob._service.publish_group_info(described(bob, change))


def test_a_group_info_with_the_tree_of_another_epoch_is_refused() -> None:
    alice, bob = two_members()
    state = bob.state(GROUP)
    old_tree = state.tree
    alice.commit(GROUP)
    bob.fetch(GROUP)
    later = bob.state(GROUP)
    forged = group_info(replace(later, public=replace(later.public, tree=old_tree)))
    with pytest.raises(InvalidGroupInfoUpload, match="does not have the tree hash"):
        bob._service.publish_group_info(encode(forged))


def test_only_a_group_info_describes_a_group() -> None:
    _, bob = two_members()
    with pytest.raises(WrongOrder, match="a KeyPackage does not describe a group"):
        described_group(bob.publish_key_package())


@pytest.mark.parametrize("refusal", [WrongSignature("the signature"), InvalidGroupInfoUpload("the GroupInfo")])
def test_the_refusals_go_over_http_and_back(refusal: Exception) -> None:
    assert isinstance(refusal, WrongSignature | InvalidGroupInfoUpload)
    assert type(error_of(problem_of(refusal))) is type(refusal)
