"""The known answers to the exercises of lesson 01."""

from __future__ import annotations

from tests.lessons.known import Known, unwritten
from tests.lessons.worlds import around_a_removal, full_world, tree_of
from workbench.lessons import lesson_01
from workbench.mls import NodeIndex, RatchetTree
from workbench.mls.tree.tree_math import is_leaf, left, right


def node_only(tree: RatchetTree, x: NodeIndex) -> list[int]:
    """A resolution that forgets unmerged leaves."""
    if tree.node(x) is not None:
        return [x]
    return [] if is_leaf(x) else node_only(tree, left(x)) + node_only(tree, right(x))


def every_keyed(tree: RatchetTree, x: NodeIndex) -> list[int]:
    """A resolution that goes on below nodes with a key."""
    here = [int(x)] if tree.node(x) is not None else []
    return here if is_leaf(x) else here + every_keyed(tree, left(x)) + every_keyed(tree, right(x))


def right_first(tree: RatchetTree, x: NodeIndex) -> list[int]:
    if tree.node(x) is not None or is_leaf(x):
        return list(tree.resolution(x))
    return right_first(tree, right(x)) + right_first(tree, left(x))


def blanks_too(tree: RatchetTree, x: NodeIndex) -> list[int]:
    """A resolution that lists blank leaves."""
    if tree.node(x) is not None or is_leaf(x):
        return list(tree.resolution(x)) or [x]
    return blanks_too(tree, left(x)) + blanks_too(tree, right(x))


KNOWN = (
    Known(
        lesson_01.question_1,
        "answer_1",
        {
            "from the bottom up": [7, 11, 9],
            "not on its own": [10, 9, 11, 7],
            "copath": [8, 13, 3],
            "not node 5": [5, 3, 7],
            "the parent of the one before": [9, 7],
        },
        lambda: (tree_of(full_world()),),
    ),
    Known(
        lesson_01.question_2,
        "resolution",
        {
            "not every member below it knows": node_only,
            "it stands for them": every_keyed,
            "the left ones come first": right_first,
            "only nodes that have a key": blanks_too,
            "Nobody is below": lambda tree, x: list(tree.resolution(x)) or [x],
            "is node 2 i": lambda tree, x: [y // 2 if is_leaf(y) else y for y in tree.resolution(x)],
            "A list of node indices": lambda tree, x: len(tree.resolution(x)),
            "one by one": lambda tree, x: list(tree.resolution(x))[:1],
            "IndexError": lambda tree, x: [tree.resolution(x)[0], *tree.resolution(x)[1:]],
        },
        stub=unwritten,
    ),
    Known(
        lesson_01.question_3,
        "answer_3",
        {
            "knew the private keys": {10},
            "his own leaf": {9, 11},
            "for a moment": {7, 9, 10, 11},
            "1 more": {10, 9},
            "Not all of these": {9, 10, 11, 13},
        },
        around_a_removal,
    ),
    Known(
        lesson_01.question_4,
        "answer_4",
        {"number of the node": 10, "have to double": 8, "Somebody is there": 6},
        lambda: (around_a_removal()[1],),
    ),
)
