"""A picture that cannot be drawn says why in its place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, Watch
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
