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
import json
import sys
from typing import Any

from workbench.commands.source import add_source, read_pieces
from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.names import shown


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the files and the form of the output."""
    add_source(parser)
    parser.add_argument(
        "--json", action="store_true", help="print an object of JSON a line, with the bytes in hexadecimal"
    )
    parser.epilog = "exit status: 0 something was found; 1 there is no MLS object; 2 a file cannot be read"


def run(arguments: argparse.Namespace) -> int:
    """Carve the files and print what was found."""
    found, unreadable = 0, False
    for name, pieces in read_pieces(arguments):
        if isinstance(pieces, str):
            print(f"workbench carve: cannot read {name}: {pieces}", file=sys.stderr)
            unreadable = True
            continue
        for carved in carve(pieces):
            found += 1
            print(json.dumps(as_json(carved), ensure_ascii=False) if arguments.json else _line(carved))
    if unreadable:
        return 2
    return 0 if found else 1


def as_json(carved: CarvedObject) -> dict[str, Any]:
    """A carved object for programs; docs/inspect.md describes the keys."""
    return {
        "source": carved.piece.source,
        "place": carved.piece.place,
        "offset": carved.piece.offset,
        "at": carved.at,
        "encoding": carved.piece.encoding,
        "length": len(carved.data),
        "type": carved.kind,
        "group_id": None if carved.group_id is None else carved.group_id.hex(),
        "epoch": carved.epoch,
        "cipher_suite": carved.cipher_suite,
        "problem": None if carved.problem is None else str(carved.problem),
        "bytes": carved.data.hex(),
    }


def _line(carved: CarvedObject) -> str:
    group = "" if carved.group_id is None else f", group {shown(carved.group_id)}, epoch {carved.epoch}"
    problem = "" if carved.problem is None else f": {carved.problem}"
    return f"{carved.where} ({carved.piece.encoding}): {carved.kind}, {len(carved.data)} bytes{group}{problem}"
