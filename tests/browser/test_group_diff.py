"""Two sides of a group as a reader meets them: walked by keys, exchanged, and seen by others, in each size."""

from __future__ import annotations

from functools import cache

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.widgets.test_group_diff import equal_trees
from widgets.group_diff import GroupDiff
from widgets.shared.page import page as page_of

pytestmark = pytest.mark.browser

ROOT = ".mls-group-diff"


@cache
def shown() -> str:
    picture = GroupDiff.of(*equal_trees(), between=("Alice", "Carol"))
    return page_of("group_diff/group_diff.js", picture._shown(), picture._figure(), title="test")


def test_keys_walk_through_the_rows_and_the_sides_are_chosen_and_exchanged(visit: Visit) -> None:
    page = visit(shown())
    sentence = page.locator(f"{ROOT} .mls-sentence")
    expect(sentence).to_contain_text("The tree hash is the same on both sides, so it does not show the fork")
    page.locator(f"{ROOT} [data-row='fact tree hash']").click()
    details = page.get_by_role("complementary")
    expect(details).to_contain_text("two different commits can give equal trees")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(details).to_contain_text("A secret of the epoch that members compare, shown here by its fingerprint.")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(details).to_contain_text("bytes 176 to 208")
    page.keyboard.press("x")
    expect(page.get_by_label("First side", exact=True)).to_have_value("1 Carol")
    expect(sentence).to_contain_text("Carol and Alice share everything up to epoch 1")
    page.keyboard.press("[")
    expect(sentence).to_contain_text("are in epoch 1 of one history")
    page.keyboard.press("]")
    page.get_by_label("Second side", exact=True).select_option("1 Bob")
    expect(sentence).to_contain_text("Carol and Bob are in epoch 2 of one history")
    page.get_by_label("Seen by", exact=True).select_option("server")
    expect(page.locator(f"{ROOT} [data-row='fact epoch authenticator']")).to_contain_text("unknown to the server")
    page.get_by_role("button", name="Show as a table").click()
    table = page.get_by_role("region", name="The two sides as a table")
    expect(table.locator("tbody tr")).to_have_count(10)


@pytest.mark.parametrize(("scheme", "width"), [("light", 900), ("dark", 320)])
def test_axe_finds_nothing_and_a_narrow_page_holds_everything(visit: Visit, scheme: str, width: int) -> None:
    page = visit(shown(), color_scheme=scheme, viewport={"width": width, "height": 700})
    assert faults_that_axe_finds(page, ROOT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = (
        "(all) => all.filter((one) => one.getBBox().x + one.getBBox().width > one.ownerSVGElement.clientWidth).length"
    )
    assert page.locator(f"{ROOT} .mls-diff-picture text").evaluate_all(outside) == 0
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    page.get_by_role("button", name="Help").click()
    expect(page.locator(f"{ROOT} .mls-help")).to_contain_text("two crossed lines on a disc: it differs")
    assert faults_that_axe_finds(page, ROOT) == []
