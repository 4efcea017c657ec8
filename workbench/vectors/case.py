"""Read one case of a vector file: wrong JSON types or values are a failure of the case, never a crash.

Reasons of failures name paths in the JSON (`epochs[3].commit`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.errors import MLSError, Unsupported
from workbench.mls.wire.codec import decode, encode

T = TypeVar("T")


class CaseFailed(Exception):
    """A failed case; the message says what was found and what the case expects."""


def reason_of(fault: CaseFailed | MLSError) -> str:
    """Why a case failed; something that is not built here is named as unsupported."""
    return f"unsupported: {fault}" if isinstance(fault, Unsupported) else str(fault)


@contextmanager
def located(where: str) -> Iterator[None]:
    """Add the path of the case's field to errors of the engine."""
    try:
        yield
    except MLSError as fault:
        raise CaseFailed(f"{reason_of(fault)}, in {where}") from fault


def nobody_watches() -> None:
    """Do nothing: the default for cases without a display of progress."""


@dataclass(frozen=True, slots=True)
class VectorCase:
    """A JSON object of a case, and its path in the case.

    `on_read` is called for each object inside that is read: these are the steps of a long case.
    """

    values: Mapping[str, object]
    path: str = ""
    on_read: Callable[[], None] = nobody_watches

    def where(self, name: str) -> str:
        """The path of a field, for reasons."""
        return f"{self.path}.{name}" if self.path else name

    def data(self, name: str) -> bytes:
        """The bytes of a hexadecimal field."""
        return _bytes(self._value(name), self.where(name))

    def optional_data(self, name: str) -> bytes | None:
        """The bytes of a hexadecimal field, or None for `null`."""
        return None if self._value(name) is None else self.data(name)

    def all_data(self, name: str) -> tuple[bytes | None, ...]:
        """An array of hexadecimal strings, None for each `null`."""
        return tuple(None if value is None else _bytes(value, where) for where, value in self._places(name))

    def each_data(self, name: str) -> Iterator[tuple[str, bytes]]:
        """The bytes of each string in an array of hexadecimal strings, with its path."""
        return ((where, _bytes(value, where)) for where, value in self._places(name))

    def decoded(self, cls: type[T], name: str) -> T:
        """The wire struct in a hexadecimal field."""
        data = self.data(name)
        with located(self.where(name)):
            return decode(cls, data)

    def number(self, name: str, bits: int = 32) -> int:
        """An unsigned number of `bits` bits."""
        return _number(self._value(name), self.where(name), bits)

    def optional_numbers(self, name: str) -> tuple[int | None, ...]:
        """An array of numbers, None for each `null`."""
        return tuple(None if value is None else _number(value, where) for where, value in self._places(name))

    def rows_of_numbers(self, name: str) -> tuple[tuple[int, ...], ...]:
        """An array of arrays of numbers."""
        return tuple(
            tuple(_number(value, place) for place, value in _numbered(row, where)) for where, row in self._places(name)
        )

    def text(self, name: str) -> str:
        """A string that is not hexadecimal; it must be valid Unicode, which JSON does not ensure."""
        value = self._value(name)
        if not isinstance(value, str) or any("\ud800" <= character <= "\udfff" for character in value):
            raise CaseFailed(f"{self.where(name)} is not a string of Unicode characters")
        return value

    def inside(self, name: str) -> VectorCase:
        """The object in a field."""
        return self._enter(self._value(name), self.where(name))

    def each(self, name: str) -> Iterator[VectorCase]:
        """The objects in an array, in order."""
        return (self._enter(value, where) for where, value in self._places(name))

    def rows(self, name: str) -> Iterator[Iterator[VectorCase]]:
        """The objects in an array of arrays, row by row."""
        return (
            (self._enter(value, place) for place, value in _numbered(row, where)) for where, row in self._places(name)
        )

    def suite(self) -> CipherSuite:
        """The cipher suite of the case; raises `Unsupported` for one that is not built here."""
        return cipher_suite(self.number("cipher_suite", 16))

    def entropy(self) -> bytes:
        """32 bytes instead of randomness: a hash of the case, so that each run makes the same bytes."""
        return hashlib.sha256(json.dumps(self.values, sort_keys=True).encode()).digest()

    def _value(self, name: str) -> object:
        if name not in self.values:
            raise CaseFailed(f"{self.where(name)} is missing")
        return self.values[name]

    def _places(self, name: str) -> Iterator[tuple[str, object]]:
        return _numbered(self._value(name), self.where(name))

    def _enter(self, value: object, where: str) -> VectorCase:
        if not isinstance(value, dict):
            raise CaseFailed(f"{where} is not a JSON object")
        self.on_read()
        return VectorCase(value, where, self.on_read)


def _bytes(value: object, where: str) -> bytes:
    if not isinstance(value, str):
        raise CaseFailed(f"{where} is not a string")
    try:
        return bytes.fromhex(value)
    except ValueError:
        raise CaseFailed(f"{where} is not hexadecimal") from None


def _number(value: object, where: str, bits: int = 32) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << bits:
        raise CaseFailed(f"{where} is not an integer from 0 to 2^{bits} - 1")
    return value


def _numbered(value: object, where: str) -> Iterator[tuple[str, object]]:
    if not isinstance(value, list):
        raise CaseFailed(f"{where} is not a JSON array")
    return ((f"{where}[{at}]", item) for at, item in enumerate(value))


def expect_equal(what: str, computed: object, expected: object) -> None:
    """Compare a computed value with the value in the case. Raises `CaseFailed` if they differ."""
    if computed != expected:
        at = _first_difference(computed, expected)
        place = f" from byte {at} on" if at else ""
        raise CaseFailed(f"{what} is{place} {_shown(computed, at)}, the case says {_shown(expected, at)}")


def expect(what: str, holds: bool) -> None:  # noqa: FBT001 - the verdict is what this is about
    """Check a claim of the case; `what` completes the sentence "it is not true that ..."."""
    if not holds:
        raise CaseFailed(f"it is not true that {what}")


def expect_same_encoding(where: str, value: object, data: bytes) -> None:
    """Encode a decoded value again and compare the result with the original bytes."""
    expect_equal(f"{where}, encoded again,", encode(value), data)


LONGEST_SHOWN = 160


def _first_difference(computed: object, expected: object) -> int:
    """The first byte at which two byte strings differ, if it is beyond the bytes that are shown; otherwise 0."""
    if not isinstance(computed, bytes) or not isinstance(expected, bytes):
        return 0
    at = next((at for at, (a, b) in enumerate(zip(computed, expected, strict=False)) if a != b), 0)
    return at if 2 * at > LONGEST_SHOWN else 0


def _shown(value: object, start: int) -> str:
    shown = value[start:].hex() if isinstance(value, bytes) else str(value)
    return shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}…"
