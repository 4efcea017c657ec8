from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mls.tree.people import (
    ALICE,
    BOB,
    CAROL,
    Group,
    counting_suite,
    group_of,
    group_with_full_tree,
    leaf_of,
    names,
    private_key_of,
    tree_of,
)
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import InvalidRatchetTree
from workbench.mls.tree.parent_hash import chain_path, verify_parent_hashes
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, leaf_to_node
from workbench.mls.wire.tree import CommitSource, LeafNode, ParentNode


def contents(tree: RatchetTree) -> list[LeafNode | ParentNode | None]:
    return [None if node is None else node.node for node in tree.to_nodes()]


def with_change(
    tree: RatchetTree, x: int, change: Callable[[LeafNode | ParentNode], LeafNode | ParentNode | None]
) -> RatchetTree:
    nodes = contents(tree)
    node = nodes[x]
    assert node is not None
    nodes[x] = change(node)
    return tree_of(nodes)


def test_links_of_older_commits_may_be_broken_as_in_the_appendix() -> None:
    group = group_of("Alice")
    group, _ = group.commit(ALICE, add=["Bob"])
    group, _ = group.commit(BOB, add=["Carol", "Dave"])
    old = group.tree
    group, _ = group.commit(CAROL)
    before, after = old.node(old.head.index), group.tree.node(old.head.index)
    assert isinstance(before, ParentNode)
    assert isinstance(after, ParentNode)
    assert before != after
    verify_parent_hashes(old)
    verify_parent_hashes(group.tree)


def all_committed(size: int, suite: CipherSuite) -> RatchetTree:
    """A member at each second leaf, who all have committed; what their signatures and keys are does not matter here."""
    members = [leaf_of(name) for name in names(size // 2)]
    tree = tree_of([node for member in members for node in (member, None, None, None)][:-3], suite)
    for leaf, leaf_node in list(tree.leaves()):
        keys = [f"{leaf} {at.node}".encode() for at in tree.filtered_direct_path(leaf)]
        parents, above = chain_path(tree, leaf, keys)
        tree = tree.with_path(leaf, replace(leaf_node, leaf_node_source=CommitSource(above)), parents)
    return tree


@pytest.mark.parametrize("size", [64, 256])
def test_what_siblings_were_before_many_were_added_is_hashed_once_and_not_at_each_height(size: int) -> None:
    suite = counting_suite()
    tree, added = all_committed(size, suite).add_all([leaf_of(f"added {number}") for number in range(size // 2)])
    assert len(added) == size // 2 == len(tree.resolution(tree.head.index)) - 1
    tree.hash()
    suite.count["hash"] = 0
    verify_parent_hashes(tree)
    assert suite.count["hash"] <= 3 * size


commits = st.lists(
    st.tuples(st.sampled_from(["commit", "add", "partial add", "partial remove", "remove"]), st.integers(0, 1 << 16)),
    max_size=12,
)


def taken_part(group: Group, step: str, which: int, word: str) -> Group:
    """The group after one more commit."""
    members = list(group.names)
    committer = members[which % len(members)]
    others = [leaf for leaf in members if leaf != committer]
    match step:
        case "add":
            return group.commit(committer, add=[f"{word} a", f"{word} b"], word=word)[0]
        case "partial add":
            tree, leaf = group.tree.add(leaf_of(word))
            return replace(
                group,
                tree=tree,
                names={**group.names, leaf: word},
                private_keys={**group.private_keys, leaf: {leaf_to_node(leaf): private_key_of(word)}},
            )
        case "remove" if others:
            gone = others[which // len(members) % len(others)]
            return group.commit(committer, remove=[gone], word=word)[0]
        case _:
            return group.commit(committer, word=word)[0]


@pytest.mark.no_cover
@settings(max_examples=40)
@given(commits)
def test_parent_hashes_are_valid_after_any_history(history: list[tuple[str, int]]) -> None:
    group = group_of("Alice", "Bob", "Carol")
    for number, (step, which) in enumerate(history):
        group = taken_part(group, step, which, f"step {number}")
        verify_parent_hashes(group.tree)
        verify_parent_hashes(RatchetTree.from_nodes(group.tree.to_nodes(), group.suite))


@pytest.mark.parametrize("x", [1, 3, 5, 7, 9, 11, 13])
def test_a_key_that_somebody_slips_into_a_parent_hangs_on_nobody(x: int) -> None:
    tree = group_with_full_tree(*"ABCDEFGH").tree
    verify_parent_hashes(tree)
    planted = with_change(tree, x, lambda node: replace(node, encryption_key=b"\x01" * 32))
    with pytest.raises(InvalidRatchetTree, match=r"to 0 nodes below it, not to one"):
        verify_parent_hashes(planted)


def test_an_older_leaf_breaks_the_chain_that_hung_on_it() -> None:
    group = group_with_full_tree(*"ABCD")
    stale = with_change(group.tree, 6, lambda _: leaf_of("D"))
    with pytest.raises(InvalidRatchetTree, match="the parent hashes link node 5 to 0 nodes"):
        verify_parent_hashes(stale)


def test_a_blank_node_in_a_chain_breaks_it() -> None:
    tree = group_with_full_tree(*"ABCDEFGH").tree
    with pytest.raises(InvalidRatchetTree, match="the parent hashes link node 7 to 0 nodes"):
        verify_parent_hashes(with_change(tree, 11, lambda _: None))


def test_a_sibling_is_hashed_as_it_was_before_unmerged_leaves_came() -> None:
    group = group_with_full_tree(*"ABCDEFGH")
    group, _ = group.commit(ALICE, remove=[LeafIndex(5)])
    group, _ = group.commit(LeafIndex(4))
    group, _ = group.commit(ALICE, word="again")
    tree, leaf = group.tree.add(leaf_of("new F"))
    assert leaf == 5
    unmerged = {above.index: node.unmerged_leaves for above, node in tree.parents()}
    assert unmerged == {1: (), 3: (), 5: (), 7: (5,), 11: (5,), 13: ()}
    verify_parent_hashes(tree)


@pytest.mark.parametrize("claimed", [(0,), (1,), (0, 1)])
def test_a_leaf_that_claims_to_be_unmerged_cannot_hide_that_a_key_hung_on_it(claimed: tuple[int, ...]) -> None:
    tree = group_with_full_tree("Alice", "Bob").tree
    verify_parent_hashes(tree)
    lying = with_change(tree, 1, lambda node: ParentNode(node.encryption_key, b"", claimed))
    with pytest.raises(InvalidRatchetTree, match="the parent hashes link node 1 to 0 nodes"):
        verify_parent_hashes(lying)


def test_a_parent_that_is_silent_about_an_unmerged_leaf_hangs_on_nobody() -> None:
    group, _ = group_of("Alice", "Bob", "Carol").commit(ALICE, remove=[BOB])
    tree, _ = group.tree.add(leaf_of("new Bob"))
    root = tree.node(NodeIndex(3))
    assert isinstance(root, ParentNode)
    assert root.unmerged_leaves == (1,)
    verify_parent_hashes(tree)
    silent = with_change(tree, 3, lambda _: replace(root, unmerged_leaves=()))
    with pytest.raises(InvalidRatchetTree, match="the parent hashes link node 3 to 0 nodes"):
        verify_parent_hashes(silent)
