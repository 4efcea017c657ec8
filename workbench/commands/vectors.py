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
import json
import sys
from pathlib import Path

from workbench.vectors import ProgressBar, UnreadableFile, check_paths, to_json, to_table


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
    bar = ProgressBar(sys.stderr)
    results, unreadable = [], False
    for outcome in check_paths(arguments.paths, bar.show):
        if isinstance(outcome, UnreadableFile):
            unreadable = True
            bar.clear()
            print(f"workbench vectors: {outcome}", file=sys.stderr)
        else:
            results.append(outcome)
    bar.clear()
    if arguments.json:
        print(json.dumps(to_json(results), indent=2))
    elif results:
        print(to_table(results))
    if unreadable:
        return 2
    return 1 if any(result.failures for result in results) else 0
