"""Bytes as people pass them on: as they are, in hexadecimal, or in base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable


def from_hex(raw: bytes) -> bytes:
    """Bytes written in hexadecimal, with or without 0x in front and white space anywhere. Raises ValueError."""
    digits = _without_space(raw).removeprefix(b"0x")
    stray = re.search(rb"[^0-9A-Fa-f]", digits)
    if stray:
        raise ValueError(f"{stray[0].decode(errors='replace')!r} is no hexadecimal digit")
    if len(digits) % 2:
        raise ValueError(f"the number of hexadecimal digits is odd ({len(digits)}): one is missing or too much")
    return bytes.fromhex(digits.decode())


def from_base64(raw: bytes) -> bytes:
    """Bytes written in base64 of either alphabet, padded or not, with white space anywhere. Raises ValueError."""
    letters = _without_space(raw).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
    except binascii.Error as problem:
        raise ValueError(f"not base64: {problem}") from problem


def from_any(raw: bytes) -> bytes:
    """Bytes in whichever of the three encodings they are. Raises ValueError for text that is in none.

    What is all text cannot be MLS bytes themselves, which contain bytes that no text has. What could be both is
    taken for hexadecimal: base64 of some length holds a letter that is no digit.
    """
    letters = _without_space(raw)
    if re.fullmatch(rb"(0x)?[0-9A-Fa-f]*", letters):
        return from_hex(raw)
    if re.fullmatch(rb"[0-9A-Za-z+/_-]*=*", letters):
        return from_base64(raw)
    if re.fullmatch(rb"[\x20-\x7e]*", letters):
        raise ValueError("this is text, but neither hexadecimal nor base64")
    return raw


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {"hex": from_hex, "base64": from_base64, "binary": bytes}


def _without_space(raw: bytes) -> bytes:
    return b"".join(raw.split())
