"""Pre-shared keys, proposals, and the commits that make them take effect, as bytes (RFC 9420 §8.4, §12)."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from workbench.mls.wire.code_points import ContentType, ProposalOrRefType, ProposalType, PSKType, ResumptionPSKUsage
from workbench.mls.wire.shapes import (
    Opaque,
    ShortVector,
    Tag,
    Vector,
    cached_struct,
    custom_variant,
    inline_variant,
    struct,
    uint16,
    uint32,
    uint64,
)
from workbench.mls.wire.tree import Extension, HashReference, KeyPackage, LeafNode, UpdatePath

ProposalRef: TypeAlias = HashReference


# §8.4: pre-shared keys


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
