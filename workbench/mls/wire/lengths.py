"""Lengths of vectors: a header of 1, 2 or 4 bytes in front, as short as it can be (RFC 9420 §2.1.2)."""

from __future__ import annotations

from workbench.mls.errors import Misuse
from workbench.mls.wire.reader import Stopped

_LIMITS = (1 << 6, 1 << 14, 1 << 30)
"""What a length header of 1, 2 and 4 bytes cannot hold: two bits of it say how long it is itself (§2.1.2)."""

SHORT = _LIMITS[0]
"""What a header of one byte cannot hold."""

_SHORT_HEADERS = tuple(bytes([length]) for length in range(SHORT))


class Refused(Exception):
    """The bytes do not decode; `explain` finds out why. It never leaves `decode`."""

    def __init__(self) -> None:
        self.stopped: Stopped = {}


def too_many(first: int, at: int, most: int) -> Refused:
    """A vector whose items begin at `first` has more than `most`: the next one is at `at`."""
    refused = Refused()
    refused.stopped[first] = at, most
    return refused


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
    if at >= end:
        raise Refused
    first = data[at]
    if first < SHORT:
        return first, at + 1
    log2 = first >> 6
    stop = at + (1 << log2)
    if log2 == len(_LIMITS) or stop > end:
        raise Refused
    length = int.from_bytes(data[at:stop], "big") & (_LIMITS[log2] - 1)
    if length < _LIMITS[log2 - 1]:  # a shorter header would do
        raise Refused
    return length, stop
