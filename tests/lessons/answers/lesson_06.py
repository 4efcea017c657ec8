"""The known answers to the exercises of lesson 06."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_06_reasons, lesson_06_world
from workbench.lessons import lesson_06

KNOWN = (
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
)
