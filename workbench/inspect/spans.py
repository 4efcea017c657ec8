"""Which bytes encoded which field: a reader that yields a span for each, which is what an inspector of bytes draws.

It reads as the decoder does (`mls/wire/codec.py`), which says what is wrong if the bytes do not decode; then the spans
before the fault are kept.

Spans are costly, and there can be as many as bytes. A caller that wants no more than some number of them says so: then
the items of further vectors are passed over, up to the item at fault if there is one.

Spans are laid out as the RFC lays out its structs: a select is its tag, and beside it its variant.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from workbench.mls.errors import Malformed
from workbench.mls.wire.codec import failure_of
from workbench.mls.wire.lengths import DecodingFailed, read_bounds
from workbench.mls.wire.shapes import (
    ConditionalOf,
    Fixed,
    Item,
    OpaqueVector,
    OptionalOf,
    Plain,
    Select,
    Struct,
    Uint,
    VectorOf,
    fields_of,
    is_inline_variant,
    needs,
    snake_case,
)


@dataclass(slots=True)
class Span:
    """Which bytes encoded which field: `data[start:end]`; a length or presence header ends at `body`.

    While `complete` is False (the reading stopped inside), `end` is where it stopped and there is no value.
    `passed_over` is how many bytes of a vector's items are in no span of their own, nor in its value.
    """

    name: str
    shape: Item
    start: int
    body: int
    end: int
    value: Any = None
    complete: bool = False
    children: list[Span] = field(default_factory=list)
    passed_over: int = 0


def number_of(span: Span) -> int:
    """How many spans there are: this one, and all inside it."""
    found, waiting = 0, [span]
    while waiting:
        found += 1
        waiting += waiting.pop().children
    return found


def read(
    cls: type,
    data: bytes,
    given: dict[str, Any] | None = None,
    custom: frozenset[int] = frozenset(),
    *,
    most: int | None = None,
) -> tuple[Span, Malformed | None]:
    """Read `data` as `cls`: the spans, and what `decode` raises, if it does; `custom` as for `decode`.

    After `most` spans, if that is given, no item of a vector is read but those in which the decoder fails.
    """
    failed = failure_of(cls, data, custom, given or {})
    at_fault = [(at, name) for name, at in reversed(failed.inside) if name.startswith("[")] if failed else []
    if failed:
        at_fault.append((failed.at, TOO_MANY))
    reader = _Reader(data, custom, most, at_fault)
    outside = Span("", Struct(cls), 0, 0, len(data))
    with suppress(_Stopped):
        reader.field(outside, cls.__name__, Struct(cls), given or {})
    return outside.children[0], None if failed is None else failed.malformed(cls)


TOO_MANY = ""
"""Stands for the item that is one too many in its vector: it is at fault, and has no field."""


class _Stopped(Exception):
    """The bytes cannot be read on: the decoder says why."""


class _Reader:
    """One pass over `data`: `at` is the next byte, and `end` that of the enclosing vector.

    `at_fault` are the items of vectors in which the decoder fails, the outermost first, by where they begin. The last
    one is where it stops: that is an item of the innermost vector if this has too many.
    """

    def __init__(
        self, data: bytes, custom: frozenset[int], most: int | None, at_fault: Sequence[tuple[int, str]]
    ) -> None:
        self.data = data
        self.custom = custom
        self.left = most
        self.at_fault = at_fault
        self.at = 0
        self.end = len(data)

    def field(self, parent: Span, name: str, shape: Item, scope: dict[str, Any]) -> Any:
        """Read one field into a new span below `parent`."""
        span = Span(name, shape, self.at, self.at, self.at)
        parent.children.append(span)
        if self.left is not None:
            self.left -= 1
        try:
            span.value = self.value(span, shape, scope)
        finally:
            span.end = self.at
        span.complete = True
        return span.value

    def value(self, span: Span, shape: Item, scope: dict[str, Any]) -> Any:
        match shape:
            case VectorOf(item):
                return self.vector(span, item, scope)
            case OptionalOf(item):
                return self.optional(span, item, scope)
            case Struct(cls):
                return self.struct(cls, span, {name: scope[name] for name in needs(cls)})
            case _:
                return self.plain(span, shape)

    def struct(self, cls: type, span: Span, scope: dict[str, Any]) -> Any:
        """The fields of a struct, as children of `span`."""
        scope = dict(scope)
        values = []
        for name, shape in fields_of(cls).items():
            match shape:
                case Select():
                    scope[name] = self.select(span, shape, scope)
                case ConditionalOf(given, condition, item):
                    scope[name] = self.field(span, name, item, scope) if condition(scope[given]) else None
                case _:
                    scope[name] = self.field(span, name, shape, scope)
            values.append(scope[name])
        return cls(*values)

    def select(self, span: Span, shape: Select, scope: dict[str, Any]) -> Any:
        """The tag, and the variant that it selects."""
        name = shape.tag_name
        number = int.from_bytes(self.data[self.at : self.at + shape.tag.width], "big")
        if shape.custom_variant is not None and number in self.custom:
            return self.struct(shape.custom_variant, span, {})
        tag = self.field(span, name, shape.tag, scope) if shape.in_front else scope[name]
        for case in shape.cases:
            if tag != case.TAG:  # type: ignore[attr-defined] # every case of a select declares TAG
                continue
            if is_inline_variant(case):
                return self.struct(case, span, {})
            return self.field(span, snake_case(case.__name__), Struct(case), {})
        raise _Stopped

    def vector(self, span: Span, item: Item, scope: dict[str, Any]) -> tuple[Any, ...]:
        """The items of a vector, as children of `span`."""
        outer, self.end = self.end, self.length(span)
        values: list[Any] = []
        fault, name = next(((at, name) for at, name in self.at_fault if self.at <= at < self.end), (self.end, ""))
        while self.at < self.end:
            if self.left is not None and self.left <= 0 and self.at < fault:
                span.passed_over = fault - self.at
                self.at = fault
            elif self.at == fault and name == TOO_MANY:
                raise _Stopped
            else:
                values.append(self.field(span, name if self.at == fault else f"[{len(values)}]", item, scope))
        self.end = outer
        return tuple(values)

    def optional(self, span: Span, item: Item, scope: dict[str, Any]) -> Any:
        """A presence octet, and what it announces (RFC 9420 §2.1.1)."""
        present = self.peek(1)[0]
        if present > 1:
            raise _Stopped
        self.at += 1
        span.body = self.at
        return self.value(span, item, scope) if present else None

    def plain(self, span: Span, shape: Plain) -> Any:
        """A value without fields of its own."""
        match shape:
            case Uint(width, enum):
                number = int.from_bytes(self.peek(width), "big")
                value: Any = number if enum is None else self.member(enum, number)
                self.at += width
                return value
            case OpaqueVector():
                stop = self.length(span)
            case Fixed(length):
                stop = self.at + len(self.peek(length))
            case _:  # Rest
                stop = self.end
        self.at = stop
        return self.data[span.body : stop]

    def member(self, enum: Any, number: int) -> Any:
        """The member of an enum that has this number."""
        if number not in {*enum}:
            raise _Stopped
        return enum(number)

    def peek(self, length: int) -> bytes:
        """The next bytes, not yet consumed."""
        if self.at + length > self.end:
            raise _Stopped
        return self.data[self.at : self.at + length]

    def length(self, span: Span) -> int:
        """Read a vector's length header; the result is where the vector stops (RFC 9420 §2.1.2)."""
        try:
            span.body, stop = read_bounds(self.data, self.at, self.end)
        except DecodingFailed:
            raise _Stopped from None
        self.at = span.body
        return stop
