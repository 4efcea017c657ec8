"""A node and everything below it, as an immutable value with its tree hash (RFC 9420 §4.1, §7.8).

A change makes new nodes from one leaf up to the root and shares all others with the tree before it. So the hash, the
resolution and the keys of an unchanged subtree are computed only once. These cached values take no part in equality:
they follow from the fields.

A blank subtree is one value, whatever its size: on the wire a blank node takes only one byte.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, TypeAlias

from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, is_leaf, leaf_to_node, left, level, node_to_leaf, right
from workbench.mls.value import value
from workbench.mls.wire.code_points import NodeType
from workbench.mls.wire.codec import encode
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.lengths import length_header, vector
from workbench.mls.wire.tree import LeafNode, ParentNode

KEYS_IN_ONE_SET = 5
"""The highest level at which the keys of a subtree are kept in one set: a subtree of 32 leaves."""


@value
class CommonCapabilities:
    """The capabilities that all members below a node share, and the types of their credentials (RFC 9420 §7.2)."""

    extensions: frozenset[int]
    proposals: frozenset[int]
    credentials: frozenset[int]
    credentials_in_use: frozenset[int]

    @classmethod
    def of(cls, leaf_node: LeafNode) -> CommonCapabilities:
        """The capabilities of one member."""
        can, shown = leaf_node.capabilities, leaf_node.credential.credential.TAG
        return cls(
            frozenset(can.extensions), frozenset(can.proposals), frozenset(can.credentials), frozenset((int(shown),))
        )

    def __and__(self, other: CommonCapabilities) -> CommonCapabilities:
        return CommonCapabilities(
            self.extensions & other.extensions,
            self.proposals & other.proposals,
            self.credentials & other.credentials,
            self.credentials_in_use | other.credentials_in_use,
        )

    def offer(self, demanded: RequiredCapabilities) -> bool:
        """Whether they include all that is demanded of members (RFC 9420 §11.1)."""
        return (
            self.extensions.issuperset(demanded.extension_types)
            and self.proposals.issuperset(demanded.proposal_types)
            and self.credentials.issuperset(demanded.credential_types)
        )


@dataclass(frozen=True)
class Leaf:
    """A leaf, blank or filled (RFC 9420 §4.1.1)."""

    suite: Verifier = field(repr=False)
    index: NodeIndex
    node: LeafNode | None

    @cached_property
    def tree_hash(self) -> bytes:
        """The hash of the leaf's index and content (RFC 9420 §7.8)."""
        return self.suite.hash(_hashed_of_leaf(node_to_leaf(self.index), self.node))

    @property
    def members(self) -> int:
        """The number of members: 0 or 1."""
        return int(self.node is not None)

    @property
    def filled(self) -> int:
        """The number of filled nodes: 0 or 1."""
        return self.members

    @property
    def has_room(self) -> bool:
        """Whether the leaf is blank."""
        return self.node is None

    @property
    def resolution(self) -> tuple[NodeIndex, ...]:
        """The leaf itself; empty when it is blank (RFC 9420 §4.1.1)."""
        return () if self.node is None else (self.index,)

    @property
    def encryption_keys(self) -> tuple[frozenset[bytes], ...]:
        """The HPKE key of the leaf, in canonical form."""
        node, canonical = self.node, self.suite.canonical_encryption_key
        return () if node is None else (frozenset((canonical(node.encryption_key),)),)

    @property
    def signature_keys(self) -> tuple[frozenset[bytes], ...]:
        """The signature key of the leaf, in canonical form."""
        node, canonical = self.node, self.suite.canonical_signature_key
        return () if node is None else (frozenset((canonical(node.signature_key),)),)

    @property
    def common(self) -> CommonCapabilities | None:
        """The capabilities of the member; None when the leaf is blank."""
        return None if self.node is None else CommonCapabilities.of(self.node)


@dataclass(frozen=True)
class Parent:
    """A parent, blank or filled, and its two subtrees (RFC 9420 §4.1.1)."""

    suite: Verifier = field(repr=False)
    index: NodeIndex
    node: ParentNode | None
    left: Subtree
    right: Subtree

    @cached_property
    def tree_hash(self) -> bytes:
        """The hash of the content and of both subtrees (RFC 9420 §7.8)."""
        return self.suite.hash(_hashed_of_parent(self.node, self.left.tree_hash, self.right.tree_hash))

    @cached_property
    def members(self) -> int:
        """The number of members below."""
        return self.left.members + self.right.members

    @cached_property
    def filled(self) -> int:
        """The number of filled nodes, here and below."""
        return int(self.node is not None) + self.left.filled + self.right.filled

    @cached_property
    def has_room(self) -> bool:
        """Whether some leaf below is blank."""
        return self.left.has_room or self.right.has_room

    @cached_property
    def resolution(self) -> tuple[NodeIndex, ...]:
        """The fewest nodes whose keys reach every member below (RFC 9420 §4.1.1)."""
        if self.node is None:
            return self.left.resolution + self.right.resolution
        return (self.index, *(leaf_to_node(LeafIndex(leaf)) for leaf in self.node.unmerged_leaves))

    @cached_property
    def encryption_keys(self) -> tuple[frozenset[bytes], ...]:
        """All HPKE keys here and below in canonical form. Small sets: a change makes only one of them anew."""
        canonical = self.suite.canonical_encryption_key
        if level(self.index) <= KEYS_IN_ONE_SET:
            nodes = (each.node for each in in_order(self) if each.node is not None)
            return (frozenset(canonical(node.encryption_key) for node in nodes),)
        own = () if self.node is None else (frozenset((canonical(self.node.encryption_key),)),)
        return (*own, *self.left.encryption_keys, *self.right.encryption_keys)

    @cached_property
    def signature_keys(self) -> tuple[frozenset[bytes], ...]:
        """All signature keys below in canonical form, in small sets."""
        if level(self.index) <= KEYS_IN_ONE_SET:
            leaves = (each.node for each in in_order(self) if isinstance(each, Leaf) and each.node is not None)
            return (frozenset(self.suite.canonical_signature_key(leaf_node.signature_key) for leaf_node in leaves),)
        return self.left.signature_keys + self.right.signature_keys

    @cached_property
    def common(self) -> CommonCapabilities | None:
        """The capabilities that all members below share; None when there is no member."""
        left, right = self.left.common, self.right.common
        if left is None or right is None or left == right:
            return left or right
        return left & right


