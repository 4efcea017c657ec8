"""A notebook that a reader runs, saves and opens again: no picture is lost with the kernel that made it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Visit, Watch
from tests.browser.jupyterlab import Lab, comes_to_be, in_kernel, reload, run_all_cells, save

pytestmark = pytest.mark.browser

CELLS = {
    "a tree": "tree = RatchetTree.of(world)\ntree",
    "controls": "controls = Controls(world)\ncontrols",
    "two trees": "side_by_side(ratchet_tree_view(world.trace()), 'alice', 'server')",
    "a matrix": "SecurityMatrix.of(case, workspace=space)",
    "lifetimes": "KeyLifetimes.of(case, device='Dave', opened=[], workspace=space)",
    "a derivation": "DerivationGraph.of(case.verdict('Dave'), 5)",
    "a question": "predict('Can the attacker read it?')",
}
SETUP = """\
from widgets import *
from workbench.lab import World
from workbench.lab.scenarios import scenario
from workbench.views.ratchet_tree import ratchet_tree_view

world, case, space = World.of(["alice", "bob", "carol"]), scenario("retroactive break"), Workspace()"""
PICTURES = {kind: 2 if kind == "two trees" else 1 for kind in CELLS}
ROOM, SAVED = ":is(.mls-room, .mls-prediction)", ".mls-saved"
RESTART = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
RECONNECT = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.reconnect()"
SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"
START = "() => window.jupyterapp.shell.currentWidget.sessionContext.startKernel()"
CRASH = """() => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  kernel.requestExecute({ code: "import os, signal; os.kill(os.getpid(), signal.SIGKILL)" });
}"""
IS_IDLE = """() => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  return kernel?.status === "idle" && kernel.connectionStatus === "connected";
}"""
_OF_A_CRASH = re.compile("Connection lost, reconnecting|Cannot send|Kernel.*(died|dead)|Canceled")


@pytest.fixture(scope="module")
def folder(lab: Lab) -> Path:
    lab.put("saved/own.ipynb", SETUP, *CELLS.values())
    return lab.folder / "saved"


@pytest.fixture(scope="module")
def notebook(chromium: Browser, lab: Lab, folder: Path) -> Iterator[Page]:
    """The notebook after its cells have run, so tall that JupyterLab draws every cell."""
    watch = Watch()
    context = chromium.new_context(viewport={"width": 1300, "height": 4000}, reduced_motion="reduce")
    watch.over(context)
    page = context.new_page()
    lab.open(page, f"{folder.name}/own.ipynb")
    run_all_cells(page)
    yield page
    context.close()
    assert watch.off_host == []
    assert [word for word in watch.complaints if not _OF_A_CRASH.search(word)] == []


def cell(page: Page, kind: str) -> Locator:
    return page.locator(".jp-Cell").nth(1 + list(CELLS).index(kind))


def all_are_connected(page: Page) -> None:
    """Every picture is the one that Python knows."""
    for kind, count in PICTURES.items():
        expect(cell(page, kind).locator(f"{ROOM}:visible")).to_have_count(count, timeout=20_000)
        expect(cell(page, kind).locator(SAVED)).to_be_hidden()
    expect(cell(page, "controls").get_by_role("button", name="alice commits", exact=True)).to_be_visible()


def all_play_by_themselves(page: Page) -> None:
    """Every picture is there without a kernel, and says how it comes back to life."""
    for kind, count in PICTURES.items():
        expect(cell(page, kind).locator(SAVED)).to_contain_text("run this cell again", timeout=20_000)
        expect(cell(page, kind).locator(f"{ROOM}:visible")).to_have_count(count, timeout=20_000)
    expect(page.locator(".jupyter-widgets-disconnected:visible")).to_have_count(0)
    expect(page.get_by_text("Error displaying widget")).to_have_count(0)
    expect(cell(page, "controls").locator(SAVED)).to_contain_text("without the buttons")


def step_back(page: Page, kind: str) -> None:
    """The first of two steps, in the first tree of a cell."""
    tree = cell(page, kind).locator(f"{ROOM}:visible").first
    tree.get_by_label("One step back").click()
    expect(tree.locator(".mls-title")).to_contain_text("Step 1 of 2")


def they_step_together(page: Page, step: int) -> None:
    """The matrix and the lifetimes have one workspace: a step in one of them is a step in the other."""
    matrix, lifetimes = (cell(page, kind).locator(f"{ROOM}:visible") for kind in ("a matrix", "lifetimes"))
    matrix.get_by_label("Step", exact=True).fill(str(step))
    expect(lifetimes.locator(".mls-sentence")).to_contain_text(f"after step {step + 1} gets")
    lifetimes.get_by_label("A step later").click()
    expect(matrix.get_by_label("Step", exact=True)).to_have_value(str(step + 1))


def run_again(page: Page) -> None:
    run_all_cells(page)
    all_are_connected(page)


def test_after_a_run_every_picture_is_connected(notebook: Page) -> None:
    all_are_connected(notebook)
    step_back(notebook, "a tree")
    comes_to_be(notebook, "tree.step", "0")


def test_pictures_of_one_workspace_step_together_and_python_hears_and_says_the_step(notebook: Page) -> None:
    they_step_together(notebook, 2)
    comes_to_be(notebook, "space.step", "3")
    in_kernel(notebook, "space.set_trait('step', 1)")
    for kind, part, words in (
        ("lifetimes", ".mls-sentence", "after step 2 gets"),
        ("a matrix", ".mls-step-title", "step 2"),
    ):
        expect(cell(notebook, kind).locator(f"{ROOM}:visible {part}")).to_contain_text(words, ignore_case=True)


def test_after_a_lost_connection_it_still_is(notebook: Page) -> None:
    notebook.evaluate(RECONNECT)
    comes_to_be(notebook, "tree.step", "0")
    all_are_connected(notebook)


def test_a_view_that_grew_is_whole_after_a_reload_with_the_same_kernel(notebook: Page) -> None:
    in_kernel(notebook, "tree.set_trait('view', {**tree.view, 'title': 'a grown group'})")
    expect(cell(notebook, "a tree").get_by_role("tree", name="a grown group")).to_be_visible()
    save(notebook)
    reload(notebook)
    all_are_connected(notebook)
    expect(cell(notebook, "a tree").get_by_role("tree", name="a grown group")).to_be_visible()
    expect(cell(notebook, "a tree").locator(f"{ROOM}:visible .mls-title")).to_contain_text("Step 1 of 2")
    step_back(notebook, "two trees")
    first, second = (cell(notebook, "two trees").locator(f"{ROOM}:visible").nth(side) for side in (0, 1))
    expect(second.locator(".mls-title")).to_contain_text("Step 1 of 2")
    first.locator("[data-node='0']").click()
    expect(second.locator(".mls-pin")).to_have_count(1)


@pytest.mark.parametrize("end", [RESTART, SHUT_DOWN, CRASH], ids=["restarted", "shut down", "crashed"])
def test_when_the_kernel_is_gone_every_picture_plays_on_where_it_was(notebook: Page, end: str) -> None:
    step_back(notebook, "controls")
    # JupyterLab may say that the kernel has died, in a dialog over the notebook.
    died = notebook.locator(".jp-Dialog")
    notebook.add_locator_handler(died, died.get_by_role("button").last.click)
    notebook.evaluate(end)
    all_play_by_themselves(notebook)
    if end == RESTART:
        expect(cell(notebook, "a tree").get_by_role("tree", name="a grown group")).to_be_visible()
    title = cell(notebook, "controls").locator(f"{ROOM}:visible .mls-title")
    expect(title).to_contain_text("Step 1 of 2")
    cell(notebook, "controls").get_by_label("One step forward").click()
    expect(title).to_contain_text("Step 2 of 2")
    they_step_together(notebook, 1)
    if end == SHUT_DOWN:
        notebook.evaluate(START)
    if end == CRASH:
        # What a reader sees who opens the notebook tomorrow: a page and a kernel that know nothing of the pictures.
        save(notebook)
        reload(notebook)
        all_play_by_themselves(notebook)
        step_back(notebook, "a tree")
    notebook.wait_for_function(IS_IDLE)
    comes_to_be(notebook, "'tree' in globals()", "False")
    run_again(notebook)


def test_the_file_keeps_no_widget_that_only_its_kernel_can_show(notebook: Page, folder: Path) -> None:
    save(notebook)
    saved = _read(folder)
    outputs = [output for each in saved["cells"] for output in each["outputs"]]
    assert len(outputs) == len(CELLS)
    assert {kind for output in outputs for kind in output["data"]} == {"text/plain", "text/html"}
    assert "widgets" not in saved["metadata"]


def test_in_a_notebook_that_is_not_trusted_there_are_a_still_and_a_sentence(
    notebook: Page, folder: Path, lab: Lab
) -> None:
    save(notebook)
    stranger = _read(folder)
    stranger["cells"][0]["source"] += "\n# changed by somebody else, so that its signature is unknown"
    (folder / "strange.ipynb").write_text(json.dumps(stranger), "utf-8")
    lab.open(notebook, "saved/strange.ipynb")
    for kind, count in PICTURES.items():
        expect(cell(notebook, kind).locator("figure img, fieldset")).to_have_count(count)
        expect(cell(notebook, kind).locator(SAVED)).to_contain_text("run this cell again")
        assert cell(notebook, kind).locator("figcaption, legend").first.inner_text()
    expect(notebook.locator(".mls-room")).to_have_count(0)


def test_exported_as_a_page_every_picture_plays(folder: Path, visit: Visit) -> None:
    exporter: Any = HTMLExporter
    exporter = exporter(require_js_url="", mathjax_url="", mermaid_js_url="", jquery_url="")
    page = visit(exporter.from_filename(str(folder / "own.ipynb"))[0], viewport={"width": 1300, "height": 4000})
    expect(page.locator(ROOM)).to_have_count(sum(PICTURES.values()))
    page.locator(ROOM).first.get_by_label("One step back").click()
    expect(page.locator(f"{ROOM} .mls-title").first).to_contain_text("Step 1 of 2")


def _read(folder: Path) -> Any:
    return json.loads((folder / "own.ipynb").read_text("utf-8"))
