"""Material: the bytes that a file holds, in whatever form the file writes them.

A reviewer is given captures, logs, dumps and databases. `pieces_in` finds the byte strings in them: all of a binary
file; hexadecimal, base64, dumps and literals of source code; one encoding a line; strings and arrays of numbers in
JSON, JSON lines and HAR; the texts and blobs of an SQLite file. `carving` finds out what the bytes are.
"""

from __future__ import annotations

import json
import re
import sqlite3
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from workbench.inspect.encodings import (
    ENCODINGS,
    LITERAL,
    from_base64,
    from_hex,
    is_dump,
    literal_value,
    named_encoding,
)
from workbench.inspect.recognition import bare_struct, messages_inside, starts_as_message

SQLITE_MAGIC = b"SQLite format 3\0"

DEEPEST = 4
"""How many encodings inside each other are opened: base64 of JSON in a string of HAR is three."""

SHORTEST = 8
"""The fewest bytes in a longer text that are tried: no message is shorter."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes that a source holds: where they stand in it, and how they are written.

    `place` is a path in JSON, a line or a row of a table; "" is the whole source. `offset` is the byte of the source at
    which the bytes, or the text that encodes them, begin; it is None in a database. `is_named` says that the caller has
    named the field, so that the bytes must be of MLS.
    """

    source: str
    place: str
    offset: int | None
    encoding: str
    data: bytes
    is_named: bool = False

    def __str__(self) -> str:
        return f"{self.source}: {self.place}" if self.place else self.source


def pieces_in(raw: bytes, source: str = "-", *, field: str = "", encoding: str = "") -> Iterator[Piece]:
    """The byte strings in the contents of one file, in the order in which they stand there.

    `field` names the key of JSON, or the column of a database, that holds bytes; then all other values are left out.
    `encoding` is one of `ENCODINGS`, if it is known for the whole file. Raises ValueError for text that encodes
    nothing, and for a damaged database.
    """
    if encoding:
        yield Piece(source, "", 0, encoding, ENCODINGS[encoding](raw))
    elif raw.startswith(SQLITE_MAGIC):
        yield from _in_database(raw, source, field)
    elif (text := text_of(raw)) is None:
        yield Piece(source, "", 0, "binary", raw)
    else:
        yield from _in_text(text, raw, source, field)


def _in_text(text: str, raw: bytes, source: str, field: str) -> Iterator[Piece]:
    """The pieces of a file of text: JSON, JSON lines, one encoding of it all, or encodings between other words."""
    try:
        found = list(_Text(source, field, raw).pieces(text))
    except RecursionError:
        raise ValueError("this JSON is nested too deep") from None
    if found:
        yield from found
        return
    if _json_values(text) and not (LITERAL.fullmatch(text.encode()) or text.startswith('"')):
        raise ValueError(f"this is JSON that holds no MLS bytes{f' under the key {field}' if field else ''}")
    if text.startswith(("{", "[")) and not LITERAL.search(text.encode()) and (problem := _fault_of_json(text)):
        raise ValueError(f"this begins like JSON, and is not valid: {problem}")
    name, data = named_encoding(text.strip('" \n\r\t').encode() if text.startswith('"') else text.encode())
    yield Piece(source, "", 0, name, data)


