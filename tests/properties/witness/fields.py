"""The fields of some bytes, as the inspector finds them, checked to be all of the bytes (RFC 9420 §2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.inspect.dissect import dissect
from workbench.inspect.fields import Field


@dataclass(frozen=True, slots=True)
class Part:
    """One field of `data`."""

    data: bytes
    field: Field

    @property
    def encoded(self) -> bytes:
        """All of its bytes."""
        return self.data[self.field.offset : self.field.offset + self.field.length]

    @property
    def body(self) -> bytes:
        """Its bytes without the length or presence in front."""
        return self.encoded[self.field.header :]

    @property
    def number(self) -> int:
        return int.from_bytes(self.body, "big")

    @property
    def names(self) -> list[str]:
        return [child.name for child in self.field.children]

    def __iter__(self) -> Iterator[Part]:
        for child in self.field.children:
            yield Part(self.data, child)

    def __getitem__(self, name: str) -> Part:
        return next(part for part in self if part.field.name == name)

    def up_to(self, name: str) -> bytes:
        """The bytes of all fields before one: what its signature covers."""
        return self.data[self.field.offset + self.field.header : self[name].field.offset]


def take_apart(data: bytes, as_: str | type = "message", **given: Any) -> Part:
    """The fields of bytes that are well formed to the last of them."""
    dissection = dissect(data, as_, **given)
    assert dissection.faults == ()
    assert (dissection.root.offset, dissection.root.length) == (0, len(data))
    for field in dissection:
        _check(field, data)
    return Part(data, dissection.root)


def vector(data: bytes) -> bytes:
    """`opaque x<V>`: the shortest header that can say the length (RFC 9420 §2.1.2)."""
    for size, mark in ((1, 0x00), (2, 0x40), (4, 0x80)):
        if len(data) < 1 << 8 * size - 2:
            header = len(data).to_bytes(size, "big")
            return bytes([header[0] | mark]) + header[1:] + data
    raise AssertionError("too long for a vector")


def optional(data: bytes | None) -> bytes:
    """`optional<T>` (RFC 9420 §2.1.1)."""
    return b"\0" if data is None else b"\1" + data


def uint(number: int, width: int) -> bytes:
    return number.to_bytes(width, "big")


def _check(field: Field, data: bytes) -> None:
    """The header is what it must be, and the fields inside fill the rest without a gap."""
    body = data[field.offset + field.header : field.offset + field.length]
    header = data[field.offset : field.offset + field.header]
    if field.type.endswith("<V>"):
        assert header + body == vector(body)
    elif field.type.startswith("optional<"):
        assert header == (b"\1" if body else b"\0")
    else:
        assert header == b""
    at = field.offset + field.header
    for child in field.children:
        assert child.offset == at
        at += child.length
    assert not field.children or at == field.offset + field.length
    if isinstance(field.value, str):
        assert bytes.fromhex(field.value) == body
    if isinstance(field.value, int):
        assert uint(field.value, len(body)) == body
