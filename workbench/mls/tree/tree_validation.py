"""The rules for all members together, and for the tree that a newcomer receives (RFC 9420 §7.3, §12.4.3.1).

Processing a commit does not validate the whole tree again. New leaf nodes are validated one by one (`leaf_node.py`),
`check_members` costs only as much as has changed (unchanged subtrees keep their results), and merging a path checks its
parent hashes.
"""

from __future__ import annotations

from workbench.mls.errors import InvalidRatchetTree
from workbench.mls.tree.extensions import demanded_of_members
from workbench.mls.tree.leaf_node import DEFAULT_LIFETIMES, LifetimePolicy, validate_leaf_node
from workbench.mls.tree.parent_hash import verify_parent_hashes
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.when import When
from workbench.mls.wire.shapes import Vector
from workbench.mls.wire.tree import Extension, KeyPackageSource


def validate_tree(
    tree: RatchetTree,
    group_id: bytes,
    extensions: Vector[Extension],
    *,
    when: When | None,
    lifetimes: LifetimePolicy = DEFAULT_LIFETIMES,
) -> None:
    """Check a tree as a newcomer does, apart from its tree hash (RFC 9420 §12.4.3.1).

    `extensions` are those of the GroupContext. The lifetimes of the members are judged at the time `when`, or not at
    all if it is None. `RatchetTree.from_nodes` has checked the unmerged leaves already. Raises `InvalidRatchetTree`,
    `InvalidKey`, or what `validate_leaf_node` and `LifetimePolicy.verify_member` raise.
    """
    verify_parent_hashes(tree)
    check_members(tree, extensions)
    for _, parent_node in tree.parents():
        tree.suite.check_encryption_key(parent_node.encryption_key)
    for leaf, leaf_node in tree.leaves():
        validate_leaf_node(tree.suite, leaf_node, group_id=group_id, leaf_index=leaf, lifetimes=lifetimes)
        if when is not None and isinstance(leaf_node.leaf_node_source, KeyPackageSource):
            lifetimes.verify_member(leaf_node.leaf_node_source.lifetime, when)


def check_members(tree: RatchetTree, extensions: Vector[Extension]) -> None:
    """Check that each member has the capabilities that the group demands, and unique keys (RFC 9420 §7.3, §11.1).

    Raises `InvalidRatchetTree`.
    """
    check_capabilities(tree, extensions)
    check_unique_keys(tree)


def check_capabilities(tree: RatchetTree, extensions: Vector[Extension]) -> None:
    """Check that each member lists all that the GroupContext demands, and each credential type in use (RFC 9420 §7.3).

    Raises `InvalidRatchetTree`.
    """
    common = tree.common_capabilities
    if common is None:
        raise InvalidRatchetTree("§4.1", "the tree has no members")
    demanded = demanded_of_members(extensions)
    for name, needed, shared in (
        ("extensions", demanded.extension_types, common.extensions),
        ("proposals", demanded.proposal_types, common.proposals),
        ("credentials", demanded.credential_types, common.credentials),
        ("credentials", common.credentials_in_use, common.credentials),
    ):
        for missing in sorted({*needed} - shared):
            leaf = next(i for i, node in tree.leaves() if missing not in getattr(node.capabilities, name))
            raise InvalidRatchetTree("§7.3", f"member {leaf} does not list {missing:#06x} in its {name}")


def check_unique_keys(tree: RatchetTree) -> None:
    """Check that no encryption key and no signature key stands twice in the tree (RFC 9420 §7.3, §12.4.3.1).

    Raises `InvalidRatchetTree`.
    """
    if len(frozenset().union(*tree.head.encryption_keys)) != tree.head.filled:
        raise InvalidRatchetTree("§12.4.3.1", "two nodes of the tree have the same encryption key")
    if len(frozenset().union(*tree.head.signature_keys)) != tree.head.members:
        raise InvalidRatchetTree("§7.3", "two members have the same signature key")
