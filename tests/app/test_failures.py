"""An unexpected error in the app: the visitor reads its type, the log has its traceback, and no page waits for ever."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import panel as pn
import pytest

from tests.own_loop import in_own_loop
from widgets.app.component import component_of
from widgets.app.page import filled_later
from widgets.app.work import failures_told
from widgets.inspector import Inspector

WORDS = "This failed with an unexpected error, ZeroDivisionError."


async def fails(*_given: object) -> Any:
    return 1 // 0


def test_a_failure_is_told_by_its_type_and_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    with caplog.at_level(logging.ERROR), failures_told(told.append):
        raise LookupError("<what a stranger sent>")
    (words,) = told
    assert words.startswith("This failed with an unexpected error, LookupError.")
    assert "stranger" not in words
    assert "Traceback" in caplog.text
    assert "LookupError: <what a stranger sent>" in caplog.text


def test_a_picture_whose_answer_fails_says_so_and_the_next_answer_takes_the_words_away() -> None:
    async def visit() -> list[dict[str, Any]]:
        picture: Any = component_of(Inspector)()
        should_fail = [True, False]
        answered = asyncio.Event()

        async def answer() -> None:
            if should_fail.pop(0):
                await fails()

        picture.respond("asked", answer)
        picture.param.watch(lambda _event: answered.set(), "failed")
        seen = []
        for number in (1, 2):
            answered.clear()
            picture.asked = {"number": number}
            await asyncio.wait_for(answered.wait(), 10)
            seen.append(picture.failed)
        return seen

    first, second = in_own_loop(visit())
    assert first["asked"] == 1
    assert first["words"].startswith(WORDS)
    assert second == {"asked": 1, "words": ""}


def test_a_page_whose_content_cannot_be_made_says_so() -> None:
    async def load() -> str:
        place = filled_later("Computing…", fails)
        filled = asyncio.Event()
        place.param.watch(lambda _event: filled.set(), "objects")
        await asyncio.wait_for(filled.wait(), 10)
        (words,) = place
        assert isinstance(words, pn.pane.HTML)
        return str(words.object)

    assert in_own_loop(load()).startswith(f'<p role="alert">{WORDS}')
