"""The structs in which a member writes its state down, to read it back later; the RFC has none (RFC 9420 §6.3.1).

Private keys and secrets are in them in the clear: whoever reads the bytes can act as the member.
`group/stored_state.py` turns states into these structs and back.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from workbench.mls.wire.messages import GroupContext, MLSMessage, Sender
from workbench.mls.wire.proposals import Proposal, ReInit
from workbench.mls.wire.shapes import (
    Enum8,
    Fixed,
    Opaque,
    Secret,
    Vector,
    inline_variant,
    struct,
    uint8,
    uint16,
    uint32,
    uint64,
)
from workbench.mls.wire.tree import KeyPackage, Node, RatchetTreeExtension


class SecretTreePart(Enum8):
    """How much of a part of the secret tree has been opened (RFC 9420 §9)."""

    unopened = 1
    parent = 2
    ratchets = 3


class StoredType(Enum8):
    """The kind of a stored value."""

    group_state = 1
    key_package_bundle = 2
    pending_commit = 3


# §9: the secret tree


@struct
class StoredMessageKey:
    """The key of a message that has not arrived yet though later ones have (RFC 9420 §9.1)."""

    generation: uint32
    key: Secret
    nonce: Secret


@struct
class StoredRatchet:
    """A ratchet; a `generation` of 2^32 says that no key is left (RFC 9420 §9.1)."""

    secret: Secret
    generation: uint64
    skipped: Vector[StoredMessageKey]


@inline_variant
class Unopened:
    """A subtree whose secrets all still follow from one secret (RFC 9420 §9)."""

    TAG: ClassVar[SecretTreePart] = SecretTreePart.unopened
    secret: Secret


@inline_variant
class OpenedParent:
    """A parent whose secret is deleted: the parts of its left subtree come next, then those of its right subtree."""

    TAG: ClassVar[SecretTreePart] = SecretTreePart.parent


@inline_variant
class OpenedLeaf:
    """A leaf whose secret is deleted; its two ratchets are left (RFC 9420 §9)."""

    TAG: ClassVar[SecretTreePart] = SecretTreePart.ratchets
    handshake: StoredRatchet
    application: StoredRatchet


@struct
class StoredSubtree:
    """One part of the secret tree (RFC 9420 §9)."""

    part: Unopened | OpenedParent | OpenedLeaf


# §8: an epoch


@struct
class StoredEpoch:
    """The keys for the messages of a past epoch. The parts of the secret tree go from its root down, left first."""

    context: GroupContext
    sender_data_secret: Secret
    secret_tree: Vector[StoredSubtree]


@struct
class StoredNode:
    """A node of a ratchet tree with its content, None for blank."""

    node: uint32
    content: Node | None


@struct
class StoredPastEpoch:
    """A past epoch, and how its tree differs from the tree of the next later epoch that is kept.

    The tree has `node_count` nodes up to its last filled leaf. `changed` are the nodes that differ from the later tree
    or lie beyond it, in their order.
    """

    epoch: StoredEpoch
    node_count: uint32
    changed: Vector[StoredNode]


@struct
class StoredSecrets:
    """The secrets of the present epoch beside the secret tree (RFC 9420 §8, table 4)."""

    sender_data_secret: Secret
    exporter_secret: Secret
    external_secret: Secret
    confirmation_key: Secret
    membership_key: Secret
    resumption_psk: Secret
    epoch_authenticator: Secret
    init_secret: Secret


# §12: a member


@struct
class StoredNodeKey:
    """The private key of a node of the ratchet tree (RFC 9420 §4.2)."""

    node: uint32
    private_key: Secret


@struct
class StoredUpdateKey:
    """The private key of an Update, used if somebody commits it, with its public key (RFC 9420 §12.1.2)."""

    public_key: Opaque
    private_key: Secret


@struct
class StoredResumptionPSK:
    """The resumption PSK of an epoch (RFC 9420 §8.6)."""

    epoch: uint64
    psk: Secret


@struct
class StoredProposal:
    """A proposal and its sender; the reference is empty if a commit holds the proposal by value (RFC 9420 §12.4)."""

    reference: Opaque
    sender: Sender
    proposal: Proposal


@struct
class StoredPublicGroup:
    """The public part of a state, without the values that follow from the others (RFC 9420 §8.1)."""

    context: GroupContext
    tree: RatchetTreeExtension
    proposals: Vector[StoredProposal]
    reinit: ReInit | None


@struct
class StoredState:
    """The state of a member in a group, without its policy."""

    TAG: ClassVar[StoredType] = StoredType.group_state
    public: StoredPublicGroup
    own_leaf: uint32
    private_keys: Vector[StoredNodeKey]
    signature_private_key: Secret
    secrets: StoredSecrets
    secret_tree: Vector[StoredSubtree]
    confirmation_tag: Opaque
    resumption_psks: Vector[StoredResumptionPSK]
    first_epoch: uint64
    update_keys: Vector[StoredUpdateKey]
    update_signature_keys: Vector[StoredUpdateKey]
    past_epochs: Vector[StoredPastEpoch]
    active: uint8


@struct
class StoredPendingCommit:
    """A commit that its committer has not applied yet, and its effects (RFC 9420 §12.4)."""

    TAG: ClassVar[StoredType] = StoredType.pending_commit
    message: MLSMessage
    welcome: MLSMessage | None
    current: StoredState
    next: StoredState
    proposals: Vector[StoredProposal]
    added: Vector[uint32]
    updated: Vector[uint32]
    removed: Vector[uint32]
    with_path: uint8


@struct
class StoredBundle:
    """A key package with the private keys that belong to it (RFC 9420 §10)."""

    TAG: ClassVar[StoredType] = StoredType.key_package_bundle
    key_package: KeyPackage
    init_private_key: Secret
    encryption_private_key: Secret
    signature_private_key: Secret


@struct
class Stored:
    """A whole stored value: the format and its version, the kind, the content, and a checksum over all of these."""

    magic: Annotated[bytes, Fixed(4)]
    version: uint16
    stored_type: StoredType
    cipher_suite: uint16
    content: Secret
    checksum: Annotated[bytes, Fixed(32)]
