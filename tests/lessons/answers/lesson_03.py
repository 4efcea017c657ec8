"""The known answers to the exercises of lesson 03."""

from __future__ import annotations

from tests.lessons.known import Known
from tests.lessons.worlds import lesson_03_values, lesson_03_world
from workbench.lessons import lesson_03

VALUES = lesson_03_values()

KNOWN = (
    Known(
        lesson_03.question_1,
        "answer_1",
        {
            "hashes a label in front": VALUES["bare hash"],
            "covers the KeyPackage alone": VALUES["framed"],
            "the one for Bob": VALUES["bob"],
            "No entry of the Welcome": bytes(32),
            "should be": "abc",
        },
        lambda: (lesson_03_world(),),
    ),
    Known(
        lesson_03.question_2,
        "answer_2",
        {
            "the tag of epoch 1": VALUES["old tag"],
            "which the commit ends": VALUES["old key"],
            "the other tag": VALUES["membership"],
            "Everybody can compute a hash": VALUES["hash"],
            "carries another tag": bytes(32),
        },
        lambda: (lesson_03_world(),),
    ),
    Known(
        lesson_03.question_3,
        "answer_3",
        {"has tried with each byte": 32, "has 602 bytes": 100_000},
        lambda: (lesson_03_world(),),
    ),
    Known(
        lesson_03.question_4,
        "answer_4",
        {
            "the nonce": VALUES["nonce"],
            "handshake ratchet": VALUES["handshake"],
            "generation 1": VALUES["next"],
            "another member": VALUES["another"],
            "keys of 16 bytes": bytes(32),
            "does not open": bytes(16),
        },
        lambda: (lesson_03_world(),),
    ),
)
