"""A lesson in JupyterLab, met in any order: what a reader sees who does not begin at the top."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.jupyterlab import Lab, comes_to_be
from tests.notebooks.store import NOTEBOOKS, read

pytestmark = pytest.mark.browser

LESSON = "00_start_here.ipynb"


@pytest.fixture(scope="module")
def lesson(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """The lesson as it is stored, with a new kernel."""
    lab.copy(NOTEBOOKS / LESSON, f"lesson/{LESSON}")
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    lab.open(page, f"lesson/{LESSON}")
    yield page
    page.close()


def choose(page: Page, cell_id: str) -> Locator:
    """Choose a cell, as a click in its margin does, and give what it shows."""
    number = next(number for number, cell in enumerate(read(NOTEBOOKS / LESSON).cells) if cell.id == cell_id)
    page.evaluate(
        """async (number) => {
          const { content } = window.jupyterapp.shell.currentWidget;
          content.activeCellIndex = number;
          await content.scrollToItem(number);
        }""",
        number,
    )
    return page.locator(f".jp-Cell[data-windowed-list-index='{number}'] .jp-OutputArea")


def command(page: Page, name: str) -> None:
    page.evaluate(f"() => window.jupyterapp.commands.execute('notebook:{name}')")


def test_what_answers_a_question_is_folded_until_the_reader_runs_the_cell(lesson: Page) -> None:
    folded = choose(lesson, "compromise-bob")
    expect(folded.locator(".jp-OutputArea-output")).to_have_count(0)
    expect(lesson.locator(".jp-Placeholder").first).to_be_attached()


def test_a_cell_run_first_in_a_new_kernel_says_what_to_run_and_then_runs(lesson: Page) -> None:
    shown = choose(lesson, "commit-bob")
    command(lesson, "run-cell")
    note = shown.get_by_role("note")
    expect(note).to_contain_text("Not yet. world is made by a cell above, which has not run.")
    expect(note).to_contain_text("Run All Above Selected Cell")
    expect(shown.locator("[data-mime-type='application/vnd.jupyter.stderr'], .jp-mod-error")).to_have_count(0)
    command(lesson, "run-all-above")
    command(lesson, "run-cell")
    expect(shown.locator(".mls-ratchet-tree")).to_be_visible(timeout=30_000)
    expect(shown.get_by_role("note")).to_have_count(0)


def test_a_cell_run_twice_says_that_the_text_no_longer_fits(lesson: Page) -> None:
    shown = choose(lesson, "commit-bob")
    command(lesson, "run-cell")
    expect(shown.get_by_role("note")).to_contain_text("This cell has acted in the group before, and now once more.")


def test_the_menu_has_the_command_that_the_sentence_names(lesson: Page) -> None:
    lesson.get_by_role("menuitem", name="Run", exact=True).click()
    expect(lesson.get_by_role("menuitem", name="Run All Above Selected Cell")).to_be_visible()
    lesson.keyboard.press("Escape")


def test_a_prediction_is_chosen_kept_and_compared(lesson: Page) -> None:
    asked = choose(lesson, "predict-past")
    command(lesson, "run-all-above")
    command(lesson, "run-cell")
    # The form that the notebook keeps is there until the live question replaces it. Only the latter has a live region.
    question = asked.locator("form:has([aria-live])")
    question.get_by_role("radio", name="yes").click()
    cells = lesson.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length")
    for key in ("ArrowDown", "a", "b", "x", "d", "d", "Space"):
        lesson.keyboard.press(key)
    expect(question.get_by_role("radio", name="no")).to_be_checked()
    assert lesson.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length") == cells
    comes_to_be(lesson, "reads_past.chosen", "[1]")
    shown = choose(lesson, "compromise-bob")
    command(lesson, "run-cell")
    expect(shown.locator(".jp-OutputArea-output")).to_have_text("[]")
    compared = choose(lesson, "compare-past")
    command(lesson, "run-cell")
    expect(compared.get_by_role("note")).to_contain_text("As you predicted. It is: no.")
    choose(lesson, "predict-past")
    expect(asked.locator("[aria-live]")).to_have_text("As you predicted. It is: no.")


def test_no_two_lines_of_a_glossary_lie_on_each_other_in_a_narrow_window(lesson: Page) -> None:
    lesson.set_viewport_size({"width": 320, "height": 900})
    shown = choose(lesson, "words")
    terms, meanings = shown.locator("dfn").all(), shown.locator("li").all()
    assert len(terms) == len(meanings) == 9
    edges = "(one) => [one.getBoundingClientRect().top, one.getBoundingClientRect().bottom]"
    tops = [meaning.evaluate(edges) for meaning in meanings]
    assert all(bottom <= top + 1 for (_, bottom), (top, _) in pairwise(tops))
    lesson.set_viewport_size({"width": 1200, "height": 900})
