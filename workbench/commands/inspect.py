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
  workbench inspect --peers --state dave.bundle server.jsonl
  workbench inspect --json message.bin | jq '.root.children[].name'
"""

from __future__ import annotations

import argparse
import difflib

from workbench.commands.review_options import add_state
from workbench.commands.source import add_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the source, the struct and the encoding of the bytes, and the form of the output."""
    add_source(parser)
    parser.add_argument(
        "--as",
        dest="kind",
        type=_kind,
        default="message",
        metavar="WHAT",
        help="what the bytes are: message, key-package, group-info, welcome, ratchet-tree, or the name of any struct "
        "of RFC 9420 (default: %(default)s)",
    )
    parser.add_argument(
        "--verify", action="store_true", help="check each object by itself too, as `workbench validate` does"
    )
    parser.add_argument(
        "--peers",
        action="store_true",
        help="give each object to the other implementations that are installed, and list which of them accept it, and "
        "which refuse it with which error",
    )
    add_state(parser)
    parser.add_argument("--json", action="store_true", help="print JSON for programs; docs/inspect.md describes it")
    parser.add_argument(
        "--full",
        action="store_true",
        help="show all bytes, repeat every meaning, and show all fields if there are more than 50,000",
    )
    parser.epilog = (
        "exit status: 0 all bytes decode; 1 they are damaged, a check of --verify has failed, or an implementation of "
        "--peers refuses them; 2 a file or an argument is wrong"
    )


def run(arguments: argparse.Namespace) -> int:
    """Dissect each object in the files and print the results."""
    from workbench.commands.work import inspect as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)


def _kind(name: str) -> str:
    from workbench.inspect.dissect import KINDS, STRUCTS  # noqa: PLC0415 - as above

    known = {each.lower().replace("-", ""): each for each in (*STRUCTS, *KINDS)}
    if name in KINDS or name in STRUCTS:
        return name
    plain = name.lower().replace("-", "").replace("_", "")
    meant = [known[each] for each in difflib.get_close_matches(plain, known, 1)]
    question = f". Did you mean {meant[0]}?" if meant else ""
    raise argparse.ArgumentTypeError(f"{name} is not a struct of RFC 9420, nor one of {', '.join(KINDS)}{question}")
