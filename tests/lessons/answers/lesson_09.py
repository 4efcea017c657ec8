"""The known answers to the exercises of lesson 09."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_09_world
from workbench.lessons import lesson_09

KNOWN = (
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
)
