"""The known answers to the exercises of lesson 00."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_00_world
from workbench.lessons import lesson_00

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
)
