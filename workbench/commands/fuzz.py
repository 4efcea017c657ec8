"""Damage messages of groups in many ways, and check that only errors of `workbench.mls` come out.

The fuzzer changes the fields of valid messages of every type and cipher suite: bits, lengths, counts and code points.
It also swaps, repeats and drops fields, and takes fields from other messages. Some changes are made by an outsider,
others by a member that signs and encrypts the changed message. Each message is decoded, shown, and given to a member.
The member must accept it or refuse it with an error of `workbench.mls`, at a cost that its length allows. Every other
outcome is a find: it is shrunk, and printed with the arguments that repeat it.

With --cost, nothing is damaged. Each list that a message can have is made as long as one megabyte allows, and each
entry point gets the message. The table shows the costliest input of each entry point, in CPU seconds, and its growth:
how many times longer it takes than half the bytes. The growth is 2 if each byte costs the same, and 4 if the cost is
quadratic.

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
    """Declare the duration and the seed of the run, or the measurement of costs."""
    parser.add_argument(
        "--minutes",
        type=_minutes,
        default=1.0,
        metavar="N",
        help="how many minutes to try messages (default: %(default)g)",
    )
    parser.add_argument(
        "--seed", type=int, metavar="S", help="a number; the same seed tries the same messages (default: a random one)"
    )
    parser.add_argument("--attempt", type=int, metavar="N", help="try only the attempt with this number")
    parser.add_argument(
        "--cost", action="store_true", help="measure the cost of the worst megabyte at each entry point"
    )
    parser.add_argument("--json", action="store_true", help="print the rows of --cost as JSON")
    parser.epilog = (
        "exit status: 0 nothing was found; 1 there was a find, or an input took too long; 2 an argument is wrong"
    )


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


def _minutes(text: str) -> float:
    minutes = float(text)
    if not minutes > 0:
        raise argparse.ArgumentTypeError("the number of minutes must be greater than 0")
    return minutes
