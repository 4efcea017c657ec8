"""`workbench ...` on the command line.

A command is a module with

- a docstring: its first line is the command's line in `workbench --help`, and all of it is shown in its own help;
- `add_arguments(parser)`: declares the arguments, and sets `parser.epilog` to the exit statuses;
- `run(arguments) -> int`: does the work and returns the exit status.

The module is `workbench/commands/NAME.py`. It is short and calls the part of the workbench that does the work
(`commands/vectors.py` calls `workbench.vectors`). `COMMANDS` below lists all commands in the order of the help. A
command is imported only when it is called, so that it starts fast. Where the work needs slow imports, it is in
`workbench/commands/work/NAME.py`, which `run` imports: then `--help` imports neither the protocol nor its cryptography.

The exit statuses are the same for all commands: 0 means done, 1 means that the answer is no (a vector fails, bytes do
not decode), and 2 means that an argument is wrong or a file cannot be read. With 2, one line on stderr says what to
do. Ctrl+C ends each command with 130, and a line that says so. Results go to stdout, and progress and error messages to
stderr, so that `--json` can be piped. Colours are shown on terminals only, and not if NO_COLOR is set.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
from collections.abc import Collection, Sequence
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from typing import Any, NoReturn, Protocol, TextIO, cast


class Command(Protocol):
    """A command module."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Do the work and return the exit status."""


COMMANDS = {
    "lab": "Open the lessons in JupyterLab.",
    "app": "Open the pictures in a browser, without Jupyter: a playground, a compromise, and an inspector of bytes.",
    "clip": "Make an animated picture of a history: one SVG without a script, for slides and pages.",
    "vectors": "Run test vectors of MLS and report which cases pass.",
    "carve": "List the MLS objects in files: captures, logs, JSON, HAR, dumps and databases.",
    "inspect": "Show every field of MLS bytes: its place, its value and its meaning.",
    "explain": "Explain why a member cannot process some bytes: the reason and the next step.",
    "validate": "Check MLS objects by each rule: passed, failed, or not checkable with what is missing.",
    "audit": "Audit the messages of groups: replay them, find the first divergence and forks, and list what is wrong.",
    "state": "Look at states of members: join with a Welcome, show what is in a state, or compare two.",
    "fuzz": "Damage messages of groups in many ways, and check that only errors of `workbench.mls` come out.",
    "bench": "Time each step of a group's life, beside the cryptography it needs and other implementations.",
    "serve": "Serve the delivery service over HTTP; it keeps its data in a file or in PostgreSQL.",
    "device": "Chat from a terminal, as a device whose state lasts in a folder.",
    "interop-server": "Serve the MLS working group's interop interface, for its test runner.",
    "version": "Print the version of the workbench, of Python and of the cryptography library, for a bug report.",
}
"""The commands, each with the first line of its module's docstring."""


def load(name: str) -> Command:
    """Import the module of a command."""
    return cast("Command", import_module(f"workbench.commands.{name.replace('-', '_')}"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; `argv` are the words after the program's name (default: the process's arguments)."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["--version"]:
        words = ["version"]
    parser = _parser(words)
    if words and words[0].startswith("-") and words[0] not in parser.options:
        parser.error(f"unrecognized arguments: {words[0]}")
    arguments = parser.parse_args(words)
    with redirect_stdout(_until_closed(sys.stdout)) as output, redirect_stderr(_until_closed(sys.stderr)) as errors:
        try:
            status = load(arguments.command).run(arguments)
        except KeyboardInterrupt:
            print(f"workbench {arguments.command}: stopped before its end", file=sys.stderr)
            status = 130
        output.flush()
        errors.flush()
    return status


def _until_closed(output: TextIO) -> TextIO:
    return cast("TextIO", _UntilClosed(output))


class _UntilClosed:
    """Output or errors whose reader (`2>&1 | head`) may leave: that is no fault, and changes neither status nor errors.

    What is written later is thrown away, so that the command comes to its end and to its exit status.
    """

    def __init__(self, output: TextIO) -> None:
        self._output = output

    def __getattr__(self, name: str) -> Any:
        """All else is the output's own."""
        return getattr(self._output, name)

    def write(self, text: str) -> int:
        """Write, if anybody reads."""
        try:
            return self._output.write(text)
        except BrokenPipeError:
            self._throw_away()
            return len(text)

    def flush(self) -> None:
        """Flush, if anybody reads."""
        try:
            self._output.flush()
        except BrokenPipeError:
            self._throw_away()

    def _throw_away(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), self._output.fileno())


class _Parser(argparse.ArgumentParser):
    """A parser that names the word that was probably meant, and refuses unknown options with its own usage."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """The known arguments; there may be no others."""
        known, others = super().parse_known_args(args, namespace)
        if others:
            self.error(f"unrecognized arguments: {' '.join(others)}")
        return known, others

    @property
    def options(self) -> Collection[str]:
        """The options, as they are written on the command line."""
        return self._option_string_actions

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and what was probably meant, and exit with 2."""
        wrong = re.search(r"(?:invalid choice: '?|unrecognized arguments: )([^' ]+)", message)
        choices = re.findall(r"[\w-]+", message.partition("choose from")[2])
        known = [*choices, *COMMANDS, *self.options]
        meant = difflib.get_close_matches(wrong[1].partition("=")[0], known, 1) if wrong else []
        super().error(f"{message}. Did you mean {meant[0]}?" if meant else message)


def _parser(words: Sequence[str]) -> _Parser:
    """The parser for the command line `words`; it imports only the commands that are named there."""
    parser = _Parser(
        prog="workbench",
        description="Messaging Layer Security (RFC 9420) for teaching and review.",
        epilog="`workbench COMMAND --help` describes a command.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
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
