"""The exercises of lesson 02: who can open what, and what a commit costs."""

from __future__ import annotations

from collections.abc import Callable
from math import log2

from workbench.lab import NotPossible, World
from workbench.lessons.costs import full_group, new_group
from workbench.lessons.exercise import Correct, ExerciseCase, Judgement, Wrong, exercise, judge_function, judge_value
from workbench.mls import LeafIndex, NodeIndex, RatchetTree
from workbench.mls.tree.tree_math import direct_path, is_ancestor, leaf_to_node
from workbench.mls.tree.update_path import path_recipients


@exercise(
    "02.1",
    hints=[
        "One ciphertext for each node in the resolution of each node on the copath.",
        "Erin is at node 8; her copath is 10, 13 and 3. Which of these are blank?",
    ],
    source="answer_1 = 4",
)
def question_1(answer: object, tree: RatchetTree) -> Judgement:
    """How many ciphertexts a commit by leaf 4 holds."""
    recipients = path_recipients(tree, LeafIndex(4), ())
    right = sum(map(len, recipients))

    def accept(count: int) -> Judgement:
        if count == right:
            return Correct("One for Frank, one each for Grace and Heidi, and one for the whole left half.")
        if count == tree.member_count - 1:
            return Wrong("One for each member would be pairwise encryption. The left half shares a key: node 3.")
        if count == len(recipients):
            return Wrong("One for each node on the path would do if the copath had no blank: look at node 13.")
        return Wrong("Write down the resolution of each node on Erin's copath, and count.")

    return judge_value(answer, int, accept)


@exercise(
    "02.2",
    hints=[
        "Grace gets one path secret by decrypting. What can she derive from it?",
        "The ciphertext for Grace holds the path secret of the lowest node above both Erin and Grace.",
    ],
    source="answer_2 = {11, 7}",
)
def question_2(answer: object, tree: RatchetTree) -> Judgement:
    """Of which nodes leaf 6 learns the private keys from a commit by leaf 4."""
    reader = leaf_to_node(LeafIndex(6))
    path = [at.node for at in tree.filtered_direct_path(LeafIndex(4))]
    right = {x for x in path if is_ancestor(x, reader)}

    def accept(nodes: set[object]) -> Judgement:
        if nodes == right:
            return Correct("She opens the path secret of node 11 and derives that of node 7; there is no way down.")
        if nodes == set(path):
            return Wrong("Node 9 is above Erin and Frank only. The tree invariant: Grace must not know its key.")
        if nodes == set(direct_path(reader, tree.leaf_count)):
            return Wrong("Node 13 is not on Erin's path: it gets no key from this commit.")
        if nodes < right:
            return Wrong("She learns more: a path secret leads to all those above it.")
        return Wrong("The nodes above Erin get fresh keys. Which of these nodes are above Grace, too?")

    return judge_value(answer, set, accept)


@exercise(
    "02.3",
    hints=[
        "`tree.filtered_direct_path(leaf)` gives pairs: a node that gets a key, and its child beside the path.",
        "Add up `len(tree.resolution(child))` for these children.",
    ],
    source="""
        def ciphertexts(tree, leaf):
            return sum(len(tree.resolution(child)) for node, child in tree.filtered_direct_path(leaf))
    """,
)
def question_3(answer: object) -> Judgement:
    """How many ciphertexts a commit takes, in several trees and for several leaves."""
    trees = {
        "a new group of 8": new_group(8).tree,
        "a new group of 5": new_group(5).tree,
        "a full tree of 8": full_group(8).tree,
        "a full tree of 16": full_group(16).tree,
    }
    cases = [
        ExerciseCase(f"ciphertexts(tree, {leaf})", (tree, leaf), _ciphertexts(tree, leaf), _why(tree, leaf, kind))
        for kind, tree in trees.items()
        for leaf, _ in tree.leaves()
    ]
    return judge_function(answer, cases, "In a full tree it gives log₂ N, in a new one up to N − 1, as measured.")


@exercise(
    "02.4",
    hints=[
        "A commit fills the nodes above the committer. Which parents are still blank after Alice's?",
        "The parents just above the leaves: each needs a commit from one of its two members.",
    ],
    source='answer_4 = ["Carol", "Erin", "Grace"]',
)
def question_4(answer: object) -> Judgement:
    """Whose commits make a new tree of eight full; they are made, in a world of their own."""

    def accept(names: list[str]) -> Judgement:
        world = World.of(8)
        try:
            for name in names:
                world.commit(name)
        except NotPossible as reason:
            return Wrong(f"{reason}.")
        state = world.state("Alice")
        blank = [] if state is None else [x for x in range(1, 15, 2) if state.tree.node(NodeIndex(x)) is None]
        if blank:
            return Wrong(f"After these commits {_listed(blank)} still blank.")
        if len(names) > len(_PAIRS):
            return Wrong("So the tree gets full, but fewer commits would do.")
        return Correct("One of each pair that has not committed yet: then a commit by anybody seals three times.")

    return judge_value(answer, list, accept)


_PAIRS = (("Carol", "Dave"), ("Erin", "Frank"), ("Grace", "Heidi"))
"""Who shares a blank parent after Alice has added everybody."""


def _ciphertexts(tree: RatchetTree, leaf: LeafIndex) -> int:
    return sum(map(len, path_recipients(tree, leaf, ())))


def _why(tree: RatchetTree, leaf: LeafIndex, kind: str) -> Callable[[object], str]:
    """What a wrong count has not seen."""
    path = tree.filtered_direct_path(leaf)
    whole = direct_path(leaf_to_node(leaf), tree.leaf_count)

    def explain(result: object) -> str:
        where = f"The tree is {kind}."
        if result in {len(path), log2(tree.leaf_count), len(whole)}:
            return f"{where} Not every node on the path takes one ciphertext: a blank copath node takes more."
        if result == tree.member_count - 1:
            return f"{where} A key that several members share is sealed to once."
        return f"{where} Count the nodes in the resolutions of the copath."

    return explain


def _listed(nodes: list[int]) -> str:
    return f"node {nodes[0]} is" if len(nodes) == 1 else f"nodes {', '.join(map(str, nodes))} are"
