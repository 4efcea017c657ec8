"""The work of `workbench vectors`."""

from __future__ import annotations

import argparse
import json
import sys

from workbench.vectors import ProgressBar, UnreadableFile, check_paths, to_json, to_table


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
