"""The careful reader: it decodes like `codec.py`, and knows at every moment where it is.

It yields a span for each field, which is what an inspector of bytes draws, and when the bytes do not decode
it names the field, the offset and the reason. The spans that were read before the fault are kept.

Spans are costly, and there can be as many as bytes. Whoever wants no more than some number of them, or none, says so:
then the items of further vectors are passed over, up to the item at fault if there is one (`Stopped`).

Spans and paths are laid out as the RFC lays out its structs: a select is its tag, and beside it its case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from workbench.mls.errors import Malformed
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

Stopped: TypeAlias = dict[int, tuple[int, int]]
"""The vectors in which the decoder stopped, by where their items begin: where the item at fault is, and its number."""


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


def explain(cls: type, data: bytes, given: dict[str, Any], custom: frozenset[int], stopped: Stopped) -> Malformed:
    """Why `data` does not decode as `cls`, of which the decoder knows where it `stopped` (RFC 9420 §2.1)."""
    _, problem = read(cls, data, given, custom, most=0, stopped=stopped)
    if problem is None:  # a fault of ours, never of the bytes
        raise AssertionError(f"the two readers of {cls.__name__} disagree")
    return problem


NOWHERE: Mapping[int, tuple[int, int]] = MappingProxyType({})


def read(
    cls: type,
    data: bytes,
    given: dict[str, Any] | None = None,
    custom: frozenset[int] = frozenset(),
    *,
    most: int | None = None,
    stopped: Mapping[int, tuple[int, int]] = NOWHERE,
) -> tuple[Span, Malformed | None]:
    """Read `data` as `cls`: the spans, and the fault that stopped the reading, if any; `custom` as for `decode`.

    After `most` spans, if that is given, no item of a vector is read but those in which the decoder `stopped`.
    """
    reader = _Reader(data, custom, most, stopped)
    outside = Span("", Struct(cls), 0, 0, len(data))
    problem = None
    try:
        reader.field(outside, cls.__name__, Struct(cls), given or {})
        if reader.at != reader.end:
            reader.path.append(cls.__name__)
            raise reader.fault(f"bytes are left over at the end: {reader.end - reader.at}")
    except Malformed as fault:
        problem = fault
    return outside.children[0], problem


class _Reader:
    """One pass over `data`: `at` is the next byte, `end` that of the enclosing vector, `path` the field."""

    def __init__(
        self, data: bytes, custom: frozenset[int], most: int | None, stopped: Mapping[int, tuple[int, int]]
    ) -> None:
        self.data = data
        self.custom = custom
        self.left = most
        self.stopped = stopped
        self.at = 0
        self.end = len(data)
        self.path: list[str] = []

    def fault(self, reason: str, section: str = "§2.1") -> Malformed:
        """What is wrong with the bytes at `at`."""
        return Malformed(section, reason, path=tuple(self.path), offset=self.at)

    def field(self, parent: Span, name: str, shape: Item, scope: dict[str, Any]) -> Any:
        """Read one field into a new span below `parent`."""
        span = Span(name, shape, self.at, self.at, self.at)
        parent.children.append(span)
        if self.left is not None:
            self.left -= 1
        self.path.append(name)
        try:
            span.value = self.value(span, shape, scope)
        finally:
            span.end = self.at
        span.complete = True
        self.path.pop()
        return span.value

    def value(self, span: Span, shape: Item, scope: dict[str, Any]) -> Any:
        match shape:
            case VectorOf(item, most=most):
                return self.vector(span, item, most, scope)
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
        """The tag, and the case that it selects."""
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
        raise self.fault(f"the {name} {tag} selects nothing")

    def vector(self, span: Span, item: Item, most: int, scope: dict[str, Any]) -> tuple[Any, ...]:
        """The items of a vector, as children of `span`."""
        outer, self.end = self.end, self.length(span)
        values: list[Any] = []
        at_fault, number_at_fault = self.stopped.get(self.at, (self.end, 0))
        while self.at < self.end:
            if self.left is not None and self.left <= 0 and self.at < at_fault:
                span.passed_over = at_fault - self.at
                self.at = at_fault
            else:
                number = number_at_fault if self.at == at_fault else len(values)
                if number == most:
                    raise self.fault(f"the vector has more than {most} items, and no more are read here", "§2.1.2")
                values.append(self.field(span, f"[{number}]", item, scope))
        self.end = outer
        return tuple(values)

    def optional(self, span: Span, item: Item, scope: dict[str, Any]) -> Any:
        """A presence octet, and what it announces (RFC 9420 §2.1.1)."""
        present = self.peek(1)[0]
        if present > 1:
            raise self.fault(f"the presence octet of an optional is {present}, neither 0 nor 1", "§2.1.1")
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
        for member in enum:
            if member == number:
                return member
        known = ", ".join(f"{member.name} ({member.value})" for member in enum)
        raise self.fault(f"{number} is no {enum.__name__}; there is {known}")

    def peek(self, length: int) -> bytes:
        """The next bytes, not yet consumed."""
        if self.at + length > self.end:
            raise self.fault(f"the bytes end too early: {length} wanted, {self.end - self.at} left")
        return self.data[self.at : self.at + length]

    def length(self, span: Span) -> int:
        """Read a vector's length header; the result is where the vector stops (RFC 9420 §2.1.2)."""
        log2 = self.peek(1)[0] >> 6
        if log2 == 3:  # noqa: PLR2004 - both of the two bits that count
            raise self.fault("a length header must not start with the bits 11", "§2.1.2")
        width = 1 << log2
        length = int.from_bytes(self.peek(width), "big") & ((1 << (8 * width - 2)) - 1)
        if length < (0, 1 << 6, 1 << 14)[log2]:
            raise self.fault(f"the length {length} is written in {width} bytes, more than it needs", "§2.1.2")
        stop = self.at + width + length
        if stop > self.end:
            left = self.end - self.at - width
            raise self.fault(f"the vector claims a length of {length}, {left} left", "§2.1.2")
        self.at += width
        span.body = self.at
        return stop
