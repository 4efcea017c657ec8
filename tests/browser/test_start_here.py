"""The page of lesson 00 as a reader meets it: a file, opened without a network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watch, faults_that_axe_finds
from tests.notebooks.page import LESSON, PAGE
from tests.notebooks.store import read

pytestmark = pytest.mark.browser


@pytest.fixture
def lesson(chromium: Browser, watch: Watch) -> Iterator[Page]:
    """The page, opened from the disk while the network is off."""
    context = chromium.new_context(viewport={"width": 1000, "height": 800}, offline=True)
    watch.over(context)
    page = context.new_page()
    page.goto(PAGE.as_uri())
    yield page
    context.close()


def test_every_picture_of_the_lesson_becomes_a_player(lesson: Page) -> None:
    pictures = str(read(LESSON)).count("data-player=")
    assert pictures >= 6
    expect(lesson.locator(".mls-ratchet-tree")).to_have_count(pictures)
    for folded in lesson.locator("details").all():
        folded.evaluate("(one) => { one.open = true; }")
    for picture in lesson.locator(".mls-ratchet-tree").all():
        expect(picture.locator("[data-node]")).to_have_count(7)


def test_what_answers_a_question_is_folded_until_the_reader_opens_it(lesson: Page) -> None:
    lesson.get_by_role("checkbox", name="node 3").check()
    picture = lesson.locator(".mls-ratchet-tree").nth(1)
    expect(picture).to_be_hidden()
    compared = lesson.get_by_text("You have chosen nothing.").all()
    assert len(compared) > 1
    for note in compared:
        expect(note).to_be_hidden()
    summary = picture.locator("xpath=ancestor::details/summary")
    summary.focus()
    lesson.keyboard.press("Enter")
    expect(picture).to_be_visible()
    assert picture.locator(".mls-picture").evaluate("(one) => one.getBoundingClientRect().width") > 300


def test_a_player_steps_without_a_kernel(lesson: Page) -> None:
    player = lesson.locator(".mls-ratchet-tree").first
    sentence = player.locator(".mls-sentence")
    after = sentence.inner_text()
    player.get_by_role("button", name="One step back").click()
    expect(sentence).not_to_have_text(after)


def test_axe_finds_nothing_on_the_page(lesson: Page) -> None:
    expect(lesson.locator("main .mls-ratchet-tree").first).to_be_visible()
    assert faults_that_axe_finds(lesson, "main") == []
