"""The messages of a group, as bytes (RFC 9420 §5, §6, §8, §11, §12)."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from workbench.mls.wire.code_points import (
    ContentType,
    ProposalOrRefType,
    ProposalType,
    ProtocolVersion,
    PSKType,
    ResumptionPSKUsage,
    SenderType,
    WireFormat,
)
from workbench.mls.wire.shapes import (
    Fixed,
    Opaque,
    PresentWhen,
    Rest,
    Secret,
    ShortVector,
    Tag,
    TaggedBy,
    Vector,
    cached_struct,
    custom_variant,
    inline_variant,
    struct,
    uint16,
    uint32,
    uint64,
)
from workbench.mls.wire.tree import (
    Credential,
    Extension,
    HashReference,
    HPKECiphertext,
    HPKEPublicKey,
    KeyPackage,
    KeyPackageRef,
    LeafNode,
    SignaturePublicKey,
    UpdatePath,
)

ProposalRef: TypeAlias = HashReference
MAC: TypeAlias = Opaque


# §5: what goes into labelled operations


@struct
class SignContent:
    """What is signed: a label and the content (RFC 9420 §5.1.2)."""

    label: Opaque
    content: Opaque


@struct
class EncryptContext:
    """What HPKE binds a ciphertext to: a label and its context (RFC 9420 §5.1.3)."""

    label: Opaque
    context: Opaque


@struct
class RefHashInput:
    """What a reference hashes: a label and the object (RFC 9420 §5.2)."""

    label: Opaque
    value: Opaque


@struct
class KDFLabel:
    """What a derivation is bound to: its length, a label and its context (RFC 9420 §8)."""

    length: uint16
    label: Opaque
    context: Opaque


# §8: the key schedule


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


@inline_variant
class ExternalPSK:
    """The name of a key that came from outside MLS (RFC 9420 §8.4)."""

    TAG: ClassVar[PSKType] = PSKType.external
    psk_id: Opaque


@inline_variant
class ResumptionPSK:
    """The name of a key that came from an epoch of a group (RFC 9420 §8.4)."""

    TAG: ClassVar[PSKType] = PSKType.resumption
    usage: ResumptionPSKUsage
    psk_group_id: Opaque
    psk_epoch: uint64


@struct
class PreSharedKeyID:
    """Which pre-shared key, and a fresh nonce for this use of it (RFC 9420 §8.4)."""

    psk: Annotated[ExternalPSK | ResumptionPSK, Tag("psktype")]
    psk_nonce: Opaque


@struct
class PSKLabel:
    """The place of one key among all that are mixed in (RFC 9420 §8.4)."""

    id: PreSharedKeyID
    index: uint16
    count: uint16


# §12.1: proposals


@struct
class Add:
    """Add the client of this key package (RFC 9420 §12.1.1)."""

    TAG: ClassVar[ProposalType] = ProposalType.add
    key_package: KeyPackage


@struct
class Update:
    """Replace the sender's leaf node (RFC 9420 §12.1.2)."""

    TAG: ClassVar[ProposalType] = ProposalType.update
    leaf_node: LeafNode


@struct
class Remove:
    """Remove the member at this leaf (RFC 9420 §12.1.3)."""

    TAG: ClassVar[ProposalType] = ProposalType.remove
    removed: uint32


@struct
class PreSharedKey:
    """Mix a pre-shared key into the next epoch (RFC 9420 §12.1.4)."""

    TAG: ClassVar[ProposalType] = ProposalType.psk
    psk: PreSharedKeyID


@struct
class ReInit:
    """End this group and begin another with other parameters (RFC 9420 §12.1.5)."""

    TAG: ClassVar[ProposalType] = ProposalType.reinit
    group_id: Opaque
    version: uint16
    cipher_suite: uint16
    extensions: ShortVector[Extension]


@struct
class ExternalInit:
    """The init secret of a commit from outside, sealed to the group (RFC 9420 §12.1.6)."""

    TAG: ClassVar[ProposalType] = ProposalType.external_init
    kem_output: Opaque


@struct
class GroupContextExtensions:
    """Replace the group's extensions, all of them (RFC 9420 §12.1.7)."""

    TAG: ClassVar[ProposalType] = ProposalType.group_context_extensions
    extensions: ShortVector[Extension]


@custom_variant
class CustomProposal:
    """A change whose type RFC 9420 does not define; the application interprets its data (RFC 9420 §13.2)."""

    proposal_type: uint16
    proposal_data: Opaque


@struct
class Proposal:
    """A change that a commit may make (RFC 9420 §12.1)."""

    TAG: ClassVar[ContentType] = ContentType.proposal
    proposal: Add | Update | Remove | PreSharedKey | ReInit | ExternalInit | GroupContextExtensions | CustomProposal


# §12.4: commits


@inline_variant
class ProposalByValue:
    """A proposal of the committer's own, inside the commit (RFC 9420 §12.4)."""

    TAG: ClassVar[ProposalOrRefType] = ProposalOrRefType.proposal
    proposal: Proposal


@inline_variant
class ProposalByReference:
    """The hash of a proposal that was sent before (RFC 9420 §12.4)."""

    TAG: ClassVar[ProposalOrRefType] = ProposalOrRefType.reference
    reference: ProposalRef


@struct
class ProposalOrRef:
    """A proposal, or the reference to one (RFC 9420 §12.4)."""

    proposal_or_ref: Annotated[ProposalByValue | ProposalByReference, Tag("type")]


@cached_struct
class Commit:
    """The proposals that take effect, and fresh keys for the committer's path (RFC 9420 §12.4)."""

    TAG: ClassVar[ContentType] = ContentType.commit
    proposals: Vector[ProposalOrRef]
    path: UpdatePath | None


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


# §11.1, §12.1.8, §12.4.3: the contents of extensions


@struct
class RequiredCapabilities:
    """What every member must be able to do (RFC 9420 §11.1)."""

    extension_types: Vector[uint16]
    proposal_types: Vector[uint16]
    credential_types: Vector[uint16]


@struct
class ExternalSender:
    """A sender outside the group that may send proposals (RFC 9420 §12.1.8.1)."""

    signature_key: SignaturePublicKey
    credential: Credential


@struct
class ExternalSenders:
    """The senders outside the group that may send proposals (RFC 9420 §12.1.8.1)."""

    external_senders: ShortVector[ExternalSender]


@struct
class ApplicationId:
    """An identifier that the application gives a leaf (RFC 9420 §5.3.3)."""

    application_id: Opaque


@struct
class ExternalPub:
    """The key to which a commit from outside seals its init secret (RFC 9420 §12.4.3.2)."""

    external_pub: HPKEPublicKey


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
