"""The arguments of `inspect` and `explain` that name a file with bytes and their encoding."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from workbench.inspect.encodings import ENCODINGS


def add_source(parser: argparse.ArgumentParser) -> None:
    """Declare the file, and the options for its encoding, of which at most one may be given."""
    parser.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="the file with the bytes; - is standard input"
    )
    written = parser.add_mutually_exclusive_group()
    for encoding in ENCODINGS:
        written.add_argument(
            f"--{encoding}",
            dest="encoding",
            action="store_const",
            const=encoding,
            help=f"the bytes are written in {encoding}"
            if encoding != "binary"
            else "the file contains the bytes themselves",
        )


def read_source(arguments: argparse.Namespace) -> bytes:
    """The content of the file or of standard input. Raises OSError."""
    return sys.stdin.buffer.read() if arguments.file == "-" else Path(arguments.file).read_bytes()
