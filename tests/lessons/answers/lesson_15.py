"""The known answers to the exercises of lesson 15."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_15_attacker, lesson_15_audit
from workbench.lessons import lesson_15

KNOWN = (
    Known(
        lesson_15.question_1,
        "answer_1",
        {"the next question": 8, "is valid": 7},
        lambda: (lesson_15_audit(),),
    ),
    Known(
        lesson_15.question_2,
        "answer_2",
        {
            "are not among them": {"credential"},
            "may stay the same": {"signature_key"},
            "Compare the bytes": {"encryption_key"},
        },
        lambda: (lesson_15_audit().objects[5], lesson_15_audit().objects[1]),
    ),
    Known(
        lesson_15.question_3,
        "answer_3",
        {
            "Give the epoch and a set": (3, 8, 9),
            "not two commits of one epoch": (2, {6, 7}),
            "two groups already": (4, {8, 9}),
            "Which epoch do they name": (2, {8, 9}),
        },
        lambda: (lesson_15_audit(),),
    ),
    Known(
        lesson_15.question_4,
        "answer_4",
        {
            "are on the lines": {6},
            "Olaf had read that one": {4, 5, 7},
            "Olaf has made a commit": {5, 7, 9},
            "one more": {7},
        },
        lambda: (lesson_15_attacker(),),
    ),
)
