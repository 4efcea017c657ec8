"""A tree of more than 512 leaves as its reader meets it: on a canvas, with pointer, keyboard, search and table."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.browser.ratchet_tree import ROOT, scrub
from tests.widgets.views import wide
from widgets.ratchet_tree import RatchetTree
from widgets.shared.page import page as page_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INKED = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 3; at < data.length; at += 4) inked += data[at] > 0;
  return inked;
}"""


def large(leaves: int = 1024) -> str:
    """The page of a large tree, without its still picture; one name is hostile, and one is long."""
    view = wide(leaves)
    view["members"][900]["name"] = "<img src=x onerror=alert(1)>"
    view["members"][901]["name"] = "x" * 5000
    return page_of("ratchet_tree/ratchet_tree.js", RatchetTree(view, step=1)._shown(), "", title="test")


def here(page: Page) -> str:
    return page.locator(f"{ROOT} [role='treeitem']").inner_text()


def test_a_reader_finds_a_member_walks_the_tree_and_folds_it(visit: Visit) -> None:
    page = visit(large())
    canvas = page.locator(f"{ROOT} canvas")
    expect(canvas).to_be_visible()
    whole = canvas.evaluate(INKED)
    assert whole > 1000
    page.get_by_label("Find a member by name").fill("member 70")
    expect(page.locator(".mls-find-words")).to_have_text("1 of 11: Member 70")
    page.keyboard.press("Enter")
    expect(page.locator(".mls-find-words")).to_have_text("2 of 11: Member 700")
    assert here(page).startswith("node 1400, leaf 700, Member 700")
    page.get_by_role("tree").focus()
    expect(page.locator(".mls-key-line")).to_contain_text("copath")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("f")
    expect(page.locator(f"{ROOT} [role='treeitem']")).to_have_attribute("aria-expanded", "false")
    assert here(page).endswith("folded: 2 leaves with 2 members")
    page.keyboard.press("ArrowDown")
    assert here(page).startswith("node 1401")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Details")).to_contain_text("Node 1401")
    page.keyboard.press("Home")
    assert here(page).startswith("node 1023, parent")
    page.get_by_role("button", name="Fit").click()
    scrub(page, 2)
    expect(page.locator(".mls-title")).to_contain_text("Step 3 of 3")


def test_the_table_of_a_large_tree_has_every_row_when_one_scrolls_to_it(visit: Visit) -> None:
    page = visit(large())
    page.get_by_label("Show as a table").click()
    table = page.locator(".mls-data-table")
    expect(table.locator("table")).to_have_attribute("aria-rowcount", "2048")
    assert table.locator("tbody tr").count() < 100
    table.evaluate("(region) => { region.scrollTop = region.scrollHeight; }")
    expect(table.locator("tbody th").last).to_have_text("node 2046")
    table.evaluate("(region) => { region.scrollTop = region.scrollHeight * 900 / 1024; }")
    expect(table).to_contain_text("leaf 900, <img src=x onerror=alert(1)>")


@pytest.mark.parametrize(
    ("scheme", "colours", "width"), [("light", "none", 1000), ("dark", "none", 320), ("light", "active", 1000)]
)
def test_axe_finds_nothing_and_the_page_does_not_scroll_sideways(
    visit: Visit, scheme: str, colours: str, width: int
) -> None:
    page = visit(
        large(),
        color_scheme=scheme,
        forced_colors=colours,
        viewport={"width": width, "height": 800},
        reduced_motion="reduce",
    )
    page.get_by_label("Find a member by name").fill("x" * 30)
    expect(page.locator(".mls-find-words")).to_have_text(re.compile("^1 of 1: x{29}…$"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(f"{ROOT} canvas").evaluate(INKED) > 1000
    assert faults_that_axe_finds(page, ROOT) == []
