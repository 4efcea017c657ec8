"""What ties the keys of one UpdatePath together, so that nobody can slip in another (RFC 9420 §7.9).

A commit signs, in its leaf, the hash of the first node above it; that hash covers the next, and so on up to
the root. A newcomer follows these links: each filled parent must hang, link by link, on one signed leaf.
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
    """The hash of a parent for the node below it that was made with it (RFC 9420 §7.9)."""
    hashed = ParentHashInput(node.encryption_key, node.parent_hash, original_sibling_tree_hash)
    return suite.hash(encode(hashed))


def chain_path(
    tree: RatchetTree, leaf: LeafIndex, encryption_keys: Sequence[bytes]
) -> tuple[dict[NodeIndex, ParentNode], bytes]:
    """The parents that a commit fills, and the parent hash of its leaf (RFC 9420 §7.5, §7.9).

    `encryption_keys` are those of the filtered direct path, in its order. The chain is made from the root
    down; nothing is unmerged in a new node, so the sibling's hash is the one it has now.
    """
    parents = {}
    above = b""
    for at, key in reversed(list(zip(tree.filtered_direct_path(leaf), encryption_keys, strict=True))):
        parents[at.node] = node = ParentNode(key, above, ())
        above = parent_hash(tree.suite, node, tree.hash(at.copath_child))
    return parents, above


def verify_parent_hashes(tree: RatchetTree) -> None:
    """Each filled parent hangs on exactly one node below it, and so in the end on a leaf (RFC 9420 §7.9.2).

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
            reason = f"the key of node {parent.index} comes from {len(links)} nodes below it, not from one"
            raise InvalidRatchetTree("§7.9.2", reason)


Originals: TypeAlias = dict[tuple[NodeIndex, Sequence[int]], Subtree]
"""Subtrees without some unmerged leaves: the sibling of one node is a part of that of another, often the same part."""


def _is_linked(tree: RatchetTree, node: ParentNode, child: Subtree, sibling: Subtree, originals: Originals) -> bool:
    """Whether a node in the resolution of `child` was made together with the parent `node` above it."""
    unmerged = _inside(child, node.unmerged_leaves)
    # `RatchetTree` lists unmerged leaves all the way down, so all of these are in the resolution
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
    """The subtree as it was before `leaves`, all of them in it, were added: the "original sibling" (RFC 9420 §7.9)."""
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
    """Those of `leaves`, which are in order, that are in a subtree."""
    inside = leaves_below(subtree.index)
    return leaves[bisect_left(leaves, inside.start) : bisect_left(leaves, inside.stop)]
