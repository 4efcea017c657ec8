"""Parent hashes: they bind the keys of an UpdatePath to the committer's signed leaf (RFC 9420 §7.9).

The leaf of a commit holds the hash of the first node above it, that node holds the hash of the next, and so on up to
the root. The signature of the leaf covers them all. A newcomer follows these links: each filled parent must be linked,
through the nodes below it, to one signed leaf.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import TypeAlias

from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidRatchetTree
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.subtree import Blank, Leaf, Subtree, leaves_below, parent_of
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, leaf_to_node
from workbench.mls.wire.codec import encode
from workbench.mls.wire.tree import CommitSource, LeafNode, ParentHashInput, ParentNode


def parent_hash(suite: Verifier, node: ParentNode, original_sibling_tree_hash: bytes) -> bytes:
    """The hash of a parent, as the node below it on the same path holds it (RFC 9420 §7.9)."""
    hashed = ParentHashInput(node.encryption_key, node.parent_hash, original_sibling_tree_hash)
    return suite.hash(encode(hashed))


def chain_path(
    tree: RatchetTree, leaf: LeafIndex, encryption_keys: Sequence[bytes]
) -> tuple[dict[NodeIndex, ParentNode], bytes]:
    """The parents that a commit fills, and the parent hash of its leaf (RFC 9420 §7.5, §7.9).

    `encryption_keys` are those of the filtered direct path, in its order. The hashes are computed from the root down.
    New nodes have no unmerged leaves, so the original sibling is the sibling as it is now.
    """
    parents = {}
    above = b""
    for at, key in reversed(list(zip(tree.filtered_direct_path(leaf), encryption_keys, strict=True))):
        parents[at.node] = node = ParentNode(key, above, ())
        above = parent_hash(tree.suite, node, tree.hash(at.copath_child))
    return parents, above


def verify_parent_hashes(tree: RatchetTree) -> None:
    """Check that each filled parent is linked to exactly one node below it, and so to a leaf (RFC 9420 §7.9.2).

    Raises `InvalidRatchetTree`.
    """
    originals: Originals = {}
    for parent, node in tree.parents():
        links = [
            child.index
            for child, sibling in ((parent.left, parent.right), (parent.right, parent.left))
            if _is_linked(tree, node, child, sibling, originals)
        ]
        if len(links) != 1:
            reason = f"the parent hashes link node {parent.index} to {len(links)} nodes below it, not to one"
            raise InvalidRatchetTree("§7.9.2", reason)


Originals: TypeAlias = dict[tuple[NodeIndex, Sequence[int]], Subtree]
"""A cache of subtrees without some unmerged leaves: the siblings of different nodes often share such subtrees."""


def _is_linked(tree: RatchetTree, node: ParentNode, child: Subtree, sibling: Subtree, originals: Originals) -> bool:
    """Whether a node in the resolution of `child` holds the parent hash of `node`."""
    unmerged = _inside(child, node.unmerged_leaves)
    # `RatchetTree` checks that unmerged leaves are listed in each filled node below, so all are in the resolution.
    if len(child.resolution) != len(unmerged) + 1:
        return False
    left_out = {leaf_to_node(LeafIndex(leaf)) for leaf in unmerged}
    candidate = tree.node(next(x for x in child.resolution if x not in left_out))
    if isinstance(candidate, LeafNode):
        source = candidate.leaf_node_source
        claimed = source.parent_hash if isinstance(source, CommitSource) else None
    else:
        claimed = candidate.parent_hash if candidate else None
    if claimed is None:
        return False
    original = _without(sibling, _inside(sibling, node.unmerged_leaves), originals)
    return claimed == parent_hash(tree.suite, node, original.tree_hash)


def _without(subtree: Subtree, leaves: Sequence[int], originals: Originals) -> Subtree:
    """The subtree as it was before `leaves`, which are in it, were added: the original sibling (RFC 9420 §7.9)."""
    if not leaves or isinstance(subtree, Blank):
        return subtree
    if isinstance(subtree, Leaf):
        return Leaf(subtree.suite, subtree.index, None)
    known = originals.get((subtree.index, leaves))
    if known is None:
        node = subtree.node
        if node is not None:
            gone = {*leaves}
            unmerged = tuple(leaf for leaf in node.unmerged_leaves if leaf not in gone)
            node = ParentNode(node.encryption_key, node.parent_hash, unmerged)
        below = (_without(each, _inside(each, leaves), originals) for each in (subtree.left, subtree.right))
        known = originals[subtree.index, leaves] = parent_of(subtree.suite, subtree.index, node, *below)
    return known


def _inside(subtree: Subtree, leaves: Sequence[int]) -> Sequence[int]:
    """The part of `leaves`, a sorted sequence, that is in a subtree."""
    inside = leaves_below(subtree.index)
    return leaves[bisect_left(leaves, inside.start) : bisect_left(leaves, inside.stop)]
