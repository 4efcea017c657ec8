"""The content of a PublicMessage, and the senders that may send it (RFC 9420 §6.1, §6.2).

This takes no secret. The membership tag, which only members can make and check, is in `public_message.py`.
"""

from __future__ import annotations

from workbench.mls.errors import InvalidMessage
from workbench.mls.framing.content import UnverifiedContent
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.messages import (
    ApplicationData,
    AuthenticatedContent,
    ExternalSenderIndex,
    FramedContent,
    MemberSender,
    MLSMessage,
    NewMemberCommitSender,
    NewMemberProposalSender,
    PublicMessage,
)
from workbench.mls.wire.proposals import (
    Add,
    Commit,
    CustomProposal,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
)

FROM_EXTERNAL_SENDERS = (Add, Remove, PreSharedKey, ReInit, GroupContextExtensions, CustomProposal)
"""The proposals that an external sender may send; for a custom proposal, its type decides (RFC 9420 §12.1.8)."""


def from_outside(authenticated: AuthenticatedContent) -> MLSMessage:
    """Frame the signed content of a client that is not a member, without a membership tag (RFC 9420 §6.2)."""
    public = PublicMessage(authenticated.content, authenticated.auth, None)
    return MLSMessage(ProtocolVersion.mls10, public)


def read_public(message: PublicMessage) -> UnverifiedContent:
    """The content of a PublicMessage for a reader without the membership key (RFC 9420 §6.2).

    Raises `InvalidMessage` for content that its sender must not send in a PublicMessage.
    """
    _check_sender(message.content)
    return UnverifiedContent(WireFormat.mls_public_message, message.content, message.auth)


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
