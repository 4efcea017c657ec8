"""The public objects of members and their tree, as bytes (RFC 9420 §5.3, §7, §10)."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from workbench.mls.wire.code_points import (
    CredentialType,
    LeafNodeSource,
    NodeType,
    ProtocolVersion,
    WireFormat,
)
from workbench.mls.wire.shapes import (
    LazyVector,
    Opaque,
    PresentWhen,
    ShortVector,
    Vector,
    cached_struct,
    inline_variant,
    struct,
    uint16,
    uint32,
    uint64,
)

HPKEPublicKey: TypeAlias = Opaque
SignaturePublicKey: TypeAlias = Opaque
HashReference: TypeAlias = Opaque
KeyPackageRef: TypeAlias = HashReference


@struct
class HPKECiphertext:
    """A message sealed to one public key (RFC 9420 §7.6)."""

    kem_output: Opaque
    ciphertext: Opaque


# §5.3: credentials


@struct
class Certificate:
    """One DER certificate of a chain (RFC 9420 §5.3)."""

    cert_data: Opaque


@inline_variant
class BasicCredential:
    """An identity without a proof (RFC 9420 §5.3)."""

    TAG: ClassVar[CredentialType] = CredentialType.basic
    identity: Opaque


@inline_variant
class X509Credential:
    """A chain of certificates, the member's own first (RFC 9420 §5.3)."""

    TAG: ClassVar[CredentialType] = CredentialType.x509
    certificates: ShortVector[Certificate]


@struct
class Credential:
    """Who a member says it is (RFC 9420 §5.3)."""

    credential: BasicCredential | X509Credential


# §7.1, §7.2: the contents of nodes


@struct
class Extension:
    """An extension of any object, its data still bytes (RFC 9420 §7.2)."""

    extension_type: uint16
    extension_data: Opaque


@struct
class ParentNode:
    """A filled parent node: a key for the whole subtree below it (RFC 9420 §7.1)."""

    TAG: ClassVar[NodeType] = NodeType.parent
    encryption_key: HPKEPublicKey
    parent_hash: Opaque
    unmerged_leaves: Vector[uint32]


@struct
class Capabilities:
    """What a client can do; unknown values are ignored (RFC 9420 §7.2)."""

    versions: Vector[uint16]
    cipher_suites: Vector[uint16]
    extensions: Vector[uint16]
    proposals: Vector[uint16]
    credentials: Vector[uint16]


@struct
class Lifetime:
    """When a key package is valid: seconds since 1970, both ends included (RFC 9420 §7.2)."""

    not_before: uint64
    not_after: uint64


@inline_variant
class KeyPackageSource:
    """A leaf node that came in a key package (RFC 9420 §7.2)."""

    TAG: ClassVar[LeafNodeSource] = LeafNodeSource.key_package
    lifetime: Lifetime


@inline_variant
class UpdateSource:
    """A leaf node that came in an Update (RFC 9420 §7.2)."""

    TAG: ClassVar[LeafNodeSource] = LeafNodeSource.update


@inline_variant
class CommitSource:
    """A leaf node that came in a commit's path (RFC 9420 §7.2)."""

    TAG: ClassVar[LeafNodeSource] = LeafNodeSource.commit
    parent_hash: Opaque


@cached_struct
class LeafNode:
    """A member's leaf in the tree: its keys, its credential and its capabilities (RFC 9420 §7.2)."""

    TAG: ClassVar[NodeType] = NodeType.leaf
    encryption_key: HPKEPublicKey
    signature_key: SignaturePublicKey
    credential: Credential
    capabilities: Capabilities
    leaf_node_source: KeyPackageSource | UpdateSource | CommitSource
    extensions: ShortVector[Extension]
    signature: Opaque


def in_a_group(source: object) -> bool:
    """Whether a leaf node's signature covers its group and place (RFC 9420 §7.2)."""
    return isinstance(source, UpdateSource | CommitSource)


@struct
class LeafNodeTBS:
    """What the signature of a leaf node covers (RFC 9420 §7.2)."""

    encryption_key: HPKEPublicKey
    signature_key: SignaturePublicKey
    credential: Credential
    capabilities: Capabilities
    leaf_node_source: KeyPackageSource | UpdateSource | CommitSource
    extensions: ShortVector[Extension]
    group_id: Annotated[bytes | None, PresentWhen("leaf_node_source", in_a_group, Opaque)]
    leaf_index: Annotated[int | None, PresentWhen("leaf_node_source", in_a_group, uint32)]


@struct
class Node:
    """A filled node of the ratchet tree (RFC 9420 §12.4.3.3)."""

    node: LeafNode | ParentNode


@struct
class RatchetTreeExtension:
    """All nodes of a tree from left to right, None for blank (RFC 9420 §12.4.3.3)."""

    ratchet_tree: Vector[Node | None]


# §7.6: paths


@struct
class UpdatePathNode:
    """A fresh key for one node, and its path secret sealed to each node in a resolution (RFC 9420 §7.6)."""

    encryption_key: HPKEPublicKey
    encrypted_path_secret: LazyVector[HPKECiphertext]


@struct
class UpdatePath:
    """Fresh keys from a leaf up to the root (RFC 9420 §7.6)."""

    leaf_node: LeafNode
    nodes: Vector[UpdatePathNode]


# §7.8, §7.9: hashes


@struct
class LeafNodeHashInput:
    """What the hash of a leaf covers (RFC 9420 §7.8)."""

    TAG: ClassVar[NodeType] = NodeType.leaf
    leaf_index: uint32
    leaf_node: LeafNode | None


@struct
class ParentNodeHashInput:
    """What the hash of a parent covers (RFC 9420 §7.8)."""

    TAG: ClassVar[NodeType] = NodeType.parent
    parent_node: ParentNode | None
    left_hash: Opaque
    right_hash: Opaque


@struct
class TreeHashInput:
    """What the hash of a node covers (RFC 9420 §7.8)."""

    node: LeafNodeHashInput | ParentNodeHashInput


@struct
class ParentHashInput:
    """What ties a node to the parent that was made together with it (RFC 9420 §7.9)."""

    encryption_key: HPKEPublicKey
    parent_hash: Opaque
    original_sibling_tree_hash: Opaque


# §10: key packages


@cached_struct
class KeyPackage:
    """The keys that a client publishes so that others can add it while it is offline (RFC 9420 §10)."""

    TAG: ClassVar[WireFormat] = WireFormat.mls_key_package
    version: ProtocolVersion
    cipher_suite: uint16
    init_key: HPKEPublicKey
    leaf_node: LeafNode
    extensions: ShortVector[Extension]
    signature: Opaque


@struct
class KeyPackageTBS:
    """What the signature of a key package covers (RFC 9420 §10)."""

    version: ProtocolVersion
    cipher_suite: uint16
    init_key: HPKEPublicKey
    leaf_node: LeafNode
    extensions: ShortVector[Extension]
