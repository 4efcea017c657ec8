"""The timeline as a reader meets it: it is walked by keys and clicks, and in a narrow place it is a list."""

from __future__ import annotations

import re
from functools import cache

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.widgets.test_timeline import story
from widgets.shared.page import page as page_of
from widgets.timeline import Timeline
from workbench.lab.shared_history import SharedHistory

pytestmark = pytest.mark.browser

ROOT = ".mls-timeline"


@cache
def picture() -> Timeline:
    world = story()
    other = SharedHistory.of(world, until=3).play()
    other.commit("Alice")
    return Timeline.of(world, branches={"Alice goes on": other}, step=2)


def shown() -> str:
    widget = picture()
    return page_of("timeline/timeline.js", widget._shown(), widget._figure(), title="test")


def test_keys_and_clicks_walk_through_the_story_and_into_another_branch(visit: Visit) -> None:
    page = visit(shown())
    sentence = page.locator(f"{ROOT} .mls-sentence")
    expect(sentence).to_contain_text("Step 3 of 8: Bob updated by a commit: epoch 2 begins. Bob signed the commit")
    page.locator(f"{ROOT} .mls-viewport").focus()
    page.keyboard.press("ArrowRight")
    expect(sentence).to_contain_text("Bob decrypted it and verified the signature")
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"{ROOT} .mls-lane-head.is-chosen")).to_contain_text("Alice")
    page.locator(f"{ROOT} [data-step='6'] .mls-act").click()
    expect(sentence).to_contain_text("Step 7 of 8: Alice removed Bob")
    page.get_by_label("Seen by", exact=True).select_option("Carol")
    page.get_by_label("Step", exact=True).fill("2")
    expect(sentence).to_have_text("Step 3 of 8 is unknown to Carol.")
    page.locator(f"{ROOT} .mls-side .mls-act").first.click()
    page.keyboard.press("End")
    expect(page.get_by_label("Branch", exact=True)).to_have_value("1")
    page.get_by_label("Step", exact=True).fill("4")
    expect(sentence).to_contain_text("Step 5 of 5")
    page.get_by_role("button", name="Show as a table").click()
    table = page.get_by_role("group", name="The timeline as a table")
    expect(table.locator("tbody tr")).to_have_count(5)
    expect(table.locator("tbody tr").nth(1)).to_contain_text("the signature verifies")


@pytest.mark.parametrize(("scheme", "width"), [("light", 900), ("dark", 320)])
def test_axe_finds_nothing_and_a_narrow_page_has_a_list(visit: Visit, scheme: str, width: int) -> None:
    page = visit(shown(), color_scheme=scheme, viewport={"width": width, "height": 700})
    assert faults_that_axe_finds(page, ROOT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    steps = page.get_by_role("listbox", name="Steps")
    if width == 320:
        steps.focus()
        page.keyboard.press("ArrowDown")
        expect(steps.get_by_role("option", selected=True)).to_have_attribute("aria-label", re.compile("^Step 4"))
    else:
        expect(steps).to_be_hidden()
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.get_by_role("button", name="Help").click()
    expect(page.locator(f"{ROOT} .mls-help")).to_contain_text("a commit, which ends an epoch")
    assert faults_that_axe_finds(page, ROOT) == []
