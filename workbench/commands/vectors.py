"""Run test vectors of MLS and report which cases pass.

The command takes files in the JSON formats of mlswg/mls-implementations, or folders of such files. It recognises the
format of a file by its content; the name does not matter. A case that needs something that is not built yet fails with
that reason: no case is skipped.

Examples:
  workbench vectors test-vectors/
  workbench vectors --json welcome.json | jq '.[].failures'
"""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files and the form of the results."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a JSON file, or a folder with JSON files")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    parser.epilog = (
        "exit status: 0 all cases passed; 1 a case failed; 2 a path does not exist, is an empty folder, or "
        "holds no vectors (the other files are run all the same)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the files and print the results; the status is 0 if all cases passed."""
    from workbench.commands.work import vectors as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)
