"""The page of lesson 00: it says what the lesson says, and it is light."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tests.notebooks.page import BINDER, LESSON, PAGE, page
from tests.notebooks.store import read

LARGEST = 500_000
"""Bytes: it is there while Binder still starts, on a slow line too."""


@pytest.fixture(scope="module")
def stored() -> str:
    return PAGE.read_text("utf-8")


def but_for_the_player(html: str) -> str:
    """A page without our JavaScript, the digest that allows it, and our styles."""
    html = re.sub(r'(?s)<script type="module">.*?</script>', "", html)
    html = re.sub(r"'sha256-[^']*'", "", html)
    return re.sub(r"(?s)<style>.*?</style>", "", html)


def test_the_page_is_that_of_the_stored_lesson(stored: str) -> None:
    assert but_for_the_player(stored) == but_for_the_player(page(read(LESSON)))


def test_a_changed_lesson_would_make_another_page(stored: str) -> None:
    notebook = read(LESSON)
    notebook.cells[-1].source += "\n\nOne more thing."
    assert but_for_the_player(stored) != but_for_the_player(page(notebook))


def test_the_page_is_light(stored: str) -> None:
    assert len(stored.encode()) <= LARGEST


def test_the_page_begins_with_the_story_of_the_front_page(stored: str) -> None:
    story = stored.index('<img width="720"')
    assert "idle phone" in stored[story:][:2000]
    assert story < stored.index('<pre class="source"')


def test_the_page_shows_every_cell(stored: str) -> None:
    shown = unescape(stored)
    for cell in read(LESSON).cells:
        if cell.cell_type == "code":
            assert cell.source in shown


def test_no_link_of_the_page_leads_out_of_the_site_by_a_relative_path(stored: str) -> None:
    links = re.findall(r'<a [^>]*href="([^"]*)"', stored)
    assert links
    assert [link for link in links if not link.startswith(("https://", "#"))] == []


def test_the_page_fetches_nothing(stored: str) -> None:
    assert "default-src 'none'" in stored
    assert re.findall(r'(?:src|data|action)="(?!data:)[^"]*"', stored) == []
    assert "@import" not in stored


def test_the_page_leads_to_the_lesson_on_binder_and_to_the_next_lesson(stored: str, repository: Path) -> None:
    assert BINDER in unescape(stored)
    assert BINDER in (repository / "README.md").read_text("utf-8")
    links = re.findall(r'href="[^"]*/blob/main/([^"]*\.ipynb)"', stored)
    assert links
    assert all((repository / link).is_file() for link in links)
