"""From the annotations of a wire struct to its encoding (RFC 9420 §2.1, RFC 8446 §3).

A wire struct is a frozen dataclass whose annotations *are* its wire format:

    @struct
    class UpdatePathNode:
        encryption_key: HPKEPublicKey
        encrypted_path_secret: LazyVector[HPKECiphertext]

This file turns such annotations into shapes. The compiled codec (`codec.py`), the reader of spans
(`inspect/spans.py`), and the test that compares our structs with the RFC's use the same shapes.
"""

from __future__ import annotations

import re
import types
from collections.abc import Callable, Sequence
from dataclasses import FrozenInstanceError, dataclass, field, fields
from enum import IntEnum
from functools import cache
from operator import attrgetter
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

from workbench.mls.value import value

T = TypeVar("T")

MOST_ITEMS = 1 << 17
"""The most items that a vector may have. The RFC sets no limit, but a megabyte can hold a million items.

The ratchet tree of a group of 65,536 members has about so many nodes. No other vector of such a group is longer:
neither the proposals of a commit that adds or removes all members, nor the Welcome to all of them.
"""

FEW_ITEMS = 1 << 10
"""The most items of a vector that does not grow with the group: extensions, certificates, external senders.

Real messages have fewer than twenty of each. The limit bounds the time that later steps spend on all items.
"""


@dataclass_transform(frozen_default=True)
def struct(cls: type[T]) -> type[T]:
    """Make `cls` a wire struct: a frozen, slotted dataclass whose fields are encoded in order."""
    return _made(cls, ())


@dataclass_transform(frozen_default=True)
def cached_struct(cls: type[T]) -> type[T]:
    """Make `cls` a wire struct that keeps its bytes once they are known: it is signed, hashed and sent often."""
    return _made(cls, ("encoding",))


def _made(cls: type[T], beside: tuple[str, ...]) -> type[T]:
    """A class like those of `dataclass(frozen=True, slots=True)`, at a fifth of the cost: an import makes many.

    Only `__init__` is compiled for each struct, and it sets the fields through their slots.
    """
    names = tuple(name for name, hint in cls.__annotations__.items() if not hint.startswith("ClassVar"))
    values = attrgetter(*names) if names else lambda _: ()

    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    dataclass(init=False, repr=False, eq=False)(cls)
    namespace = {key: value for key, value in vars(cls).items() if key not in {"__dict__", "__weakref__"}}
    namespace |= _SHARED | {"__slots__": names + beside, "__eq__": equal, "__hash__": lambda self: hash(values(self))}
    made: Any = type(cls.__name__, cls.__bases__, namespace)
    setters: dict[str, Any] = {f"set_{name}": vars(made)[name].__set__ for name in names + beside}
    settings = [f"set_{name}(self, {name})" for name in names] + [f"set_{name}(self, None)" for name in beside]
    source = f"def __init__({', '.join(('self', *names))}):\n {'; '.join(settings) or 'pass'}\n"
    exec(compile(source, f"<struct {cls.__name__}>", "exec"), setters)  # noqa: S102 - made of the field names of our own classes
    made.__init__ = setters["__init__"]
    struct_made: type[T] = made
    return struct_made


def _repr(self: Any) -> str:
    shapes: dict[str, Shape] = fields_of(self.__class__)
    values = ", ".join(f"{name}={_shown(getattr(self, name), shape)}" for name, shape in shapes.items())
    return f"{type(self).__name__}({values})"


def _shown(value: Any, shape: Shape) -> str:
    """A value as `repr` shows it. Of a secret, `repr` shows only the length, because its text ends up in logs."""
    if isinstance(shape, OpaqueVector) and shape.secret:
        return f"<{len(value)} secret bytes>"
    return repr(value)


def _refuse_change(_self: object, name: str, *_value: object) -> None:
    raise FrozenInstanceError(f"cannot change {name!r}: a wire struct is a value")


def _reduce(self: Any) -> tuple[type, tuple[Any, ...]]:
    return type(self), tuple(getattr(self, each.name) for each in fields(self))


_SHARED = {"__repr__": _repr, "__setattr__": _refuse_change, "__delattr__": _refuse_change, "__reduce__": _reduce}


def is_struct(cls: object) -> bool:
    """Whether `cls` is a wire struct."""
    return getattr(cls, "__setattr__", None) is _refuse_change


@dataclass_transform(frozen_default=True)
def inline_variant(cls: type[T]) -> type[T]:
    """Make `cls` one variant of a select to which the RFC gives no name: its fields follow the tag directly."""
    made = struct(cls)
    made.INLINE = True  # type: ignore[attr-defined] # read by `is_inline_variant` alone
    return made


@dataclass_transform(frozen_default=True)
def custom_variant(cls: type[T]) -> type[T]:
    """Make `cls` the variant of a select for tags that the RFC does not define: its first field is the tag."""
    made = inline_variant(cls)
    made.CUSTOM = True  # type: ignore[attr-defined] # read by `_select` alone
    return made


def is_inline_variant(cls: type) -> bool:
    """Whether `cls` was made by `inline_variant`: a grouping of ours, where the RFC has bare fields."""
    return getattr(cls, "INLINE", False)


class Enum8(IntEnum):
    """An `enum` of the presentation language that takes one byte."""


class Enum16(IntEnum):
    """An `enum`, or a registry of code points, that takes two bytes."""


@value
class Uint:
    """`uint8` to `uint64`; with `enum`, only its members are legal."""

    width: int
    enum: type[IntEnum] | None = None


@value
class OpaqueVector:
    """`opaque x<V>`; the `repr` of a struct does not show the bytes of a `secret` one."""

    secret: bool = field(default=False, repr=False)


