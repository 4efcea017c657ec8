"""Whether the values in a wire struct fit their fields: for structs that a caller has made (RFC 9420 §2.1).

The constructor of a struct checks nothing, so a struct from a caller is checked where it comes in. A decoded struct
needs no check: the decoder makes no value that does not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from workbench.mls.wire.shapes import (
    ConditionalOf,
    Fixed,
    OpaqueVector,
    OptionalOf,
    Rest,
    Select,
    Shape,
    Struct,
    Uint,
    VectorOf,
    fields_of,
)

LONGEST_VECTOR = (1 << 30) - 1
"""The most bytes that the length header of a vector can announce (RFC 9420 §2.1.2)."""


class Misfit(NamedTuple):
    """A value that does not fit: its name or the path to it, what is allowed there, and what was given."""

    name: str
    allowed: str
    given: str

    @property
    def reason(self) -> str:
        """What is wrong, as the part of a sentence that follows the name."""
        return f"must be {self.allowed}, not {self.given}"


def misfit_in_struct(value: Any, cls: type, name: str) -> Misfit | None:
    """The first value in a struct, at any depth, that does not fit; None if all values fit.

    A struct that has kept its bytes was decoded or encoded before, so its values fit.
    """
    if type(value) is not cls:
        return Misfit(name, f"a {cls.__name__}", described(value))
    if getattr(value, "encoding", None) is not None:
        return None
    shapes = fields_of(cls)  # type: ignore[arg-type] # mypy takes the instances' __hash__ for the class's
    misfits = (misfit_in_value(getattr(value, field), shape, f"{name}.{field}") for field, shape in shapes.items())
    return next(filter(None, misfits), None)


def misfit_in_value(value: object, shape: Shape, name: str) -> Misfit | None:
    """The first part of a value that does not fit a shape; None if all of it fits."""
    match shape:
        case OptionalOf(item) | ConditionalOf(item=item):
            return None if value is None else misfit_in_value(value, item, name)
        case VectorOf():
            return _misfit_in_vector(value, shape, name)
        case Struct(cls):
            return misfit_in_struct(value, cls, name)
        case Select():
            return _misfit_in_select(value, shape, name)
        case Uint():
            return _misfit_in_uint(value, shape, name)
        case _:
            return _misfit_in_bytes(value, shape, name)


def _misfit_in_select(value: object, shape: Select, name: str) -> Misfit | None:
    if type(value) in {*shape.cases, shape.custom_variant}:
        return misfit_in_struct(value, type(value), name)
    return Misfit(name, " or ".join(f"a {case.__name__}" for case in shape.cases), described(value))


def _misfit_in_uint(value: object, shape: Uint, name: str) -> Misfit | None:
    if shape.enum is not None:
        fits = is_integer(value) and value in {*shape.enum}
        return None if fits else Misfit(name, f"a {shape.enum.__name__}", described(value))
    fits = isinstance(value, int) and is_integer(value) and 0 <= value < 1 << 8 * shape.width
    return None if fits else Misfit(name, f"an integer from 0 to 2^{8 * shape.width} - 1", described(value))


def _misfit_in_bytes(value: object, shape: OpaqueVector | Fixed | Rest, name: str) -> Misfit | None:
    if isinstance(shape, Fixed):
        fits = isinstance(value, bytes) and len(value) == shape.length
        return None if fits else Misfit(name, f"{shape.length} bytes", described(value))
    fits = isinstance(value, bytes) and len(value) <= LONGEST_VECTOR
    return None if fits else Misfit(name, "bytes, fewer than 2^30", described(value))


def _misfit_in_vector(value: object, shape: VectorOf, name: str) -> Misfit | None:
    if not isinstance(value, Sequence if shape.lazily else tuple):
        return Misfit(name, "a tuple", described(value))
    misfits = (misfit_in_value(each, shape.item, f"{name}[{place}]") for place, each in enumerate(value))
    return next(filter(None, misfits), None)


def is_integer(value: object) -> bool:
    """Whether a value is an integer. True and False are not, although Python says that they are."""
    return isinstance(value, int) and not isinstance(value, bool)


def described(value: object) -> str:
    """A value in words that show no secret: for bytes their number, for text only its type."""
    if value is None or isinstance(value, int | float):
        return str(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return f"the class {value.__name__}" if isinstance(value, type) else f"a value of type {type(value).__name__}"
