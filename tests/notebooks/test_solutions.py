from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.store import lessons, read, run
from workbench.lessons.exercise import Exercise

pytestmark = pytest.mark.slow


def exercises(path: Path) -> dict[str, Exercise]:
    """The exercises of a lesson, by the name under which it imports them."""
    module = importlib.import_module(f"workbench.lessons.lesson_{path.name[:2]}")
    return {name: value for name, value in vars(module).items() if isinstance(value, Exercise)}


def checked(cell: Any) -> str | None:
    """The exercise that a cell checks with its last line; None if it checks none."""
    if cell.cell_type != "code":
        return None
    match ast.parse(cell.source).body:
        case [*_, ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "check")))]:
            return name
        case _:
            return None


def solve(cell: Any, exercise: Exercise) -> None:
    """Put the solution in place of the stub: of all but the imports before and the check after."""
    *before, check = ast.parse(cell.source).body
    imports = [statement for statement in before if isinstance(statement, ast.ImportFrom)]
    cell.source = "\n".join([*map(ast.unparse, imports), exercise.source, ast.unparse(check)])


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_every_exercise_of_a_lesson_is_asked_once_and_stored_unanswered(path: Path) -> None:
    asked = [(checked(cell), cell.outputs[0].data["text/plain"]) for cell in read(path).cells if checked(cell)]
    assert [name for name, _ in asked] == list(exercises(path))
    assert all(shown.startswith("No answer yet.") for _, shown in asked)


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_a_lesson_runs_with_its_solutions_and_calls_each_of_them_right(path: Path) -> None:
    notebook = read(path)
    for cell in notebook.cells:
        if name := checked(cell):
            solve(cell, exercises(path)[name])
    run(notebook)
    shown = [cell.outputs[0].data["text/plain"] for cell in notebook.cells if checked(cell)]
    assert len(shown) == len(exercises(path))
    assert all(words.startswith("Right.") for words in shown), shown
