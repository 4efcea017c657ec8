"""What a bench measured, written and read, compared and shown."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.kept import keep
from workbench.bench.client import Sample
from workbench.bench.compare import StepChange, changes
from workbench.bench.report import changes_to_text, to_text
from workbench.bench.results import (
    FLOOR,
    OURS,
    LeftOut,
    Memory,
    Results,
    Row,
    Timed,
    UnreadableResults,
    WorstInput,
    from_json,
    to_json,
)


def runs(*milliseconds: float) -> list[Sample]:
    return [Sample(2 * each / 1000, each / 1000) for each in milliseconds]


RESULTS = Results(
    machine={"processor": "one"},
    implementations=[Timed(OURS, "mls-workbench", "0.1.0"), Timed("other", "PyPI: other", "3", "it checks nothing")],
    rows=[
        Row(FLOOR, "create", 10, runs(1, 2, 4)),
        Row(OURS, "create", 10, runs(3, 6, 8)),
        Row("other", "create", 10, runs(6, 12)),
        Row(FLOOR, "update, full tree", 10, runs(1, 1, 1)),
        Row(OURS, "update, full tree", 10, runs(2, 2, 2), 840),
    ],
    left_out=[LeftOut("third", "third is not installed: pip install third")],
    imports={OURS: Sample(0.2, 0.1)},
    worst=[WorstInput("decode", "a long list", 1 << 20, 1.25, 2.04), WorstInput("join", "a tree", 1 << 20, 0.5, None)],
    memory=[Memory(OURS, 10, 30 * 2**20, 31 * 2**20, 40 * 2**20)],
)


def test_results_are_read_back_as_they_were_written() -> None:
    assert from_json(json.dumps(to_json(RESULTS))) == RESULTS


def test_a_part_is_put_beside_the_others(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(to_json(RESULTS)))
    keep(path, imports={OURS: Sample(0.4, 0.3)})
    assert from_json(path.read_bytes()) == replace(RESULTS, imports={OURS: Sample(0.4, 0.3)})


def test_a_ratio_is_the_median_of_the_ratios_within_each_run() -> None:
    ours, floor, other = (RESULTS.row(name, "create", 10) for name in (OURS, FLOOR, "other"))
    assert ours is not None
    assert floor is not None
    assert other is not None
    assert ours.times(floor) == 3
    assert ours.times(other) == 0.5
    assert (ours.cpu, ours.wall) == (0.006, 0.012)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "machine": {}}', "\0"])
def test_what_holds_no_results_is_refused(text: str) -> None:
    with pytest.raises(UnreadableResults):
        from_json(text)


def slower(factor: float, more: int = 0) -> Results:
    rows = [
        replace(row, runs=[Sample(run.wall * factor, run.cpu * factor) for run in row.runs], sent=row.sent + more)
        if row.implementation == OURS and row.step == "create"
        else row
        for row in RESULTS.rows
    ]
    return replace(RESULTS, rows=rows)


def regressions(new: Results, bound: float) -> list[StepChange]:
    return [change for change in changes(RESULTS, new, OURS) if change.is_regression(bound)]


def test_a_step_that_has_become_slower_is_found() -> None:
    (found,) = regressions(slower(1.5), 1.3)
    assert (found.step, found.size, found.before, found.now) == ("create", 10, 3, 4.5)
    assert "REGRESSION" in changes_to_text([found], 1.3)


def test_what_is_within_the_bound_is_no_regression() -> None:
    assert regressions(slower(1.2), 1.3) == []
    assert regressions(RESULTS, 1.0) == []


def test_one_byte_more_is_a_regression_whatever_the_bound() -> None:
    assert [found.step for found in regressions(slower(1.0, more=1), 100.0)] == ["create"]


def test_a_machine_of_another_speed_is_no_regression() -> None:
    rows = [replace(row, runs=[Sample(5 * run.wall, 5 * run.cpu) for run in row.runs]) for row in RESULTS.rows]
    assert regressions(replace(RESULTS, rows=rows), 1.01) == []


def test_the_text_shows_every_step_beside_its_floor_and_the_others_and_what_was_left_out() -> None:
    lines = [line.split() for line in to_text(RESULTS).splitlines()]
    assert ["create", "6", "2", "3.00", "9", "(0.5)"] in lines
    assert ["update,", "full", "tree", "2", "1", "2.00", "840"] in lines
    assert ["workbench", "10", "30", "31", "40"] in lines
    assert ["workbench", "100", "200"] in lines
    assert ["decode", "a", "long", "list", "1.25", "2.0", "1,048,576"] in lines
    assert "third: third is not installed: pip install third" in to_text(RESULTS)
