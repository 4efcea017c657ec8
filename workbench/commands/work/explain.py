"""The work of `workbench explain`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from workbench.commands.source import read_files
from workbench.commands.work.held import secrets_from, state_key
from workbench.commands.work.state import state_of
from workbench.inspect.carving import carve
from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.encodings import from_any
from workbench.inspect.explain import explain
from workbench.inspect.explanation import WELL
from workbench.inspect.forks import OtherSide
from workbench.inspect.material import pieces_in
from workbench.mls import GroupState, KeyPackageBundle, Policy, RatchetTreeExtension, decode
from workbench.mls.errors import MLSError


def run(arguments: argparse.Namespace) -> int:
    """Explain the bytes and print the result."""
    try:
        state, knowledge = _held(arguments)
    except OSError as problem:
        return _refuse(f"cannot read {problem.filename}: {problem.strerror}")
    except ValueError as problem:
        return _refuse(f"cannot read {problem}")
    now = int(time.time()) if arguments.now is None else arguments.now
    status = 0
    given: list[tuple[str, bytes]] = []
    for name, content in read_files(arguments.files):
        messages = content if isinstance(content, str) else _messages(content, name, arguments)
        if isinstance(messages, str):
            status = _refuse(f"cannot read {name}: {messages}")
        else:
            given += messages
    for where, data in given:
        if len(given) > 1 and not arguments.json:
            print(f"\n{where}")
        explanation = explain(state, data, now=now, knowledge=knowledge)
        print(json.dumps(explanation.as_json(), ensure_ascii=False) if arguments.json else explanation)
        status = status if explanation.kind in WELL else max(status, 1)
    return status


def _held(arguments: argparse.Namespace) -> tuple[GroupState, ExplainKnowledge]:
    """The member's state, and what else is known. Raises OSError, and ValueError with the name of the file."""
    key = state_key(arguments)
    secrets = secrets_from(arguments.state, key, Policy(past_epochs=arguments.past_epochs))
    bundles = [*secrets.bundles, *(each for name in arguments.key_package for each in _bundles(name, key))]
    tree = arguments.ratchet_tree and _tree(arguments.ratchet_tree)
    group_info = arguments.group_info and _bytes_in(arguments.group_info)
    other = OtherSide(arguments.authenticator, arguments.transcript, group_info)
    psks = {**secrets.psks, **dict(arguments.psk)}
    knowledge = ExplainKnowledge(psks=psks, bundles=bundles, ratchet_tree=tree, other=other, sent_at=arguments.sent_at)
    return state_of(secrets, arguments.state), knowledge


def _bundles(name: str, key: str) -> Sequence[KeyPackageBundle]:
    bundles = secrets_from(name, key).bundles
    if not bundles:
        raise ValueError(f"{name}: there is no key package with private keys in it")
    return bundles


def _tree(name: str) -> RatchetTreeExtension:
    try:
        return decode(RatchetTreeExtension, _bytes_in(name))
    except MLSError as problem:
        raise ValueError(f"{name}: {problem.reason}") from problem


def _bytes_in(name: str) -> bytes:
    raw = Path(name).read_bytes()
    try:
        return from_any(raw)
    except ValueError as problem:
        raise ValueError(f"{name}: {problem}") from problem


def _messages(raw: bytes, name: str, arguments: argparse.Namespace) -> list[tuple[str, bytes]] | str:
    """The place and the bytes of each message in a file; a reason if the file is not written as the caller says.

    Bytes that hold no message are explained too: `explain` says what is wrong with them. But a file in a folder may
    hold something else.
    """
    is_named = name in (arguments.files or ["-"])
    try:
        pieces = list(pieces_in(raw, name, field=arguments.field, encoding=arguments.encoding or ""))
    except ValueError as problem:
        if not is_named:
            return []
        return str(problem) if arguments.encoding else [(name, raw)]
    found = list(carve(pieces))
    if len(found) > 1 or not is_named:
        return [(each.where, each.data) for each in found]
    return [(str(piece), piece.data) for piece in pieces]


def _refuse(reason: str) -> int:
    print(f"workbench explain: {reason}", file=sys.stderr)
    return 2
