from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.form import LARGEST, LONGEST, WIDEST, problems
from tests.notebooks.store import METADATA, REVEALS, WIDGET_VIEW, lessons, read, text

INTRODUCTION = "# A lesson\n\n**Time:** 1 minute. **You need:** nothing.\n\n**Afterwards you can:** add."

IMPORTING_MODULE = "const drawing = await import('//example.org/drawing.js');"


def packed(value: object) -> str:
    return b64encode(zlib.compress(json.dumps(value).encode())).decode()


@pytest.fixture
def lesson() -> Any:
    """A lesson of two cells, in which all is well."""
    shown = nbformat.v4.new_output("execute_result", {"text/plain": "2"}, execution_count=1)
    drawn = nbformat.v4.new_output("display_data", {"text/plain": "a tree", "text/html": "<figure></figure>"})
    notebook = nbformat.v4.new_notebook(
        metadata=METADATA,
        cells=[
            nbformat.v4.new_markdown_cell(INTRODUCTION),
            nbformat.v4.new_code_cell("1 + 1", execution_count=1, outputs=[shown]),
            nbformat.v4.new_code_cell("tree", execution_count=2, outputs=[drawn]),
        ],
    )
    assert problems(notebook) == []
    return notebook


def html(shown: str) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells[2].outputs[0].data["text/html"] = shown

    return change


def put(cell: int, **values: object) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells[cell].update(values)

    return change


def output(**values: object) -> Callable[[Any], None]:
    def change(notebook: Any) -> None:
        notebook.cells[2].outputs = [nbformat.from_dict(values)]

    return change


def keep_widget(notebook: Any) -> None:
    notebook.cells[2].outputs[0].data[WIDGET_VIEW] = {"model_id": "1"}


def keep_python_version(notebook: Any) -> None:
    notebook.metadata = nbformat.from_dict({**METADATA, "language_info": {"name": "python", "version": "3.11"}})


def ask(*more: Any) -> Callable[[Any], None]:
    """Put a question, and these cells, before the last cell."""

    def change(notebook: Any) -> None:
        asked = nbformat.v4.new_markdown_cell("**Predict:** how many?")
        notebook.cells[2:2] = [asked, *more]

    return change


def code(source: str) -> Any:
    return nbformat.v4.new_code_cell(source, execution_count=2)


PLANTED: dict[str, Callable[[Any], None]] = {
    "the lesson does not begin with words": put(0, cell_type="code", outputs=[], execution_count=1),
    "the first cell lacks '**Time:**'": put(0, source=INTRODUCTION.replace("Time", "Length")),
    "cell 1 was never run": put(1, execution_count=None),
    "cell 2 was run as number 3, it should be 2": put(2, execution_count=3),
    "cell 1 has 9 lines, at most 8 are wanted": put(1, source="\n".join(["1"] * (LONGEST + 1))),
    "cell 1 is wider than 100 columns": put(1, source="1" * (WIDEST + 1)),
    "cell 2 failed with ValueError": output(output_type="error", ename="ValueError", evalue="", traceback=[]),
    "cell 2 wrote to stderr": output(output_type="stream", name="stderr", text="a warning"),
    "cell 2 keeps a widget that only its kernel can show": keep_widget,
    "cell 2 has a script without a figure or a form for where scripts don't run": html("<script>play()</script>"),
    "cell 2 shows the address of an object: 0x7f3a5c01": html("&lt;Tree at 0x7f3a5c01&gt;"),
    'cell 2 shows something to fetch: src="https://': html('<img src="https://example.org/tree.png">'),
    "cell 2 shows something to fetch: import('//": html(f'<figure data-player="{packed(IMPORTING_MODULE)}"></figure>'),
    "cell 2 shows a path of one machine: /home/a": html("<p>File /home/alice/lesson.py</p>"),
    "the lesson's metadata say more than its language": keep_python_version,
    "cell 1 has metadata: execution": put(1, metadata={"execution": {"iopub.status.busy": "2026"}}),
    "cell 0 has a heading that asks nothing: 1. Sums": put(0, source=f"{INTRODUCTION}\n\n## 1. Sums"),
    "cell 2 is folded in one way and not in the other": put(2, metadata={"tags": [REVEALS]}),
    "cell 1 is folded in one way and not in the other": put(1, metadata={"jupyter": {"outputs_hidden": True}}),
    "cell 2 asks for a prediction that the next cell does not take": ask(),
    "cell 4 gives away the answer to a prediction above it": ask(code("predict('How many?')")),
    "the last prediction is never compared": ask(code("predict('How many?')")),
    "cell 4 gives away the answer to an exercise above it": ask(code("question_1.check(answer_1)")),
    f"at most {LARGEST} are wanted": html("<p>" + "large " * LARGEST + "</p>"),
}


@pytest.mark.parametrize("problem", PLANTED)
def test_a_fault_that_was_planted_in_a_lesson_is_named(lesson: Any, problem: str) -> None:
    PLANTED[problem](lesson)
    found = problems(lesson)
    assert len(found) >= 1
    assert any(problem in each for each in found), found


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_a_lesson_has_the_form_of_a_lesson(path: Path) -> None:
    assert problems(read(path)) == []


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_a_lesson_is_stored_as_the_store_writes_it(path: Path) -> None:
    assert path.read_text("utf-8") == text(read(path))


def test_there_are_lessons_and_each_has_a_number_of_its_own() -> None:
    numbers = [path.name[:2] for path in lessons()]
    assert numbers[:3] == ["00", "01", "02"]
    assert len(set(numbers)) == len(numbers)
    assert all(number.isdecimal() for number in numbers)
