"""Show every field of MLS bytes: its place, its value and its meaning.

The bytes come from files, from folders or from standard input, as `workbench carve --help` says. If they are not an
MLSMessage, name their struct with --as. The command does not guess, because a bare KeyPackage and an MLSMessage can
start with the same bytes. In a file with several objects, each object is shown as what `workbench carve` takes it for.
Damaged bytes are shown up to the fault, with the place and the reason.

Examples:
  workbench inspect message.bin
  echo 0001000500010001... | workbench inspect
  workbench inspect --as key-package alice.b64
  workbench inspect --as LeafNode --hex leaf.txt
  workbench inspect capture.har other.jsonl
  workbench inspect --verify key_package.bin
  workbench inspect --json message.bin | jq '.root.children[].name'
"""

from __future__ import annotations

import argparse
import json
import sys

from workbench.commands.source import add_source, read_pieces
from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.dissect import KINDS, MOST_FIELDS, STRUCTS, Dissection, dissect
from workbench.inspect.material import Piece
from workbench.inspect.readings import advice_on


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
    parser.add_argument(
        "--verify", action="store_true", help="check each object by itself too, as `workbench validate` does"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs; docs/inspect.md describes it")
    parser.add_argument(
        "--full",
        action="store_true",
        help=f"show all bytes, repeat every meaning, and show all fields if there are more than {MOST_FIELDS}",
    )
    parser.epilog = "exit status: 0 all bytes decode; 1 they are damaged; 2 a file or an argument is wrong"


def run(arguments: argparse.Namespace) -> int:
    """Dissect each object in the files and print the results."""
    status = 0
    for name, pieces in read_pieces(arguments):
        if isinstance(pieces, str):
            print(f"workbench inspect: cannot read {name}: {pieces}", file=sys.stderr)
            status = 2
            continue
        objects = _objects(pieces, arguments.kind)
        for at, (heading, data, kind) in enumerate(objects):
            dissection = dissect(data, kind, most=None if arguments.full else MOST_FIELDS)
            if len(objects) > 1 and not arguments.json:
                print(f"{'' if at == 0 else chr(10)}{heading}")
            _show(dissection, heading, as_json=arguments.json, full=arguments.full)
            if arguments.verify:
                status = max(status, _verified(pieces, data, as_json=arguments.json))
            if dissection.faults:
                status = max(status, 1)
                if arguments.kind == "message":
                    advice = advice_on(data) or "The bytes are damaged."
                    print(f"workbench inspect: {advice} If it is another struct, name it with --as.", file=sys.stderr)
    return status


def _objects(pieces: list[Piece], kind: str) -> list[tuple[str, bytes, str | type]]:
    """What is shown: the place, the bytes and the struct of each object.

    A single piece is an MLSMessage or what the caller says, without a guess. Only messages one after the other are
    taken apart.
    """
    if kind != "message":
        return [(str(piece), piece.data, kind) for piece in pieces]
    found = list(carve(pieces))
    if len(found) > 1 or (found and len(pieces) > 1):
        return [(f"{each.where} ({each.kind})", each.data, _struct_of(each)) for each in found]
    return [(str(piece), piece.data, kind) for piece in pieces]


def _verified(pieces: list[Piece], data: bytes, *, as_json: bool) -> int:
    """Print the checks of the object with these bytes; the exit status that they ask for."""
    from workbench.commands.validate import text_of  # noqa: PLC0415 - dissecting needs no checks
    from workbench.review.verify import verify  # noqa: PLC0415 - as above

    found = next((each for each in carve(pieces) if each.data == data), None)
    if found is None:
        return 0
    verification = verify(found)
    print(json.dumps(verification.as_json(), ensure_ascii=False) if as_json else text_of(verification))
    return 1 if verification.failures else 0


def _struct_of(carved: CarvedObject) -> str | type:
    return carved.struct or "message"


def _kind(name: str) -> str:
    if name not in KINDS and name not in STRUCTS:
        raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(KINDS)}, and no struct of RFC 9420")
    return name


def _show(dissection: Dissection, heading: str, *, as_json: bool, full: bool) -> None:
    if as_json:
        print(json.dumps({**dissection.as_json(), "source": heading}, ensure_ascii=False))
    else:
        print(dissection.text(full=full))
