"""The known answers to the exercises of lesson 07."""

from __future__ import annotations

from tests.lessons.known import Known, unwritten
from tests.lessons.worlds import lesson_07_case
from workbench.lessons import lesson_07

KNOWN = (
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
        stub=unwritten,
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
)
