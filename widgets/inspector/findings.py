"""What is in the bytes that a reader gives: the objects, and for one of them the fields and the explanation.

Everything comes from strangers: the size is bounded, and what is wrong is said in words.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.dissect import KINDS, STRUCTS, dissect
from workbench.inspect.explain import explain
from workbench.inspect.material import pieces_in
from workbench.mls import GroupState, read_state
from workbench.mls.errors import MLSError

LARGEST = 1_000_000
"""The greatest size of what is pasted or uploaded, in bytes."""

MOST_OBJECTS = 200
MOST_FIELDS = 5_000
"""How many fields of one object are shown."""

AUTOMATIC: Final = "automatic"
"""The struct is recognised, as `workbench carve` does."""

NO_FINDINGS: Final = {"number": 0, "words": "", "objects": []}


class Finder:
    """The objects in the bytes that a reader gave last."""

    def __init__(self) -> None:
        self._objects: list[tuple[bytes, str | type]] = []
        self._state: GroupState | None = None

    def find(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The objects in what the reader gave, with words for what is wrong."""
        number = asked["number"] if isinstance(asked.get("number"), int) else 0
        self._objects, self._state = [], None
        try:
            raw, name = _given(asked)
            self._state = _state(asked.get("state"))
        except ValueError as problem:
            return {"number": number, "words": str(problem), "objects": []}
        try:
            pieces = [*islice(pieces_in(raw, name), MOST_OBJECTS)]
        except ValueError as problem:
            return {"number": number, "words": f"No MLS object was found: {problem}.", "objects": []}
        kind = asked.get("kind", AUTOMATIC)
        if kind in KINDS or kind in STRUCTS:
            self._objects = [(piece.data, kind) for piece in pieces]
            rows = [_row(str(piece), str(kind), len(piece.data), "", "") for piece in pieces]
        else:
            carved = [*islice(carve(pieces), MOST_OBJECTS)]
            self._objects = [(each.data, each.struct or "message") for each in carved]
            rows = [_carved_row(each) for each in carved]
        words = "" if rows else _nothing(raw, len(pieces))
        return {"number": number, "words": words, "objects": rows}

    def show(self, chosen: int) -> dict[str, str]:
        """The fields of an object as HTML, and the explanation for the member whose state was given."""
        if not 0 <= chosen < len(self._objects):
            return {"fields": "", "explanation": ""}
        data, kind = self._objects[chosen]
        fields = dissect(data, kind, most=MOST_FIELDS)._repr_html_()
        if self._state is None:
            return {"fields": fields, "explanation": ""}
        explanation = explain(self._state, data, now=int(time.time()))
        return {"fields": fields, "explanation": explanation._repr_html_()}


def _given(asked: Mapping[str, Any]) -> tuple[bytes, str]:
    """The bytes that were pasted or uploaded, and the name of their source."""
    text, upload, name = asked.get("text"), asked.get("upload"), asked.get("name")
    raw = _from_base64(upload) if isinstance(upload, str) and upload else str(text or "").encode("utf-8", "replace")
    if len(raw) > LARGEST:
        raise ValueError(
            f"These are {len(raw)} bytes; at most {LARGEST} are inspected here. `workbench inspect` has no such bound."
        )
    if not raw.strip():
        raise ValueError("Paste bytes, or choose a file.")
    return raw, str(name)[:100] if isinstance(name, str) and name else "what you pasted"


def _state(given: object) -> GroupState | None:
    if not isinstance(given, str) or not given:
        return None
    try:
        return read_state(_from_base64(given))
    except MLSError as problem:
        raise ValueError(f"The state cannot be read: {problem.reason}") from problem


def _from_base64(text: str) -> bytes:
    if len(text) > 2 * LARGEST:
        raise ValueError(f"The file is too large; at most {LARGEST} bytes are inspected here.")
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as problem:
        raise ValueError("The upload is damaged: choose the file again.") from problem


def _carved_row(each: CarvedObject) -> dict[str, Any]:
    group = "" if each.group_id is None else _readable(each.group_id)
    return _row(each.where, each.kind, len(each.data), group, "" if each.epoch is None else str(each.epoch))


def _row(where: str, kind: str, length: int, group: str, epoch: str) -> dict[str, Any]:
    return {"where": where, "kind": kind, "length": length, "group": group, "epoch": epoch}


def _readable(group_id: bytes) -> str:
    text = group_id.decode("utf-8", "replace")
    return text if text.isprintable() and "\ufffd" not in text else group_id.hex()


def _nothing(raw: bytes, pieces: int) -> str:
    seen = (
        f"{len(raw)} bytes were read, as {pieces} piece{'' if pieces == 1 else 's'}"
        if pieces
        else "Nothing in it encodes bytes"
    )
    return f"No MLS object was found: {seen}. If you know what the bytes are, choose the struct and inspect again."
