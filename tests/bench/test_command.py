"""`workbench bench` as a user calls it: the tests run a small bench, so that a fault in the command is noticed."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest

from workbench.bench.results import FLOOR, OURS, from_json
from workbench.bench.steps import BY_ID
from workbench.cli import main
from workbench.commands.work.bench import costliest
from workbench.fuzz.cost import all_inputs, costs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of two runs in groups of two sizes, of our engine alone."""
    path = tmp_path_factory.mktemp("bench") / "small.json"
    with pytest.MonkeyPatch.context() as patch, path.open("w", encoding="utf-8") as file:
        patch.setattr("sys.stdout", file)
        assert main(["bench", "--sizes", "8,5,8", "--runs", "2", "--peers", "", "--json"]) == 0
    return path


def test_every_step_has_its_row_and_its_floor_in_groups_of_each_size(small: Path) -> None:
    results = from_json(small.read_bytes())
    assert results.sizes == [5, 8]
    for name in (OURS, FLOOR):
        for size in results.sizes:
            rows = [results.row(name, step, size) for step in BY_ID]
            assert all(row is not None and len(row.runs) == 2 for row in rows)
    assert [(each.implementation, each.size) for each in results.memory] == [(OURS, 5), (OURS, 8)]
    assert results.imports.keys() == {OURS}
    assert results.left_out == []


def test_the_json_says_how_many_times_its_floor_a_step_takes(small: Path) -> None:
    rows = json.loads(small.read_bytes())["rows"]
    assert all(row["times_floor"] > 0 for row in rows)


def test_results_that_were_stored_are_shown(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--read", str(small)]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n{step} " in shown for step in BY_ID)


def test_the_same_results_are_no_regression(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--read", str(small), "--compare", str(small)]) == 0
    assert "REGRESSION" not in capsys.readouterr().out


def test_a_step_that_has_become_slower_is_told_by_the_exit_status(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faster = json.loads(small.read_bytes())
    for row in faster["rows"]:
        if row["implementation"] == OURS and row["step"] == "create":
            row["runs"] = [{"wall": run["wall"], "cpu": run["cpu"] / 2} for run in row["runs"]]
    old = tmp_path / "old.json"
    old.write_text(json.dumps(faster), "utf-8")
    assert main(["bench", "--read", str(small), "--compare", str(old), "--json"]) == 1
    captured = capsys.readouterr()
    assert captured.err.count("REGRESSION") == 2
    assert from_json(captured.out) == from_json(small.read_bytes())


def test_of_each_entry_point_the_costliest_input_is_kept() -> None:
    rows = [*costs(islice(all_inputs(), 12), sizes=(512,))]
    kept = costliest(rows)
    assert len(rows) > len(kept) == len({row.entry_point for row in rows})
    assert kept == sorted(kept, key=lambda row: -row.seconds)
    for each in kept:
        assert each.seconds == round(max(row.seconds for row in rows if row.entry_point == each.entry_point), 6)
    assert costliest(kept) == kept


@pytest.mark.parametrize("option", ["--read", "--compare"])
def test_a_file_that_holds_no_results_is_named(option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results.json"
    assert main(["bench", option, str(path)]) == 2
    assert str(path) in capsys.readouterr().err
    path.write_text("{}", "utf-8")
    assert main(["bench", option, str(path)]) == 2
    assert f"{path}: these are not results" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["--sizes", "4"],
        ["--sizes", "10001"],
        ["--sizes", "ten"],
        ["--steps", "uptade"],
        ["--runs", "0"],
        ["--peers", "nobody"],
    ],
)
def test_an_argument_that_makes_no_sense_is_refused(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["bench", *argv])
    assert end.value.code == 2
