"""PublicMessage: signed content that everybody can read, the server too (RFC 9420 §6.2)."""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import InvalidMessage, InvalidTag, Misuse
from workbench.mls.framing.content import UnverifiedContent, content_tbs
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import (
    Add,
    ApplicationData,
    AuthenticatedContent,
    AuthenticatedContentTBM,
    Commit,
    CustomProposal,
    ExternalSenderIndex,
    FramedContent,
    FramedContentAuthData,
    GroupContext,
    GroupContextExtensions,
    MemberSender,
    MLSMessage,
    NewMemberCommitSender,
    NewMemberProposalSender,
    PreSharedKey,
    Proposal,
    PublicMessage,
    ReInit,
    Remove,
)


def protect_public(
    suite: CipherSuite, authenticated: AuthenticatedContent, membership_key: bytes, context: GroupContext
) -> PublicMessage:
    """Frame signed content as a PublicMessage; a member's gets a membership tag (RFC 9420 §6.2)."""
    content, auth = authenticated.content, authenticated.auth
    if authenticated.wire_format is not WireFormat.mls_public_message:
        raise Misuse("§6.1", "the content was signed for another wire format than PublicMessage")
    if isinstance(content.content, ApplicationData):
        raise Misuse("§6", "application data must be encrypted: send it in a PrivateMessage")
    if not isinstance(content.sender.sender, MemberSender):
        return PublicMessage(content, auth, None)
    return PublicMessage(content, auth, suite.mac(membership_key, _tbm(content, auth, context)))


def from_outside(authenticated: AuthenticatedContent) -> MLSMessage:
    """Frame the signed content of a client that is not a member, without a membership tag (RFC 9420 §6.2)."""
    public = PublicMessage(authenticated.content, authenticated.auth, None)
    return MLSMessage(ProtocolVersion.mls10, public)


FROM_EXTERNAL_SENDERS = (Add, Remove, PreSharedKey, ReInit, GroupContextExtensions, CustomProposal)
"""The proposals that an external sender may send; for a custom proposal, its type decides (RFC 9420 §12.1.8)."""


def unprotect_public(
    suite: CipherSuite, message: PublicMessage, membership_key: bytes, context: GroupContext
) -> UnverifiedContent:
    """Check the membership tag of a message of this epoch (RFC 9420 §6.2).

    Raises `InvalidMessage` for content that its sender must not send in a PublicMessage, and `InvalidTag`.
    """
    content, auth = message.content, message.auth
    unverified = read_public(message)
    if isinstance(content.sender.sender, MemberSender):
        tag = message.membership_tag
        if tag is None or not suite.verify_mac(membership_key, _tbm(content, auth, context), tag):
            raise InvalidTag("§6.2", "the membership tag was not made with the membership key of this epoch")
    return unverified


def read_public(message: PublicMessage) -> UnverifiedContent:
    """The content of a PublicMessage for a reader without the membership key (RFC 9420 §6.2).

    Raises `InvalidMessage` for content that its sender must not send in a PublicMessage.
    """
    _check_sender(message.content)
    return UnverifiedContent(WireFormat.mls_public_message, message.content, message.auth)


def _tbm(content: FramedContent, auth: FramedContentAuthData, context: GroupContext) -> bytes:
    tbs = content_tbs(WireFormat.mls_public_message, content, context)
    return encode(AuthenticatedContentTBM(tbs, auth))


def _check_sender(content: FramedContent) -> None:
    """Refuse content that this kind of sender must not send in a PublicMessage (RFC 9420 §6, §6.1)."""
    match content.sender.sender, content.content:
        case _, ApplicationData():
            raise InvalidMessage("§6", "application data came in a PublicMessage")
        case MemberSender(), _:
            return
        case ExternalSenderIndex(), Commit():
            raise InvalidMessage("§6.1", "an external sender may send proposals only, not a commit")
        case ExternalSenderIndex(), Proposal(proposal) if not isinstance(proposal, FROM_EXTERNAL_SENDERS):
            name = type(proposal).__name__
            raise InvalidMessage("§12.1.8", f"a proposal of type {name} cannot come from an external sender")
        case NewMemberCommitSender(), Proposal():
            raise InvalidMessage("§6.1", "a client that joins by its own commit sent a proposal")
        case NewMemberProposalSender(), content_ if not _is_add(content_):
            raise InvalidMessage("§6.1", "a client that is not a member may propose only its own Add")


def _is_add(content: Proposal | Commit | ApplicationData) -> bool:
    return isinstance(content, Proposal) and isinstance(content.proposal, Add)
