"""What a member puts away to take up again later, as bytes: structs of ours, on no wire (RFC 9420 §6.3.1).

All of it is in the clear, private keys and secrets too: who reads it is the member. `group/stored_state.py` makes
values of states from these and the other way round.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from workbench.mls.wire.messages import GroupContext, MLSMessage, Proposal, ReInit, Sender
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
    """What was put away."""

    group_state = 1
    key_package_bundle = 2
    pending_commit = 3


# §9: the secret tree


@struct
class StoredMessageKey:
    """The key of a message that is late (RFC 9420 §9.1)."""

    generation: uint32
    key: Secret
    nonce: Secret


@struct
class StoredRatchet:
    """A ratchet; its `generation` goes up to 2^32, when no key is left (RFC 9420 §9.1)."""

    secret: Secret
    generation: uint64
    skipped: Vector[StoredMessageKey]


@inline_variant
class Unopened:
    """A part of the tree that still follows from one secret (RFC 9420 §9)."""

    TAG: ClassVar[SecretTreePart] = SecretTreePart.unopened
    secret: Secret


@inline_variant
class OpenedParent:
    """A parent whose secret is gone: the parts below its left child come next, then those below its right one."""

    TAG: ClassVar[SecretTreePart] = SecretTreePart.parent


@inline_variant
class OpenedLeaf:
    """A leaf whose secret is gone (RFC 9420 §9)."""

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
    """What it takes to read the messages of a past epoch; the secret tree from its root down, left before right."""

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
    """A past epoch, its tree as far as it is another than that of the next epoch which is kept.

    The tree has `node_count` nodes up to its last filled leaf; `changed` are in order, with all that the later tree
    does not reach.
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
    """A private key that comes into use if an Update is committed, with its public key (RFC 9420 §12.1.2)."""

    public_key: Opaque
    private_key: Secret


@struct
class StoredResumptionPSK:
    """The resumption PSK of an epoch (RFC 9420 §8.6)."""

    epoch: uint64
    psk: Secret


@struct
class StoredProposal:
    """A proposal and who sent it; its reference is empty if a commit holds it by value (RFC 9420 §12.4)."""

    reference: Opaque
    sender: Sender
    proposal: Proposal


@struct
class StoredPublicGroup:
    """A group as everybody can know it who sees its public messages, but for what follows from the rest."""

    context: GroupContext
    tree: RatchetTreeExtension
    proposals: Vector[StoredProposal]
    reinit: ReInit | None


@struct
class StoredState:
    """All that a member holds of a group, but for its policy."""

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
    """A commit that its maker has not yet applied, with what the others learn from it (RFC 9420 §12.4)."""

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
    """The whole of what is put away: what wrote it, what it is, and a checksum over all before it."""

    magic: Annotated[bytes, Fixed(4)]
    version: uint16
    stored_type: StoredType
    cipher_suite: uint16
    content: Secret
    checksum: Annotated[bytes, Fixed(32)]
