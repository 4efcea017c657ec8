"""Where a command finds bytes, and how they are written: the arguments that `inspect` and `explain` share."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from workbench.inspect.encodings import ENCODINGS


def add_source(parser: argparse.ArgumentParser) -> None:
    """Declare the file, and the encodings of which one may be named."""
    parser.add_argument("file", nargs="?", default="-", metavar="FILE", help="where the bytes are; - is standard input")
    written = parser.add_mutually_exclusive_group()
    for encoding in ENCODINGS:
        written.add_argument(
            f"--{encoding}",
            dest="encoding",
            action="store_const",
            const=encoding,
            help=f"the bytes are written in {encoding}" if encoding != "binary" else "the bytes stand as they are",
        )


def read_source(arguments: argparse.Namespace) -> bytes:
    """What stands in the file or on standard input. Raises OSError."""
    return sys.stdin.buffer.read() if arguments.file == "-" else Path(arguments.file).read_bytes()
