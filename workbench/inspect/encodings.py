"""The encodings in which people pass on bytes: binary, hexadecimal, dumps, base64 and literals of source code."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable


def from_hex(raw: bytes) -> bytes:
    """Decode hexadecimal: plain, spaced, with colons, with "0x" in front of all or of each byte. Raises ValueError."""
    digits = _without_space(_SEPARATOR.sub(b"", _PREFIX.sub(b"", raw)))
    stray = re.search(rb"[^0-9A-Fa-f]", digits)
    if stray:
        raise ValueError(f"{stray[0].decode(errors='replace')!r} is not a hexadecimal digit")
    if len(digits) % 2:
        raise ValueError(
            f"the number of hexadecimal digits must be even, but there are {len(digits)}: one is missing or too many"
        )
    return bytes.fromhex(digits.decode())


_PREFIX = re.compile(rb"(?<![0-9A-Za-z])0[xX](?=[0-9A-Fa-f])")
_SEPARATOR = re.compile(rb"(?<=[0-9A-Fa-f]{2})[:,](?=\s*[0-9A-Fa-f]{2})")


def from_base64(raw: bytes) -> bytes:
    """Decode base64 of either alphabet, with or without padding; white space is ignored. Raises ValueError."""
    letters = _without_space(raw).translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4), validate=True)
    except binascii.Error as problem:
        raise ValueError(f"this is not valid base64: {problem}") from problem


def is_dump(raw: bytes) -> bool:
    """Whether a text is a dump: `xxd` or `hexdump -C`, with an offset in front of each line."""
    return _DUMPED_LINE.match(raw.lstrip()) is not None


def from_dump(raw: bytes) -> bytes:
    """Decode what `xxd` or `hexdump -C` prints; each offset must be the one of its line. Raises ValueError."""
    data = bytearray()
    last, is_repeated = b"", False
    for line in raw.split(b"\n"):
        if not line.strip():
            continue
        if line.strip() == b"*":
            is_repeated = True
            continue
        offset, _, rest = line.strip().partition(b" ")
        at = int(offset.rstrip(b":"), 16)
        while is_repeated and last and len(data) < at:
            data += last
        is_repeated = False
        if at != len(data):
            raise ValueError(f"a line of the dump begins at byte {at:#x}, but {len(data):#x} bytes stand before it")
        digits = rest.partition(b"  " if offset.endswith(b":") else b"|")[0]
        last = bytes.fromhex(digits.decode())
        data += last
    return bytes(data)


_DUMPED_LINE = re.compile(rb"0{4,16}:? +(?:[0-9A-Fa-f]{2} ?){2,}")


def from_literal(raw: bytes) -> bytes:
    r"""Decode literals of Python or Rust, `b"\x00\x01"` or `[0, 1, 0x02]`; several are joined. Raises ValueError."""
    found = [literal_value(each) for each in LITERAL.finditer(raw)]
    if not found:
        raise ValueError(r'there is no literal such as b"\x00\x01" or [0, 1, 0x02]')
    return b"".join(found)


_BYTE = rb"(?:0[xX][0-9A-Fa-f]{1,2}|25[0-5]|2[0-4]\d|1?\d?\d)(?:_?u8)?"
LITERAL = re.compile(
    rb"""(?<![0-9A-Za-z_"'])b"(?P<double>(?:[^"\\]|\\.)*)"|(?<![0-9A-Za-z_"'])b'(?P<single>(?:[^'\\]|\\.)*)'"""
    rb"|[\[{]\s*(?P<array>%b(?:\s*,\s*%b){3,})\s*,?\s*[\]}]" % (_BYTE, _BYTE),
    re.DOTALL,
)
"""A literal: a byte string, or an array of four bytes or more."""


def literal_value(literal: re.Match[bytes]) -> bytes:
    """The bytes of one match of `LITERAL`."""
    if literal["array"] is not None:
        return bytes(int(number.partition(b"u8")[0].rstrip(b"_"), 0) for number in _NUMBER.findall(literal["array"]))
    text = literal["double"] if literal["double"] is not None else literal["single"]
    return _ESCAPE.sub(_escaped, text)


def _escaped(escape: re.Match[bytes]) -> bytes:
    """What an escape stands for; a line that ends with a backslash goes on in the next, as in Rust."""
    return bytes.fromhex(escape[1].decode()) if escape[1] else _ESCAPED.get(escape[2], b"")


_NUMBER = re.compile(rb"[0-9A-Fa-fxX_u]+")
_ESCAPE = re.compile(rb"""\\(?:x([0-9A-Fa-f]{2})|([0nrt\\'"]|\r?\n\s*))""")
_ESCAPED = {b"0": b"\0", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"\\": b"\\", b"'": b"'", b'"': b'"'}


def from_any(raw: bytes) -> bytes:
    """Decode bytes whose encoding is not known. Raises ValueError for text in none of the encodings.

    MLS bytes contain bytes that no text contains, so bytes that are all text are an encoding. Text that could be both
    is decoded as hexadecimal: long base64 almost always contains a letter beyond F. Words with spaces between them are
    not base64.
    """
    return named_encoding(raw)[1]


def named_encoding(raw: bytes) -> tuple[str, bytes]:
    """The encoding of all of some bytes, by name, and what it encodes. Raises ValueError as `from_any` does."""
    letters = _without_space(raw)
    if re.fullmatch(rb"(0x)?[0-9A-Fa-f]*", letters):
        return "hexadecimal", from_hex(raw)
    if is_dump(raw):
        return "dump", from_dump(raw)
    if re.fullmatch(rb"(?:(?:0[xX])?[0-9A-Fa-f]{2}[:,]?)+", letters):
        return "hexadecimal", from_hex(raw)
    if re.fullmatch(rb"[0-9A-Za-z+/_-]*=*", letters) and len(raw.split()) <= len(raw.strip().splitlines()):
        return "base64", from_base64(raw)
    if re.fullmatch(rb"[\x20-\x7e]*", letters):
        if LITERAL.search(raw):
            return "literal", from_literal(raw)
        raise ValueError("this is text that is neither hexadecimal nor base64")
    return "binary", raw


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "hex": from_hex,
    "base64": from_base64,
    "dump": from_dump,
    "literal": from_literal,
    "binary": bytes,
}
"""The encodings that a caller can name."""


def _without_space(raw: bytes) -> bytes:
    return b"".join(raw.split())
