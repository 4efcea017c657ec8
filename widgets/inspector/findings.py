"""What is in the bytes that a reader gives: the objects, the fields and explanation of one, and an audit of all.

Everything comes from strangers: the size is bounded, and what is wrong is said in words.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from itertools import count, islice
from typing import Any, Final

from widgets.report import findings_html, report_page, two_sides
from widgets.shared.long_work import Advance, Cancelled, unwatched
from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.dissect import KINDS, STRUCTS
from workbench.inspect.explain import explain
from workbench.inspect.material import Piece, pieces_in
from workbench.inspect.names import counted
from workbench.review.audit import audit
from workbench.review.known_secrets import NO_SECRETS, KnownSecrets, read_secrets
from workbench.review.report import ReviewReport, SourceFile
from workbench.views.wire_bytes import GivenObject, WireBytes

LARGEST = 1_000_000
"""The greatest size of what is pasted or uploaded, in bytes."""

MOST_OBJECTS = 200
MOST_STATES = 8
MOST_SECONDS = 20.0
"""How long one audit may take, by default."""

AUTOMATIC: Final = "automatic"
"""The struct is recognised, as `workbench carve` does."""

NO_FINDINGS: Final = {"number": 0, "words": "", "objects": []}
NOTHING_SHOWN: Final = {"wire": {}, "object": {}, "explanation": ""}
NO_AUDIT: Final = {"words": "", "findings": "", "sides": []}
NOTHING_SAVED: Final = {"number": 0, "name": "", "type": "", "content": ""}


class _TooLong(Exception):
    """An audit has taken longer than it may."""


class Finder:
    """The objects in the bytes that a reader gave last."""

    def __init__(self, *, most_seconds: float = MOST_SECONDS) -> None:
        self._most_seconds = most_seconds
        self._objects: list[tuple[bytes, str | type]] = []
        self._pieces: list[Piece] = []
        self._is_cut = False
        self._wire: WireBytes | None = None
        self._secrets = NO_SECRETS
        self._source: SourceFile | None = None
        self._found: dict[str, Any] = dict(NO_FINDINGS)
        self._report: ReviewReport | None = None

    def answer(self, asked: Mapping[str, Any], advance: Advance = unwatched) -> dict[str, Any]:
        """The traits that change with what the reader asks for.

        `do` is "audit", "report" or "json"; anything else asks for the objects in the bytes. The number of what was
        answered is always in `found`.
        """
        do = asked.get("do")
        if do not in {"audit", "report", "json"}:
            self._found = self.find(asked)
            return {"found": self._found, "chosen": 0, "shown": self.show(0), "audited": NO_AUDIT}
        self._found = {**self._found, "number": _number(asked)}
        if do == "audit":
            return {"audited": self._audit(advance), "found": self._found}
        return {**self._saved(as_page=do == "report"), "found": self._found}

    def find(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The objects in what the reader gave, with words for what is wrong."""
        number = _number(asked)
        self._objects, self._pieces, self._is_cut, self._wire = [], [], False, None
        self._secrets, self._source, self._report = NO_SECRETS, None, None
        try:
            raw, name = _given(asked)
            self._secrets = _secrets(asked.get("states"))
        except ValueError as problem:
            return {"number": number, "words": str(problem), "objects": []}
        try:
            pieces = [*islice(pieces_in(raw, name), MOST_OBJECTS + 1)]
        except ValueError as problem:
            return {"number": number, "words": f"No MLS object was found: {problem}.", "objects": []}
        self._is_cut = len(pieces) > MOST_OBJECTS
        self._pieces = pieces = pieces[:MOST_OBJECTS]
        self._source = SourceFile.of(name, raw)
        kind = asked.get("kind", AUTOMATIC)
        if kind in KINDS or kind in STRUCTS:
            self._objects = [(piece.data, kind) for piece in pieces]
            rows = [_row(str(piece), str(kind), len(piece.data), "", "") for piece in pieces]
        else:
            carved = [*islice(carve(pieces), MOST_OBJECTS)]
            self._objects = [(each.data, each.struct or "message") for each in carved]
            rows = [_carved_row(each) for each in carved]
        words = "" if rows else _nothing(raw, len(pieces))
        self._found = {"number": number, "words": words, "objects": rows}
        return self._found

    def source(self) -> WireBytes:
        """All objects for the picture of their bytes, with the keys that the reader gave."""
        if self._wire is None:
            rows = zip(self._objects, self._found["objects"], strict=True)
            given = [GivenObject(data, kind, f"{row['where']}: {row['kind']}") for (data, kind), row in rows]
            self._wire = WireBytes(given, self._secrets)
        return self._wire

    def show(self, chosen: int) -> dict[str, Any]:
        """The bytes of an object for the picture, and the explanation for the member whose state was given."""
        if not 0 <= chosen < len(self._objects):
            return NOTHING_SHOWN
        source = self.source()
        shown = {"wire": source.view(), "object": source.object(str(chosen)), "explanation": ""}
        if not self._secrets.states:
            return shown
        explanation = explain(self._secrets.states[0], self._objects[chosen][0], now=int(time.time()))
        return {**shown, "explanation": explanation._repr_html_()}

    def _audit(self, advance: Advance) -> dict[str, Any]:
        """What the reviewer's desk finds in all bytes that were given: HTML, two sides to draw, words about bounds."""
        self._report = None
        if self._source is None:
            return {**NO_AUDIT, "words": "Inspect bytes first; then they can be audited."}
        end, total = time.monotonic() + self._most_seconds, len(self._pieces)
        calls = count(1)

        def hurry() -> None:
            if time.monotonic() > end:
                raise _TooLong
            advance(min(next(calls), total), total)

        try:
            done = audit(self._pieces, self._secrets, progress=hurry)
        except Cancelled:
            return {**NO_AUDIT, "words": "The audit was cancelled."}
        except _TooLong:
            words = f"The audit takes longer than {self._most_seconds:g} seconds. `workbench audit` has no such bound."
            return {**NO_AUDIT, "words": words}
        if not done.objects:
            return {**NO_AUDIT, "words": "There is nothing to audit: no MLS object is recognised in these bytes."}
        self._report = ReviewReport(done, sources=(self._source,))
        words = f"Only the first {MOST_OBJECTS} pieces are audited here. `workbench audit` has no such bound."
        return {
            "words": words if self._is_cut else "",
            "findings": findings_html(self._report),
            "sides": [each._shown() for each in two_sides(self._report).values()],  # noqa: SLF001 - drawn in the page
        }

    def _saved(self, *, as_page: bool) -> dict[str, Any]:
        """The last audit as a file for the reader: the page of the report, or its JSON; nothing without an audit."""
        if self._report is None:
            return {}
        name, kind, content = (
            ("audit.html", "text/html", report_page(self._report))
            if as_page
            else ("audit.json", "application/json", json.dumps(self._report.as_json(), ensure_ascii=False, indent=2))
        )
        return {"saved": {"number": self._found["number"], "name": name, "type": kind, "content": content}}


def _number(asked: Mapping[str, Any]) -> int:
    return asked["number"] if isinstance(asked.get("number"), int) else 0


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


def _secrets(given: object) -> KnownSecrets:
    """The secrets of all files that were given as states."""
    files = given if isinstance(given, list) else []
    if len(files) > MOST_STATES:
        raise ValueError(f"These are {len(files)} states; at most {MOST_STATES} are read here.")
    raw = [_from_base64(str(each)) for each in files]
    try:
        return sum(map(read_secrets, raw), NO_SECRETS)
    except ValueError as problem:
        raise ValueError(f"The state cannot be read: {problem}.") from problem


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
    seen = f"{len(raw)} bytes were read, as {counted(pieces, 'piece')}" if pieces else "Nothing in it encodes bytes"
    return f"No MLS object was found: {seen}. If you know what the bytes are, choose the struct and inspect again."
