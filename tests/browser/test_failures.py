"""A picture that cannot be drawn says why in its place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Watch
from tests.widgets.test_still import PICTURES
from widgets import KeySchedule
from widgets.shared.page import page as page_of
from workbench.lab import World

pytestmark = pytest.mark.browser


def test_an_error_in_the_drawing_appears_in_the_picture_and_in_the_console(visit: Visit, watch: Watch) -> None:
    picture = KeySchedule.of(World.of(["Alice", "Bob"]))
    traits = {**picture._shown(), "view": {**picture.view, "version": 99}}
    page = visit(page_of(picture._module, traits, "", title="test"))
    expect(page.get_by_role("alert")).to_have_text(re.compile("^This cannot be drawn: Error: this picture reads"))
    assert all(words.startswith("this picture reads") for words in watch.complaints)
    assert watch.complaints
    watch.complaints.clear()


@pytest.mark.parametrize("name", ["a timeline", "a playground"])
def test_an_error_in_a_handler_appears_in_the_picture_and_in_the_console(visit: Visit, watch: Watch, name: str) -> None:
    picture = PICTURES[name]()
    page = visit(page_of(picture._module, picture._shown(), "", title="test", styles=picture._styles))
    page.evaluate("() => void (Event.prototype.preventDefault = () => { throw new Error('planted'); })")
    viewport = page.locator(".mls-timeline .mls-viewport")
    viewport.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("alert")).to_have_text(re.compile("^This picture has failed: Error: planted."))
    assert watch.complaints
    assert all("planted" in words for words in watch.complaints)
    watch.complaints.clear()
    page.keyboard.press("Shift")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.evaluate("() => new Promise((done) => setTimeout(() => { setTimeout(done); throw new Error('not ours'); }))")
    expect(page.get_by_role("alert")).to_have_count(0)
    assert watch.complaints
    watch.complaints.clear()