@value
class Fixed:
    """`opaque x[length]`."""

    length: int


@value
class Rest:
    """All bytes up to the end of the container: the padding of a PrivateMessageContent (§6.3.1)."""


@value
class VectorOf:
    """`T x<V>`; the items of one that is read `lazily` are decoded when they are asked for.

    A vector with more than `most` items is neither read nor written.
    """

    item: Item
    lazily: bool = False
    most: int = field(default=MOST_ITEMS, compare=False, repr=False)


@value
class OptionalOf:
    """`optional<T>`: a presence octet, then the value."""

    item: Item


@value
class Struct:
    """A struct by its class."""

    cls: type


@value
class Select:
    """`select (tag_name)`; the tag stands `in_front`, or was read earlier, perhaps in an enclosing struct.

    `custom_variant` is selected by a tag that the RFC does not define, if the decoder was told to expect that tag.
    """

    tag: Uint
    tag_name: str
    cases: tuple[type, ...]
    in_front: bool
    custom_variant: type | None = None


@value
class ConditionalOf:
    """A field that is there only when `condition` holds of a value decoded earlier; None otherwise."""

    given: str
    condition: Callable[[Any], bool]
    item: Item


Plain: TypeAlias = Uint | OpaqueVector | Fixed | Rest
Item: TypeAlias = Plain | VectorOf | OptionalOf | Struct
Shape: TypeAlias = Item | Select | ConditionalOf


# What annotations are made of.


@value
class PresentWhen:
    """Marks a field of type `hint` that is there only when `condition` holds of the field called `given`."""

    given: str
    condition: Callable[[Any], bool]
    hint: Any


@value
class Tag:
    """Names the tag in front of a select, where it is not called after its type."""

    name: str


@value
class TaggedBy:
    """Marks a select whose tag is not in front of it but in the field called `given`."""

    given: str


uint8 = Annotated[int, Uint(1)]
uint16 = Annotated[int, Uint(2)]
uint32 = Annotated[int, Uint(4)]
uint64 = Annotated[int, Uint(8)]
Opaque = Annotated[bytes, OpaqueVector()]
Secret = Annotated[bytes, OpaqueVector(secret=True)]
Vector: TypeAlias = tuple[T, ...]
ShortVector: TypeAlias = Annotated[tuple[T, ...], FEW_ITEMS]
"""A vector that does not grow with the group."""
LazyVector: TypeAlias = Sequence[T]
"""A vector with one item for each reader, so that a reader needs only one. Its items consist of opaque vectors."""


# From annotations to shapes.


@cache
def fields_of(cls: type) -> dict[str, Shape]:
    """The fields of a wire struct, in order, with their shapes."""
    hints = get_type_hints(cls, include_extras=True)
    return {name: shape_of(hint) for name, hint in hints.items() if get_origin(hint) is not ClassVar}


def shape_of(hint: Any) -> Shape:
    """The shape that the annotation of one field stands for."""
    base, marker = get_args(hint) if get_origin(hint) is Annotated else (hint, None)
    match marker:
        case PresentWhen(given, condition, there):
            return ConditionalOf(given, condition, item_of(there))
        case Tag(name):
            return _select(base, name, in_front=True)
        case TaggedBy(given):
            return _select(base, given, in_front=False)
        case None if _is_union(hint) and type(None) not in get_args(hint):
            return _select(hint, None, in_front=True)
        case _:
            return item_of(hint)


def item_of(hint: Any) -> Item:
    """The shape of an annotation that can also be a vector's item: any but a select, which needs its own struct."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated and isinstance(arguments[1], Plain):
        return arguments[1]
    if origin is Annotated and get_origin(arguments[0]) is tuple:
        (item, _), most = get_args(arguments[0]), arguments[1]
        return VectorOf(item_of(item), most=most)
    if origin is tuple:
        return VectorOf(item_of(arguments[0]))
    if origin is Sequence:
        return VectorOf(item_of(arguments[0]), lazily=True)
    if _is_union(hint) and arguments[1:] == (type(None),):
        return OptionalOf(item_of(arguments[0]))
    if isinstance(hint, type):
        return _enum(hint) if issubclass(hint, IntEnum) else Struct(hint)
    raise TypeError(f"{hint!r} does not say how it is encoded")


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in {Union, types.UnionType}


def _select(union: Any, tag_name: str | None, *, in_front: bool) -> Select:
    cases = tuple(case for case in get_args(union) if not hasattr(case, "CUSTOM"))
    custom_variant = next((case for case in get_args(union) if case not in cases), None)
    enum = type(cases[0].TAG)
    return Select(_enum(enum), tag_name or snake_case(enum.__name__), cases, in_front, custom_variant)


def _enum(cls: type[IntEnum]) -> Uint:
    return Uint(1 if issubclass(cls, Enum8) else 2, cls)


def snake_case(name: str) -> str:
    """The name that the RFC gives to a field of this type: leaf_node for LeafNode."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


@cache
def needs(cls: type) -> tuple[str, ...]:
    """The names of the values that a struct's decoder must be given, because an enclosing struct holds them."""
    found: list[str] = []
    known: set[str] = set()
    for name, shape in fields_of(cls).items():
        found += [wanted for wanted in wanted_by(shape) if wanted not in known and wanted not in found]
        known.add(name)
    return tuple(found)


def wanted_by(shape: Shape) -> tuple[str, ...]:
    """The names of the values read earlier on which the reading of this shape depends."""
    match shape:
        case Select(tag_name=name, in_front=False) | ConditionalOf(given=name):
            return (name,)
        case Struct(cls):
            return needs(cls)
        case _:
            return ()
