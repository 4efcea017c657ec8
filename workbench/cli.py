"""`workbench ...` on the command line: the top of the house.

A command is a module with

- a docstring: its first line is the command's line in `workbench --help`, all of it heads its own help;
- `add_arguments(parser)`: declares the arguments, and sets `parser.epilog` to the exit statuses;
- `run(arguments) -> int`: does the work and returns the exit status.

It stands in `workbench/commands/NAME.py`, thin, and calls the part of the workbench that knows how (so
`commands/vectors.py` calls `workbench.vectors`), and in `COMMANDS` below, in the order of the help. A command is
imported only when it is called, so that none waits for the parts that another needs.

Exit statuses are the same for all: 0 done, 1 the answer is no (a vector fails, bytes do not decode), 2 the
question could not be asked (a wrong argument, a file that cannot be read): then one line on stderr says
what to do. Results go to stdout, progress and complaints to stderr, so that `--json` can be piped.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast


class Command(Protocol):
    """What a command module offers."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work; the result is the exit status."""


COMMANDS = {
    "lab": "Open the lessons in JupyterLab.",
    "vectors": "Run test vectors of MLS and say which cases pass.",
    "inspect": "Show every field of MLS bytes: where it is, what it holds, what it means.",
    "explain": "Say why a member cannot process some bytes: the reason in one sentence, and the next step.",
    "fuzz": "Damage messages of live groups in every way and see that only our errors come out.",
    "bench": "Time each step of a group's life, beside the cryptography that it needs, and beside others.",
    "serve": "Serve the delivery service over HTTP, with everything in a file or in PostgreSQL.",
    "interop-server": "Serve the MLS working group's interop interface, for its test runner to drive.",
    "version": "Print the version of the workbench, of Python and of the cryptography library, for a bug report.",
}
"""What each command does: the first line of its module's docstring."""


def load(name: str) -> Command:
    """Import the module of a command."""
    return cast("Command", import_module(f"workbench.commands.{name.replace('-', '_')}"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; `argv` is what follows the program's name (default: the process's arguments)."""
    words = sys.argv[1:] if argv is None else argv
    arguments = _parser(words).parse_args(words)
    try:
        return load(arguments.command).run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone: no fault, but Python would complain when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser of the command line `words`: it knows the arguments only of the commands that are named there."""
    parser = argparse.ArgumentParser(
        prog="workbench",
        description="Messaging Layer Security (RFC 9420) to read, run and watch. For teaching and review.",
        epilog="`workbench COMMAND --help` says more.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, purpose in COMMANDS.items():
        subparser = commands.add_parser(name, help=purpose, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name in words:
            command = load(name)
            subparser.description = command.__doc__
            command.add_arguments(subparser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
