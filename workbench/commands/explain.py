"""Explain why a member cannot process some bytes: the reason and the next step.

The state is read from all formats of `workbench audit --state`. The command reads it and changes nothing. A file of
`write_state` does not contain the member's policy, so the command uses the default policy. The bytes come from files,
from folders or from standard input, as `workbench carve --help` says. Each of several messages is explained against
the given state.

Examples:
  workbench explain --state alice.state message.bin
  echo 0001000200010... | workbench explain --state alice.state
  workbench explain --state alice.state --key-package carol.bundle welcome.b64
  workbench explain --state alice.state --authenticator 5f0c... message.bin
  workbench explain --state alice.state --json message.bin | jq -r .next_step
"""

from __future__ import annotations

import argparse

from workbench.commands.review_options import add_state_key
from workbench.commands.source import add_source
from workbench.inspect.encodings import from_hex


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the bytes, the state, and further knowledge."""
    add_source(parser)
    parser.add_argument("--state", required=True, metavar="FILE", help="the member's state")
    add_state_key(parser)
    parser.add_argument("--now", type=int, metavar="SECONDS", help="the time, in seconds since 1970 (default: now)")
    parser.add_argument(
        "--sent-at",
        type=int,
        metavar="SECONDS",
        help="the time when the message was sent, if it is known; lifetimes are checked at this time",
    )
    parser.add_argument(
        "--past-epochs",
        type=int,
        default=0,
        metavar="N",
        help="the number of past epochs whose keys the member's policy keeps (default: %(default)s)",
    )
    parser.add_argument(
        "--key-package",
        action="append",
        default=[],
        metavar="FILE",
        help="a key package with its private keys, for a Welcome; may be repeated",
    )
    parser.add_argument("--ratchet-tree", metavar="FILE", help="the ratchet tree, if the Welcome does not contain it")
    parser.add_argument(
        "--psk",
        action="append",
        default=[],
        type=_psk,
        metavar="ID=KEY",
        help="a pre-shared key and its id, both in hexadecimal; may be repeated",
    )
    other = parser.add_argument_group("the other side, to distinguish a fork from damage")
    other.add_argument("--authenticator", type=_hex, metavar="HEX", help="the sender's epoch authenticator")
    other.add_argument("--transcript", type=_hex, metavar="HEX", help="the sender's confirmed transcript hash")
    other.add_argument("--group-info", metavar="FILE", help="a GroupInfo from the sender's side")
    parser.add_argument("--json", action="store_true", help="print JSON for programs; docs/explain.md describes it")
    parser.epilog = (
        "exit status: 0 the bytes are no problem; 1 the member cannot process them; 2 a file or an argument is wrong"
    )


def run(arguments: argparse.Namespace) -> int:
    """Explain the bytes and print the result."""
    from workbench.commands.work import explain as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)


def _hex(text: str) -> bytes:
    try:
        return from_hex(text.encode())
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def _psk(text: str) -> tuple[bytes, bytes]:
    name, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError("give an id and a key, with = between them")
    return _hex(name), _hex(value)
