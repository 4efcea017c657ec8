"""List the MLS objects in files: captures, logs, JSON, HAR, dumps and databases.

Each line names an object: where it is, how it is written, its type, its group and its epoch. The command reads binary,
hexadecimal, base64, dumps of xxd, literals of Python and Rust, JSON, JSON lines, HAR and SQLite files, from files, from
folders or from standard input. A bare struct without an MLSMessage header is recognised if all its bytes decode as it.

Examples:
  workbench carve capture.har
  workbench carve logs/ --json | jq -r 'select(.type == "commit") | .bytes' > commits.hex
  workbench carve --field mls_message server.jsonl
  xxd message.bin | workbench carve
"""

from __future__ import annotations

import argparse

from workbench.commands.source import add_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files and the form of the output."""
    add_source(parser)
    parser.add_argument(
        "--json", action="store_true", help="print an object of JSON a line, with the bytes in hexadecimal"
    )
    parser.epilog = "exit status: 0 something was found; 1 there is no MLS object; 2 a file cannot be read"


def run(arguments: argparse.Namespace) -> int:
    """Carve the files and print what was found."""
    from workbench.commands.work import carve as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)
