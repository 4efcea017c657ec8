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
    from workbench.commands.work import fuzz as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)


def _minutes(text: str) -> float:
    minutes = float(text)
    if not minutes > 0:
        raise argparse.ArgumentTypeError("the number of minutes must be greater than 0")
    return minutes
