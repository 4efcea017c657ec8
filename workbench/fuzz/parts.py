"""A message as a tree of its fields, which can be changed and encoded again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workbench.fuzz.scene import POLICY
from workbench.inspect.spans import Span, read
from workbench.mls import MLSError, decode
from workbench.mls.tree.extensions import REGISTERED
from workbench.mls.wire.lengths import length_header
from workbench.mls.wire.shapes import Item, OpaqueVector, OptionalOf, Struct, VectorOf
from workbench.mls.wire.tree import Extension


@dataclass(slots=True, eq=False)
class Part:
    """One field. Its encoding is its head (length or presence), its own bytes, and its children.

    `head` and `whole` are None in an unchanged part. An edit sets `head` to replace the correct head, or `whole` to
    replace the whole encoding.
    """

    name: str
    shape: Item
    parent: Part | None
    own: bytes = b""
    present: bool = False
    children: list[Part] = field(default_factory=list)
    head: bytes | None = None
    whole: bytes | None = None

    def body(self) -> bytes:
        """The bytes after the head."""
        return self.own + b"".join(child.encoded() for child in self.children)

    def encoded(self) -> bytes:
        """The bytes of the field, with all edits."""
        if self.whole is not None:
            return self.whole
        body = self.body()
        if self.head is not None:
            return self.head + body
        if isinstance(self.shape, VectorOf | OpaqueVector):
            return length_header(len(body)) + body
        if isinstance(self.shape, OptionalOf):
            return bytes([self.present]) + body
        return body

    def hold(self, body: bytes) -> None:
        """Replace the contents of the part, and all its children, by these bytes."""
        self.own, self.children = body, []

    def walk(self) -> Iterator[Part]:
        """The part itself and all parts inside it, in the order of the bytes."""
        yield self
        for child in self.children:
            yield from child.walk()


def take_apart(cls: type, data: bytes, **given: Any) -> Part:
    """The parts of a valid encoding of `cls`; the data of extensions that the RFC defines is split too."""
    span, problem = read(cls, data, given, POLICY.custom)
    if problem is not None:
        raise problem
    return _part(span, data, None)


def _part(span: Span, data: bytes, parent: Part | None) -> Part:
    present = isinstance(span.shape, OptionalOf) and bool(data[span.start])
    part = Part(span.name, span.shape, parent, present=present)
    if span.children:
        part.children = [_part(child, data, part) for child in span.children]
    else:
        part.own = data[span.body : span.end]
    if span.shape == Struct(Extension):
        _open_extension(part, span.value)
    return part


def _open_extension(part: Part, extension: Extension) -> None:
    """Split the data of a known extension into parts."""
    if extension.extension_type not in REGISTERED:
        return
    _, content = REGISTERED[extension.extension_type]
    try:
        decode(content, extension.extension_data)
    except MLSError:
        return
    inside = part.children[1]
    opened = take_apart(content, extension.extension_data)
    opened.parent = inside
    inside.own, inside.children = b"", [opened]
