"""The form that every stored lesson has, as rules that name what is wrong."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from tests.notebooks.store import METADATA, REVEALS, WIDGET_VIEW, text

LARGEST = 800_000
"""Bytes of a lesson. Each picture brings its player, some 75 kB: ten pictures fit, and the lesson opens at once."""

LONGEST, WIDEST = 8, 100
"""Lines of a cell: one idea, and it can be read aloud. Columns: as many as fit beside the margin."""

_HEAD = ("# ", "**Time:**", "**You need:**", "**Afterwards you can:**")
_PACKED = re.compile(r'data-(?:player|traits)="([^"]*)"')
_IMAGE = re.compile(r'data:image/svg\+xml;base64,([^"]*)')
_UNWANTED = {
    "the address of an object": re.compile(r"\b0x[0-9a-fA-F]{6,}"),
    "something to fetch": re.compile(r"""(?:src=|import\s*\(?|from|fetch\(|url\()\s*\\?["']?(?:https?:)?//"""),
    "a path of one machine": re.compile(r"(?:/(?:home|root|tmp|usr|var|opt|Users)/|[A-Z]:\\)\w"),
}


def problems(notebook: Any) -> list[str]:
    """Everything in a lesson that should not be as it is, in words; empty if all is well."""
    return [problem for rule in RULES for problem in rule(notebook)]


def _is_introduced(notebook: Any) -> Iterator[str]:
    head = notebook.cells[0]
    if head.cell_type != "markdown":
        yield "the lesson does not begin with words"
    for part in _HEAD:
        if part not in head.source:
            yield f"the first cell lacks {part!r}"


def _was_run_in_order(notebook: Any) -> Iterator[str]:
    for expected, (number, cell) in enumerate(_code(notebook), start=1):
        if cell.execution_count is None:
            yield f"cell {number} was never run"
        elif cell.execution_count != expected:
            yield f"cell {number} was run as number {cell.execution_count}, it should be {expected}"


def _has_short_cells(notebook: Any) -> Iterator[str]:
    for number, cell in _code(notebook):
        lines = len(cell.source.splitlines())
        if lines > LONGEST:
            yield f"cell {number} has {lines} lines, at most {LONGEST} are wanted"
        if any(len(line) > WIDEST for line in cell.source.splitlines()):
            yield f"cell {number} is wider than {WIDEST} columns"


def _ran_without_fault(notebook: Any) -> Iterator[str]:
    for number, output in _outputs(notebook):
        if output.output_type == "error":
            yield f"cell {number} failed with {output.ename}"
        if output.get("name") == "stderr":
            yield f"cell {number} wrote to stderr"


def _lives_without_a_kernel(notebook: Any) -> Iterator[str]:
    for number, output in _outputs(notebook):
        data = output.get("data", {})
        if WIDGET_VIEW in data:
            yield f"cell {number} keeps a widget that only its kernel can show"
        html = data.get("text/html", "")
        if "<script" in html and "<figure" not in html and "<form" not in html:
            yield f"cell {number} has a script without a figure or a form for where scripts don't run"


def _is_the_same_everywhere(notebook: Any) -> Iterator[str]:
    for number, output in _outputs(notebook):
        shown = _unpacked("".join([output.get("text", ""), *map(str, output.get("data", {}).values())]))
        for what, pattern in _UNWANTED.items():
            if found := pattern.search(shown):
                yield f"cell {number} shows {what}: {found[0]}"


def _holds_no_more_than_needed(notebook: Any) -> Iterator[str]:
    size = len(text(notebook).encode())
    if size > LARGEST:
        yield f"the lesson has {size} bytes, at most {LARGEST} are wanted"
    if notebook.metadata != METADATA:
        yield "the lesson's metadata say more than its language"
    for number, cell in enumerate(notebook.cells):
        if set(cell.metadata) - {"tags", "jupyter"}:
            yield f"cell {number} has metadata: {', '.join(cell.metadata)}"


def _asks_in_its_headings(notebook: Any) -> Iterator[str]:
    for number, cell in enumerate(notebook.cells):
        for heading in (
            re.findall(r"^## (\d+\. .*)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else ()
        ):
            if not heading.endswith(("?", "Your turn")):
                yield f"cell {number} has a heading that asks nothing: {heading}"


def _folds_what_reveals(notebook: Any) -> Iterator[str]:
    for number, cell in enumerate(notebook.cells):
        if _is_folded(cell) is not (cell.metadata.get("jupyter") == {"outputs_hidden": True}):
            yield f"cell {number} is folded in one way and not in the other"


def _takes_predictions(notebook: Any) -> Iterator[str]:
    """Each prediction is taken by the next cell, and all outputs are folded until it has been compared."""
    is_open = False
    for number, (cell, following) in enumerate(pairwise([*notebook.cells, None])):
        if "**Predict:**" in cell.source and (following is None or "predict(" not in following.source):
            yield f"cell {number} asks for a prediction that the next cell does not take"
        if is_open and cell.get("outputs") and not _is_folded(cell):
            yield f"cell {number} gives away the answer to a prediction above it"
        is_open = "predict(" in cell.source or (is_open and ".compare(" not in cell.source)
    if is_open:
        yield "the last prediction is never compared"


def _folds_after_exercises(notebook: Any) -> Iterator[str]:
    """In the section of an exercise, the first output after it is folded."""
    is_open = False
    for number, cell in enumerate(notebook.cells):
        is_exercise = ".check(" in cell.source
        if is_open and not is_exercise and cell.get("outputs") and not _is_folded(cell):
            yield f"cell {number} gives away the answer to an exercise above it"
        has_ended = cell.source.startswith("## ") or bool(cell.get("outputs"))
        is_open = is_exercise or (is_open and not has_ended)


def _is_folded(cell: Any) -> bool:
    return REVEALS in cell.metadata.get("tags", ())


Rule = Callable[[Any], Iterator[str]]
RULES: tuple[Rule, ...] = (
    _is_introduced,
    _was_run_in_order,
    _has_short_cells,
    _ran_without_fault,
    _lives_without_a_kernel,
    _is_the_same_everywhere,
    _holds_no_more_than_needed,
    _asks_in_its_headings,
    _folds_what_reveals,
    _takes_predictions,
    _folds_after_exercises,
)


def _code(notebook: Any) -> Iterator[tuple[int, Any]]:
    """The code cells, with their place among all cells."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            yield number, cell


def _outputs(notebook: Any) -> Iterator[tuple[int, Any]]:
    for number, cell in _code(notebook):
        for output in cell.outputs:
            yield number, output


def _unpacked(shown: str) -> str:
    """An output with what is packed in it as plain text: a player's module and view, an image."""

    def inflated(found: re.Match[str]) -> str:
        return json.dumps(json.loads(zlib.decompress(b64decode(found[1]))))

    return _IMAGE.sub(lambda found: b64decode(found[1]).decode(), _PACKED.sub(inflated, shown))
