"""Two sides of a group as a reader meets them: walked by keys, exchanged, and seen by others, in each size."""

from __future__ import annotations

from functools import cache

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.widgets.test_group_diff import equal_trees
from widgets.group_diff import GroupDiff
from widgets.shared.page import page as page_of
from workbench.lessons.lesson_09 import fork
from workbench.views.group_diff_sources import group_diff_view_of

pytestmark = pytest.mark.browser

ROOT = ".mls-group-diff"


@cache
def shown() -> str:
    picture = GroupDiff.of(*equal_trees(), between=("Alice", "Carol"))
    return page_of("group_diff/group_diff.js", picture._shown(), picture._figure(), title="test")


def wide_pair(leaves: int = 1024) -> str:
    """Two lines of history with so many members, of which Member 700 has another key in each."""
    view = group_diff_view_of(*fork())
    view["members"] = [
        {"id": f"m{number}", "name": f"Member {number}", "initial": "M", "hue": number % 8} for number in range(leaves)
    ]
    view["nodes"] = [
        {
            "words": "key",
            "digest": str(number),
            "member": f"m{number}",
            "print": f"{number:04x}",
            "unmerged": [],
        }
        for number in range(leaves + 1)
    ]
    view["nodes"][leaves]["member"] = "m700"
    for epoch in view["epochs"]:
        epoch["node_count"] = 2 * leaves - 1
        epoch["nodes"] = {str(2 * number): number for number in range(leaves)}
    view["epochs"][3]["nodes"]["1400"] = leaves
    return page_of("group_diff/group_diff.js", GroupDiff(view)._shown(), "", title="test")


def test_keys_walk_through_the_rows_and_the_sides_are_chosen_and_exchanged(visit: Visit) -> None:
    page = visit(shown())
    sentence = page.locator(f"{ROOT} .mls-sentence")
    expect(sentence).to_contain_text("The tree hash is the same on both sides, so it does not show the fork")
    page.locator(f"{ROOT} [data-row='fact tree hash']").click()
    details = page.get_by_role("group", name="Details")
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
    table = page.get_by_role("group", name="The two sides as a table")
    expect(table.locator("tbody tr")).to_have_count(10)


def test_what_happens_in_one_tree_happens_in_both(visit: Visit) -> None:
    picture = GroupDiff.of(*fork(), between=("Alice", "Carol"))
    page = visit(page_of("group_diff/group_diff.js", picture._shown(), "", title="test"))
    trees = page.locator(f"{ROOT} [role=tree]")
    expect(trees.nth(0)).to_have_accessible_name("Ratchet tree of Alice in epoch 2: 7 nodes, 5 not the same for Carol")
    boxes = [trees.nth(side).locator("[data-node='6']").bounding_box() for side in (0, 1)]
    pairs = page.locator(".mls-tree-room").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().x)")
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert (boxes[0]["x"] - pairs[0], boxes[0]["y"]) == pytest.approx((boxes[1]["x"] - pairs[1], boxes[1]["y"]))
    trees.nth(0).locator("[data-node='5']").hover()
    tips = page.locator(".mls-tip")
    expect(tips.nth(0)).to_have_text("node 5, parent, blank, not the same for Carol, resolution: leaves 2 and 3")
    expect(tips.nth(1)).to_contain_text("not the same for Alice")
    trees.nth(1).locator("[data-node='4']").click()
    page.mouse.move(5, 5)
    expect(page.locator(".mls-way .mls-direct")).to_have_count(4)
    expect(page.locator(f"{ROOT} [data-row='node 4']")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Details")).to_contain_text("The same.")
    expect(page.locator(".mls-pin")).to_have_count(2)
    page.keyboard.press("+")
    page.keyboard.press("+")
    first, second = (page.locator(".mls-tree-room > .mls-viewport").nth(side) for side in (0, 1))
    first.evaluate("(room) => { room.scrollLeft = 77; }")
    expect(second).to_have_js_property("scrollLeft", 77)
    page.locator(f"{ROOT} [data-row='node 1']").hover()
    expect(tips.nth(1)).to_contain_text("node 1, parent")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("f")
    expect(page.locator(".mls-folds > .mls-fold")).to_have_text(["2", "2"])


@pytest.mark.slow
def test_large_trees_stand_on_canvases_that_show_the_same_part(visit: Visit) -> None:
    page = visit(wide_pair())
    expect(page.locator("canvas")).to_have_count(2)
    page.get_by_label("Find a member by name").fill("member 700")
    here = page.locator(f"{ROOT} [role='treeitem']")
    expect(here.nth(0)).to_have_text("node 1400, leaf 700, Member 700, public key 02bc, not the same for line 2")
    expect(here.nth(1)).to_contain_text("node 1400, leaf 700, Member 700, public key 0400")
    expect(page.locator(".mls-key-line")).to_contain_text("not the same")
    page.get_by_label("Find a member by name").fill("member 100")
    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function("new Set([...document.querySelectorAll('canvas')].map((one) => one.toDataURL())).size === 1")
    page.get_by_role("button", name="Fit").click()
    expect(page.locator(".mls-key-line")).to_contain_text("not the same in it")
    assert faults_that_axe_finds(page, ROOT) == []


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
