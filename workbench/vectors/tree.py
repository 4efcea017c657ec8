"""Vectors of the ratchet tree: tree-math, tree-operations, tree-validation (RFC 9420 §4, §7, Appendix C)."""

from __future__ import annotations

from collections.abc import Callable

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.group.applied_proposals import apply_proposals
from workbench.mls.group.public_group import SentProposal
from workbench.mls.tree.leaf_node import verify_leaf_node_signature
from workbench.mls.tree.parent_hash import verify_parent_hashes
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, is_leaf, left, node_width, parent, right, root, sibling
from workbench.mls.wire.codec import encode
from workbench.mls.wire.proposals import Add, Proposal, Remove, Update
from workbench.mls.wire.tree import RatchetTreeExtension
from workbench.vectors.case import CaseFailed, VectorCase, expect, expect_equal, expect_same_encoding


def tree_math(case: VectorCase) -> None:
    """Check the children, parent and sibling of every node (RFC 9420 Appendix C)."""
    n_leaves = case.number("n_leaves")
    expect("n_leaves is a power of two", n_leaves.bit_count() == 1)
    expect_equal("n_nodes", node_width(n_leaves), case.number("n_nodes"))
    top = root(n_leaves)
    expect_equal("root", top, case.number("root"))
    _expect_nodes(case, "left", lambda x: None if is_leaf(x) else left(x))
    _expect_nodes(case, "right", lambda x: None if is_leaf(x) else right(x))
    _expect_nodes(case, "parent", lambda x: None if x == top else parent(x, n_leaves))
    _expect_nodes(case, "sibling", lambda x: None if x == top else sibling(x, n_leaves))


def _expect_nodes(case: VectorCase, name: str, relative: Callable[[NodeIndex], NodeIndex | None]) -> None:
    expected = case.optional_numbers(name)
    expect_equal(f"the length of {name}", case.number("n_nodes"), len(expected))
    for x, node in enumerate(expected):
        expect_equal(f"{name}[{x}]", relative(NodeIndex(x)), node)


def tree_operations(case: VectorCase) -> None:
    """Check that a proposal changes the first tree into the second (RFC 9420 §12.1)."""
    suite = case.suite()
    before = tree_in(suite, case, "tree_before")
    expect_equal("tree_hash_before", before.hash(), case.data("tree_hash_before"))
    proposal = case.decoded(Proposal, "proposal").proposal
    if not isinstance(proposal, Add | Update | Remove):
        raise CaseFailed(f"proposal is a {type(proposal).__name__}, which does not change a tree")
    sender = LeafIndex(case.number("proposal_sender"))
    after = apply_proposals(before, (), [SentProposal(proposal, sender)]).tree
    nodes = RatchetTreeExtension(after.to_nodes())
    expect_equal("tree_after", encode(nodes), case.data("tree_after"))
    expect_equal("tree_hash_after", after.hash(), case.data("tree_hash_after"))


def tree_validation(case: VectorCase) -> None:
    """Check the resolutions, hashes, parent hashes and signatures of a tree (RFC 9420 §7.9, §12.4.3.1)."""
    suite = case.suite()
    tree = tree_in(suite, case, "tree")
    resolutions, hashes = case.rows_of_numbers("resolutions"), case.all_data("tree_hashes")
    for name, listed in (("resolutions", resolutions), ("tree_hashes", hashes)):
        expect_equal(f"the length of {name}", node_width(tree.leaf_count), len(listed))
    for x in map(NodeIndex, range(node_width(tree.leaf_count))):
        expect_equal(f"resolutions[{x}]", tree.resolution(x), resolutions[x])
        expect_equal(f"tree_hashes[{x}]", tree.hash(x), hashes[x])
    verify_parent_hashes(tree)
    group_id = case.data("group_id")
    for leaf, leaf_node in tree.leaves():
        verify_leaf_node_signature(suite, leaf_node, group_id, leaf)


def tree_in(suite: CipherSuite, case: VectorCase, name: str) -> RatchetTree:
    """The ratchet tree in a hexadecimal field (RFC 9420 §12.4.3.3)."""
    nodes = case.decoded(RatchetTreeExtension, name)
    tree = RatchetTree.from_nodes(nodes.ratchet_tree, suite)
    expect_same_encoding(case.where(name), RatchetTreeExtension(tree.to_nodes()), case.data(name))
    return tree
