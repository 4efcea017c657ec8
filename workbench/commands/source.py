"""The arguments of the commands that read MLS bytes: files, folders or standard input, and their encoding."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.inspect.encodings import ENCODINGS

if TYPE_CHECKING:
    from workbench.inspect.material import Piece

_WRITTEN = {
    "hex": "in hexadecimal: plain, spaced, with colons or with 0x",
    "base64": "in base64 of either alphabet",
    "dump": "as a dump of xxd or hexdump -C",
    "literal": "as literals of Python or Rust",
    "binary": "as they are",
}


def add_source(parser: argparse.ArgumentParser) -> None:
    """Declare the files, and the options for their encoding, of which at most one may be given."""
    parser.add_argument(
        "files",
        nargs="*",
        default=["-"],
        metavar="FILE",
        help="a file with the bytes, or a folder of such files; - is standard input (default: %(default)s)",
    )
    written = parser.add_mutually_exclusive_group()
    for encoding in ENCODINGS:
        written.add_argument(
            f"--{encoding}",
            dest="encoding",
            action="store_const",
            const=encoding,
            help=f"the bytes are written {_WRITTEN[encoding]}",
        )
    parser.add_argument(
        "--field", default="", metavar="NAME", help="the key of JSON, or the column of a database, that holds the bytes"
    )


def read_files(names: list[str]) -> Iterator[tuple[str, bytes | str]]:
    """The name and the content of each file, those of a folder in order; a reason instead if it cannot be read."""
    for name in names or ["-"]:
        try:
            if name == "-":
                yield name, sys.stdin.buffer.read()
            elif (path := Path(name)).is_dir():
                files = sorted(each for each in path.rglob("*") if each.is_file())
                yield from ((str(each), each.read_bytes()) for each in files)
                if not files:
                    yield name, "the folder holds no file"
            else:
                yield name, path.read_bytes()
        except OSError as problem:
            yield name, problem.strerror or str(problem)


def read_pieces(arguments: argparse.Namespace) -> Iterator[tuple[str, list[Piece] | str]]:
    """The byte strings in each of the files, or the reason why it has none.

    A file in a folder may hold something else; only a file that was named must hold bytes.
    """
    from workbench.inspect.material import pieces_in  # noqa: PLC0415 - `--help` needs none of it

    for name, content in read_files(arguments.files):
        is_named = name in (arguments.files or ["-"])
        reason = content if isinstance(content, str) else "" if content.strip() else "it is empty"
        pieces: list[Piece] = []
        if not isinstance(content, str) and not reason:
            try:
                encoding = arguments.encoding or ""
                pieces = list(pieces_in(content, name, field=arguments.field, encoding=encoding))
            except ValueError as problem:
                reason = str(problem)
        yield name, reason if reason and is_named else pieces
