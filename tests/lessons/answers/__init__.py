"""For each exercise: its stub, known wrong answers each with words of its feedback, and what `check` gets besides."""

from __future__ import annotations

from tests.lessons.answers import (
    lesson_00,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_09,
    lesson_12,
    lesson_15,
)

KNOWN = (
    *lesson_00.KNOWN,
    *lesson_01.KNOWN,
    *lesson_02.KNOWN,
    *lesson_03.KNOWN,
    *lesson_04.KNOWN,
    *lesson_05.KNOWN,
    *lesson_06.KNOWN,
    *lesson_07.KNOWN,
    *lesson_08.KNOWN,
    *lesson_09.KNOWN,
    *lesson_12.KNOWN,
    *lesson_15.KNOWN,
)
