"""Lesson 00 in JupyterLab, as whoever opens it meets it: run, looked at, and acted in by clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Watch, faults_that_axe_finds
from tests.browser.jupyterlab import Lab, comes_to_be, in_kernel, run_all_cells
from tests.notebooks.store import NOTEBOOKS

pytestmark = pytest.mark.browser

LESSON = "00_start_here.ipynb"
PICTURES = 6
TREE = ".mls-ratchet-tree"


@pytest.fixture(scope="module")
def watched() -> Watch:
    return Watch()


@pytest.fixture(scope="module")
def opened(chromium: Browser, lab: Lab, watched: Watch) -> Iterator[Page]:
    """The lesson as it is stored, not yet run."""
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    watched.over(context)
    page = context.new_page()
    lab.copy(NOTEBOOKS / LESSON, f"pictures/{LESSON}")
    lab.open(page, f"pictures/{LESSON}")
    yield page
    context.close()


@pytest.fixture(scope="module")
def lesson(opened: Page) -> Page:
    """The lesson after all its cells have run."""
    run_all_cells(opened)
    return opened


@pytest.fixture
def panel(lesson: Page) -> Locator:
    """The control panel at the end of the lesson."""
    controls = lesson.locator(".mls-controls")
    controls.scroll_into_view_if_needed()
    expect(controls.locator("[data-node]").first).to_be_attached()
    return controls


def leaked(panel: Locator) -> Locator:
    """The nodes that say that the attacker has leaked their private key."""
    return panel.locator("[data-node][aria-label*='private key leaked']")


def last_deed(lesson: Page) -> str:
    """What happened last in the world of the control panel, as Python knows it."""
    return str(in_kernel(lesson, "Out[max(Out)].world.history[-1].text")).strip("'\"")


def test_before_it_is_run_the_lesson_shows_its_figures(opened: Page) -> None:
    expect(opened.locator("figure.mls-figure img").first).to_be_visible()
    comes_to_be(opened, "'world' in globals()", "False")


def test_all_cells_run_and_every_picture_appears(lesson: Page) -> None:
    comes_to_be(lesson, "world.epoch", "5")
    first = lesson.locator(TREE).first
    first.scroll_into_view_if_needed()
    expect(first.locator("[data-node]")).to_have_count(7)
    expect(lesson.locator(TREE)).to_have_count(PICTURES)


def test_stepping_animates(lesson: Page) -> None:
    tree = lesson.locator(TREE).nth(1)
    tree.scroll_into_view_if_needed()
    tree.get_by_label("One step back").click()
    tree.get_by_label("One part forward").click()
    before = tree.locator(".mls-sentence").inner_text()
    tree.evaluate("(tree) => { window.moved = 0; tree.addEventListener('transitionrun', () => window.moved++); }")
    tree.get_by_label("One part forward").click()
    expect(tree.locator(".mls-sentence")).not_to_have_text(before)
    lesson.wait_for_function("() => window.moved + document.getAnimations().length > 0")


def test_a_click_on_steal_reaches_python_and_changes_the_picture(panel: Locator, lesson: Page) -> None:
    panel.get_by_label("Seen by", exact=True).select_option("attacker")
    expect(leaked(panel)).to_have_count(0)
    # a click on a leaf chooses its member
    panel.locator("[data-node='2']").click()
    expect(panel.get_by_label("Member", exact=True)).to_have_value("Bob")
    # the values of the leaf make the picture higher, and move the buttons below it
    expect(panel.get_by_role("group", name="Details")).to_contain_text("signature_key")
    panel.get_by_role("button", name="Compromise Bob's device").click()
    # Bob's leaf, and the root, whose key came with his Welcome.
    expect(panel.locator("[data-node='2'][aria-label*='private key leaked']")).to_be_visible(timeout=15_000)
    expect(leaked(panel)).to_have_count(3)
    assert last_deed(lesson) == "The attacker took all that is on Bob's device"


def test_a_click_on_update_reaches_python_and_changes_the_picture(panel: Locator, lesson: Page) -> None:
    panel.get_by_label("Member", exact=True).select_option("Bob")
    panel.get_by_role("button", name="Bob proposes an update").click()
    expect(panel.locator(".mls-title")).to_contain_text("Bob proposed", timeout=15_000)
    assert last_deed(lesson) == "Bob proposed an update"


def test_the_group_heals_by_clicks(panel: Locator, lesson: Page) -> None:
    panel.get_by_label("Member", exact=True).select_option("Alice")
    panel.get_by_role("button", name="Alice commits", exact=True).click()
    sentence = panel.locator(".mls-sentence")
    expect(sentence).to_contain_text("epoch 2 begins", timeout=15_000)
    expect(leaked(panel)).to_have_count(0)
    panel.get_by_role("button", name="Alice sends the message").click()
    expect(sentence).to_contain_text("The attacker cannot read it", timeout=15_000)
    comes_to_be(lesson, "Out[max(Out)].world.reads()", "()")


def test_more_actions_open_with_the_keyboard_and_let_a_newcomer_in(panel: Locator, lesson: Page) -> None:
    panel.get_by_label("Newcomer").fill("Erin")
    join = panel.get_by_role("button", name="joins by a commit")
    expect(join).to_be_hidden()
    panel.get_by_role("button", name="More actions").focus()
    lesson.keyboard.press("Enter")
    expect(join).to_be_enabled()
    join.click()
    expect(panel.locator(".mls-sentence")).to_contain_text("epoch 3 begins", timeout=15_000)
    expect(panel.locator("[data-node]")).to_have_count(15)
    assert last_deed(lesson) == "Erin joined by an external commit"


def test_a_branch_is_another_group_to_look_at(panel: Locator, lesson: Page) -> None:
    panel.get_by_label("Seen by", exact=True).select_option("Alice")
    groups = panel.get_by_label("Group", exact=True)
    expect(groups).to_be_hidden()
    panel.get_by_label("On whom").select_option("Dave")
    panel.get_by_role("button", name="Alice branches off with Dave").click()
    expect(panel.locator(".mls-title")).to_contain_text("Alice founded the group")
    expect(panel.locator("[data-node]")).to_have_count(3)
    groups.select_option(label="1: Alice, Bob, Carol and 2 others")
    expect(panel.locator("[data-node]")).to_have_count(15)
    comes_to_be(lesson, "len(Out[max(Out)].world.groups)", "2")


def test_eight_fast_clicks_show_the_newest_state_at_once(panel: Locator, lesson: Page) -> None:
    commit = panel.get_by_role("button", name="Alice commits", exact=True)
    steps = int(in_kernel(lesson, "len(Out[max(Out)].world.history)"))
    for _ in range(8):
        commit.click()
    newest = steps + 8
    expect(panel.locator(".mls-title")).to_contain_text(f"Step {newest} of {newest}:", timeout=15_000)
    expect(panel.get_by_label("Play", exact=True)).to_be_visible()
    comes_to_be(lesson, "Out[max(Out)].tree.step", str(newest - 1))
    expect(panel.get_by_text("A button asks whether its action")).to_have_count(0)


def test_an_action_at_an_older_step_asks_and_begins_a_branch_beside_the_other(panel: Locator, lesson: Page) -> None:
    steps = int(in_kernel(lesson, "len(Out[max(Out)].world.history)"))
    panel.get_by_label("One step back").click()
    expect(panel.get_by_text(f"The picture shows step {steps - 1} of {steps}. A button asks")).to_be_visible()
    panel.get_by_role("button", name="Alice commits", exact=True).click()
    expect(panel.get_by_text("From here?")).to_be_visible()
    panel.get_by_role("button", name=f"Alice commits, from step {steps - 1}").click()
    branch = panel.get_by_label("Branch", exact=True)
    expect(branch.locator("option")).to_have_count(2)
    comes_to_be(lesson, "[len(each.history) for each in Out[max(Out)]._branches]", f"[{steps}, {steps}]")
    expect(panel.get_by_text("From here?")).to_be_hidden()
    branch.select_option(index=0)
    comes_to_be(lesson, "Out[max(Out)].world == Out[max(Out)]._branches[0]", "True")


def test_a_double_click_on_remove_removes_one(panel: Locator, lesson: Page) -> None:
    panel.get_by_label("On whom").select_option("Dave")
    panel.get_by_role("button", name="Alice removes Dave").dblclick()
    comes_to_be(lesson, "Out[max(Out)].world.members", "('Alice', 'Bob', 'Carol', 'Erin')")
    expect(panel.get_by_role("button", name="Alice removes …")).to_be_disabled()


def test_axe_finds_nothing_in_our_pictures_and_controls(panel: Locator, lesson: Page) -> None:
    expect(panel.locator(TREE)).to_have_count(1)
    assert faults_that_axe_finds(lesson, ".mls-controls") == []
    assert faults_that_axe_finds(lesson, TREE) == []


@pytest.mark.usefixtures("panel")
def test_no_word_in_the_console_and_no_request_off_the_host(watched: Watch) -> None:
    assert watched.off_host == []
    assert watched.complaints == []
