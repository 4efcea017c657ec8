"""The exercises of lesson 01: the ratchet tree, its blanks and its resolutions."""

from __future__ import annotations

from collections.abc import Callable

from workbench.lab import World
from workbench.lessons.exercise import Correct, ExerciseCase, Judgement, Wrong, exercise, judge_function, judge_value
from workbench.mls import LeafIndex, NodeIndex, RatchetTree
from workbench.mls.tree.tree_math import copath, direct_path, is_leaf, leaf_to_node, node_width


@exercise(
    "01.1",
    hints=[
        "Frank is at leaf 5, so his node is 2 × 5.",
        "The parent of node 10 is node 9: it has the children 8 and 10. Go on from there to the root.",
    ],
    source="answer_1 = [9, 11, 7]",
)
def question_1(answer: object, tree: RatchetTree) -> Judgement:
    """The direct path of leaf 5."""
    leaf = LeafIndex(5)
    own, right = leaf_to_node(leaf), list(direct_path(leaf_to_node(leaf), tree.leaf_count))

    def accept(nodes: list[object]) -> Judgement:
        if nodes == right:
            return Correct("From the parent up to the root.")
        if nodes == right[::-1]:
            return Wrong("These are the nodes, but the RFC lists them from the bottom up.")
        if nodes == [own, *right]:
            return Wrong("A node is not on its own direct path.")
        if nodes == list(copath(own, tree.leaf_count)):
            return Wrong("That is the copath: the nodes beside the path. The direct path leads through the parents.")
        if 2 * leaf not in nodes and leaf in nodes:
            return Wrong("Leaf 5 is not node 5: leaves are the even nodes.")
        return Wrong("Each node on the path is the parent of the one before, and the last is the root.")

    return judge_value(answer, list, accept)


@exercise(
    "01.2",
    hints=[
        "There are three cases: a node with a key, a blank leaf, a blank parent.",
        "A blank parent's resolution is that of its left child, then that of its right child.",
        "A node with a key: the node itself, then `2 * leaf` for each leaf in its `unmerged_leaves`.",
    ],
    source="""
        def resolution(tree, x):
            node = tree.node(x)
            if node is not None:
                return [x, *(2 * leaf for leaf in getattr(node, "unmerged_leaves", ()))]
            return [] if is_leaf(x) else resolution(tree, left(x)) + resolution(tree, right(x))
    """,
)
def question_2(answer: object) -> Judgement:
    """The resolution of a node, for each node of three trees: a new one, one with holes, one with unmerged leaves."""
    trees = {
        "a new one": _new_tree(),
        "one with holes": _tree_with_holes(),
        "one with an unmerged leaf": _unmerged_tree(),
    }
    cases = [
        ExerciseCase(
            f"resolution(tree, {x})", (tree, NodeIndex(x)), list(tree.resolution(NodeIndex(x))), _why(tree, x, kind)
        )
        for kind, tree in trees.items()
        # A keyed parent first: a stub gives None for it, and nothing else should.
        for x in (tree.leaf_count - 1, *range(node_width(tree.leaf_count)))
    ]
    listing = _listing(answer) if callable(answer) else answer
    return judge_function(listing, cases, "That is the rule of RFC 9420 §4.1.1, in all its three cases.")


