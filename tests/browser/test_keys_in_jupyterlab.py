"""With the focus on any part of a picture, no key reaches the notebook around it."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.jupyterlab import Lab, run_all_cells
from tests.browser.test_saved_notebook import CELLS, SETUP

pytestmark = pytest.mark.browser

KEYS = (
    *"abcehjkmosvxyz",
    *("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"),
    *("d", "d", "0", "0", "i", "i", "1", "[", "]", ",", ".", "+", "-", "?", "Escape", "Space", "Enter"),
)
"""Keys of pictures and of the notebook in its command mode: `d d` deletes a cell, `0 0` restarts the kernel."""
FEW = ("b", "d", "d", "ArrowLeft", "ArrowDown", "Enter")
"""For further elements of a tag: whether a key reaches the notebook depends on the element."""

# Two trees beside each other are twice the same picture.
KINDS = [kind for kind in CELLS if kind != "two trees"]

# One element of each kind that can have the focus, as far as it differs in its tag, class and type.
_FOCUSABLE = """(cell) => {
  const all = [...cell.querySelectorAll("button, input, select, textarea, a[href], summary, [tabindex]")];
  const kinds = new Map();
  for (const one of all) {
    one.focus();
    if (document.activeElement !== one) continue;
    const kind = [one.localName, one.getAttribute("class"), one.type, one.getAttribute("role")].join(" ");
    if (!kinds.has(kind)) kinds.set(kind, one);
  }
  window.focusable = [...kinds.values()];
  return [...kinds.keys()];
}"""
_FOCUS = """(number) => {
  window.focusable[number].focus();
  return document.activeElement === window.focusable[number];
}"""
# What stands in the notebook: all but the outputs, which the keys may change.
_NOTEBOOK = """() => {
  const { content, sessionContext } = window.jupyterapp.shell.currentWidget;
  const cells = content.widgets.map(({ model, inputHidden, headingCollapsed }) => [
    model.id, model.type, model.sharedModel.getSource(), inputHidden, headingCollapsed ?? null, model.executionCount,
  ]);
  return JSON.stringify([cells, content.mode, content.activeCellIndex, document.querySelectorAll(".jp-Dialog").length]);
}"""


@pytest.fixture(scope="module")
def notebook(chromium: Browser, lab: Lab) -> Iterator[Page]:
    """A heading, the cells with all kinds of pictures, and a last cell."""
    lab.put("keys/keys.ipynb", nbformat.v4.new_markdown_cell("# A heading"), SETUP, *CELLS.values(), "'the last cell'")
    page = chromium.new_context(viewport={"width": 1300, "height": 4000}, reduced_motion="reduce").new_page()
    lab.open(page, "keys/keys.ipynb")
    run_all_cells(page)
    expect(page.locator(".mls-room:visible").nth(6)).to_be_visible(timeout=20_000)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def tags() -> set[str]:
    """The tags of the elements that have had all keys."""
    return set()


@pytest.mark.parametrize("kind", KINDS)
def test_no_key_on_any_part_of_a_picture_reaches_the_notebook(notebook: Page, tags: set[str], kind: str) -> None:
    number = 2 + list(CELLS).index(kind)
    notebook.evaluate("(number) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = number; }", number)
    open_all(notebook, number)
    kinds = notebook.locator(".jp-Cell").nth(number).locator(".jp-OutputArea").evaluate(_FOCUSABLE)
    assert len(kinds) >= (1 if kind == "a question" else 3), kinds
    before = notebook.evaluate(_NOTEBOOK)
    for place, name in enumerate(kinds):
        tag = name.partition(" ")[0]
        keys = FEW if tag in tags else KEYS
        tags.add(tag)
        for key in keys:
            if name.startswith("a ") and key == "Enter":
                continue  # a link leads out of the notebook
            if not notebook.evaluate(_FOCUS, place):
                break  # a key before has closed it
            notebook.keyboard.press(key)
        assert notebook.evaluate(_NOTEBOOK) == before, name


def open_all(notebook: Page, number: int) -> None:
    """Open the tables and the help of the pictures in a cell, so that their parts are there as well."""
    cell = notebook.locator(".jp-Cell").nth(number)
    for label in ("Show as", "Help"):
        for button in cell.locator(f".mls-room:visible .mls-button[aria-label^='{label}']").all():
            button.click()
