"""Show every field of MLS bytes: its place, its value and its meaning.

The bytes come from a file or from standard input, as binary, in hexadecimal or in base64. If they are not an
MLSMessage, name their struct with --as. The command does not guess, because a bare KeyPackage and an MLSMessage can
start with the same bytes. Damaged bytes are shown up to the fault, with the place and the reason.

Examples:
  workbench inspect message.bin
  echo 0001000500010001... | workbench inspect
  workbench inspect --as key-package alice.b64
  workbench inspect --as LeafNode --hex leaf.txt
  workbench inspect --json message.bin | jq '.root.children[].name'
"""

from __future__ import annotations

import argparse
import json
import sys

from workbench.commands.source import add_source, read_source
from workbench.inspect.dissect import KINDS, MOST_FIELDS, STRUCTS, Dissection, dissect
from workbench.inspect.encodings import ENCODINGS, from_any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the source, the struct and the encoding of the bytes, and the form of the output."""
    add_source(parser)
    parser.add_argument(
        "--as",
        dest="kind",
        type=_kind,
        default="message",
        metavar="WHAT",
        help=f"what the bytes are: {', '.join(KINDS)}, or the name of any struct of RFC 9420 (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs; docs/inspect.md describes it")
    parser.add_argument(
        "--full",
        action="store_true",
        help=f"show all bytes, repeat every meaning, and show all fields if there are more than {MOST_FIELDS}",
    )
    parser.epilog = "exit status: 0 all bytes decode; 1 they are damaged; 2 a file or an argument is wrong"


def run(arguments: argparse.Namespace) -> int:
    """Dissect the bytes and print the result."""
    try:
        data = (ENCODINGS[arguments.encoding] if arguments.encoding else from_any)(read_source(arguments))
    except OSError as problem:
        return _refuse(f"cannot read {arguments.file}: {problem.strerror}")
    except ValueError as problem:
        return _refuse(f"cannot read {arguments.file}: {problem}")
    if not data:
        return _refuse(f"cannot read {arguments.file}: it is empty")
    dissection = dissect(data, arguments.kind, most=None if arguments.full else MOST_FIELDS)
    _show(dissection, as_json=arguments.json, full=arguments.full)
    if not dissection.faults:
        return 0
    if arguments.kind == "message":
        print(
            "workbench inspect: the bytes are damaged, or they are not an MLSMessage; then name the struct with --as",
            file=sys.stderr,
        )
    return 1


def _kind(name: str) -> str:
    if name not in KINDS and name not in STRUCTS:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(KINDS)}, and no struct of RFC 9420")
    return name


def _show(dissection: Dissection, *, as_json: bool, full: bool) -> None:
    if as_json:
        print(json.dumps(dissection.as_json(), indent=2, ensure_ascii=False))
    else:
        print(dissection.text(full=full))


def _refuse(reason: str) -> int:
    print(f"workbench inspect: {reason}", file=sys.stderr)
    return 2
