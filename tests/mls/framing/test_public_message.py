"""PublicMessage: the membership tag, and who may send what in the clear."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.framing.speakers import (
    COMMIT,
    DATA,
    MEMBERSHIP_KEY,
    PRIVATE,
    PROPOSAL,
    PUBLIC,
    Epoch,
    every_suite,
    flipped,
    in_another_epoch,
)
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.errors import InvalidMessage, InvalidTag, Misuse
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.public_message import protect_public, unprotect_public
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.messages import (
    ApplicationData,
    ExternalSenderIndex,
    NewMemberCommitSender,
    NewMemberProposalSender,
    PublicMessage,
    Sender,
)
from workbench.mls.wire.proposals import Add, Commit, Proposal
from workbench.mls.wire.tree import (
    BasicCredential,
    Capabilities,
    Credential,
    KeyPackage,
    KeyPackageSource,
    LeafNode,
    Lifetime,
)

EXTERNAL = Sender(ExternalSenderIndex(0))
JOINING = Sender(NewMemberCommitSender())
PROPOSING = Sender(NewMemberProposalSender())
LEAF_NODE = LeafNode(
    b"encryption key",
    b"signature key",
    Credential(BasicCredential(b"new")),
    Capabilities((), (), (), (), ()),
    KeyPackageSource(Lifetime(0, 1)),
    (),
    b"",
)
ADD = Proposal(Add(KeyPackage(ProtocolVersion.mls10, 1, b"init key", LEAF_NODE, (), b"")))


@every_suite
@pytest.mark.parametrize("content", [PROPOSAL, COMMIT], ids=["proposal", "commit"])
def test_a_members_message_survives_the_wire(suite: CipherSuite, content: Proposal | Commit) -> None:
    epoch = Epoch(suite)
    signed = epoch.signed(PUBLIC, content)
    sent = encode(protect_public(suite, signed, MEMBERSHIP_KEY, epoch.context))
    opened = unprotect_public(suite, decode(PublicMessage, sent), MEMBERSHIP_KEY, epoch.context)
    assert verify_content(suite, opened, epoch.keys.public_key, epoch.context) == signed


@every_suite
def test_a_membership_tag_is_refused_for_other_content_signature_key_or_epoch(suite: CipherSuite) -> None:
    epoch = Epoch(suite)
    good = protect_public(suite, epoch.signed(PUBLIC, PROPOSAL), MEMBERSHIP_KEY, epoch.context)
    assert good.membership_tag is not None
    for message, key, context in (
        (replace(good, membership_tag=flipped(good.membership_tag)), MEMBERSHIP_KEY, epoch.context),
        (replace(good, membership_tag=None), MEMBERSHIP_KEY, epoch.context),
        (replace(good, content=replace(good.content, epoch=5)), MEMBERSHIP_KEY, epoch.context),
        (replace(good, auth=replace(good.auth, signature=b"")), MEMBERSHIP_KEY, epoch.context),
        (good, b"the key of another epoch", epoch.context),
        (good, MEMBERSHIP_KEY, in_another_epoch(epoch.context)),
    ):
        with pytest.raises(InvalidTag, match=r"not made with the membership key of this epoch .*§6\.2"):
            unprotect_public(suite, message, key, context)


@pytest.mark.parametrize(
    ("sender", "content"),
    [(EXTERNAL, PROPOSAL), (JOINING, COMMIT), (PROPOSING, ADD)],
    ids=["external", "joining", "proposing"],
)
def test_whoever_is_no_member_sends_without_a_tag(sender: Sender, content: Proposal | Commit) -> None:
    epoch = Epoch(cipher_suite(1))
    signed = epoch.signed(PUBLIC, content, sender)
    message = protect_public(epoch.suite, signed, MEMBERSHIP_KEY, epoch.context)
    assert message.membership_tag is None
    opened = unprotect_public(epoch.suite, message, b"whatever", epoch.context)
    assert verify_content(epoch.suite, opened, epoch.keys.public_key, epoch.context) == signed


@pytest.mark.parametrize(
    ("sender", "content", "reason"),
    [
        (None, DATA, r"application data came in a PublicMessage .*§6\)"),
        (EXTERNAL, DATA, "application data came in a PublicMessage"),
        (EXTERNAL, COMMIT, r"an external sender may send proposals only, not a commit .*§6\.1"),
        (JOINING, PROPOSAL, r"a client that joins by its own commit sent a proposal .*§6\.1"),
        (PROPOSING, COMMIT, r"may propose only its own Add .*§6\.1"),
        (PROPOSING, PROPOSAL, r"may propose only its own Add .*§6\.1"),
    ],
)
def test_content_that_its_sender_must_not_send_is_refused(
    sender: Sender | None, content: ApplicationData | Proposal | Commit, reason: str
) -> None:
    epoch = Epoch(cipher_suite(1))
    signed = epoch.signed(PUBLIC, content, sender)
    message = PublicMessage(signed.content, signed.auth, None)
    with pytest.raises(InvalidMessage, match=reason):
        unprotect_public(epoch.suite, message, MEMBERSHIP_KEY, epoch.context)


def test_application_data_is_never_framed_in_the_clear() -> None:
    epoch = Epoch(cipher_suite(1))
    with pytest.raises(Misuse, match="application data must be encrypted"):
        protect_public(epoch.suite, epoch.signed(PUBLIC, DATA), MEMBERSHIP_KEY, epoch.context)


def test_content_signed_for_a_private_message_is_not_framed_as_a_public_one() -> None:
    epoch = Epoch(cipher_suite(1))
    with pytest.raises(Misuse, match=r"signed for another wire format than PublicMessage .*§6\.1"):
        protect_public(epoch.suite, epoch.signed(PRIVATE, PROPOSAL), MEMBERSHIP_KEY, epoch.context)
