"""Lengths of vectors: a header of 1, 2 or 4 bytes stands in front, the shortest that can hold it (RFC 9420 §2.1.2)."""

from __future__ import annotations

from workbench.mls.errors import Malformed, Misuse

_LIMITS = (1 << 6, 1 << 14, 1 << 30)
"""The first length that a header of 1, 2 or 4 bytes cannot hold: two of its bits give its own size (§2.1.2)."""

SHORT = _LIMITS[0]
"""The first length that a header of one byte cannot hold."""

_SHORT_HEADERS = tuple(bytes([length]) for length in range(SHORT))


class DecodingFailed(Exception):
    """Bytes that do not encode the struct that they should encode; `decode` turns this into a `Malformed`.

    The decoder stopped at the byte `at`. `inside` is the path to the field at fault, the innermost field first: the
    name of each field, or "[3]" for an item of a vector, and the byte at which the field begins.
    """

    def __init__(self, reason: str, at: int, section: str = "§2.1") -> None:
        self.reason = reason
        self.at = at
        self.section = section
        self.inside: list[tuple[str, int]] = []

    def malformed(self, cls: type) -> Malformed:
        """The error for a caller that was decoding a `cls`."""
        path = (cls.__name__, *(name for name, _ in reversed(self.inside)))
        return Malformed(self.section, self.reason, path=path, offset=self.at)


def require(length: int, at: int, end: int) -> int:
    """The offset behind the next `length` bytes, which must be there."""
    stop = at + length
    if stop > end:
        raise DecodingFailed(f"the bytes end too early: {length} wanted, {end - at} left", at)
    return stop


def too_many(at: int, most: int) -> DecodingFailed:
    """The failure of a vector that has more than `most` items; the next one begins at `at`."""
    return DecodingFailed(f"the vector has more than {most} items, the most that is read here", at, "§2.1.2")


def vector(body: bytes) -> bytes:
    """The bytes of a vector's items with their length in front (RFC 9420 §2.1.2)."""
    size = len(body)
    return (_SHORT_HEADERS[size] if size < SHORT else length_header(size)) + body


def length_header(length: int) -> bytes:
    """A vector's length in 1, 2 or 4 bytes, as few as it needs (RFC 9420 §2.1.2)."""
    for log2, limit in enumerate(_LIMITS):
        if length < limit:
            width = 1 << log2
            return (log2 << (8 * width - 2) | length).to_bytes(width, "big")
    raise Misuse("§2.1.2", f"a vector of {length} bytes is longer than {_LIMITS[-1] - 1}")


def read_length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A vector's length, and the offset behind its header (RFC 9420 §2.1.2)."""
    require(1, at, end)
    first = data[at]
    if first < SHORT:
        return first, at + 1
    log2 = first >> 6
    if log2 == len(_LIMITS):
        raise DecodingFailed("a length header must not start with the bits 11", at, "§2.1.2")
    width = 1 << log2
    stop = require(width, at, end)
    length = int.from_bytes(data[at:stop], "big") & (_LIMITS[log2] - 1)
    if length < _LIMITS[log2 - 1]:
        raise DecodingFailed(f"the length {length} is written in {width} bytes, more than it needs", at, "§2.1.2")
    return length, stop


def read_bounds(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Where a vector's contents begin and end (RFC 9420 §2.1.2).

    The declared length is compared with the bytes that are there, before any of them are read.
    """
    length, first = read_length(data, at, end)
    if first + length > end:
        raise DecodingFailed(f"the vector claims a length of {length}, {end - first} left", at, "§2.1.2")
    return first, first + length
