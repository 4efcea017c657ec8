from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mls.tree.array_tree import ArrayTree
from tests.mls.tree.people import (
    ALICE,
    BOB,
    CAROL,
    SUITE,
    counting_suite,
    leaf_of,
    names,
    tree_of,
    tree_of_members,
)
from workbench.fuzz.bounds import InputCost, measured
from workbench.mls.errors import InvalidRatchetTree, Misuse, UnknownMember
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.subtree import Parent, Subtree, in_order
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, leaf_to_node
from workbench.mls.wire.tree import LeafNode, Node, ParentNode

Nodes: TypeAlias = list[LeafNode | ParentNode | None]

A, B, C, D, E, F, G, H = map(leaf_of, "ABCDEFGH")


def parent(name: str, *unmerged: int) -> ParentNode:
    """A parent that holds a key of its own."""
    return ParentNode(SUITE.hash(name.encode()), b"", unmerged)


# What the RFC draws


def test_the_resolution_is_that_of_the_figure_in_the_rfc() -> None:
    nodes: Nodes = [A, None, B, parent("X", 1), None, None, D, None, E, parent("Y"), F, None, None, None, H]
    tree = tree_of(nodes)
    assert tree.resolution(NodeIndex(3)) == (3, 2)
    assert tree.resolution(NodeIndex(4)) == tree.resolution(NodeIndex(12)) == ()
    assert tree.resolution(NodeIndex(7)) == (3, 2, 9, 14)


def test_the_filtered_direct_paths_are_those_of_the_table_in_the_rfc() -> None:
    nodes: Nodes = [A, parent("T"), B, None, None, None, None, parent("W"), E, parent("X"), F, parent("Y"), G]
    tree = tree_of(nodes)
    paths = {leaf: [at.node for at in tree.filtered_direct_path(LeafIndex(leaf))] for leaf in (0, 1, 4, 5, 6)}
    assert paths == {0: [1, 7], 1: [1, 7], 4: [9, 11, 7], 5: [9, 11, 7], 6: [11, 7]}


def test_a_third_member_doubles_the_tree_and_its_removal_halves_it() -> None:
    two = tree_of([A, parent("X"), B])
    three, leaf = two.add(C)
    assert (leaf, three.leaf_count) == (2, 4)
    assert three.to_nodes() == tree_of([A, parent("X"), B, None, C]).to_nodes()
    assert three.remove(leaf) == two


# Against the array of Appendix C

steps = st.lists(
    st.tuples(st.sampled_from(["add", "add", "add", "update", "remove", "commit"]), st.integers(0, 1 << 16)),
    max_size=30,
)


def changed(tree: RatchetTree, model: ArrayTree, step: str, which: int, word: str) -> RatchetTree:
    """Make the same change to both."""
    member = model.members()[which % len(model.members())]
    if step == "add" or (step == "remove" and len(model.members()) == 1):
        model.add(leaf_of(word))
        tree, _ = tree.add(leaf_of(word))
        return tree
    if step == "remove":
        model.remove(member)
        return tree.remove(member)
    model.update(member, leaf_of(word))
    if step == "update":
        return tree.update(member, leaf_of(word))
    parents = {at.node: parent(f"{word} {at.node}") for at in tree.filtered_direct_path(member)}
    for x, node in parents.items():
        model.nodes[x] = node
    return tree.with_path(member, leaf_of(word), parents)


@given(steps)
def test_any_history_gives_the_tree_of_the_array_algorithms(history: list[tuple[str, int]]) -> None:
    tree, model = tree_of([A]), ArrayTree([A])
    for number, (step, which) in enumerate(history):
        tree.hash()  # so that a stale hash would be found
        tree = changed(tree, model, step, which, f"step {number}")
        assert tree.to_nodes() == model.stripped()
        assert tree.leaf_count == model.leaf_count
        assert tree.member_count == len(model.members())
        assert [leaf for leaf, _ in tree.leaves()] == model.members()
    for x in map(NodeIndex, range(len(model.nodes))):
        assert tree.node(x) == model.nodes[x]
        assert list(tree.resolution(x)) == model.resolution(x)
        assert tree.hash(x) == model.tree_hash(x, SUITE)
    for leaf in map(LeafIndex, range(model.leaf_count)):
        assert list(tree.filtered_direct_path(leaf)) == model.filtered_direct_path(leaf)
    assert tree == RatchetTree.from_nodes(tree.to_nodes(), SUITE)


# A value


def test_a_change_leaves_the_old_tree_as_it_was() -> None:
    tree = tree_of_members("ABC")
    nodes, tree_hash = tree.to_nodes(), tree.hash()
    tree.add(D)
    tree.update(ALICE, E)
    tree.remove(BOB)
    assert (tree.to_nodes(), tree.hash()) == (nodes, tree_hash)


