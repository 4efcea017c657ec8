"""What ties the keys of one UpdatePath together, so that nobody can slip in another (RFC 9420 §7.9).

A commit signs, in its leaf, the hash of the first node above it; that hash covers the next, and so on up to
the root. A newcomer follows these links: each filled parent must hang, link by link, on one signed leaf.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidRatchetTree
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.subtree import Leaf, Parent, Subtree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, is_ancestor, leaf_to_node
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
    for parent, node in tree.parents():
        links = [
            child.index
            for child, sibling in ((parent.left, parent.right), (parent.right, parent.left))
            if _is_linked(tree, node, child, sibling)
        ]
        if len(links) != 1:
            reason = f"the key of node {parent.index} comes from {len(links)} nodes below it, not from one"
            raise InvalidRatchetTree("§7.9.2", reason)


def _is_linked(tree: RatchetTree, node: ParentNode, child: Subtree, sibling: Subtree) -> bool:
    """Whether a node in the resolution of `child` was made together with the parent `node` above it."""
    unmerged = {leaf_to_node(leaf) for leaf in _inside(child, node.unmerged_leaves)}
    candidates = set(child.resolution) - unmerged
    if len(candidates) != 1:  # all of `unmerged` are in the resolution: `RatchetTree` lists them all the way down
        return False
    candidate = tree.node(candidates.pop())
    if isinstance(candidate, LeafNode):
        source = candidate.leaf_node_source
        claimed = source.parent_hash if isinstance(source, CommitSource) else None
    else:
        claimed = candidate.parent_hash if candidate else None
    return claimed == parent_hash(tree.suite, node, _without(sibling, node.unmerged_leaves).tree_hash)


def _without(subtree: Subtree, leaves: Iterable[int]) -> Subtree:
    """The subtree as it was before `leaves` were added: the "original sibling" (RFC 9420 §7.9)."""
    inside = _inside(subtree, leaves)
    if not inside:
        return subtree
    if isinstance(subtree, Leaf):
        return Leaf(subtree.suite, subtree.index, None)
    node = subtree.node
    if node is not None:
        unmerged = tuple(leaf for leaf in node.unmerged_leaves if leaf not in inside)
        node = ParentNode(node.encryption_key, node.parent_hash, unmerged)
    below = _without(subtree.left, inside), _without(subtree.right, inside)
    return Parent(subtree.suite, subtree.index, node, *below)


def _inside(subtree: Subtree, leaves: Iterable[int]) -> set[LeafIndex]:
    """Those of `leaves` that are in a subtree."""
    return {leaf for leaf in map(LeafIndex, leaves) if is_ancestor(subtree.index, leaf_to_node(leaf))}
