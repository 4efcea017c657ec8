"""The known answers to the exercises of lesson 02."""

from __future__ import annotations

from math import log2

from tests.lessons.known import Known, unwritten
from tests.lessons.worlds import tree_of
from workbench.lab import World
from workbench.lessons import lesson_02
from workbench.mls import LeafIndex

KNOWN = (
    Known(
        lesson_02.question_1,
        "answer_1",
        {"pairwise": 7, "no blank": 3, "Write down": 5},
        lambda: (tree_of(World.of(8)),),
    ),
    Known(
        lesson_02.question_2,
        "answer_2",
        {"tree invariant": {9, 11, 7}, "Node 13": {13, 11, 7}, "She learns more": {7}, "above Grace": {3, 7}},
        lambda: (tree_of(World.of(8)),),
    ),
    Known(
        lesson_02.question_3,
        "ciphertexts",
        {
            "Not every node": lambda tree, leaf: len(tree.filtered_direct_path(leaf)),
            "takes one ciphertext": lambda tree, _: log2(tree.leaf_count),
            "sealed to once": lambda tree, _: tree.member_count - 1,
            "Count the nodes": lambda tree, _: tree.member_count,
            "UnknownMember": lambda tree, leaf: tree.filtered_direct_path(LeafIndex(leaf + 100)),
        },
        stub=unwritten,
    ),
    Known(
        lesson_02.question_4,
        "answer_4",
        {
            "nodes 5, 9, 11, 13 are still blank": ["Alice"],
            "node 13 is still blank": ["Carol", "Erin"],
            "fewer commits": ["Bob", "Carol", "Erin", "Grace"],
            "Zoe": ["Zoe"],
        },
    ),
)
