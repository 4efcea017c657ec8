"""The careful reader: it decodes like `codec.py`, and knows at every moment where it is.

It yields a span for each field, which is what an inspector of bytes draws, and when the bytes do not decode it
names the field, the offset and the reason. The spans that were read before the fault are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.mls.errors import Malformed
from workbench.mls.wire.shapes import (
    Fixed,
    OpaqueVector,
    OptionalOf,
    Rest,
    Select,
    Shape,
    Struct,
    Uint,
    VectorOf,
    When,
    fields_of,
    needs,
)


@dataclass(slots=True)
class Span:
    """Which bytes encoded which field: `data[start:end]`, its shape, its value, and the fields inside it."""

    name: str
    start: int
    end: int
    shape: Shape
    value: Any = None
    children: list[Span] = field(default_factory=list)


def explain(cls: type, data: bytes, given: dict[str, object]) -> Malformed:
    """Why `data` does not decode as `cls` (RFC 9420 §2.1)."""
    _, problem = read(cls, data, given)
    if problem is None:
        raise AssertionError(f"the two readers of {cls.__name__} disagree")  # a fault of ours, never of the bytes
    return problem


def read(cls: type, data: bytes, given: dict[str, object] | None = None) -> tuple[Span, Malformed | None]:
    """Read `data` as `cls`: the spans, and the fault that stopped the reading, if any."""
    reader = _Reader(data)
    root = Span(cls.__name__, 0, 0, Struct(cls))
    try:
        root.value, root.end = reader.struct(cls, root, 0, len(data), given or {})
        if root.end != len(data):
            raise reader.fault(root.end, f"{len(data) - root.end} bytes are left over")
    except Malformed as problem:
        return root, problem
    return root, None


class _Reader:
    """One pass over immutable bytes; `path` is the field being read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.path: list[str] = []

    def fault(self, at: int, reason: str, section: str = "§2.1") -> Malformed:
        return Malformed(section, reason, path=tuple(self.path), offset=at)

    def field(self, parent: Span, name: str, shape: Shape, at: int, end: int, scope: dict[str, Any]) -> tuple[Any, int]:
        """Read one field into a new span below `parent`."""
        span = Span(name, at, at, shape)
        parent.children.append(span)
        self.path.append(name)
        span.value, span.end = self.value(span, shape, at, end, scope)
        self.path.pop()
        return span.value, span.end

    def value(self, span: Span, shape: Shape, at: int, end: int, scope: dict[str, Any]) -> tuple[Any, int]:
        match shape:
            case Uint(width, enum):
                return self.uint(at, end, width, enum)
            case OpaqueVector():
                start, stop = self.vector(at, end)
                return self.data[start:stop], stop
            case Fixed(length):
                return self.take(at, end, length)
            case Rest():
                return self.data[at:end], end
            case VectorOf(item):
                return self.items(span, item, at, end, scope)
            case OptionalOf(item):
                present, at = self.uint(at, end, 1, None)
                if present > 1:
                    raise self.fault(at - 1, f"the presence octet of an optional is {present}, not 0 or 1")
                return self.value(span, item, at, end, scope) if present else (None, at)
            case Struct(cls):
                return self.struct(cls, span, at, end, {name: scope[name] for name in needs(cls)})
            case When(given, condition, item):
                return self.value(span, item, at, end, scope) if condition(scope[given]) else (None, at)
            case Select():
                return self.select(span, shape, at, end, scope)
            case _:
                raise TypeError(f"no reading for {shape!r}")

    def struct(self, cls: type, span: Span, at: int, end: int, scope: dict[str, Any]) -> tuple[Any, int]:
        scope = dict(scope)
        values: list[Any] = []
        for name, shape in fields_of(cls).items():
            scope[name], at = self.field(span, name, shape, at, end, scope)
            values.append(scope[name])
        return cls(*values), at

    def select(self, span: Span, shape: Select, at: int, end: int, scope: dict[str, Any]) -> tuple[Any, int]:
        if shape.given is None:
            start = at
            tag, at = self.uint(at, end, shape.tag.width, None)
            span.children.append(Span("tag", start, at, shape.tag, tag))
        else:
            start, tag = at, scope[shape.given]
        for case in shape.cases:
            if case.TAG == tag:  # type: ignore[attr-defined] # every case of a select declares TAG
                return self.struct(case, span, at, end, scope)
        expected = ", ".join(f"{int(case.TAG)} ({case.TAG.name})" for case in shape.cases)  # type: ignore[attr-defined] # as above
        raise self.fault(start, f"{tag} selects nothing here; known are {expected}")

    def items(self, span: Span, item: Shape, at: int, end: int, scope: dict[str, Any]) -> tuple[tuple[Any, ...], int]:
        at, stop = self.vector(at, end)
        values: list[Any] = []
        while at < stop:
            value, at = self.field(span, f"[{len(values)}]", item, at, stop, scope)
            values.append(value)
        return tuple(values), at

    def uint(self, at: int, end: int, width: int, enum: Any) -> tuple[Any, int]:
        taken, stop = self.take(at, end, width)
        number = int.from_bytes(taken, "big")
        if enum is None:
            return number, stop
        if number not in {int(member) for member in enum}:
            raise self.fault(at, f"{number} is not a {enum.__name__}")
        return enum(number), stop

    def take(self, at: int, end: int, length: int) -> tuple[bytes, int]:
        if at + length > end:
            raise self.fault(at, f"{length} bytes are needed, {end - at} are left")
        return self.data[at : at + length], at + length

    def vector(self, at: int, end: int) -> tuple[int, int]:
        """Where the contents of a vector start and stop (RFC 9420 §2.1.2)."""
        first, _ = self.uint(at, end, 1, None)
        log2 = first >> 6
        if log2 == 3:
            raise self.fault(at, "a length header must not start with the bits 11", "§2.1.2")
        header, start = self.take(at, end, 1 << log2)
        length = int.from_bytes(header, "big") & ((1 << (8 * len(header) - 2)) - 1)
        if length < (0, 1 << 6, 1 << 14)[log2]:
            raise self.fault(at, f"the length {length} is written in {len(header)} bytes, more than it needs", "§2.1.2")
        if start + length > end:
            raise self.fault(at, f"the vector claims {length} bytes, {end - start} are left", "§2.1.2")
        return start, start + length
