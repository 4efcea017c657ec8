"""What an annotation says about bytes (RFC 9420 §2.1, RFC 8446 §3).

A wire struct is a frozen dataclass whose annotations *are* its wire format:

    @struct
    class UpdatePathNode:
        encryption_key: HPKEPublicKey
        encrypted_path_secret: Vector[HPKECiphertext]

This file turns such annotations into shapes, the one description that serves the compiled codec
(`codec.py`), the careful reader that knows where it is (`reader.py`), and the test that holds our
structs to the RFC's own.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import (
    Annotated,
    Any,
    ClassVar,
    TypeAlias,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def struct(cls: type[T]) -> type[T]:
    """Make `cls` a wire struct: a frozen, slotted dataclass whose fields are encoded in order."""
    return dataclass(frozen=True, slots=True)(cls)


class Enum8(IntEnum):
    """An `enum` of the presentation language that takes one byte."""


class Enum16(IntEnum):
    """An `enum`, or a registry of code points, that takes two bytes."""


@dataclass(frozen=True)
class Uint:
    """`uint8` to `uint64`; with `enum`, only its members are legal."""

    width: int
    enum: type[IntEnum] | None = None


@dataclass(frozen=True)
class OpaqueVector:
    """`opaque x<V>`."""


@dataclass(frozen=True)
class Fixed:
    """`opaque x[length]`."""

    length: int


@dataclass(frozen=True)
class Rest:
    """Whatever is left of the container: the padding of a PrivateMessageContent (§6.3.1)."""


@dataclass(frozen=True)
class VectorOf:
    """`T x<V>`."""

    item: Shape


@dataclass(frozen=True)
class OptionalOf:
    """`optional<T>`: a presence octet, then the value."""

    item: Shape


@dataclass(frozen=True)
class Struct:
    """A struct by its class."""

    cls: type


@dataclass(frozen=True)
class Select:
    """`select`: the tag in front, or, with `given`, a value decoded earlier in this or an enclosing struct."""

    tag: Uint
    cases: tuple[type, ...]
    given: str | None = None


@dataclass(frozen=True)
class When:
    """A field that is there only when `condition` holds of a value decoded earlier; None otherwise."""

    given: str
    condition: Callable[[Any], bool]
    item: Shape


@dataclass(frozen=True)
class PresentWhen:
    """Marks a field, of the type `hint`, that is there only when `condition` holds of the field called `given`."""

    given: str
    condition: Callable[[Any], bool]
    hint: Any


@dataclass(frozen=True)
class TaggedBy:
    """Marks a select whose tag is not in front of it but in the field called `given`."""

    given: str


Shape: TypeAlias = Uint | OpaqueVector | Fixed | Rest | VectorOf | OptionalOf | Struct | Select | When

uint8 = Annotated[int, Uint(1)]
uint16 = Annotated[int, Uint(2)]
uint32 = Annotated[int, Uint(4)]
uint64 = Annotated[int, Uint(8)]
Opaque = Annotated[bytes, OpaqueVector()]
Vector: TypeAlias = tuple[T, ...]


@cache
def fields_of(cls: type) -> dict[str, Shape]:
    """The fields of a wire struct, in order, with their shapes."""
    hints = get_type_hints(cls, include_extras=True)
    return {name: shape_of(hint) for name, hint in hints.items() if get_origin(hint) is not ClassVar}


def shape_of(hint: Any) -> Shape:
    """The shape that one annotation stands for."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1])
    if origin is tuple:
        return VectorOf(shape_of(arguments[0]))
    if origin in {Union, types.UnionType}:
        return _union(arguments)
    if issubclass(hint, IntEnum):
        return _enum(hint)
    return Struct(hint)


def _annotated(base: Any, marker: Any) -> Shape:
    match marker:
        case PresentWhen(given, condition, hint):
            return When(given, condition, shape_of(hint))
        case TaggedBy(given):
            cases = get_args(base)
            return Select(_enum(type(cases[0].TAG)), cases, given)
        case Uint() | OpaqueVector() | Fixed() | Rest():
            return marker
        case _:
            raise TypeError(f"{marker!r} says nothing about bytes")


def _union(arguments: tuple[Any, ...]) -> Shape:
    if arguments[-1] is type(None):
        (item,) = arguments[:-1]  # optional<select> needs a struct of its own, as in the RFC
        return OptionalOf(shape_of(item))
    return Select(_enum(type(arguments[0].TAG)), arguments)


def _enum(cls: type[IntEnum]) -> Uint:
    return Uint(1 if issubclass(cls, Enum8) else 2, cls)


@cache
def needs(cls: type) -> tuple[str, ...]:
    """The names that a struct's decoder must be given because they stand in an enclosing struct."""
    found: list[str] = []
    known: set[str] = set()
    for name, shape in fields_of(cls).items():
        found += [wanted for wanted in _wanted(shape) if wanted not in known and wanted not in found]
        known.add(name)
    return tuple(found)


def _wanted(shape: Shape) -> tuple[str, ...]:
    match shape:
        case Select(given=str(given)) | When(given=given):
            return (given,)
        case Struct(cls):
            return needs(cls)
        case _:
            return ()
