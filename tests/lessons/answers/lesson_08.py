"""The known answers to the exercises of lesson 08."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_08_world
from workbench.lab import World
from workbench.lessons import lesson_08

KNOWN = (
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
)
