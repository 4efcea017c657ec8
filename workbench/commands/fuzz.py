"""Damage messages of live groups in every way and see that only our errors come out.

Valid messages of every type and cipher suite are changed where their fields are: bits, lengths, counts, code points,
fields swapped, repeated, dropped or taken from other messages; from outside, and by a member who signs and seals what
it changed. Each is decoded, shown, and given to a member. It must be accepted or refused with an error of
`workbench.mls`, and cost no more than its length allows. Whatever else comes out is shrunk and printed with what makes
it again.

With --cost, nothing is damaged: each list that a message can have is made as long as one megabyte allows, by whoever
can send it, and given to each entry point. What is shown is the costliest input of each, in CPU seconds, and how many
times those of half the bytes they are: 2 where each byte costs the same, 4 where the cost grows with the square.

Examples:
  workbench fuzz --minutes 60
  workbench fuzz --seed 7 --attempt 1234
  workbench fuzz --cost --json | jq '.rows | max_by(.seconds)'
"""

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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how long, and which of all possible runs."""
    parser.add_argument("--minutes", type=_minutes, default=1.0, metavar="N", help="how long (default: %(default)g)")
    parser.add_argument("--seed", type=int, metavar="S", help="the same seed tries the same messages (default: any)")
    parser.add_argument("--attempt", type=int, metavar="N", help="only the attempt of this number, not a whole run")
    parser.add_argument("--cost", action="store_true", help="measure what the worst megabyte costs at each entry point")
    parser.add_argument("--json", action="store_true", help="the rows of --cost for programs")
    parser.epilog = (
        "exit status: 0 nothing was found; 1 something escaped that must not, or took too long; 2 an argument is wrong"
    )


def run(arguments: argparse.Namespace) -> int:
    """Try messages until the time is up, or measure costs; print what was found and what was tried."""
    if arguments.cost:
        return _measure(as_json=arguments.json)
    if arguments.json:
        print("workbench fuzz: --json is for --cost", file=sys.stderr)
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
    """Measure what each input costs at each entry point."""
    bar, inputs, rows = ProgressBar(sys.stderr), list(all_inputs()), list[CostRow]()
    for done, costly in enumerate(inputs):
        bar.show(f"{costly.entry_point}: {costly.name}"[:60], done, len(inputs))
        rows += costs([costly])
    bar.clear()
    print(json.dumps(costs_as_json(rows), indent=2) if as_json else costs_to_table(rows))
    return 1 if any(row.is_too_much for row in rows) else 0


def _until(seconds: float, seed: int, tally: FuzzTally, bar: ProgressBar) -> Iterator[Attempt]:
    """Attempts, one after the other, for so long."""
    start = time.monotonic()
    number = 0
    while (passed := time.monotonic() - start) < seconds:
        bar.show(f"{number} messages, {len(tally.finds)} found", int(passed), max(1, int(seconds)))
        yield attempt(seed, number)
        number += 1


def _minutes(text: str) -> float:
    minutes = float(text)
    if not minutes > 0:
        raise argparse.ArgumentTypeError("there is nothing to do in no time")
    return minutes