@dataclass(frozen=True)
class Blank:
    """A blank parent with only blank nodes below it (RFC 9420 §4.1.1)."""

    suite: Verifier = field(repr=False)
    index: NodeIndex

    node: ClassVar[None] = None
    members: ClassVar[int] = 0
    filled: ClassVar[int] = 0
    has_room: ClassVar[bool] = True
    resolution: ClassVar[tuple[NodeIndex, ...]] = ()
    encryption_keys: ClassVar[tuple[frozenset[bytes], ...]] = ()
    signature_keys: ClassVar[tuple[frozenset[bytes], ...]] = ()
    common: ClassVar[None] = None

    @property
    def left(self) -> Subtree:
        """The left child."""
        return blank_subtree(self.suite, left(self.index))

    @property
    def right(self) -> Subtree:
        """The right child."""
        return blank_subtree(self.suite, right(self.index))

    @cached_property
    def tree_hash(self) -> bytes:
        """The hash of the head. The hash of each leaf differs, because it covers the leaf's index (RFC 9420 §7.8)."""
        hashed, of_leaf = self.suite.hash, _hashed_of_leaf(0, None)
        head, tail = of_leaf[:1], of_leaf[5:]  # before and after the leaf index
        hashes = [hashed(head + leaf.to_bytes(4, "big") + tail) for leaf in leaves_below(self.index)]
        head, header = _hashed_of_parent(None, b"", b"")[:-2], length_header(len(hashes[0]))
        while len(hashes) > 1:
            pairs = zip(hashes[::2], hashes[1::2], strict=True)
            hashes = [hashed(head + header + left_hash + header + right_hash) for left_hash, right_hash in pairs]
        return hashes[0]


# The hash covers the encoding of TreeHashInput (§7.8). It is written directly, because a struct for each node is slow.


def _hashed_of_leaf(leaf: int, node: LeafNode | None) -> bytes:
    """The bytes that the hash of a leaf covers: a tag, then `LeafNodeHashInput` (RFC 9420 §7.8)."""
    return b"%c%b%b" % (NodeType.leaf, leaf.to_bytes(4, "big"), _optional(node))


def _hashed_of_parent(node: ParentNode | None, left_hash: bytes, right_hash: bytes) -> bytes:
    """The bytes that the hash of a parent covers: a tag, then `ParentNodeHashInput` (RFC 9420 §7.8)."""
    return b"%c%b%b%b" % (NodeType.parent, _optional(node), vector(left_hash), vector(right_hash))


def _optional(node: LeafNode | ParentNode | None) -> bytes:
    return b"\0" if node is None else b"\1" + encode(node)


Subtree: TypeAlias = Leaf | Parent | Blank


def blank_subtree(suite: Verifier, x: NodeIndex) -> Subtree:
    """A blank subtree with its head at `x` (RFC 9420 §7.7)."""
    return Leaf(suite, x, None) if is_leaf(x) else Blank(suite, x)


def parent_of(suite: Verifier, x: NodeIndex, node: ParentNode | None, left: Subtree, right: Subtree) -> Subtree:
    """A parent with its two subtrees; a `Blank` if all of it is blank (RFC 9420 §4.1.1)."""
    if node is None and not left.filled and not right.filled:
        return Blank(suite, x)
    return Parent(suite, x, node, left, right)


def leaves_below(x: NodeIndex) -> range:
    """The indices of the leaves in the subtree of a node, blank ones included (RFC 9420 Appendix C)."""
    width = 1 << level(x)
    first = (x + 1 - width) // 2
    return range(first, first + width)


def in_order(head: Subtree) -> list[Subtree]:
    """The nodes of a subtree from left to right; of a `Blank` only the head (RFC 9420 Appendix C)."""
    nodes: list[Subtree] = []

    def visit(at: Subtree) -> None:
        if isinstance(at, Parent):
            visit(at.left)
            nodes.append(at)
            visit(at.right)
        else:
            nodes.append(at)

    visit(head)
    return nodes
