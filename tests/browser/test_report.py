"""The report of an audit as its readers open it: offline, wide and narrow, light and dark."""

from __future__ import annotations

from functools import cache

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.review.example import example_report
from widgets.report import report_page

pytestmark = pytest.mark.browser


@cache
def shown() -> str:
    return report_page(example_report())


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1000, "dark")])
def test_a_report_is_read_and_its_picture_lives_without_a_network(visit: Visit, width: int, scheme: str) -> None:
    page = visit(shown(), viewport={"width": width, "height": 800}, color_scheme=scheme)
    expect(page.get_by_role("heading", name="fork: two valid commits of one epoch")).to_be_visible()
    picture, sides = page.locator(".mls-player").all()
    expect(sides).to_contain_text("The confirmed transcript hash and the tree hash differ.")
    expect(picture.locator("select").first).to_be_visible()  # the player has replaced the figure
    picture.get_by_role("button", name="One step back").click()
    expect(picture).to_contain_text("Step 4 of 5")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert faults_that_axe_finds(page, ".mls-report") == []
