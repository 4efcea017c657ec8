"""The work of `workbench bench`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from workbench.bench.compare import changes
from workbench.bench.page import to_page
from workbench.bench.report import changes_to_text, to_text
from workbench.bench.results import OURS, Results, UnreadableResults, WorstInput, from_json, to_json
from workbench.bench.run import BenchPlan, measure
from workbench.fuzz.cost import CostRow, all_inputs, costs
from workbench.vectors import ProgressBar


def run(arguments: argparse.Namespace) -> int:
    """Time or read, then print, draw and compare."""
    try:
        old = None if arguments.compare is None else _read(arguments.compare)
        results = _measured(arguments) if arguments.read is None else _read(arguments.read)
    except (OSError, UnreadableResults) as fault:
        print(f"workbench bench: {fault}", file=sys.stderr)
        return 2
    print(json.dumps(to_json(results), indent=1) if arguments.json else to_text(results))
    try:
        _write(results, arguments.page, arguments.plot)
    except (OSError, ValueError) as fault:
        print(f"workbench bench: {fault}", file=sys.stderr)
        return 2
    if old is None:
        return 0
    compared = list(changes(old, results, OURS))
    print(changes_to_text(compared, arguments.bound), file=sys.stderr if arguments.json else sys.stdout)
    return 1 if any(each.is_regression(arguments.bound) for each in compared) else 0


def _read(path: Path) -> Results:
    try:
        return from_json(path.read_bytes())
    except UnreadableResults as fault:
        raise UnreadableResults(f"{path}: {fault}") from None


def _write(results: Results, page: Path | None, plot: Path | None) -> None:
    if page is not None:
        page.write_text(to_page(results), "utf-8")
    if plot is not None:
        from workbench.bench.plot import draw  # noqa: PLC0415 - it takes long to load, and few want a picture

        draw(results, plot)


def _measured(arguments: argparse.Namespace) -> Results:
    bar = ProgressBar(sys.stderr)
    plan = BenchPlan(arguments.sizes, arguments.steps, arguments.runs, arguments.peers, arguments.patience)
    try:
        results = measure(plan, str(arguments.date or datetime.now(tz=UTC).date()), bar.show)
        if arguments.worst:
            inputs = [*all_inputs()]
            for done, each in enumerate(inputs):
                bar.show("the costliest megabyte", done, len(inputs))
                results.worst = costliest([*results.worst, *costs([each])])
        return results
    finally:
        bar.clear()


def costliest(rows: Iterable[CostRow | WorstInput]) -> list[WorstInput]:
    """The slowest input of each entry point; the slowest of all comes first."""
    worst: dict[str, WorstInput] = {}
    for row in sorted(rows, key=lambda row: row.seconds):
        worst[row.entry_point] = WorstInput(row.entry_point, row.input, row.bytes, round(row.seconds, 6), row.growth)
    return sorted(worst.values(), key=lambda row: -row.seconds)
