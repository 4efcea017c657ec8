"""`workbench ...` on the command line: the top of the house.

A command is a module with

- a docstring: its first line is the command's line in `workbench --help`, all of it heads its own help;
- `add_arguments(parser)`: declares the arguments, and sets `parser.epilog` to the exit statuses;
- `run(arguments) -> int`: does the work and returns the exit status.

It stands in `workbench/commands/NAME.py`, thin, and calls the part of the workbench that knows how (so
`commands/vectors.py` calls `workbench.vectors`), and in `COMMANDS` below, in the order of the help.

Exit statuses are the same for all: 0 done, 1 the answer is no (a vector fails, bytes do not decode), 2 the
question could not be asked (a wrong argument, a file that cannot be read): then one line on stderr says
what to do. Results go to stdout, progress and complaints to stderr, so that `--json` can be piped.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Protocol

from workbench.commands import explain, fuzz, inspect, interop_server, lab, vectors, version


class Command(Protocol):
    """What a command module offers."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work; the result is the exit status."""


COMMANDS: dict[str, Command] = {
    "lab": lab,
    "vectors": vectors,
    "inspect": inspect,
    "explain": explain,
    "fuzz": fuzz,
    "interop-server": interop_server,
    "version": version,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; `argv` is what follows the program's name (default: the process's arguments)."""
    arguments = _parser().parse_args(argv)
    try:
        return COMMANDS[arguments.command].run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader (`| head`) has gone: no fault, but Python would complain when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workbench",
        description="Messaging Layer Security (RFC 9420) to read, run and watch. For teaching and review.",
        epilog="`workbench COMMAND --help` says more.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        description = command.__doc__ or ""
        command.add_arguments(
            commands.add_parser(
                name,
                help=description.partition("\n")[0],
                description=description,
                formatter_class=argparse.RawDescriptionHelpFormatter,
            )
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
