"""The known answers to the exercises of lesson 05."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_05_slow, lesson_05_world
from workbench.lessons import lesson_05

KNOWN = (
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
)