def test_what_a_tree_remembers_takes_no_part_in_equality_or_in_what_it_shows() -> None:
    fresh, used = tree_of_members("ABC"), tree_of_members("ABC")
    used.hash()
    assert (fresh, hash(fresh), repr(fresh)) == (used, hash(used), repr(used))
    assert repr(used) == "RatchetTree(3 members, 4 leaves)"
    assert used != tree_of_members("ABD")


def subtrees(tree: RatchetTree) -> Iterator[Subtree]:
    yield from in_order(tree.head)


@pytest.mark.parametrize("size", [64, 1024])
def test_a_change_makes_only_the_nodes_above_one_leaf_anew(size: int) -> None:
    tree = tree_of_members(names(size - 2))
    known = {id(each) for each in subtrees(tree)}
    for after in (tree.add(A)[0], tree.update(BOB, A), tree.remove(BOB)):
        made = [each for each in subtrees(after) if id(each) not in known]
        assert len(made) - (1 + math.log2(size)) in {0, 1}  # 1 is the blank leaf beside the one that was added


@pytest.mark.parametrize("size", [64, 1024])
def test_a_commit_hashes_only_the_path_anew(size: int) -> None:
    suite = counting_suite()
    tree = tree_of_members(names(size), suite)
    tree.hash()
    assert suite.count["hash"] == 2 * size - 1
    parents = {at.node: parent(f"{at.node}") for at in tree.filtered_direct_path(BOB)}
    tree.with_path(BOB, leaf_of("new Bob"), parents).hash()
    assert suite.count["hash"] - (2 * size - 1) == 1 + math.log2(size)


def test_members_who_can_do_the_same_share_what_is_remembered_of_it() -> None:
    head = tree_of_members(names(8)).head
    assert isinstance(head, Parent)
    assert isinstance(head.left, Parent)
    assert head.common is head.left.common is head.left.left.common


@pytest.mark.parametrize("size", [64, 256])
def test_a_change_gathers_the_keys_of_one_small_set_anew(size: int) -> None:
    tree = tree_of_members(names(size))
    known = {id(some) for some in (*tree.head.encryption_keys, *tree.head.signature_keys)}
    after = tree.update(BOB, A).head
    made = [some for some in (*after.encryption_keys, *after.signature_keys) if id(some) not in known]
    assert [len(some) for some in made] == [32, 32]
    assert len(after.signature_keys) == size / 32


def test_a_batch_of_adds_hashes_each_node_once() -> None:
    suite = counting_suite()
    tree_of_members(names(100), suite).hash()
    assert suite.count["hash"] == 2 * 128 - 1


def test_an_added_leaf_is_unmerged_in_each_filled_node_above_it_and_in_order() -> None:
    tree = tree_of([A, None, None, parent("X", 3), None, None, D])
    tree, leaf = tree.add(B)
    assert leaf == 1
    node = tree.node(NodeIndex(3))
    assert isinstance(node, ParentNode)
    assert node.unmerged_leaves == (1, 3)
    assert tree.node(NodeIndex(1)) is None


# Where nothing is


def test_a_leaf_beyond_the_right_edge_is_as_good_as_blank() -> None:
    tree = tree_of_members("ABC")
    assert tree.leaf(LeafIndex(3)) is tree.leaf(LeafIndex(1 << 31)) is tree.leaf(LeafIndex(-1)) is None


@pytest.mark.parametrize("leaf", [3, 4, -1])
def test_who_is_no_member_can_be_neither_read_nor_updated_nor_removed(leaf: int) -> None:
    tree = tree_of_members("ABC")
    for call in (tree.member, tree.remove, lambda index: tree.update(index, D)):
        with pytest.raises(UnknownMember, match=f"there is no member at leaf {leaf}"):
            call(LeafIndex(leaf))


def test_a_path_needs_a_leaf_of_the_tree() -> None:
    tree = tree_of_members("ABC")
    for call in (tree.filtered_direct_path, lambda index: tree.with_path(index, D, {})):
        with pytest.raises(UnknownMember, match="there is no leaf 4 in a tree with 4 leaves"):
            call(LeafIndex(4))


@pytest.mark.parametrize("x", [7, -1])
def test_a_node_outside_of_the_tree_is_refused(x: int) -> None:
    for call in (tree_of_members("ABC").node, tree_of_members("ABC").resolution, tree_of_members("ABC").hash):
        with pytest.raises(Misuse, match=f"there is no node {x} in a tree with 4 leaves"):
            call(NodeIndex(x))


def test_a_blank_node_has_no_key() -> None:
    tree = tree_of_members("ABC")
    assert tree.encryption_key(NodeIndex(2)) == B.encryption_key
    with pytest.raises(Misuse, match="node 1 is blank and has no key"):
        tree.encryption_key(NodeIndex(1))


