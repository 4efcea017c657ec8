"""Check MLS objects by each rule: passed, failed, or not checkable with what is missing.

The command reads the same material as `workbench carve`. It checks each object by itself, and with the states, the
GroupInfos and the trees that you give. A failed check names its field, its section of RFC 9420 and its rule in
docs/validation.md.

Examples:
  workbench validate key_package.bin
  workbench validate --now 1800000000 --max-lifetime 7776000 directory/
  workbench validate --state bob.state commit.hex
  workbench validate --json capture.har | jq '.checks[] | select(.outcome == "failed")'
"""

from __future__ import annotations

import argparse

from workbench.commands.review_options import add_review_options
from workbench.commands.source import add_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the material, what the reviewer holds, and the form of the output."""
    add_source(parser)
    add_review_options(parser)
    parser.add_argument("--json", action="store_true", help="print an object of JSON a line")
    parser.epilog = (
        "exit status: 0 no check has failed; 1 a check has failed, or there is no MLS object; 2 a file cannot be read"
    )


def run(arguments: argparse.Namespace) -> int:
    """Verify each object in the files and print its checks."""
    from workbench.commands.work import validate as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)
