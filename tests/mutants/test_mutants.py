"""The measurement measures: a change that a test sees is noticed, one that no test sees is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.__main__ import is_noticed, measure
from tests.mutants.mutations import Mutation, changed_lines, draw, mutations
from tests.mutants.which_tests import WhichTests, read

SOURCE = '''"""An example."""


def check(number: int | None) -> None:
    if number is None:
        raise ValueError


def half(number: int) -> int:
    check(number)
    rest: int = number % 2
    return number // 2 + rest


def unheeded(number: int) -> int:
    return number - 1
'''
TESTS = """import pytest
from workbench.mls.example import check, half, unheeded

@pytest.mark.parametrize("number", [1, 2, 3], ids=["one [1]", "two", "three"])
def test_half(number):
    assert half(number) == (number + 1) // 2

def test_none():
    with pytest.raises(ValueError):
        check(None)

def test_unheeded():
    unheeded(1)
"""
PATH = "workbench/mls/example.py"


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, WhichTests]:
    """A small tree, and which of its tests run which line."""
    tree = tmp_path_factory.mktemp("tree").resolve()
    (tree / PATH).parent.mkdir(parents=True)
    (tree / PATH).write_text(SOURCE, "utf-8")
    for package in ("workbench", "workbench/mls"):
        (tree / package / "__init__.py").touch()
    (tree / "tests").mkdir()
    (tree / "tests" / "test_example.py").write_text(TESTS, "utf-8")
    measure(tree, ["tests"])
    return tree, read(tree / ".coverage", tree)


def test_of_each_line_is_known_which_tests_run_it(measured: tuple[Path, WhichTests]) -> None:
    _, which = measured
    half, none, unheeded = (f"tests/test_example.py::test_{name}" for name in ("half", "none", "unheeded"))
    assert which.of(PATH, 6) == [none]
    assert which.of(PATH, 12) == [half]
    assert which.of(PATH, 16) == [unheeded]
    assert set(which.of(PATH, 5)) == {half, none}
    assert which.of(PATH, 4) == [unheeded, none, half], "it runs when the file is imported, and narrow tests come first"
    assert which.of("workbench/mls/another.py", 1) == []


def test_a_change_is_noticed_if_a_test_fails_and_the_file_is_as_before(measured: tuple[Path, WhichTests]) -> None:
    tree, which = measured
    found = {str(each): each for _, each in mutations(PATH, SOURCE)}
    assert is_noticed(tree, found[f"{PATH}:5 AddNot"], which)
    assert not is_noticed(tree, found[f"{PATH}:16 ReplaceBinaryOperator_Sub_Add"], which)
    assert (tree / PATH).read_text("utf-8") == SOURCE


def test_what_nobody_evaluates_is_not_changed() -> None:
    changed = {line for _, each in mutations(PATH, SOURCE) for line in changed_lines(SOURCE, each.apply(SOURCE))}
    assert "    +    pass" in changed
    added = {line for line in changed if line.startswith("    +")}
    assert not {line for line in added if "def " in line}
    assert all(line.startswith("    +    rest: int = number") for line in added if "rest: int" in line)
    declared = "@dataclass(frozen=True)\nclass One:\n    number: int | None = 1\n"
    assert {each.line for _, each in mutations(PATH, declared)} == {3}


def test_a_sample_is_that_of_its_seed_and_takes_each_place_once() -> None:
    sources = {PATH: SOURCE, "workbench/mls/another.py": SOURCE}

    def drawn(count: int, seed: int) -> list[str]:
        return [f"{each} {each.occurrence}" for each in draw(sources, count, seed)]

    assert drawn(5, 1) == drawn(5, 1) != drawn(5, 2)
    everything = draw(sources, 1000, 1)
    assert len(everything) == len({(each.path, _place(each)) for each in everything}) > 10
    assert all(each.compiles(SOURCE) for each in everything)


def _place(mutation: Mutation) -> object:
    return next(
        start
        for start, each in mutations(mutation.path, SOURCE)
        if str(each) == str(mutation) and each.occurrence == mutation.occurrence
    )


def test_what_is_no_python_after_the_change_is_not_drawn() -> None:
    source = "def one(*, two):\n    return two\n"
    assert {type(each.operator).__name__ for _, each in mutations(PATH, source)} >= {"ReplaceBinaryOperator_Mul_Add"}
    assert draw({PATH: source}, 10, 1) == []
