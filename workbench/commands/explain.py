"""Explain why a member cannot process some bytes: the reason and the next step.

The state is a file that `write_state` has written. The command reads it and changes nothing. The file does not contain
the member's policy, so the command uses the default policy. The bytes come from files, from folders or from standard
input, as `workbench carve --help` says. Each of several messages is explained against the given state.

Examples:
  workbench explain --state alice.state message.bin
  echo 0001000200010... | workbench explain --state alice.state
  workbench explain --state alice.state --key-package carol.bundle welcome.b64
  workbench explain --state alice.state --authenticator 5f0c... message.bin
  workbench explain --state alice.state --json message.bin | jq -r .next_step
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from workbench.commands.source import add_source, read_files
from workbench.inspect.carving import carve
from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.encodings import from_any, from_hex
from workbench.inspect.explain import explain
from workbench.inspect.explanation import WELL
from workbench.inspect.forks import OtherSide
from workbench.inspect.material import pieces_in
from workbench.mls import Policy, RatchetTreeExtension, decode, read_bundle, read_state
from workbench.mls.errors import MLSError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the bytes, the state, and further knowledge."""
    add_source(parser)
    parser.add_argument("--state", required=True, metavar="FILE", help="the member's state, as `write_state` writes it")
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
        default=Policy().past_epochs,
        metavar="N",
        help="the number of past epochs whose keys the member's policy keeps (default: %(default)s)",
    )
    parser.add_argument(
        "--key-package",
        action="append",
        default=[],
        metavar="FILE",
        help="a key package with its private keys, as `write_bundle` writes it, for a Welcome; may be repeated",
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
    at = arguments.state
    try:
        state = read_state(_read(at), policy=Policy(past_epochs=arguments.past_epochs))
        bundles = [read_bundle(_read(at := each)) for each in arguments.key_package]
        tree = arguments.ratchet_tree and decode(RatchetTreeExtension, from_any(_read(at := arguments.ratchet_tree)))
        group_info = arguments.group_info and from_any(_read(at := arguments.group_info))
    except OSError as problem:
        return _refuse(f"cannot read {at}: {problem.strerror}")
    except MLSError as problem:
        return _refuse(f"cannot read {at}: {problem.reason}")
    except ValueError as problem:
        return _refuse(f"cannot read {at}: {problem}")
    other = OtherSide(arguments.authenticator, arguments.transcript, group_info)
    knowledge = ExplainKnowledge(
        psks=dict(arguments.psk), bundles=bundles, ratchet_tree=tree, other=other, sent_at=arguments.sent_at
    )
    now = int(time.time()) if arguments.now is None else arguments.now
    status = 0
    for name, content in read_files(arguments.files):
        messages = content if isinstance(content, str) else _messages(content, name, arguments)
        if isinstance(messages, str):
            status = _refuse(f"cannot read {name}: {messages}")
            continue
        for where, data in messages:
            if len(messages) > 1 and not arguments.json:
                print(f"\n{where}")
            explanation = explain(state, data, now=now, knowledge=knowledge)
            print(json.dumps(explanation.as_json(), ensure_ascii=False) if arguments.json else explanation)
            status = status if explanation.kind in WELL else max(status, 1)
    return status


def _messages(raw: bytes, name: str, arguments: argparse.Namespace) -> list[tuple[str, bytes]] | str:
    """The place and the bytes of each message in a file; a reason if the file is not written as the caller says.

    Bytes that hold no message are explained too: `explain` says what is wrong with them.
    """
    try:
        pieces = list(pieces_in(raw, name, field=arguments.field, encoding=arguments.encoding or ""))
    except ValueError as problem:
        return str(problem) if arguments.encoding else [(name, raw)]
    found = list(carve(pieces))
    if len(found) > 1:
        return [(each.where, each.data) for each in found]
    return [(str(piece), piece.data) for piece in pieces]


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


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


def _refuse(reason: str) -> int:
    print(f"workbench explain: {reason}", file=sys.stderr)
    return 2