def test_the_last_member_can_be_removed_and_leaves_a_blank_leaf() -> None:
    tree = tree_of([A]).remove(ALICE)
    assert (tree.leaf_count, tree.to_nodes(), tree.common_capabilities) == (1, (), None)


# From bytes: one thing is wrong

VALID: Nodes = [A, parent("X"), B, parent("Y", 2), C]


TRAILING: Nodes = [*VALID, None, None]
EVEN: Nodes = [A, parent("X"), B, parent("Y"), C, parent("Z")]
UNSORTED: Nodes = [A, parent("X"), B, parent("Y", 3, 2), C, None, D]


def test_the_array_from_which_the_next_tests_start_is_valid() -> None:
    assert tree_of(VALID).leaf_count == 4


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        ([], "the last node of a ratchet tree must not be blank"),
        ([*VALID, None], "the last node of a ratchet tree must not be blank"),
        (TRAILING, "the last node of a ratchet tree must not be blank"),
        (EVEN, "an array of 6 nodes does not end with a leaf"),
        ([parent("Z"), *VALID[1:]], "node 0 holds a parent where none can be"),
        ([A, B, *VALID[2:]], "node 1 holds a leaf where none can be"),
        (UNSORTED, "the unmerged leaves of node 3 are not in increasing order"),
        ([*VALID[:3], parent("Y", 2, 2), C], "the unmerged leaves of node 3 are not in increasing order"),
        ([*VALID[:3], parent("Y", 3), C], "leaf 3, unmerged in node 3, is no member below it"),
        ([*VALID[:3], parent("Y", 1 << 31), C], "leaf 2147483648, unmerged in node 3, is no member below it"),
        ([A, parent("X", 2), *VALID[2:]], "leaf 2, unmerged in node 1, is no member below it"),
        ([*VALID, parent("Z", 1, 2), D], "leaf 1, unmerged in node 5, is no member below it"),
        ([A, None, None, parent("Y", 1), C], "leaf 1, unmerged in node 3, is no member below it"),
        ([*[None] * 7, parent("Y", 1), C], "leaf 1, unmerged in node 7, is no member below it"),
        ([None, parent("X"), None, None, C], "node 1 holds a parent, and there is no member below it"),
        ([*VALID, parent("Z", 2), None, parent("T", 2), None, parent("U"), None, None, D], "node 9 holds a parent"),
        ([*VALID[:3], parent("Y", 1), C], "leaf 1 is unmerged in node 3 but not in node 1 below it"),
    ],
)
def test_an_array_that_is_no_tree_is_refused(nodes: Nodes, reason: str) -> None:
    with pytest.raises(InvalidRatchetTree, match=reason):
        tree_of(nodes)


def test_a_leaf_may_be_merged_above_the_node_in_which_it_is_unmerged() -> None:
    tree_of([A, parent("X", 1), B, parent("Y"), C])


@pytest.mark.parametrize("size", [64, 1024])
def test_a_blank_subtree_is_one_value_wherever_it_comes_from(size: int) -> None:
    given = tree_of([*[None] * (2 * size - 2), A])
    assert len(list(subtrees(given))) == 1 + 2 * math.log2(size)
    assert given.hash() == ArrayTree(contents(given)).tree_hash(given.head.index, SUITE)
    assert [node for node in given.to_nodes() if node] == [Node(A)]
    full = tree_of_members(names(size))
    for leaf in range(size - 1):
        full = full.remove(LeafIndex(leaf))
    last = LeafIndex(size - 1)
    assert full.update(last, A) == given
    assert given.add(B)[0] == tree_of([B, *[None] * (2 * size - 3), A])
    assert given.remove(last) == tree_of([A]).remove(ALICE)


def contents(tree: RatchetTree) -> Nodes:
    return [None if node is None else node.node for node in tree.to_nodes()]


def test_reading_a_blank_node_takes_one_hash_and_no_value_of_its_own() -> None:
    def cost(size: int) -> InputCost:
        nodes = [*[None] * (2 * size - 2), Node(A)]
        measured(lambda: RatchetTree.from_nodes(nodes, SUITE).hash())
        return measured(lambda: RatchetTree.from_nodes(nodes, SUITE).hash())[0]

    less, more = cost(512), cost(1024)
    assert more.calls - less.calls <= 8 * 1024
    assert more.memory - less.memory <= 200 * 512


def test_blank_nodes_beyond_the_end_of_the_array_are_there() -> None:
    tree = RatchetTree.from_nodes([Node(A), None, Node(B), None, Node(C)], SUITE)
    assert isinstance(tree.head, Parent)
    assert tree.subtree(leaf_to_node(LeafIndex(3))).node is None
    assert tree.leaf(CAROL) == C
