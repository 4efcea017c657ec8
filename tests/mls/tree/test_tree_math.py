from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.mls.errors import Misuse
from workbench.mls.tree import tree_math
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex


@st.composite
def places(draw: st.DrawFn, count: int) -> tuple[int, list[NodeIndex]]:
    """A number of leaves, and so many nodes of such a tree."""
    n_leaves = 1 << draw(st.integers(0, 8))
    node = st.integers(0, tree_math.node_width(n_leaves) - 1).map(NodeIndex)
    return n_leaves, draw(st.lists(node, min_size=count, max_size=count))


def test_the_official_vectors_agree_on_every_relation(official_vectors: Path) -> None:
    for case in json.loads((official_vectors / "tree-math.json").read_text()):
        n_leaves = case["n_leaves"]
        assert tree_math.node_width(n_leaves) == case["n_nodes"]
        assert tree_math.root(n_leaves) == case["root"]
        for x in map(NodeIndex, range(case["n_nodes"])):
            assert _or_none(tree_math.left, x) == case["left"][x]
            assert _or_none(tree_math.right, x) == case["right"][x]
            assert _or_none(tree_math.parent, x, n_leaves) == case["parent"][x]
            assert _or_none(tree_math.sibling, x, n_leaves) == case["sibling"][x]


def _or_none(relative: Callable[..., NodeIndex], *arguments: int) -> NodeIndex | None:
    try:
        return relative(*arguments)
    except Misuse:
        return None


@pytest.mark.parametrize("child", [tree_math.left, tree_math.right])
def test_a_leaf_has_no_children(child: Callable[[NodeIndex], NodeIndex]) -> None:
    with pytest.raises(Misuse, match="node 4 is a leaf and has no children"):
        child(NodeIndex(4))


def test_the_root_has_no_parent() -> None:
    with pytest.raises(Misuse, match="node 3 is the root and has no parent"):
        tree_math.parent(NodeIndex(3), 4)


def test_a_parent_is_not_taken_for_a_leaf() -> None:
    assert tree_math.node_to_leaf(tree_math.leaf_to_node(LeafIndex(5))) == 5
    with pytest.raises(Misuse, match="node 5 is a parent, not a leaf"):
        tree_math.node_to_leaf(NodeIndex(5))


@given(places(1))
def test_the_copath_holds_the_sibling_of_each_node_on_the_way_up(place: tuple[int, list[NodeIndex]]) -> None:
    n_leaves, (x,) = place
    way_up = (x, *tree_math.direct_path(x, n_leaves))
    assert way_up[-1] == tree_math.root(n_leaves)
    assert tree_math.copath(x, n_leaves) == tuple(tree_math.sibling(y, n_leaves) for y in way_up[:-1])


@given(places(2))
def test_the_common_ancestor_is_the_lowest_node_on_both_ways_up(place: tuple[int, list[NodeIndex]]) -> None:
    n_leaves, (x, y) = place
    both = {x, *tree_math.direct_path(x, n_leaves)} & {y, *tree_math.direct_path(y, n_leaves)}
    assert tree_math.common_ancestor(x, y) == min(both, key=tree_math.level)


@given(places(2))
def test_an_ancestor_is_a_node_on_the_way_up(place: tuple[int, list[NodeIndex]]) -> None:
    n_leaves, (x, y) = place
    assert tree_math.is_ancestor(x, y) == (x in {y, *tree_math.direct_path(y, n_leaves)})
