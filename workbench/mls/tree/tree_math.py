r"""The perfect binary tree as an array: parents, children and paths by index alone (RFC 9420 Appendix C).

A tree with 2^d leaves has 2^(d+1) - 1 nodes, numbered from left to right: leaves are the even numbers, and
the level of a node is the count of ones at the end of its index.

                3
           .----+----.
          1           5
         / \\         / \
        0   2       4   6      node indices
        0   1       2   3      leaf indices
"""

from __future__ import annotations

from typing import NewType

from workbench.mls.errors import Misuse

LeafIndex = NewType("LeafIndex", int)
"""The place of a member: 0 for the first leaf, 1 for the second."""

NodeIndex = NewType("NodeIndex", int)
"""The place of a leaf or parent in the array."""


def leaf_to_node(leaf: LeafIndex) -> NodeIndex:
    """The node at which a leaf stands (RFC 9420 §4.1.1)."""
    return NodeIndex(2 * leaf)


def node_to_leaf(x: NodeIndex) -> LeafIndex:
    """The leaf that stands at a node; `Misuse` for a parent (RFC 9420 §4.1.1)."""
    if not is_leaf(x):
        raise Misuse("Appendix C", f"node {x} is a parent, not a leaf")
    return LeafIndex(x // 2)


def is_leaf(x: NodeIndex) -> bool:
    """Whether a node has no children (RFC 9420 Appendix C)."""
    return x % 2 == 0


def level(x: NodeIndex) -> int:
    """The height of a node above the leaves (RFC 9420 Appendix C)."""
    return (x ^ (x + 1)).bit_length() - 1


def node_width(n_leaves: int) -> int:
    """The number of nodes in a tree with `n_leaves` leaves (RFC 9420 Appendix C)."""
    return 2 * n_leaves - 1


def root(n_leaves: int) -> NodeIndex:
    """The root of a tree with 2^d leaves (RFC 9420 Appendix C)."""
    return NodeIndex(n_leaves - 1)


def left(x: NodeIndex) -> NodeIndex:
    """The left child of a parent; `Misuse` for a leaf (RFC 9420 Appendix C)."""
    return NodeIndex(x ^ (1 << (_level_of_parent(x) - 1)))


def right(x: NodeIndex) -> NodeIndex:
    """The right child of a parent; `Misuse` for a leaf (RFC 9420 Appendix C)."""
    return NodeIndex(x ^ (3 << (_level_of_parent(x) - 1)))


def _level_of_parent(x: NodeIndex) -> int:
    if is_leaf(x):
        raise Misuse("Appendix C", f"node {x} is a leaf and has no children")
    return level(x)


def parent(x: NodeIndex, n_leaves: int) -> NodeIndex:
    """The parent of a node; `Misuse` for the root (RFC 9420 Appendix C)."""
    if x == root(n_leaves):
        raise Misuse("Appendix C", f"node {x} is the root and has no parent")
    k = level(x)
    return NodeIndex((x | (1 << k)) & ~(1 << (k + 1)))


def sibling(x: NodeIndex, n_leaves: int) -> NodeIndex:
    """The other child of the node's parent; `Misuse` for the root (RFC 9420 Appendix C)."""
    p = parent(x, n_leaves)
    return right(p) if x < p else left(p)


def direct_path(x: NodeIndex, n_leaves: int) -> tuple[NodeIndex, ...]:
    """All nodes above a node, the root last (RFC 9420 §4.1.2)."""
    path = []
    while x != root(n_leaves):
        x = parent(x, n_leaves)
        path.append(x)
    return tuple(path)


def copath(x: NodeIndex, n_leaves: int) -> tuple[NodeIndex, ...]:
    """The siblings of a node and of all nodes above it but the root (RFC 9420 §4.1.2)."""
    if x == root(n_leaves):
        return ()
    return tuple(sibling(y, n_leaves) for y in (x, *direct_path(x, n_leaves)[:-1]))


def is_ancestor(x: NodeIndex, y: NodeIndex) -> bool:
    """Whether `y` is in the subtree of `x`, `x` itself included (RFC 9420 §4.1)."""
    k = level(x) + 1
    return level(y) < k and x >> k == y >> k


def common_ancestor(x: NodeIndex, y: NodeIndex) -> NodeIndex:
    """The lowest node whose subtree holds both nodes (RFC 9420 Appendix C)."""
    if is_ancestor(x, y):
        return x
    if is_ancestor(y, x):
        return y
    k = (x ^ y).bit_length()
    return NodeIndex((x >> k << k) + (1 << (k - 1)) - 1)
