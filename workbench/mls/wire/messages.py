"""The messages of a group, and what is signed and hashed with them, as bytes (RFC 9420 §6, §8.1, §8.2, §12.4.3)."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from workbench.mls.wire.code_points import ContentType, ProtocolVersion, SenderType, WireFormat
from workbench.mls.wire.proposals import Commit, PreSharedKeyID, Proposal
from workbench.mls.wire.shapes import (
    Fixed,
    Opaque,
    PresentWhen,
    Rest,
    Secret,
    ShortVector,
    TaggedBy,
    Vector,
    inline_variant,
    struct,
    uint16,
    uint32,
    uint64,
)
from workbench.mls.wire.tree import Extension, HPKECiphertext, KeyPackage, KeyPackageRef

MAC: TypeAlias = Opaque


@struct
class GroupContext:
    """The values of an epoch on which all members agree (RFC 9420 §8.1)."""

    version: ProtocolVersion
    cipher_suite: uint16
    group_id: Opaque
    epoch: uint64
    tree_hash: Opaque
    confirmed_transcript_hash: Opaque
    extensions: ShortVector[Extension]


# §6: framing


@inline_variant
class ApplicationData:
    """What the application sends; MLS does not look inside (RFC 9420 §6)."""

    TAG: ClassVar[ContentType] = ContentType.application
    application_data: Opaque


@inline_variant
class MemberSender:
    """A member, by its leaf (RFC 9420 §6)."""

    TAG: ClassVar[SenderType] = SenderType.member
    leaf_index: uint32


@inline_variant
class ExternalSenderIndex:
    """A sender outside the group, by its index in the group's external_senders extension (RFC 9420 §6)."""

    TAG: ClassVar[SenderType] = SenderType.external
    sender_index: uint32


@inline_variant
class NewMemberProposalSender:
    """A client that proposes its own Add (RFC 9420 §6)."""

    TAG: ClassVar[SenderType] = SenderType.new_member_proposal


@inline_variant
class NewMemberCommitSender:
    """A client that joins by its own commit (RFC 9420 §6)."""

    TAG: ClassVar[SenderType] = SenderType.new_member_commit


@struct
class Sender:
    """The sender of a message (RFC 9420 §6)."""

    sender: MemberSender | ExternalSenderIndex | NewMemberProposalSender | NewMemberCommitSender


@struct
class FramedContent:
    """A content, its sender, and the epoch and group for which it is meant (RFC 9420 §6)."""

    group_id: Opaque
    epoch: uint64
    sender: Sender
    authenticated_data: Opaque
    content: ApplicationData | Proposal | Commit


def carries_commit(content: object) -> bool:
    """Whether a FramedContent, or the content inside it, is a commit (RFC 9420 §6.1)."""
    return isinstance(content.content if isinstance(content, FramedContent) else content, Commit)


@struct
class FramedContentAuthData:
    """The sender's signature, and for a commit the proof of the new epoch's key (RFC 9420 §6.1)."""

    signature: Opaque
    confirmation_tag: Annotated[bytes | None, PresentWhen("content", carries_commit, MAC)]


@struct
class AuthenticatedContent:
    """Content with its signature, before it is framed for the wire (RFC 9420 §6)."""

    wire_format: WireFormat
    content: FramedContent
    auth: FramedContentAuthData


def from_inside(content: FramedContent) -> bool:
    """Whether the signature covers the group context: the sender is or becomes a member (RFC 9420 §6.1)."""
    return isinstance(content.sender.sender, MemberSender | NewMemberCommitSender)


@struct
class FramedContentTBS:
    """What the signature of content covers (RFC 9420 §6.1)."""

    version: ProtocolVersion
    wire_format: WireFormat
    content: FramedContent
    context: Annotated[GroupContext | None, PresentWhen("content", from_inside, GroupContext)]


def from_member(content: FramedContent) -> bool:
    """Whether a PublicMessage carries a membership tag (RFC 9420 §6.2)."""
    return isinstance(content.sender.sender, MemberSender)