@exercise(
    "01.3",
    hints=[
        "Which nodes did Frank know the private keys of? Those keys must go.",
        "Alice commits the removal, and her path gives the nodes above her fresh keys.",
    ],
    source="answer_3 = {9, 10, 11}",
)
def question_3(answer: object, before: RatchetTree, after: RatchetTree) -> Judgement:
    """Which nodes are blank after a removal; `before` and `after` are the trees around it."""
    blank = {x for x in range(node_width(after.leaf_count)) if after.node(NodeIndex(x)) is None}
    (gone,) = {leaf for leaf, _ in before.leaves()} - {leaf for leaf, _ in after.leaves()}
    own = leaf_to_node(gone)
    above = set(direct_path(own, before.leaf_count))

    def accept(nodes: set[object]) -> Judgement:
        if nodes == blank:
            return Correct("The leaf and all above it were blanked; Alice's path has filled the root again.")
        if nodes == {own}:
            return Wrong("Frank also knew the private keys of the nodes above him.")
        if nodes == blank - {own}:
            return Wrong("And his own leaf?")
        if nodes == above | {own}:
            return Wrong("So it is for a moment. Then Alice's commit brings fresh keys for all the nodes above her.")
        if missing := blank - nodes:
            return Wrong(f"{len(missing)} more are blank.")
        return Wrong("Not all of these are blank: somebody still shares a key there that Frank never had.")

    return judge_value(answer, set, accept)


@exercise(
    "01.4",
    hints=[
        "The tree only grows when it has no blank leaf left.",
        "RFC 9420 §12.1.1: the leftmost blank leaf.",
    ],
    source="answer_4 = 5",
)
def question_4(answer: object, tree: RatchetTree) -> Judgement:
    """At which leaf the next member will stand."""
    right = tree.with_room()[1]

    def accept(leaf: int) -> Judgement:
        if leaf == right:
            return Correct("The leftmost blank leaf: the place that Frank left.")
        if leaf == 2 * right:
            return Wrong("That is the number of the node; the question is for the leaf.")
        if leaf == tree.leaf_count:
            return Wrong("The tree would have to double for that, and there is room in it.")
        return Wrong("Somebody is there." if tree.leaf(LeafIndex(leaf)) else "There is a place further to the left.")

    return judge_value(answer, int, accept)


def _new_tree() -> RatchetTree:
    """Alice has added everybody: only her own path has keys."""
    return _tree_of(World.of(4))


def _tree_with_holes() -> RatchetTree:
    """Two members have left, so that leaves and parents are blank."""
    world = World.of(8)
    world.commit("Grace")
    world.remove("Alice", "Bob", "Frank")
    return _tree_of(world)


def _unmerged_tree() -> RatchetTree:
    """Heidi is below a node whose private key she was never given."""
    world = World.of(7)
    world.device("Heidi")
    world.commit("Grace")
    world.add("Alice", "Heidi")
    return _tree_of(world)


def _tree_of(world: World) -> RatchetTree:
    state = world.state("Alice")
    if state is None:
        raise LookupError("Alice is in every world of this lesson")
    return state.tree


def _listing(function: Callable[..., object]) -> Callable[..., object]:
    """A learner may give the nodes in a tuple as well as in a list."""

    def called(tree: RatchetTree, x: NodeIndex) -> object:
        result = function(tree, x)
        return list(result) if isinstance(result, tuple) else result

    return called


def _why(tree: RatchetTree, x: int, kind: str) -> Callable[[object], str]:
    """What a wrong resolution of this node has not seen."""
    right = list(tree.resolution(NodeIndex(x)))
    node = tree.node(NodeIndex(x))

    def explain(result: object) -> str:
        if not isinstance(result, list):
            fault = "A list of node indices is wanted."
        elif sorted(result) == sorted(right):
            fault = "These are the nodes; the left ones come first, and unmerged leaves after their node."
        elif node is not None and len(right) > 1 and result == right[:1]:
            fault = f"Node {x} has a key, but not every member below it knows the private key."
        elif node is not None and set(result) > set(right):
            fault = f"Node {x} has a key that reaches those below it: it stands for them."
        elif not right:
            fault = f"Nobody is below node {x}."
        elif result == [each // 2 if is_leaf(each) else each for each in right]:
            fault = "A resolution lists node indices: the leaf with index i is node 2 i."
        elif any(tree.node(NodeIndex(each)) is None for each in result):
            fault = "A resolution lists only nodes that have a key."
        else:
            fault = f"Take the three cases of RFC 9420 §4.1.1 one by one for node {x}."
        return f"The tree is {kind}. {fault}"

    return explain
