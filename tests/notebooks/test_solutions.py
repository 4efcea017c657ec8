from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.kernel import Kernel, kernel
from tests.notebooks.store import NOTEBOOKS, lessons, read
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


def needed(cells: list[Any]) -> list[Any]:
    """The exercises, what makes a name that one of them uses, and what acts (`world.commit("Bob")`)."""
    kept: list[Any] = []
    used: set[str] = set()
    for cell in reversed(cells):
        tree = ast.parse(cell.source)
        if checked(cell) or acts(tree) or made(tree) & used:
            kept.insert(0, cell)
            used |= names(tree, ast.Load) - loop_names(tree)
    return kept


def acts(tree: ast.Module) -> bool:
    """Whether a statement calls a function or a method for what it does, and not for what it shows."""
    for statement in tree.body:
        match statement:
            case ast.Expr(ast.Call(ast.Attribute(_, "compare"))):  # a prediction
                pass
            case ast.Expr(ast.Call(ast.Name(root) | ast.Attribute(ast.Name(root)))) if root[0].islower():
                return True
    return False


def made(tree: ast.Module) -> set[str]:
    """The names that a cell binds or imports."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported = {each.asname or each.name for statement in imports for each in statement.names}
    return imported | names(tree, ast.Store) - loop_names(tree)


def loop_names(tree: ast.Module) -> set[str]:
    """The names within comprehensions."""
    return {name for node in ast.walk(tree) if isinstance(node, ast.comprehension) for name in names(node.target)}


def names(tree: ast.AST, context: type[ast.expr_context] = ast.expr_context) -> set[str]:
    """The names in a tree that are used so."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_every_exercise_of_a_lesson_is_asked_once_and_stored_unanswered(path: Path) -> None:
    asked = [(checked(cell), cell.outputs[0].data["text/plain"]) for cell in read(path).cells if checked(cell)]
    assert [name for name, _ in asked] == list(exercises(path))
    assert all(shown.startswith("No answer yet.") for _, shown in asked)


@pytest.fixture(scope="module")
def running() -> Iterator[Kernel]:
    """A kernel for all lessons: to start one for each takes longer than most of them."""
    with kernel(NOTEBOOKS, "") as one:
        yield one


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_a_lesson_runs_with_its_solutions_and_calls_each_of_them_right(running: Kernel, path: Path) -> None:
    """Of the other cells those run that an exercise needs; all run when the stored outputs are compared."""
    notebook = read(path)
    for cell in notebook.cells:
        if name := checked(cell):
            solve(cell, exercises(path)[name])
    running.run("get_ipython().reset(new_session=False)")
    running.run(f"import os\nos.environ['JPY_SESSION_NAME'] = {path.name!r}")
    calls = []
    for cell in needed([cell for cell in notebook.cells if cell.cell_type == "code"]):
        shown = running.run(cell.source, cell.id)
        assert not any(words.startswith("Traceback") for words in shown), shown
        calls += shown if checked(cell) else []
    assert len(calls) == len(exercises(path))
    assert all(words.startswith("Right.") for words in calls), calls