@struct
class PublicMessage:
    """Signed content that everybody can read (RFC 9420 §6.2)."""

    TAG: ClassVar[WireFormat] = WireFormat.mls_public_message
    content: FramedContent
    auth: FramedContentAuthData
    membership_tag: Annotated[bytes | None, PresentWhen("content", from_member, MAC)]


@struct
class AuthenticatedContentTBM:
    """What the membership tag covers (RFC 9420 §6.2)."""

    content_tbs: FramedContentTBS
    auth: FramedContentAuthData


@struct
class PrivateMessage:
    """Signed content that only members can read (RFC 9420 §6.3)."""

    TAG: ClassVar[WireFormat] = WireFormat.mls_private_message
    group_id: Opaque
    epoch: uint64
    content_type: ContentType
    authenticated_data: Opaque
    encrypted_sender_data: Opaque
    ciphertext: Opaque


@struct
class PrivateMessageContent:
    """What a PrivateMessage seals; `content_type` stands outside (RFC 9420 §6.3.1)."""

    content: Annotated[ApplicationData | Proposal | Commit, TaggedBy("content_type")]
    auth: FramedContentAuthData
    padding: Annotated[bytes, Rest()]


@struct
class PrivateContentAAD:
    """What the content of a PrivateMessage is bound to (RFC 9420 §6.3.1)."""

    group_id: Opaque
    epoch: uint64
    content_type: ContentType
    authenticated_data: Opaque


@struct
class SenderData:
    """Who sent a PrivateMessage, and with which key of the ratchet (RFC 9420 §6.3.2)."""

    leaf_index: uint32
    generation: uint32
    reuse_guard: Annotated[bytes, Fixed(4)]


@struct
class SenderDataAAD:
    """What the sender data is bound to (RFC 9420 §6.3.2)."""

    group_id: Opaque
    epoch: uint64
    content_type: ContentType


# §8.2: the transcript


@struct
class ConfirmedTranscriptHashInput:
    """What a commit adds to the transcript before it is confirmed (RFC 9420 §8.2)."""

    wire_format: WireFormat
    content: FramedContent
    signature: Opaque


@struct
class InterimTranscriptHashInput:
    """What the confirmation of a commit adds to the transcript (RFC 9420 §8.2)."""

    confirmation_tag: MAC


# §12.4.3: joining


@struct
class GroupInfo:
    """A description of a group in one epoch, signed by a member, for clients outside (RFC 9420 §12.4.3)."""

    TAG: ClassVar[WireFormat] = WireFormat.mls_group_info
    group_context: GroupContext
    extensions: ShortVector[Extension]
    confirmation_tag: MAC
    signer: uint32
    signature: Opaque


@struct
class GroupInfoTBS:
    """What the signature of a GroupInfo covers (RFC 9420 §12.4.3)."""

    group_context: GroupContext
    extensions: ShortVector[Extension]
    confirmation_tag: MAC
    signer: uint32


@struct
class PathSecret:
    """The secret of the lowest node that a new member shares with the committer (RFC 9420 §12.4.3.1)."""

    path_secret: Secret


@struct
class GroupSecrets:
    """What a new member needs to enter the epoch (RFC 9420 §12.4.3.1)."""

    joiner_secret: Secret
    path_secret: PathSecret | None
    psks: Vector[PreSharedKeyID]


@struct
class EncryptedGroupSecrets:
    """GroupSecrets sealed to the init key of one key package (RFC 9420 §12.4.3.1)."""

    new_member: KeyPackageRef
    encrypted_group_secrets: HPKECiphertext


@struct
class Welcome:
    """The message by which the clients that one commit adds join the group (RFC 9420 §12.4.3.1)."""

    TAG: ClassVar[WireFormat] = WireFormat.mls_welcome
    cipher_suite: uint16
    secrets: Vector[EncryptedGroupSecrets]
    encrypted_group_info: Opaque


@struct
class MLSMessage:
    """Anything that MLS puts on the wire (RFC 9420 §6)."""

    version: ProtocolVersion
    message: PublicMessage | PrivateMessage | Welcome | GroupInfo | KeyPackage
