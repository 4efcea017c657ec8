"""Audit the messages of groups: replay them, find the first divergence and forks, and list what is wrong.

The command reads the same material as `workbench carve` and sorts it into groups and epochs. It replays each group
from the states and the GroupInfos that it has, as far as they lead. Findings are sorted by severity. Each finding says
how certain it is (proven, suspected, not checkable), and whether it breaks RFC 9420, your policy, or no rule but good
practice. Secrets are not shown, and nothing leaves the machine.

Examples:
  workbench audit capture.har
  workbench audit --state alice.state --now 1800000000 logs/
  workbench audit --state passive-client.json passive-client.json
  workbench audit --state alice.state --leak state --leak ratchets@5 log.jsonl
  workbench audit --report audit.html --state alice.state log.jsonl
  workbench audit --export for-the-vendor --state dave.bundle log.jsonl
  workbench audit --json log.jsonl | jq '.findings[] | select(.certainty == "proven")'
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from workbench.commands.review_options import add_review_options
from workbench.commands.source import add_source

if TYPE_CHECKING:
    from workbench.review.stated_leak import StatedLeak


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the material, what the reviewer holds, the leaks, and the form of the output."""
    add_source(parser)
    add_review_options(parser)
    parser.add_argument(
        "--leak",
        action="append",
        default=[],
        type=_leak,
        metavar="WHAT[@EPOCH]",
        help="compute what an attacker reads who has this part of the given states, in that epoch (default: the first "
        "one): state, enclave held, backup, ratchets, init keys, psks, signature key; may be repeated",
    )
    parser.add_argument("--all", action="store_true", help="list notes too, also what is not checkable")
    parser.add_argument("--report", metavar="HTML", help="write a report too, as one page that needs no network")
    parser.add_argument(
        "--export",
        metavar="FOLDER",
        help="write each group that was joined by a Welcome as a passive client of the working group, with its private "
        "keys, and a test for pytest",
    )
    parser.add_argument("--json", action="store_true", help="print one object of JSON; docs/review.md describes it")
    parser.epilog = (
        "exit status: 0 no finding is worse than a note; 1 there are errors or warnings, or there is no MLS object; "
        "2 a file cannot be read"
    )


def run(arguments: argparse.Namespace) -> int:
    """Audit the files and print the findings."""
    from workbench.commands.work import audit as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)


def _leak(text: str) -> StatedLeak:
    from workbench.review.stated_leak import StatedLeak  # noqa: PLC0415 - as above

    try:
        return StatedLeak.parse(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem
