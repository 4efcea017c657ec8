"""A message taken apart: its fields, what is inside its encrypted parts, and how each computed value is computed.

`take_apart` opens what a keyring opens. A sheet is a byte string with its fields: the message itself, and the plaintext
of each part that was opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from workbench.inspect.dissect import MOST_FIELDS, Dissection, dissect
from workbench.inspect.fields import Field
from workbench.mls import CipherSuite
from workbench.mls.errors import MLSError
from workbench.review.checks import Outcome
from workbench.review.keyring import Keyring
from workbench.review.locks import Lock, can_open
from workbench.review.recomputation import DATA, Expression, Extract, Notebook

ALONE = "secret"
"""The type of a plaintext that is a secret alone, without a struct around it."""


class Kind(Enum):
    """What a computed value is."""

    HASH = "hash"
    MAC = "MAC"
    SIGNATURE = "signature"
    REFERENCE = "reference"
    KEY = "key"
    NONCE = "nonce"


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a sheet, by its path from the root."""

    sheet: str
    path: str


@dataclass(frozen=True, slots=True)
class ComputedValue:
    """A value that follows from others: where it stands, how it is recomputed, and what came of it.

    `value` are its bytes; for a signature it is empty, because only the holder of the private key can make it again:
    the expression then verifies it. `expression` is None if something is missing, which `missing` names.
    """

    place: Place
    name: str
    kind: Kind
    section: str
    outcome: Outcome
    value: bytes = field(repr=False)
    expression: Expression | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class SealedPart:
    """An encrypted part: where it stands, what opens it, and the sheet with its plaintext if it was opened.

    `problem` says why it does not open although the key is held.
    """

    place: Place
    lock: Lock
    opens: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A byte string with its fields. `fields` has them by their paths; `sealed_in` is the field that it was in."""

    name: str
    words: str
    dissection: Dissection
    fields: dict[str, Field] = field(repr=False)
    sealed_in: Place | None = None


class TakenApart:
    """What `take_apart` has found: sheets by name, encrypted parts, and computed values (`book` has their programs)."""

    def __init__(self, keyring: Keyring, suite: CipherSuite, root: Sheet) -> None:
        self.keyring = keyring
        self.sheets: dict[str, Sheet] = {DATA: root}
        self.sealed: list[SealedPart] = []
        self.computed: list[ComputedValue] = []
        self.book = Notebook(suite, root.dissection.data)

    # Looking at sheets

    def has(self, place: Place) -> bool:
        """Whether a field was read whole."""
        found = self.sheets[place.sheet].fields.get(place.path)
        return found is not None and found.complete

    def found(self, place: Place) -> Field:
        """A field."""
        return self.sheets[place.sheet].fields[place.path]

    def whole(self, place: Place) -> Extract:
        """The bytes of a field, with its header."""
        found = self.found(place)
        return Extract(place.sheet, found.offset, found.offset + found.length)

    def contents(self, place: Place) -> Extract:
        """The bytes of a field, without its header."""
        found = self.found(place)
        return Extract(place.sheet, found.offset + found.header, found.offset + found.length)

    def between(self, first: Place, end: Place) -> Extract:
        """The bytes from the beginning of a field to the beginning of another."""
        return Extract(first.sheet, self.found(first).offset, self.found(end).offset)

    # Noting

    def compute(
        self,
        place: Place,
        name: str,
        kind: Kind,
        section: str,
        expression: Expression | None,
        *,
        expected: bytes | None = None,
        missing: str = "",
    ) -> None:
        """Note a computed value. With `expected` the recomputed value must equal it; a signature must verify."""
        if expression is None:
            self.computed.append(ComputedValue(place, name, kind, section, Outcome.NOT_CHECKABLE, b"", missing=missing))
            return
        try:
            value = self.book.value(expression)
        except MLSError as problem:
            reason = problem.reason
            self.computed.append(ComputedValue(place, name, kind, section, Outcome.FAILED, b"", missing=reason))
            return
        if isinstance(value, bool):
            outcome, value = Outcome.PASSED if value else Outcome.FAILED, b""
        else:
            outcome = Outcome.PASSED if expected is None or value == expected else Outcome.FAILED
        self.computed.append(ComputedValue(place, name, kind, section, outcome, value, expression))

    def seal(self, place: Place, lock: Lock) -> bool:
        """Note an encrypted part; whether the keyring has its key."""
        self.sealed.append(SealedPart(place, lock))
        return can_open(lock, self.keyring)

    def open(self, sheet: str, words: str, expression: Expression, cls: type | None, **given: Any) -> str:
        """Open the part that was sealed last; the name of the new sheet, "" if it does not open."""
        part = self.sealed.pop()
        try:
            name = self.book.define(sheet, expression, words).name
        except MLSError as problem:
            self.sealed.append(SealedPart(part.place, part.lock, problem=problem.reason))
            return ""
        if name not in self.sheets:  # two ciphertexts may hold the same secret
            value = self.book.definitions[name].value
            dissection = _secret_alone(value) if cls is None else dissect(value, cls, most=MOST_FIELDS, **given)
            self.sheets[name] = Sheet(name, words, dissection, fields_by_path(dissection.root), part.place)
        self.sealed.append(SealedPart(part.place, part.lock, opens=name))
        return name


def fields_by_path(root: Field) -> dict[str, Field]:
    """All fields of a dissection by their paths, such as "MLSMessage.welcome.secrets[0]", in the order of the bytes."""
    return dict(_paths(root, root.name))


def _paths(found: Field, path: str) -> Iterator[tuple[str, Field]]:
    yield path, found
    for child in found.children:
        yield from _paths(child, path + child.name if child.name.startswith("[") else f"{path}.{child.name}")


def _secret_alone(value: bytes) -> Dissection:
    """A plaintext that is one secret."""
    meaning = "The secret from which the key pair of a node follows, and the path secret above it."
    root = Field(
        ALONE,
        f"opaque[{len(value)}]",
        0,
        len(value),
        0,
        value.hex(),
        f"{len(value)} bytes",
        meaning,
        "§7.4",
        complete=True,
        children=(),
    )
    return Dissection(value, root, ())
