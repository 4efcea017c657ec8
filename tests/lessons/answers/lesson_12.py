"""The known answers to the exercises of lesson 12."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_12_groups, lesson_12_world
from workbench.lessons import lesson_12
from workbench.lessons.rounds import play_rounds

KNOWN = (
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
)