class _Text:
    """The search in one file of text; `at` is where in the file the last string was found."""

    def __init__(self, source: str, field: str, raw: bytes) -> None:
        self.source = source
        self.field = field
        self.raw = raw
        self.at = 0

    def pieces(self, text: str, place: str = "", depth: int = 0) -> Iterator[Piece]:
        """The pieces of a text that stands at `place`; nothing if it encodes no MLS bytes."""
        values = _json_values(text)
        if values:
            for where, value in values:
                yield from self.in_json(value, f"{(inside := _join(place, where))}{', ' if inside else ''}", depth)
            return
        if self.field and depth == 0:
            return
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and not is_dump(text.encode()):
            each = [list(self.in_line(line, _join(place, f"line {at}"))) for at, line in _numbered(text)]
            if all(each):
                for found in each:
                    yield from found
                return
        if (whole := self.whole(text, place)) is not None:
            yield whole
            return
        for block in _blocks(text):
            yield from self.in_block(
                {_join(place, f"line {at}") if len(lines) > 1 else place: line for at, line in block}
            )

    def in_block(self, lines: dict[str, str]) -> Iterator[Piece]:
        """The pieces in lines, by their places, that may write one encoding together. The last may be another word."""
        places, words = [*lines], [*lines.values()]
        for count in (len(words), len(words) - 1):
            if count > 1 and (together := self.whole("\n".join(words[:count]), places[0])) is not None:
                yield together
                places, words = places[count:], words[count:]
                break
        for place, line in zip(places, words, strict=True):
            yield from self.in_line(line, place)

    def whole(self, text: str, place: str) -> Piece | None:
        """The bytes that all of a text encodes, if they hold something of MLS."""
        try:
            name, data = named_encoding(text.encode())
        except ValueError:
            return None
        return Piece(self.source, place, self.offset(text[:64]), name, data) if holds_mls(data) else None

    def in_line(self, line: str, place: str) -> Iterator[Piece]:
        """The encodings of MLS bytes between the other words of a line."""
        if (whole := self.whole(line.strip(), place)) is not None:
            yield whole
            return
        literals = list(LITERAL.finditer(line.encode()))
        for literal in literals:
            data = literal_value(literal)
            if holds_mls(data):
                yield Piece(self.source, place, self.offset(literal[0].decode()), "literal", data)
        if literals:
            return
        for word in _WORD.finditer(line):
            found = decoded(word[0])
            if found is not None:
                yield Piece(self.source, place, self.offset(word[0]), *found)

    def in_json(self, value: Any, place: str, depth: int, *, path: str = "", is_named: bool = False) -> Iterator[Piece]:
        """The pieces in a value of JSON, whose path stands behind `place`.

        `is_named` says that the value stands under the key that the caller has named.
        """
        wanted, where = is_named or not self.field, (place + path).removesuffix(", ")
        match value:
            case str() if wanted:
                yield from self.in_string(value, where, depth, is_named=is_named)
            case list() if wanted and len(value) >= SHORTEST and all(_is_byte(each) for each in value):
                data = bytes(value)
                if is_named or holds_mls(data):
                    yield Piece(self.source, where, None, "array of numbers", data, is_named)
            case dict():
                for key, inside in value.items():
                    below = f"{path}.{key}" if path else key
                    yield from self.in_json(inside, place, depth, path=below, is_named=is_named or key == self.field)
            case list():
                for at, inside in enumerate(value):
                    yield from self.in_json(inside, place, depth, path=f"{path}[{at}]", is_named=is_named)

    def in_string(self, letters: str, place: str, depth: int, *, is_named: bool) -> Iterator[Piece]:
        """The pieces in a string of JSON: bytes, or a text that holds JSON or several encodings itself."""
        found = decoded(letters)
        if found is None and is_named:
            found = _any_of(letters)
        if found is not None:
            yield Piece(self.source, place, self.offset(letters), f"{found[0]} in JSON", found[1], is_named)
            return
        inner = _text_in_base64(letters) if depth + 1 < DEEPEST else None
        if inner is not None:
            letters = inner
        if depth + 1 < DEEPEST and len(letters) > SHORTEST and _MAY_HOLD.search(letters):
            inside = _Text(self.source, "", self.raw)
            for piece in inside.pieces(letters, place, depth + 1):
                yield replace(piece, offset=None)

    def offset(self, letters: str) -> int | None:
        """The offset of a text in the file, behind the last one; None if the file writes the text in another form."""
        found = self.raw.find(letters.encode(), self.at)
        if found < 0:
            return None
        self.at = found + len(letters.encode())
        return found


def holds_mls(data: bytes) -> bool:
    """Whether some bytes hold something of MLS: a message, also a damaged one, or a bare struct."""
    return len(data) >= SHORTEST and (
        starts_as_message(data) or bare_struct(data) is not None or next(messages_inside(data), None) is not None
    )


def decoded(letters: str) -> tuple[str, bytes] | None:
    """The encoding and the bytes of a word that encodes MLS bytes; None if it encodes none."""
    word = letters.strip().encode()
    if len(word) < 2 * SHORTEST and len(word) * 3 // 4 < SHORTEST:
        return None
    if not _ENCODED.fullmatch(word):
        return None
    for name, decoder in (("hexadecimal", from_hex), ("base64", from_base64)):
        try:
            data = decoder(word)
        except ValueError:
            continue
        if holds_mls(data):
            return name, data
    return None


def text_of(data: bytes) -> str | None:
    """The bytes as text; None if a character is not printable. An MLSMessage begins with a zero byte: it is no text.

    Windows writes text in UTF-16, with a byte order mark.
    """
    try:
        text = data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig").strip()
    except UnicodeDecodeError:
        return None
    return text if "".join(text.split()).isprintable() else None


