"""Time each step of a group's life, beside the cryptography it needs and other implementations.

Clients make key packages, groups, commits and messages, and process them, in groups of each size. The ratchet trees
are blank or full. All implementations take turns, so that a slow moment of the machine affects all of them. The floor
of a step is the time of the primitive operations that the step cannot avoid; it is measured right after the step.
docs/performance.md has the formula of each floor and explains the results.

Examples:
  workbench bench --sizes 10,100 --runs 3
  workbench bench --json > new.json
  workbench bench --read new.json --compare old.json --plot new.svg
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from workbench.bench.peers import PEERS
from workbench.bench.steps import NAMES, SMALLEST

LARGEST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is timed, how often, and where the results go."""
    parser.add_argument(
        "--sizes",
        type=_sizes,
        default=(10, 100, 1000),
        metavar="N,N",
        help=f"members of the groups, {SMALLEST} to {LARGEST} each (default: 10,100,1000)",
    )
    parser.add_argument(
        "--steps",
        type=_steps,
        default=NAMES,
        metavar="STEP,STEP",
        help=f"the steps to time (default: all): {', '.join(NAMES)}",
    )
    parser.add_argument(
        "--runs",
        type=_positive,
        default=5,
        metavar="N",
        help="the number of runs; the result is their median (default: 5)",
    )
    parser.add_argument(
        "--peers",
        type=_peers,
        default=PEERS,
        metavar="NAME,NAME",
        help=f"the other implementations, '' for none (default: all that are installed): {', '.join(PEERS)}",
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="stop timing another implementation after a run that takes longer (default: %(default)g)",
    )
    parser.add_argument(
        "--worst",
        action="store_true",
        help="also find the costliest megabyte at each entry point, as `workbench fuzz --cost` does (takes minutes)",
    )
    parser.add_argument(
        "--read", type=Path, metavar="FILE", help="time nothing, but read the results of an earlier --json"
    )
    parser.add_argument(
        "--date", type=date.fromisoformat, metavar="DAY", help="the date in the results (default: today)"
    )
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw the results: NAME.svg, NAME.png or NAME.pdf")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the results as a page in Markdown")
    parser.add_argument(
        "--compare", type=Path, metavar="OLD", help="also compare the results with those of an earlier --json"
    )
    parser.add_argument(
        "--bound",
        type=float,
        default=1.3,
        metavar="X",
        help="a step has become worse if it takes more than X times as long, or sends more (default: %(default)g)",
    )
    parser.epilog = (
        "exit status: 0 done; 1 --compare found a step that has become worse; 2 a file cannot be read or written, "
        "or an argument is wrong"
    )


def run(arguments: argparse.Namespace) -> int:
    """Time or read, then print, draw and compare."""
    from workbench.commands.work import bench as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(sorted({_positive(each) for each in text.split(",")}))
    if not all(SMALLEST <= size <= LARGEST for size in sizes):
        raise argparse.ArgumentTypeError(f"a group has {SMALLEST} to {LARGEST} members here")
    return sizes


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _steps(text: str) -> tuple[str, ...]:
    return _chosen(text, NAMES)


def _peers(text: str) -> tuple[str, ...]:
    return _chosen(text, PEERS) if text else ()


def _chosen(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(text.split(","))
    for name in names:
        if name not in known:
            raise argparse.ArgumentTypeError(f"{name!r} is not allowed here; allowed are {', '.join(known)}")
    return names
