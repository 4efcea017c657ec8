"""The work of `workbench explain`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from workbench.commands.source import read_files
from workbench.inspect.carving import carve
from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.encodings import from_any
from workbench.inspect.explain import explain
from workbench.inspect.explanation import WELL
from workbench.inspect.forks import OtherSide
from workbench.inspect.material import pieces_in
from workbench.mls import Policy, RatchetTreeExtension, decode, read_bundle, read_state
from workbench.mls.errors import MLSError


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


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


def _refuse(reason: str) -> int:
    print(f"workbench explain: {reason}", file=sys.stderr)
    return 2