_ENCODED = re.compile(rb"[0-9A-Za-z+/_:,= \r\n\t-]+")
_WORD = re.compile(r"(?:0[xX])?[0-9A-Fa-f]{2}(?:[: ][0-9A-Fa-f]{2}){7,}|[0-9A-Za-z+/_-]{11,}={0,2}")
"""A word that may encode bytes: pairs of hexadecimal digits, or letters of base64, which include those."""

_MAY_HOLD = re.compile(r"[\[{\n \\]")
"""A string without one of these characters is a single word, which was tried already."""


def _any_of(letters: str) -> tuple[str, bytes] | None:
    try:
        return named_encoding(letters.encode())
    except ValueError:
        return None


def _text_in_base64(letters: str) -> str | None:
    """The text that a string in base64 encodes, as HAR writes the body of a response."""
    if not _ENCODED.fullmatch(letters.encode(errors="replace")):
        return None
    try:
        return text_of(from_base64(letters.encode()))
    except ValueError:
        return None


_BYTES = range(256)


def _is_byte(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in _BYTES


def _join(place: str, inside: str) -> str:
    return f"{place}, {inside}" if place and inside else place or inside


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    return ((at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip())


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """The lines of a text with their numbers, of which those that write one encoding together are one block."""
    block: list[tuple[int, str]] = []
    for at, line in _numbered(text):
        if block and not (at == block[-1][0] + 1 and _goes_on([known for _, known in block], line)):
            yield block
            block = []
        block.append((at, line.strip()))
    if block:
        yield block


def _goes_on(block: list[str], line: str) -> bool:
    """Whether a line goes on with the dump, or with the wrapped hexadecimal or base64, of the lines before it."""
    if is_dump(block[0].encode()):
        return _DUMPED.match(line) is not None and not is_dump(line.encode())
    is_wrapped = _WRAPPED.fullmatch(block[0]) is not None and _WRAPPED.fullmatch(line.strip()) is not None
    return is_wrapped and len(block[-1]) == len(block[0]) >= len(line.strip())


_DUMPED = re.compile(r"\s*(?:[0-9A-Fa-f]{4,16}(?::? +[0-9A-Fa-f]{2}|$)|\*$)")
_WRAPPED = re.compile(r"[0-9A-Za-z+/_-]+={0,2}")
"""A line that encodes bytes and no more. All lines of a wrapped encoding but the last have one length."""


def _fault_of_json(text: str) -> str:
    """Why a text is not valid JSON; "" if it is."""
    try:
        json.loads(text)
    except ValueError as problem:
        return str(problem)
    return ""


def _json_values(text: str) -> list[tuple[str, Any]]:
    """The value of a JSON text, or the values of its lines, each with its place; nothing if it is neither."""
    if not text.lstrip().startswith(("{", "[", '"')):
        return []
    try:
        return [("", json.loads(text))]
    except (ValueError, RecursionError):
        pass
    values = []
    for at, line in _numbered(text):
        try:
            values.append((f"line {at}", json.loads(line)))
        except (ValueError, RecursionError):
            return []
    return values


# Databases


def _in_database(raw: bytes, source: str, field: str) -> Iterator[Piece]:
    """The blobs and texts of an SQLite file that hold something of MLS, or all of the named column."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.deserialize(raw)
            database.execute("PRAGMA query_only = ON")
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid").fetchall()
            for (table,) in tables:
                yield from _in_table(database, table, source, field)
    except sqlite3.DatabaseError as problem:
        raise ValueError(f"this SQLite database cannot be read: {problem}") from problem


def _in_table(database: sqlite3.Connection, table: str, source: str, field: str) -> Iterator[Piece]:
    name = table.replace('"', '""')
    rows = database.execute(f'SELECT * FROM "{name}"')  # noqa: S608 - a name from the database itself, quoted
    columns = [column for column, *_ in rows.description]
    for at, row in enumerate(rows, 1):
        for column, value in zip(columns, row, strict=True):
            if field and column != field:
                continue
            place = f"{table}.{column}, row {at}"
            if isinstance(value, bytes) and (field or holds_mls(value)):
                yield Piece(source, place, None, "blob", value, bool(field))
            elif isinstance(value, bytes) and (text := text_of(value)):
                yield from _in_cell(text, source, place)
            elif isinstance(value, str):
                yield from _in_cell(value, source, place)


def _in_cell(text: str, source: str, place: str) -> Iterator[Piece]:
    return (replace(piece, offset=None) for piece in _Text(source, "", b"").pieces(text, place, 1))
