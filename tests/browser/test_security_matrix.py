"""A compromise as a reader meets it: looked at, leaked from, asked, by mouse and by keyboard."""

from __future__ import annotations

import re
from functools import cache

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, explains, faults_that_axe_finds
from tests.widgets.told import matrix_at
from widgets import SecurityMatrix
from widgets.shared.page import page as page_of
from workbench.lab import World
from workbench.lab.scenarios import Scenario, scenario

pytestmark = pytest.mark.browser

ROOT = ".mls-security-matrix"
QUIET = "Nothing has leaked: the attacker reads nothing."


@cache
def story(name: str = "retroactive break") -> Scenario:
    return scenario(name)


def shown(matrix: SecurityMatrix) -> str:
    """The page of a matrix."""
    return page_of("security_matrix/security_matrix.js", matrix._shown(), matrix._figure(), title="test")


def cell(page: Page, member: str, epoch: int) -> Locator:
    return page.locator(f"{ROOT} [role='gridcell'][aria-label^='{member} in epoch {epoch}:']")


def head(page: Page, epoch: int) -> Locator:
    return page.locator(f"{ROOT} .mls-column[aria-label^='epoch {epoch},']")


def sentence(page: Page) -> Locator:
    return page.locator(f"{ROOT} .mls-sentence")


def leak(page: Page, text: str) -> Locator:
    return page.get_by_role("group", name="What has leaked").get_by_role("button", name=text)


