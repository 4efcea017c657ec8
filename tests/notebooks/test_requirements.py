"""docs/requirements.md: each line points to a cell or a test that is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notebooks.store import read

ROW = re.compile(r"^\| (R\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
OF_THE_DESK = re.compile(r"^\| ([a-z]+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
POINTER = re.compile(r"`([^`]+)`")
LAST_REQUIREMENT = 124
OF_THE_DELIVERY_SERVICE = {*range(17, 21), *range(30, 43), 69, 70, 82, 88, 118}
"""What the delivery service makes real: each of these has a line."""


@pytest.fixture(scope="module")
def rows(repository: Path) -> list[tuple[str, list[str]]]:
    """Each requirement with its pointers."""
    page = (repository / "docs" / "requirements.md").read_text("utf-8")
    found = [(number, POINTER.findall(where)) for number, _, where in ROW.findall(page)]
    assert len(found) == page.count("\n| R")
    return found


def faults(repository: Path, pointer: str) -> Iterator[str]:
    """What is wrong with a pointer."""
    name, separator, place = pointer.partition("#") if "#" in pointer else pointer.partition("::")
    path = repository / name
    if not path.is_file():
        yield f"{name} is not there"
    elif separator == "#" and place not in {cell.id for cell in read(path).cells if cell.cell_type == "code"}:
        yield f"{name} has no code cell {place}"
    elif separator == "::" and place not in {
        node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)
    }:
        yield f"{name} has no test {place}"
    elif not separator:
        yield f"{pointer} points to a whole file"


def test_every_pointer_leads_to_a_cell_or_a_test(repository: Path, rows: list[tuple[str, list[str]]]) -> None:
    assert [fault for _, pointers in rows for pointer in pointers for fault in faults(repository, pointer)] == []


def test_every_line_of_the_reviewers_desk_leads_to_a_cell_or_a_test(repository: Path) -> None:
    page = (repository / "docs" / "requirements.md").read_text("utf-8").partition("## The reviewer's desk")[2]
    lines = OF_THE_DESK.findall(page)
    assert [name for name, _ in lines] == [
        *("material", "checking", "forks", "practice", "exposure", "pictures", "report")
    ]
    assert [
        fault for _, where in lines for pointer in POINTER.findall(where) for fault in faults(repository, pointer)
    ] == []


def test_every_requirement_that_is_claimed_is_one_stands_once_and_points_somewhere(
    rows: list[tuple[str, list[str]]],
) -> None:
    numbers = [int(number.removeprefix("R")) for number, _ in rows]
    assert len(set(numbers)) == len(numbers) >= 20
    assert max(numbers) <= LAST_REQUIREMENT
    assert set(numbers) >= OF_THE_DELIVERY_SERVICE
    assert all(pointers for _, pointers in rows)


@pytest.mark.parametrize(
    ("pointer", "fault"),
    [
        ("tests/gone.py::test_it", "tests/gone.py is not there"),
        ("notebooks/00_start_here.ipynb#gone", "notebooks/00_start_here.ipynb has no code cell gone"),
        (
            "tests/notebooks/test_requirements.py::test_gone",
            "tests/notebooks/test_requirements.py has no test test_gone",
        ),
        ("tests/notebooks/test_requirements.py", "tests/notebooks/test_requirements.py points to a whole file"),
    ],
)
def test_a_stale_pointer_is_found(repository: Path, pointer: str, fault: str) -> None:
    assert list(faults(repository, pointer)) == [fault]
