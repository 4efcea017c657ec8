"""Cells that are run twice, late, or first in a new kernel: a sentence says what to run, and there is no traceback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.kernel import Kernel, kernel
from tests.notebooks.store import METADATA, lessons, read, text

pytestmark = pytest.mark.slow

LONG = {"measure"}
"""Cells that take many seconds; they act in no group."""
REMEDY = "Choose “Run All Above Selected Cell” in the menu “Run”, then run this cell again."


CHOSEN = lessons() if os.environ.get("MLS_LESSONS") == "all" else lessons()[5:6]
"""The lessons to try. To run each cell as the first one takes minutes, so the default is one lesson (`make soak`)."""


@pytest.fixture(params=CHOSEN, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A lesson in a folder of its own."""
    path: Path = request.param
    return Path(shutil.copy(path, tmp_path / path.name))


def code(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def test_in_any_order_a_lesson_gives_sentences_and_no_traceback_and_from_the_top_what_is_stored(lesson: Path) -> None:
    cells = [cell for cell in code(lesson) if cell.id not in LONG]
    with kernel(lesson.parent, lesson.name) as one:
        for cell in reversed(cells):
            no_traceback(cell, one.run(cell.source, cell.id))
            one.run("get_ipython().reset(new_session=False)")
        for cell in cells:
            no_traceback(cell, one.run(cell.source, cell.id))
            no_traceback(cell, one.run(cell.source, cell.id))
        for cell in code(lesson):
            stored = [output.get("text") or output.data["text/plain"] for output in cell.outputs]
            shown = one.run(cell.source, cell.id)
            if cell.id == "imports":
                assert [words.partition(" All")[0] for words in shown] == ["Begun again."]
            else:
                assert "".join(shown) == "".join(stored), cell.id


def no_traceback(cell: Any, shown: list[str]) -> None:
    """Check that a cell shows no traceback, and at most once the sentence that says what to run."""
    assert not any("Traceback" in words for words in shown), (cell.id, shown)
    assert sum(REMEDY in words for words in shown) <= 1, (cell.id, shown)


LESSON = {
    "begin": "from workbench.lab import World\nfrom workbench.lessons.kernel import begin\n\nbegin()",
    "world": "world = World.of(3)",
    "bob": 'world.commit("Bob")',
    "alice": 'world.commit("Alice")',
    "epoch": "world.epoch",
    "heidi": 'heidi = world.device("Heidi")',
    "remove": 'world.remove("Alice", "Carol")',
    "own": "answer = None",
    "broken": "world.gone",
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel for a small lesson."""
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in LESSON.items()]
    folder = tmp_path_factory.mktemp("small")
    (folder / "small.ipynb").write_text(text(nbformat.v4.new_notebook(metadata=METADATA, cells=cells)), "utf-8")
    with kernel(folder, "small.ipynb") as one:
        yield one


@pytest.fixture
def small(running: Kernel) -> Kernel:
    """The kernel as a new one is: without names, and without a memory of the cells."""
    running.run("get_ipython().reset(new_session=False)")
    running.run(LESSON["begin"], "begin")
    return running


def run(one: Kernel, *names: str) -> list[str]:
    """What the last of these cells shows."""
    return [one.run(LESSON[name], name) for name in names][-1]


def test_a_cell_that_acts_twice_says_that_the_text_no_longer_fits(small: Kernel) -> None:
    assert run(small, "begin", "world", "bob") == []
    (said,) = run(small, "bob")
    assert said.startswith("Out of order. This cell has acted in the group before, and now once more.")
    assert REMEDY in said


def test_a_cell_that_acts_before_one_above_it_says_so(small: Kernel) -> None:
    (said,) = run(small, "begin", "world", "alice")
    assert "Cells above that act in this group have not run." in said
    (said,) = run(small, "bob")
    assert "Cells that act in this group have run in another order." in said


def test_a_new_world_begins_anew(small: Kernel) -> None:
    run(small, "begin", "world", "bob", "bob")
    assert run(small, "world", "bob") == []
    assert run(small, "alice") == []
    assert run(small, "epoch") == ["3"]


def test_cells_without_an_id_are_known_by_their_source(small: Kernel) -> None:
    for name in ("begin", "world", "bob"):
        small.run(LESSON[name])
    assert REMEDY in small.run(LESSON["bob"])[0]


def test_the_first_cell_run_again_forgets_all_and_says_so(small: Kernel) -> None:
    run(small, "begin", "world")
    assert run(small, "begin")[0].startswith("Begun again.")
    (said,) = run(small, "epoch")
    assert said == f"Not yet. `world` is made by a cell above, which has not run. {REMEDY}"


def test_what_a_lessons_cell_refuses_is_told_in_a_sentence(small: Kernel) -> None:
    run(small, "begin", "world", "bob", "alice")
    assert run(small, "heidi", "heidi") == []
    (said,) = run(small, "remove", "remove")
    assert said.startswith("Out of order. This cell needs each cell above to have run once. It stopped: ")


def test_the_readers_own_cells_act_as_they_like_and_have_their_tracebacks(small: Kernel) -> None:
    run(small, "begin", "world")
    assert small.run('world.commit("Carol")', "mine") == []
    assert small.run('world.commit("Carol")', "mine") == []
    assert small.run("wrold.epoch", "mine")[0].startswith("Traceback: ")
    assert small.run("1 / 0", "own")[0].startswith("Traceback: ")


def test_a_cell_that_fails_in_order_has_its_traceback(small: Kernel) -> None:
    """If all cells above have run in order, the fault is in the cell, and the reader sees it."""
    run(small, "begin", "world", "bob", "alice", "epoch", "heidi", "remove", "own")
    assert run(small, "broken")[0].startswith("Traceback: ")
    assert run(small, "broken")[0].startswith("Out of order.")


def test_in_a_notebook_that_is_no_lesson_nothing_changes(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("found = 1", id="one")
    (tmp_path / "other.ipynb").write_text(text(nbformat.v4.new_notebook(metadata=METADATA, cells=[cell])), "utf-8")
    with kernel(tmp_path, "other.ipynb") as one:
        assert one.run("found + 1", "two")[0].startswith("Traceback: ")
        assert one.run("from workbench.lab import World\nworld = World.of(2)", "one") == []


def test_progress_of_many_devices_is_shown_and_gone_at_the_end(small: Kernel) -> None:
    run(small, "begin")
    assert run(small, "world") == []
    assert small.run("from workbench.lessons.progress import progress\nlist(progress([1, 2], 'Twice'))") == ["[1, 2]"]
    small.run("from workbench.lab import progress as seen\ncounted = []")
    small.run("import workbench.lessons.kernel as k\nk.progress = lambda items, words: counted.append(words) or items")
    small.run("World.of(32)")
    assert small.run("counted[-1]") == ["'Devices that have received this step'"]
