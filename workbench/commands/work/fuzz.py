"""The work of `workbench fuzz`."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import time
from collections.abc import Iterator

from workbench.fuzz import Attempt, FuzzTally, attempt, find_to_text, tally_to_table
from workbench.fuzz.cost import CostRow, all_inputs, costs, costs_as_json, costs_to_table
from workbench.vectors import ProgressBar


def run(arguments: argparse.Namespace) -> int:
    """Try messages until the time is up, or measure costs; print the results."""
    if arguments.cost:
        return _measure(as_json=arguments.json)
    if arguments.json:
        print("workbench fuzz: --json works only with --cost", file=sys.stderr)
        return 2
    seed = secrets.randbits(32) if arguments.seed is None else arguments.seed
    tally, bar = FuzzTally(), ProgressBar(sys.stderr)
    if arguments.attempt is not None:
        attempts = iter([attempt(seed, arguments.attempt)])
    else:
        attempts = _until(arguments.minutes * 60, seed, tally, bar)
    for tried in attempts:
        if tally.count(tried) and tried.find is not None:
            bar.clear()
            print(find_to_text(seed, tried, tried.find), flush=True)
    bar.clear()
    print(tally_to_table(tally))
    print(f"seed {seed}")
    return 1 if tally.finds else 0


def _measure(*, as_json: bool) -> int:
    """Measure the cost of each input at each entry point."""
    bar, inputs, rows = ProgressBar(sys.stderr), list(all_inputs()), list[CostRow]()
    for done, costly in enumerate(inputs):
        bar.show(f"{costly.entry_point}: {costly.name}"[:60], done, len(inputs))
        rows += costs([costly])
    bar.clear()
    print(json.dumps(costs_as_json(rows), indent=2) if as_json else costs_to_table(rows))
    return 1 if any(row.is_too_much for row in rows) else 0


def _until(seconds: float, seed: int, tally: FuzzTally, bar: ProgressBar) -> Iterator[Attempt]:
    """Make attempts, one after the other, until the time is up."""
    start = time.monotonic()
    number = 0
    while (passed := time.monotonic() - start) < seconds:
        bar.show(f"{number} messages, {len(tally.finds)} found", int(passed), max(1, int(seconds)))
        yield attempt(seed, number)
        number += 1
