"""`workbench ...` on the command line.

A command is a module with

- a docstring: its first line is the command's line in `workbench --help`, and all of it is shown in its own help;
- `add_arguments(parser)`: declares the arguments, and sets `parser.epilog` to the exit statuses;
- `run(arguments) -> int`: does the work and returns the exit status.

The module is `workbench/commands/NAME.py`. It is short and calls the part of the workbench that does the work
(`commands/vectors.py` calls `workbench.vectors`). `COMMANDS` below lists all commands in the order of the help. A
command is imported only when it is called, so that it starts fast.

The exit statuses are the same for all commands: 0 means done, 1 means that the answer is no (a vector fails, bytes do
not decode), and 2 means that an argument is wrong or a file cannot be read. With 2, one line on stderr says what to
do. Results go to stdout, and progress and error messages to stderr, so that `--json` can be piped.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, cast


class Command(Protocol):
    """A command module."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work and return the exit status."""


COMMANDS = {
    "lab": "Open the lessons in JupyterLab.",
    "vectors": "Run test vectors of MLS and report which cases pass.",
    "carve": "List the MLS objects in files: captures, logs, JSON, HAR, dumps and databases.",
    "inspect": "Show every field of MLS bytes: its place, its value and its meaning.",
    "explain": "Explain why a member cannot process some bytes: the reason and the next step.",
    "validate": "Check MLS objects by each rule: passed, failed, or not checkable with what is missing.",
    "audit": "Audit the messages of groups: replay them, find the first divergence and forks, and list what is wrong.",
    "state": "Look at states of members: join with a Welcome, show what is in a state, or compare two.",
    "fuzz": "Damage messages of groups in many ways, and check that only errors of `workbench.mls` come out.",
    "bench": "Time each step of a group's life, beside the cryptography it needs and other implementations.",
    "serve": "Serve the delivery service over HTTP, with everything in a file or in PostgreSQL.",
    "interop-server": "Serve the MLS working group's interop interface, for its test runner.",
    "version": "Print the version of the workbench, of Python and of the cryptography library, for a bug report.",
}
"""The commands, each with the first line of its module's docstring."""


def load(name: str) -> Command:
    """Import the module of a command."""
    return cast("Command", import_module(f"workbench.commands.{name.replace('-', '_')}"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; `argv` are the words after the program's name (default: the process's arguments)."""
    words = sys.argv[1:] if argv is None else argv
    arguments = _parser(words).parse_args(words)
    try:
        return load(arguments.command).run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of the pipe (`| head`) has ended. This is no fault, but Python would report an error at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser for the command line `words`; it imports only the commands that are named there."""
    parser = argparse.ArgumentParser(
        prog="workbench",
        description="Messaging Layer Security (RFC 9420) for teaching and review.",
        epilog="`workbench COMMAND --help` describes a command.",
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
