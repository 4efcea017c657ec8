"""The work of `workbench carve`."""

from __future__ import annotations

import argparse
import json
from typing import Any

from workbench.commands.source import Material
from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.names import shown


def run(arguments: argparse.Namespace) -> int:
    """Carve the files and print what was found."""
    material, found = Material(arguments, "carve"), 0
    for pieces in material:
        for carved in carve(pieces):
            found += 1
            print(json.dumps(as_json(carved), ensure_ascii=False) if arguments.json else _line(carved))
    if not found and not material.status:
        material.tell_nothing_found()
    return material.status or int(not found)


def as_json(carved: CarvedObject) -> dict[str, Any]:
    """A carved object for programs; docs/inspect.md describes the keys."""
    return {
        "source": carved.piece.source,
        "place": carved.piece.place,
        "offset": carved.piece.offset,
        "at": carved.at,
        "encoding": carved.piece.encoding,
        "length": len(carved.data),
        "type": carved.kind,
        "group_id": None if carved.group_id is None else carved.group_id.hex(),
        "epoch": carved.epoch,
        "cipher_suite": carved.cipher_suite,
        "problem": None if carved.problem is None else str(carved.problem),
        "bytes": carved.data.hex(),
    }


def _line(carved: CarvedObject) -> str:
    group = "" if carved.group_id is None else f", group {shown(carved.group_id)}, epoch {carved.epoch}"
    problem = "" if carved.problem is None else f": {carved.problem}"
    return f"{carved.where} ({carved.piece.encoding}): {carved.kind}, {len(carved.data)} bytes{group}{problem}"
