"""For each exercise: its stub, known wrong answers each with words of its feedback, and what `check` gets besides."""

from __future__ import annotations

from math import log2
from typing import Any

from tests.lessons.answers_from_12 import KNOWN_FROM_12
from tests.lessons.answers_of_03 import KNOWN_OF_03
from tests.lessons.known import Known
from tests.lessons.worlds import (
    around_a_removal,
    full_world,
    lesson_00_world,
    lesson_04_fresh,
    lesson_04_talk,
    lesson_04_world,
    lesson_05_slow,
    lesson_05_world,
    lesson_06_reasons,
    lesson_06_world,
    lesson_07_case,
    lesson_08_world,
    lesson_09_world,
    tree_of,
)
from workbench.lab import World
from workbench.lessons import (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_09,
)
from workbench.mls import CipherSuite, LeafIndex, NodeIndex, RatchetTree
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


def two_secrets(suite: CipherSuite, joiner: bytes, psk: bytes, context: bytes) -> tuple[bytes, bytes]:
    """The welcome_secret and the epoch_secret."""
    member = suite.extract(joiner, psk)
    return suite.derive_secret(member, "welcome"), suite.expand_with_label(member, "epoch", context, suite.hash_length)


def stub(*_: Any) -> None: ...


KNOWN = (
    Known(lesson_00.question_1, "answer_1", {"sealed to keys": False}, lambda: (lesson_00_world(),)),
    Known(
        lesson_00.question_2,
        "answer_2",
        {"Not Alice": {"Alice"}, "Not Carol": {"Bob", "Carol"}, "Somebody": set(), "not in the group": {"Mallory"}},
    ),
    Known(
        lesson_00.question_3,
        "answer_3",
        {"where the commit was sent": 4, "goes faster": 6, "read along": 2},
        lambda: (lesson_00_world(),),
    ),
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
        stub=stub,
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
        stub=stub,
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
    *KNOWN_OF_03,
    Known(
        lesson_04.question_1,
        "answer_1",
        {
            "should give two secrets": lambda *given: given[0].extract(given[1], given[2]),
            "comes first": lambda *given: tuple(reversed(two_secrets(*given))),
            "The psk_secret has to go in": lambda *given: (given[0].derive_secret(given[1], "welcome"),) * 2,
            "bound to nothing": lambda *given: (
                two_secrets(*given)[0],
                given[0].derive_secret(given[0].extract(given[1], given[2]), "epoch"),
            ),
            "Follow the lines": lambda *given: (given[1], given[1]),
        },
        lesson_04_world,
    ),
    Known(
        lesson_04.question_2,
        "answer_2",
        {
            "Choose among the six": {"psk_secret"},
            "Not the welcome_secret": {"welcome_secret"},
            "Not the exporter_secret": {"epoch_secret", "exporter_secret"},
            "Not the membership_key": {"membership_key"},
            "Not the init_secret": {"init_secret"},
            "derived from one secret": set(),
            "above the epoch_secret": {"epoch_secret"},
        },
        lambda: (*lesson_04_world(), 2),
    ),
    Known(
        lesson_04.question_3,
        "answer_3",
        {"Not node 3": {3, 2}, "on the way may stay": {0, 2}, "Which are not on the way": {2}},
        lesson_04_talk,
    ),
    Known(
        lesson_04.question_4,
        "answer_4",
        {
            "Choose among the five": {"psk_secret"},
            "before he came": {"joiner_secret", "extracted_secret"},
            "to open the GroupInfo": {"joiner_secret"},
        },
        lesson_04_fresh,
    ),
    Known(
        lesson_05.question_1,
        "answer_1",
        {
            "Nobody said": {"Tomorrow's news"},
            "epoch is over": {"Yesterday's news.", "Tomorrow's news."},
            "a used key is deleted": {"Today's news.", "Tomorrow's news."},
            "from now on": set(),
        },
        lesson_05_world,
    ),
    Known(
        lesson_05.question_2,
        "answer_2",
        {
            "not in the group": {"Mallory"},
            "who sends deletes": {"Alice", "Carol"},
            "Not Bob's": {"Bob", "Carol"},
            "has not received it": set(),
        },
        lesson_05_slow,
    ),
    Known(
        lesson_05.question_3,
        "answer_3",
        {
            "Choose among": {"F"},
            "Not A": {"A", "B"},
            "Not E": {"B", "C", "D", "E"},
            "a key of its own": {"C", "D"},
            "derives its exports": {"B", "D"},
            "nothing to do with epochs": {"B", "C"},
        },
        lesson_05_world,
    ),
    Known(
        lesson_05.question_4,
        "answer_4",
        {"before he caught up": {1, 2, 3, 4, 5}, "always on the device": set(), "of one epoch only": {4, 5}},
    ),
    Known(
        lesson_06.question_1,
        "answer_1",
        {
            "Choose among": {"Z"},
            "Not A": {"A", "B"},
            "Not C": {"C"},
            "Not E": {"E", "F"},
            "B heals": {"D", "F", "G", "H"},
            "D heals": {"B", "F", "G", "H"},
            "F heals": {"B", "D", "G", "H"},
            "G heals": {"B", "D", "F", "H"},
            "H heals": {"B", "D", "F", "G"},
        },
    ),
    Known(
        lesson_06.question_2,
        "answer_2",
        {
            "not in the group": {"Erin"},
            "she has committed since": {"Alice", "Carol", "Dave"},
            "keeps no path secret": {"Bob", "Dave"},
            "had the same leaf key": {"Dave"},
        },
        lesson_06_world,
    ),
    Known(
        lesson_06.question_3,
        "answer_3",
        {
            "not in the group": {"Erin"},
            "Then Alice could": {"Carol", "Dave"},
            "Then Carol could": {"Alice", "Dave"},
            "his commit": {"Alice", "Bob", "Carol", "Dave"},
        },
    ),
    Known(
        lesson_06.question_4,
        "answer_4",
        {
            "a path secret, too": {3},
            "Nothing leads back": {2, 3, 4},
            "Dave's own commit": {3, 4, 5},
            "Where does the Welcome lead": set(),
        },
    ),
    Known(
        lesson_06.question_5,
        "answer_5",
        {
            "one reason for each": {"A": "healed"},
            "Choose among": {**lesson_06_reasons(), "A": "bad luck"},
            "not on his device": {**lesson_06_reasons(), "A": "healed"},
            "Who replaces": {**lesson_06_reasons(), "B": "healed"},
            "Alice commits it": {**lesson_06_reasons(), "C": "leaked key still in use"},
            "Does it stay secret": {**lesson_06_reasons(), "D": "healed"},
            "again and again": {**lesson_06_reasons(), "E": "healed"},
        },
    ),
    Known(
        lesson_07.question_1,
        "answer_1",
        {
            "nodes above its leaf": {2, 6},
            "Not node 0": {0, 1, 2, 3, 6},
            "There are more": {2, 3, 6},
        },
        lesson_07_case,
    ),
    Known(
        lesson_07.question_2,
        "answer_2",
        {"count both from 0": (2, 2), "Whose key": (0, 0)},
        lesson_07_case,
    ),
    Known(
        lesson_07.question_3,
        "commit_secret",
        {
            "of the root itself": lambda _, path_secret: path_secret,
            "leads to the key pair": lambda suite, path_secret: suite.derive_secret(path_secret, "node"),
            "one step too many": lambda suite, path_secret: suite.derive_secret(
                suite.derive_secret(path_secret, "path"), "path"
            ),
            "the right label": lambda suite, path_secret: suite.derive_secret(path_secret, "commit"),
        },
        stub=stub,
    ),
    Known(
        lesson_07.question_4,
        "answer_4",
        {"if we were in already": 3, "forwards only": 4, "No secrets of that epoch": 1},
        lesson_07_case,
    ),
    Known(
        lesson_07.question_5,
        "answer_5",
        {"Give only what": b"\x00The old mill, at nine. Bring the map.\x00", "not what Carol": b"hello"},
        lesson_07_case,
    ),
    Known(
        lesson_07.question_6,
        "answer_6",
        {
            "Choose among": {2: "luck", 3: "psk_secret", 4: "init_secret"},
            "Give one of the three": {2: "commit_secret"},
            "Look again at the path": {2: "psk_secret", 3: "commit_secret", 4: "init_secret"},
            "what else goes into": {2: "commit_secret", 3: "init_secret", 4: "init_secret"},
            "anything of that epoch": {2: "commit_secret", 3: "psk_secret", 4: "commit_secret"},
        },
    ),
    Known(
        lesson_08.question_1,
        "answer_1",
        {
            "A is missing": {"C", "D", "E"},
            "Not B": {"A", "B", "C", "D", "E"},
            "C is missing": {"A", "D", "E"},
            "D is missing": {"A", "C", "E"},
            "E is missing": {"A", "C", "D"},
            "Not F": {"A", "C", "D", "E", "F"},
            "none of the letters": {"A", "C", "D", "E", "Z"},
        },
        lambda: (lesson_08_world(),),
    ),
    Known(
        lesson_08.question_2,
        "answer_2",
        {"That epoch is over": 1, "The group was in epoch 1": 7},
        lambda: (lesson_08.race(World.of(["Alice", "Bob", "Carol"], seed=8)),),
    ),
    Known(
        lesson_08.question_3,
        "answer_3",
        {"fewer messages than wait": 0, "takes a place": 10, "the oldest messages go": 30},
    ),
    Known(
        lesson_09.question_1,
        "answer_1",
        {
            "Alice is no device": {"Alice", "Bob/phone", "Carol"},
            "Not Alice/laptop": {"Alice/phone", "Alice/laptop", "Bob/phone", "Carol"},
            "Carol is missing": {"Alice/phone", "Bob/phone"},
        },
        lambda: (lesson_09_world(),),
    ),
    Known(
        lesson_09.question_2,
        "answer_2",
        {"Not A": {"A", "C"}, "Not B": {"B", "C"}, "C is missing": set(), "none of the letters": {"C", "Z"}},
        lambda: (lesson_09.lost_phone(),),
    ),
    Known(
        lesson_09.question_3,
        "answer_3",
        {"uses keys again": 0, "never used": 5, "after the state was saved": 4},
    ),
    *KNOWN_FROM_12,
)
