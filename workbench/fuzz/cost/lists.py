"""All lists in wire structs and in stored structs, and items to fill them with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workbench.fuzz.parts import Part
from workbench.mls.tree.extensions import REGISTERED
from workbench.mls.wire.messages import GroupSecrets, MLSMessage, PrivateMessageContent
from workbench.mls.wire.shapes import (
    ConditionalOf,
    Fixed,
    Item,
    OptionalOf,
    Select,
    Shape,
    Struct,
    Uint,
    VectorOf,
    fields_of,
    is_inline_variant,
)
from workbench.mls.wire.stored import StoredBundle, StoredPendingCommit, StoredState
from workbench.mls.wire.tree import Credential


class ListName(NamedTuple):
    """A field that is a vector, and its struct."""

    struct: str
    field: str

    def __str__(self) -> str:
        return f"{self.struct}.{self.field}"


ROOTS: tuple[type, ...] = (
    MLSMessage,
    PrivateMessageContent,
    GroupSecrets,
    Credential,
    *(content for _, content in REGISTERED.values()),
    StoredState,
    StoredBundle,
    StoredPendingCommit,
)
"""The structs that are decoded alone; all others are inside these, or are only hashed or signed."""


def every_list() -> frozenset[ListName]:
    """All lists in these structs, found by the annotations of the fields."""
    return frozenset(found for root in ROOTS for found in _lists_in(root, set()))


def _lists_in(cls: type, seen: set[type]) -> Iterator[ListName]:
    if cls in seen:
        return
    seen.add(cls)
    for name, shape in fields_of(cls).items():
        if isinstance(shape, VectorOf):
            yield ListName(cls.__name__, name)
        for inside in _structs_in(shape):
            yield from _lists_in(inside, seen)


def _structs_in(shape: Shape) -> Iterator[type]:
    match shape:
        case Struct(cls):
            yield cls
        case VectorOf(item) | OptionalOf(item) | ConditionalOf(item=item):
            yield from _structs_in(item)
        case Select(cases=cases):
            yield from cases


def list_of(part: Part) -> ListName:
    """The list that a part is an instance of; None if the part is not a list."""
    above = part.parent
    if above is None or not isinstance(above.shape, Struct | OptionalOf):
        raise TypeError(f"{part.name} is in no struct")
    inside = above.shape.item if isinstance(above.shape, OptionalOf) else above.shape
    if not isinstance(inside, Struct):
        raise TypeError(f"{part.name} is in no struct")
    for cls in (inside.cls, *_beside_their_tags(inside.cls)):
        if part.name in fields_of(cls):
            return ListName(cls.__name__, part.name)
    raise TypeError(f"{inside.cls.__name__} has no field {part.name}")


def _beside_their_tags(cls: type) -> Iterator[type]:
    for shape in fields_of(cls).values():
        if isinstance(shape, Select):
            yield from (case for case in shape.cases if is_inline_variant(case))


def item_of(shape: Item, number: int | None = None) -> bytes:
    """The shortest item of this shape; with `number`, the shortest item that differs for each number."""
    encoded, _ = _item(shape, number)
    return encoded


NUMBERED = 4
"""How many bytes encode the number of an item."""


def _item(shape: Shape, number: int | None) -> tuple[bytes, int | None]:
    """An item, and the number if no field has encoded it yet."""
    match shape:
        case Uint(width, None):
            return ((number or 0) % (1 << 8 * width)).to_bytes(width, "big"), None
        case Uint(width, enum):
            return min(map(int, enum or ())).to_bytes(width, "big"), number
        case Fixed() | VectorOf() | OptionalOf():
            return bytes(shape.length if isinstance(shape, Fixed) else 1), number
        case Struct(cls):
            return _struct(cls, number)
        case Select(tag=tag):
            heads = {case: case.TAG.to_bytes(tag.width, "big") for case in shape.cases}  # type: ignore[attr-defined] # every case of a select declares TAG
            case = min(heads, key=lambda case: len(_struct(case, None)[0]))
            encoded, left = _struct(case, number)
            return heads[case] + encoded, left
        case _:  # an opaque vector
            held = b"" if number is None else number.to_bytes(NUMBERED, "big")
            return bytes([len(held)]) + held, None


def _struct(cls: type, number: int | None) -> tuple[bytes, int | None]:
    encoded = b""
    for shape in fields_of(cls).values():
        field, number = _item(shape, number)
        encoded += field
    return encoded, number