def labels(page: Page, selector: str) -> list[str]:
    found = page.locator(f"{ROOT} {selector}")
    return [str(label) for label in found.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")]


def test_long_names_that_begin_alike_are_told_apart(visit: Visit) -> None:
    page = visit(shown(SecurityMatrix.of(World.of(["Person 12 of the class", "Person 13 of the class"]))))
    cut = "all => all.filter((one) => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth).length"
    expect(page.locator(".mls-who span")).to_have_count(2)
    assert page.locator(".mls-who span").evaluate_all(cut) == 0


def test_every_epoch_and_cell_is_there_and_says_what_it_is(visit: Visit) -> None:
    matrix = SecurityMatrix.of(story())
    page, told = visit(shown(matrix)), matrix_at(matrix)
    expect(sentence(page)).to_have_text(told["said"])
    assert labels(page, ".mls-grid .mls-column") == told["heads"]
    assert labels(page, "[role='gridcell']") == told["labels"]


def test_leaks_are_put_on_and_taken_off_by_their_names(visit: Visit) -> None:
    page = visit(shown(SecurityMatrix.of(story(), on=[])))
    expect(sentence(page)).to_have_text(QUIET)
    leak(page, "Bob’s device, epoch 2").click()
    expect(leak(page, "Bob’s device, epoch 2")).to_have_attribute("aria-pressed", "true")
    expect(leak(page, "Bob’s device, epoch 2")).to_be_focused()
    expect(sentence(page)).to_contain_text(
        "Healed so far in epoch 3, when Bob updated by a commit: the compromise of Dave would"
    )
    expect(head(page, 3).locator(".mls-count")).to_have_text("1")
    expect(head(page, 5).locator(".mls-word")).to_have_text("so far")
    leak(page, "Dave’s device, epoch 4").click()
    expect(sentence(page)).to_contain_text("Epoch 3 had healed and is open again by what leaked from Dave.")
    expect(head(page, 3).locator(".mls-word")).to_have_text("Dave")
    page.get_by_role("button", name="Take all off").click()
    expect(sentence(page)).to_have_text(QUIET)
    expect(page.locator(f"{ROOT} .mls-grid .mls-hatch")).to_have_count(0)


def test_a_click_on_a_flag_steals_the_device_and_another_gives_it_back(visit: Visit) -> None:
    page = visit(shown(SecurityMatrix.of(story(), on=[])))
    corner = cell(page, "Carol", 2).locator(".mls-compromise")
    corner.click()
    expect(sentence(page)).to_contain_text("The attacker reads epochs 2 to 4.")
    expect(cell(page, "Carol", 2)).to_have_attribute(
        "aria-label", re.compile("leaf key leaked.*compromised in this epoch")
    )
    expect(leak(page, "Carol’s device, epoch 2")).to_be_visible()
    corner.click()
    expect(sentence(page)).to_have_text(QUIET)
    expect(leak(page, "Carol’s device, epoch 2")).to_have_count(0)


def test_a_click_on_a_cell_tells_how_the_attacker_knows(visit: Visit) -> None:
    page = visit(shown(SecurityMatrix.of(story())))
    cell(page, "Dave", 3).click()
    panel = page.get_by_role("group", name="Details")
    expect(panel).to_contain_text("Dave in epoch 3")
    expect(panel).to_contain_text("Leaked; the same in epochs 1 to 5.")
    expect(panel).to_contain_text(
        "For this the attacker needs everything of Bob after step 3 and everything of Dave after step 5."
    )
    expect(panel.locator("li").first).to_contain_text("Dave's leaf key (leaked with everything of Dave after step 5)")
    panel.get_by_role("button", name="Compromise Dave's device").click()
    expect(leak(page, "Dave’s device, epoch 3")).to_be_visible()
    panel.get_by_role("button", name="Take back the compromise of Dave").click()
    head(page, 3).click()
    expect(panel.locator(".mls-panel-title")).to_have_text("Epoch 3")
    panel.get_by_label("Close").click()
    expect(panel).to_be_hidden()


def test_everything_is_done_with_the_keyboard_from_one_tab_stop(visit: Visit) -> None:
    page = visit(shown(SecurityMatrix.of(story(), on=[])))
    grid = page.get_by_role("grid")
    assert page.locator(f"{ROOT} .mls-grid [tabindex]").count() == 0
    grid.focus()
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    active = grid.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-label", re.compile("^Bob in epoch 2:"))
    page.keyboard.press(" ")
    expect(sentence(page)).to_contain_text("The attacker reads epoch 2.")
    page.keyboard.press("Enter")
    panel = page.get_by_role("group", name="Details")
    expect(panel).to_contain_text("Bob in epoch 2")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(grid).to_be_focused()
    for key in ("ArrowUp", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(panel.locator(".mls-panel-title")).to_have_text("Epoch 2")
    page.keyboard.press("[")
    expect(page.locator(f"{ROOT} .mls-step-title")).to_have_text("After step 5 of 6: Alice updated by a commit")
    page.keyboard.press("?")
    expect(panel).to_contain_text("Marks and keys")


def test_the_scrub_shows_how_it_stood_then(visit: Visit) -> None:
    page = visit(shown(SecurityMatrix.of(story())))
    page.get_by_label("Step", exact=True).fill("3")
    expect(sentence(page)).to_have_text(
        "The attacker reads epoch 2. Healed so far in epoch 3, when Bob updated by a commit: the compromise of Alice,"
        " Carol or Dave would reopen it. The attacker can sign as Bob."
    )
    expect(head(page, 4)).to_have_attribute("aria-label", re.compile("^epoch 4, not yet"))
    expect(leak(page, "Dave’s device, epoch 4 (later)")).to_have_class(re.compile("is-later"))
    expect(cell(page, "Dave", 4).locator("path")).to_have_count(0)


def test_the_key_names_what_is_in_the_picture_now(visit: Visit) -> None:
    page = visit(shown(SecurityMatrix.of(story())))
    names = page.locator(f"{ROOT} .mls-key-name")
    expect(names).to_have_text(["life of a leaf key", "leaf key leaked", "leak", "can be forged", "read", "open again"])
    leak(page, "Dave’s device, epoch 4").click()
    expect(names).to_have_text(
        ["life of a leaf key", "leaf key leaked", "leak", "can be forged", "read", "healed so far"]
    )
    page.get_by_role("button", name="Take all off").click()
    expect(names).to_have_text(["life of a leaf key"])


def test_messages_are_marked_as_read_or_not(visit: Visit) -> None:
    page = visit(shown(SecurityMatrix.of(story("deletion"), selected={"epoch": 3, "member": "Bob"})))
    expect(cell(page, "Bob", 1).locator(".mls-letter")).not_to_have_class(re.compile("is-open"))
    expect(cell(page, "Bob", 3).locator(".mls-letter")).to_have_class(re.compile("is-open"))
    expect(page.get_by_role("group", name="Details")).to_contain_text("“Third.”, read by the attacker.")


def test_the_table_says_the_same(visit: Visit) -> None:
    matrix = SecurityMatrix.of(story())
    page = visit(shown(matrix))
    page.get_by_label("Show as a table").click()
    rows = page.get_by_role("group", name="The compromise as a table").locator("tbody tr")
    expect(rows).to_have_count(6)
    told = rows.evaluate_all("all => all.map((row) => [...row.cells].map((one) => one.textContent))")
    assert told == matrix_at(matrix)["table"]


@pytest.mark.parametrize(
    "how",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 320, "height": 700}}, {"forced_colors": "active"}],
    ids=["light", "dark", "narrow", "forced colours"],
)
def test_axe_finds_nothing(visit: Visit, how: dict[str, object]) -> None:
    page = visit(shown(SecurityMatrix.of(story(), selected={"epoch": 3, "member": "Dave"})), **how)
    page.get_by_label("Show as a table").click()
    expect(page.get_by_role("grid")).to_be_visible()
    assert faults_that_axe_finds(page, ROOT) == []
    leak(page, "Dave’s device, epoch 4").click()
    page.get_by_label("Help").click()
    expect(page.locator(".mls-help")).to_be_visible()
    explains(page, "leaf key", "7.2")
    explains(page, "epoch", "2")
    page.wait_for_function("document.getAnimations().every((one) => one.playState === 'finished')")
    assert faults_that_axe_finds(page, ROOT) == []


def test_nothing_moves_when_the_page_opens_nor_where_motion_is_not_wanted(visit: Visit) -> None:
    page = visit(shown(SecurityMatrix.of(story())))
    expect(page.get_by_role("grid")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
    calm = visit(shown(SecurityMatrix.of(story())), reduced_motion="reduce")
    leak(calm, "Dave’s device, epoch 4").click()
    expect(sentence(calm)).to_contain_text("Healed so far in epoch 3")
    assert calm.evaluate("document.getAnimations().length") == 0


def test_of_a_long_history_only_what_is_in_sight_is_there(visit: Visit) -> None:
    world = World.of(12)
    for _ in range(60):
        world.commit(world.members[0])
    page = visit(shown(SecurityMatrix.of(world)))
    expect(head(page, 61)).to_be_in_viewport()
    assert page.locator(f"{ROOT} [role='gridcell']").count() < 12 * 30
    grid = page.get_by_role("grid")
    assert (grid.get_attribute("aria-rowcount"), grid.get_attribute("aria-colcount")) == ("13", "63")
    grid.focus()
    page.keyboard.press("Home")
    expect(head(page, 0)).to_be_in_viewport()
    expect(head(page, 61)).to_have_count(0)
