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
        path = Path(name)
        inside = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else None
        if inside == []:
            yield name, "the folder holds no file"
        for each in [path] if inside is None else inside:
            content: bytes | str
            try:
                content = sys.stdin.buffer.read() if name == "-" else each.read_bytes()
            except OSError as problem:
                content = problem.strerror or str(problem)
            yield name if inside is None else str(each), content


class Material:
    """The byte strings in each of the files that a command was given.

    A file that cannot be read is named on stderr with the reason, and `status` is 2 then. So is a file that was named
    and has no byte strings; a file in a folder may hold something else. `count` counts the byte strings.
    """

    def __init__(self, arguments: argparse.Namespace, command: str) -> None:
        self.status = 0
        self.count = 0
        self._first: Piece | None = None
        self._arguments = arguments
        self._command = command

    def __iter__(self) -> Iterator[list[Piece]]:
        named = self._arguments.files or ["-"]
        for name, content in read_files(named):
            pieces, reason = ([], content) if isinstance(content, str) else self._pieces(content, name)
            if reason and (isinstance(content, str) or name in named):
                print(f"workbench {self._command}: cannot read {name}: {reason}", file=sys.stderr)
                self.status = 2
            self.count += len(pieces)
            self._first = self._first or next(iter(pieces), None)
            yield pieces

    def tell_nothing_found(self) -> None:
        """Say on stderr that there is no MLS object in the material, and what is wrong with it if that is known."""
        from workbench.inspect.readings import advice_on  # noqa: PLC0415 - `--help` needs none of it

        advice = advice_on(self._first.data) if self._first is not None and self.count == 1 else ""
        words = f"no MLS object was found{f': {advice}' if advice else '.'}"
        print(f"workbench {self._command}: {words}", file=sys.stderr)

    def _pieces(self, content: bytes, name: str) -> tuple[list[Piece], str]:
        """The byte strings in the content of a file, or the reason why there are none."""
        from workbench.inspect.material import pieces_in  # noqa: PLC0415 - `--help` needs none of it

        if not content.strip():
            return [], "it is empty"
        field, encoding = self._arguments.field, self._arguments.encoding or ""
        try:
            return list(pieces_in(content, name, field=field, encoding=encoding)), ""
        except ValueError as problem:
            return [], str(problem)
