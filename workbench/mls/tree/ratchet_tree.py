"""The ratchet tree: the public keys of a group, as an immutable value (RFC 9420 §4, §7.7, §12.1)."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidRatchetTree, Misuse, UnknownMember
from workbench.mls.tree.subtree import (
    Blank,
    CommonCapabilities,
    Leaf,
    Parent,
    Subtree,
    blank_subtree,
    in_order,
    leaves_below,
    parent_of,
)
from workbench.mls.tree.tree_math import (
    LeafIndex,
    NodeIndex,
    is_leaf,
    leaf_to_node,
    node_to_leaf,
    node_width,
    right,
    root,
)
from workbench.mls.wire.tree import LeafNode, Node, ParentNode

Content: TypeAlias = LeafNode | ParentNode


class PathNode(NamedTuple):
    """A node of a filtered direct path, and its child beside the path (RFC 9420 §4.1.2)."""

    node: NodeIndex
    copath_child: NodeIndex


@dataclass(frozen=True)
class RatchetTree:
    """A perfect binary tree of public keys, with a member at each filled leaf (RFC 9420 §4.1).

    Unmerged leaves are sorted and filled, and each is listed in every filled node between the leaf and a node that
    lists it: `from_nodes` refuses any other tree. Each change returns another tree, which shares with this one all
    nodes off the changed path.
    """

    head: Subtree = field(repr=False)

    def __repr__(self) -> str:
        return f"RatchetTree({self.head.members} members, {self.leaf_count} leaves)"

    # From and to the array of nodes

    @classmethod
    def from_nodes(cls, nodes: Sequence[Node | None], suite: Verifier) -> RatchetTree:
        """The tree of an array of nodes, which must end with a filled leaf (RFC 9420 §12.4.3.3).

        Raises `InvalidRatchetTree` if it ends otherwise, if a node is of the wrong kind for its place, if a parent has
        no member below it, or if a list of unmerged leaves is wrong.
        """
        section = "§12.4.3.3"
        if not nodes or nodes[-1] is None:
            raise InvalidRatchetTree(section, "the last node of a ratchet tree must not be blank")
        if len(nodes) % 2 == 0:
            raise InvalidRatchetTree(section, f"an array of {len(nodes)} nodes does not end with a leaf")
        for x, node in enumerate(nodes):
            if node is not None and isinstance(node.node, LeafNode) != is_leaf(NodeIndex(x)):
                raise InvalidRatchetTree(section, f"node {x} holds a {node.node.TAG.name} where none can be")
        leaf_count = 1 << (len(nodes) // 2).bit_length()
        filled = [x for x, node in enumerate(nodes) if node is not None]
        _verify_members_below(filled)
        head = _grown(suite, nodes, (filled, 0, len(filled)), root(leaf_count), leaf_count // 2)
        _verify_unmerged_leaves(head, (), head.index)
        return cls(head)

    def to_nodes(self) -> tuple[Node | None, ...]:
        """The array of nodes up to the last filled one (RFC 9420 §12.4.3.3)."""
        nodes: list[Node | None] = []
        for each in in_order(self.head):
            if isinstance(each, Blank):
                nodes += [None] * node_width(len(leaves_below(each.index)))
            else:
                nodes.append(None if each.node is None else Node(each.node))
        while nodes and nodes[-1] is None:
            nodes.pop()
        return tuple(nodes)

    # Reading the tree

    @property
    def suite(self) -> Verifier:
        """The cipher suite whose hash the tree uses."""
        return self.head.suite

    @property
    def leaf_count(self) -> int:
        """The number of leaves, blank ones included: a power of two."""
        return self.head.index + 1

    @property
    def member_count(self) -> int:
        """The number of filled leaves."""
        return self.head.members

    @property
    def common_capabilities(self) -> CommonCapabilities | None:
        """The capabilities that all members share; None in a tree without members."""
        return self.head.common

    def subtree(self, x: NodeIndex) -> Subtree:
        """A node and all nodes below it; `Misuse` outside of the tree (RFC 9420 §4.1)."""
        if not 0 <= x < node_width(self.leaf_count):
            raise Misuse("§4.1", f"there is no node {x} in a tree with {self.leaf_count} leaves")
        at = self.head
        while not isinstance(at, Leaf) and at.index != x:
            at = at.left if x < at.index else at.right
        return at

    def node(self, x: NodeIndex) -> Content | None:
        """The content of a node, None when it is blank; `Misuse` outside of the tree (RFC 9420 §4.1.1)."""
        return self.subtree(x).node

    def leaf(self, index: LeafIndex) -> LeafNode | None:
        """The content of a leaf, None when it is blank or beyond the right edge (RFC 9420 §4.1.1)."""
        if not 0 <= index < self.leaf_count:
            return None
        node = self.node(leaf_to_node(index))
        return node if isinstance(node, LeafNode) else None

    def member(self, index: LeafIndex) -> LeafNode:
        """The leaf of a member; `UnknownMember` if there is none (RFC 9420 §4.1.1)."""
        leaf_node = self.leaf(index)
        if leaf_node is None:
            raise UnknownMember("§4.1.1", f"there is no member at leaf {index}")
        return leaf_node

    def leaves(self) -> Iterator[tuple[LeafIndex, LeafNode]]:
        """The members from left to right."""
        for each in in_order(self.head):
            if isinstance(each, Leaf) and each.node is not None:
                yield node_to_leaf(each.index), each.node

    def parents(self) -> Iterator[tuple[Parent, ParentNode]]:
        """The filled parents from left to right."""
        for each in in_order(self.head):
            if isinstance(each, Parent) and each.node is not None:
                yield each, each.node

    def resolution(self, x: NodeIndex) -> tuple[NodeIndex, ...]:
        """The fewest nodes whose keys reach every member below a node (RFC 9420 §4.1.1)."""
        return self.subtree(x).resolution

    def filtered_direct_path(self, leaf: LeafIndex) -> tuple[PathNode, ...]:
        """The nodes above a leaf that get a key in a commit of its member, the root last (RFC 9420 §4.1.2)."""
        path = []
        for above, copath_child in self._way_down(leaf):
            if copath_child.resolution:
                path.append(PathNode(above.index, copath_child.index))
        return tuple(reversed(path))

    def _way_down(self, leaf: LeafIndex) -> Iterator[tuple[Parent | Blank, Subtree]]:
        """The direct path of a leaf from the root down, each node with its child on the copath."""
        x = self._place(leaf)
        at = self.head
        while not isinstance(at, Leaf):
            below, beside = (at.left, at.right) if x < at.index else (at.right, at.left)
            yield at, beside
            at = below

    def encryption_key(self, x: NodeIndex) -> bytes:
        """The key of a node; `Misuse` when it is blank (RFC 9420 §4.1.1)."""
        node = self.node(x)
        if node is None:
            raise Misuse("§4.1.1", f"node {x} is blank and has no key")
        return node.encryption_key

    def holds_encryption_key(self, keys: Collection[bytes]) -> bool:
        """Whether a node of the tree has one of these keys, in any encoding (RFC 9420 §12.4.2)."""
        canonical = {self.suite.canonical_encryption_key(key) for key in keys}
        return not all(some.isdisjoint(canonical) for some in self.head.encryption_keys)

    def hash(self, x: NodeIndex | None = None) -> bytes:
        """The tree hash of a node, by default of the root (RFC 9420 §7.8)."""
        return self.head.tree_hash if x is None else self.subtree(x).tree_hash

    # Changes

    def add(self, leaf_node: LeafNode) -> tuple[RatchetTree, LeafIndex]:
        """The tree with one more member, unmerged in the parents above, and its leaf index (RFC 9420 §12.1.1)."""
        tree, (leaf,) = self.add_all((leaf_node,))
        return tree, leaf

    def add_all(self, leaf_nodes: Sequence[LeafNode]) -> tuple[RatchetTree, tuple[LeafIndex, ...]]:
        """The tree with more members, and the indices of their leaves (RFC 9420 §12.1.1).

        Each gets the leftmost leaf that is still blank. The tree is changed in one pass.
        """
        head = self.head
        while head.index + 1 - head.members < len(leaf_nodes):
            head = self._doubled(head)
        placed: list[LeafIndex] = []
        head = _filled_up(head, deque(leaf_nodes), placed)
        return RatchetTree(head), tuple(placed)

    def with_room(self) -> tuple[RatchetTree, LeafIndex]:
        """The tree, doubled if it had no blank leaf, and its leftmost blank leaf (RFC 9420 §7.7)."""
        head = self.head if self.head.has_room else self._doubled(self.head)
        at: Subtree = head
        while not isinstance(at, Leaf):
            at = at.left if at.left.has_room else at.right
        return RatchetTree(head), node_to_leaf(at.index)

    def _doubled(self, head: Subtree) -> Subtree:
        top = root(2 * (head.index + 1))
        return parent_of(self.suite, top, None, head, blank_subtree(self.suite, right(top)))

    def update(self, leaf: LeafIndex, leaf_node: LeafNode) -> RatchetTree:
        """The tree with another leaf node for a member; the nodes above are blank (RFC 9420 §12.1.2)."""
        self.member(leaf)
        return self.with_path(leaf, leaf_node, {})

    def remove(self, leaf: LeafIndex) -> RatchetTree:
        """The tree without a member, blank above its leaf; an empty right half is cut off (RFC 9420 §12.1.3)."""
        self.member(leaf)
        head = _path_changed(self.head, leaf_to_node(leaf), None, lambda _: None)
        while not isinstance(head, Leaf) and not head.right.members:
            head = head.left
        return RatchetTree(head)

    def with_path(self, leaf: LeafIndex, leaf_node: LeafNode, parents: Mapping[NodeIndex, ParentNode]) -> RatchetTree:
        """The tree with a new leaf node and new `parents` above it; other nodes above are blank (RFC 9420 §7.5)."""
        x = self._place(leaf)
        return RatchetTree(_path_changed(self.head, x, leaf_node, lambda above: parents.get(above.index)))

    def _place(self, leaf: LeafIndex) -> NodeIndex:
        if not 0 <= leaf < self.leaf_count:
            raise UnknownMember("§4.1.1", f"there is no leaf {leaf} in a tree with {self.leaf_count} leaves")
        return leaf_to_node(leaf)


def _path_changed(
    at: Subtree, leaf: NodeIndex, leaf_node: LeafNode | None, content: Callable[[Parent | Blank], ParentNode | None]
) -> Subtree:
    """A subtree with another leaf node, and new contents for all parents above that leaf."""
    if isinstance(at, Leaf):
        return Leaf(at.suite, at.index, leaf_node)
    if leaf < at.index:
        changed = _path_changed(at.left, leaf, leaf_node, content)
        return parent_of(at.suite, at.index, content(at), changed, at.right)
    changed = _path_changed(at.right, leaf, leaf_node, content)
    return parent_of(at.suite, at.index, content(at), at.left, changed)


def _filled_up(at: Subtree, waiting: deque[LeafNode], placed: list[LeafIndex]) -> Subtree:
    """A subtree whose blank leaves are filled from the left, while there are leaf nodes `waiting`."""
    if not waiting or not at.has_room:
        return at
    if isinstance(at, Leaf):
        placed.append(node_to_leaf(at.index))
        return Leaf(at.suite, at.index, waiting.popleft())
    before = len(placed)
    below = _filled_up(at.left, waiting, placed), _filled_up(at.right, waiting, placed)
    node = at.node
    if node is not None:
        node = replace(node, unmerged_leaves=tuple(sorted((*node.unmerged_leaves, *placed[before:]))))
    return parent_of(at.suite, at.index, node, *below)


def _verify_members_below(filled: Sequence[int]) -> None:
    """Check that each filled parent has a member below it, to which parent hashes can link it (RFC 9420 §7.9.2).

    `verify_parent_hashes` would refuse such a tree too. A parent takes only five bytes on the wire, so it is refused
    here, before many values are made.
    """
    members = [x for x in filled if is_leaf(NodeIndex(x))]
    for x in filled:
        leaves = leaves_below(NodeIndex(x))
        first = bisect_left(members, 2 * leaves.start)
        if first == len(members) or members[first] >= 2 * leaves.stop:
            raise InvalidRatchetTree("§7.9.2", f"node {x} holds a parent, and there is no member below it")


def _grown(
    suite: Verifier, nodes: Sequence[Node | None], filled: tuple[Sequence[int], int, int], x: NodeIndex, half: int
) -> Subtree:
    """The subtree of an array of nodes whose head is at `x`, and which has `half` leaves on each side of `x`.

    `filled` are the sorted indices of all filled nodes in the array, and the first and last place, in that list, of the
    nodes in this subtree.
    """
    places, start, stop = filled
    if start == stop:
        return blank_subtree(suite, x)
    node = nodes[x] if x < len(nodes) else None
    content = None if node is None else node.node
    if not half:
        return Leaf(suite, x, content if isinstance(content, LeafNode) else None)
    middle = bisect_left(places, x, start, stop)
    left = _grown(suite, nodes, (places, start, middle), NodeIndex(x - half), half // 2)
    behind = middle + (node is not None)
    right = _grown(suite, nodes, (places, behind, stop), NodeIndex(x + half), half // 2)
    return Parent(suite, x, content if isinstance(content, ParentNode) else None, left, right)


def _verify_unmerged_leaves(at: Subtree, listed: Sequence[int], above: NodeIndex) -> None:
    """Check that unmerged leaves are sorted and filled, and listed in all nodes between (RFC 9420 §7.1, §12.4.3.1).

    `listed` are the leaves of this subtree that are unmerged in `above`, the lowest filled node above it.
    """
    strangers = listed if at.node is None and not isinstance(at, Parent) else ()
    if isinstance(at, Parent) and at.node is not None:
        own = at.node.unmerged_leaves
        if list(own) != sorted({*own}):
            raise InvalidRatchetTree("§7.1", f"the unmerged leaves of node {at.index} are not in increasing order")
        if missing := {*listed}.difference(own):
            reason = f"leaf {min(missing)} is unmerged in node {above} but not in node {at.index} below it"
            raise InvalidRatchetTree("§12.4.3.1", reason)
        listed, above = own, at.index
        strangers = [leaf for leaf in (*own[:1], *own[-1:]) if leaf not in leaves_below(at.index)]
    if strangers:
        raise InvalidRatchetTree("§12.4.3.1", f"leaf {strangers[0]}, unmerged in node {above}, is no member below it")
    if isinstance(at, Parent):
        split = bisect_left(listed, leaves_below(at.right.index).start) if listed else 0
        for child, some in ((at.left, listed[:split]), (at.right, listed[split:])):
            if some or isinstance(child, Parent):
                _verify_unmerged_leaves(child, some, above)
