"""The known answers to the exercises of lesson 12 and of the lessons after it, as `answers` has them of the others."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_12_groups, lesson_12_world, lesson_15_attacker, lesson_15_audit
from workbench.lessons import lesson_12, lesson_15
from workbench.lessons.rounds import play_rounds

KNOWN_FROM_12 = (
    Known(
        lesson_12.question_1,
        "answer_1",
        {"in its place": "init_secret", "another use": "exporter_secret", "Give the RFC's name": "secret"},
        lambda: (lesson_12_world(),),
    ),
    Known(lesson_12.question_2, "answer_2", {"only half": True}, lambda: (lesson_12_world(),)),
    Known(
        lesson_12.question_3,
        "answer_3",
        {
            "nobody here": {"Zoe"},
            "HR is no member": {"HR", "Alice"},
            "nobody commits to remove itself": {"Alice", "Bob", "Carol", "Dave", "Erin"},
            "More of them": {"Alice"},
        },
    ),
    Known(
        lesson_12.question_4,
        "answer_4",
        {
            "still holds the pre-shared key": set(),
            "recorded the commits before": {9},
            "what does the next commit need": {8},
            "These are the epochs from": {6, 7, 8, 9},
        },
        lambda: (lesson_12_world(),),
    ),
    Known(
        lesson_12.question_5,
        "answer_5",
        {
            "are not among them": {"people"},
            "a new one": {"members", "signature_keys"},
            "Not the epoch": {"members", "epoch"},
            "Something is the same": set(),
        },
        lesson_12_groups,
    ),
    Known(
        lesson_12.question_6,
        "answer_6",
        {
            "There is no round 13": {13: "fork"},
            "is no reason that": {1: "bad luck"},
            "compare the epoch": {1: "damaged"},
            "11 more to go": {1: "future epoch"},
        },
        lambda: (play_rounds(),),
    ),
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
