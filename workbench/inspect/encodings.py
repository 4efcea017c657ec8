"""The encodings in which people pass on bytes: binary, hexadecimal and base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable


def from_hex(raw: bytes) -> bytes:
    """Decode hexadecimal, with or without "0x" in front; white space is ignored. Raises ValueError."""
    digits = _without_space(raw).removeprefix(b"0x")
    stray = re.search(rb"[^0-9A-Fa-f]", digits)
    if stray:
        raise ValueError(f"{stray[0].decode(errors='replace')!r} is not a hexadecimal digit")
    if len(digits) % 2:
        raise ValueError(
            f"the number of hexadecimal digits must be even, but there are {len(digits)}: one is missing or too many"
        )
    return bytes.fromhex(digits.decode())


def from_base64(raw: bytes) -> bytes:
    """Decode base64 of either alphabet, with or without padding; white space is ignored. Raises ValueError."""
    letters = _without_space(raw).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
    except binascii.Error as problem:
        raise ValueError(f"this is not valid base64: {problem}") from problem


def from_any(raw: bytes) -> bytes:
    """Decode bytes whose encoding is not known. Raises ValueError for text in neither hexadecimal nor base64.

    MLS bytes contain bytes that no text contains, so bytes that are all text are an encoding. Text that could be both
    is decoded as hexadecimal: long base64 almost always contains a letter beyond F.
    """
    letters = _without_space(raw)
    if re.fullmatch(rb"(0x)?[0-9A-Fa-f]*", letters):
        return from_hex(raw)
    if re.fullmatch(rb"[0-9A-Za-z+/_-]*=*", letters):
        return from_base64(raw)
    if re.fullmatch(rb"[\x20-\x7e]*", letters):
        raise ValueError("this is text that is neither hexadecimal nor base64")
    return raw


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {"hex": from_hex, "base64": from_base64, "binary": bytes}


def _without_space(raw: bytes) -> bytes:
    return b"".join(raw.split())
