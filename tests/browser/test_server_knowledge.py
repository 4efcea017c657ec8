"""What the server knows as a reader meets it: padding and delay are chosen, and the picture says what they change."""

from __future__ import annotations

from functools import cache

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.widgets.test_server_knowledge import busy
from widgets.server_knowledge import ServerKnowledge
from widgets.shared.page import page as page_of

pytestmark = pytest.mark.browser

ROOT = ".mls-server-knowledge"


@cache
def picture() -> ServerKnowledge:
    return ServerKnowledge.of(busy())


def shown(**traits: object) -> str:
    """The page of the widget with these traits."""
    widget = picture()
    return page_of("server_knowledge/server_knowledge.js", widget._shown() | traits, widget._figure(), title="test")


def uploads(page: Page) -> list[str]:
    return [label or "" for label in page.locator(f"{ROOT} .mls-upload").evaluate_all(LABELS)]


LABELS = "uploads => uploads.map(upload => upload.getAttribute('aria-label'))"


def test_each_upload_says_who_has_sent_what_and_what_it_gives_away(visit: Visit) -> None:
    labels = uploads(visit(shown()))
    assert labels[0].startswith("Alice, commit, ")
    assert "in the clear: Add of Bob, Add of Carol" in labels[0]
    assert "Dave receives the messages of the group from here on" in next(
        each for each in labels if "Add of Dave" in each
    )


def test_padding_makes_all_messages_alike_and_delay_takes_their_order(visit: Visit) -> None:
    page = visit(shown())
    words = page.locator(f"{ROOT} .mls-sentence")
    expect(words).to_contain_text("The size of a message tells 2")
    page.get_by_label("Padding", exact=True).select_option("256 bytes")
    expect(words).to_contain_text("The size of a message tells 0.0 bits")
    assert len({label.split(" bytes")[0].rpartition(" ")[2] for label in uploads(page) if "application" in label}) == 1
    page.get_by_label("Delay", exact=True).select_option("15 min")
    expect(page.locator(f"{ROOT} .mls-picture .mls-batch")).to_have_count(1)
    expect(words).to_contain_text("It cannot tell who answers whom")


def test_the_table_opens_by_a_key_and_says_the_same(visit: Visit) -> None:
    page = visit(shown())
    page.get_by_role("button", name="Show as a table").focus()
    page.keyboard.press("t")
    rows = page.get_by_role("group", name="What the server knows as a table").locator("tbody tr")
    expect(rows).to_have_count(len(picture().view["uploads"]))
    expect(rows.first).to_contain_text("in the clear")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 900])
def test_axe_finds_nothing_and_a_narrow_page_scrolls_the_picture_alone(visit: Visit, scheme: str, width: int) -> None:
    page = visit(shown(), color_scheme=scheme, viewport={"width": width, "height": 700})
    assert faults_that_axe_finds(page, ROOT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator(f"{ROOT} .mls-picture .mls-waiting")).to_be_attached()
