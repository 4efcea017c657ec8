"""Random values of any wire struct, made from the same shapes as its codec."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from hypothesis import strategies as st

from workbench.mls.wire import extensions, labels, messages, proposals, tree
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import FramedContent
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
    needs,
)

STRUCTS: dict[str, type] = {
    name: cls
    for module in (tree, labels, extensions, proposals, messages)
    for name, cls in inspect.getmembers(module, inspect.isclass)
    if cls.__module__ == module.__name__
}
"""Every wire struct there is, by its name."""


@cache
def surroundings() -> dict[str, st.SearchStrategy[Any]]:
    """What stands in an enclosing struct, for a struct by itself."""
    return {"content_type": st.sampled_from(ContentType), "content": values_of(FramedContent)}


def values_and_surroundings(cls: type) -> st.SearchStrategy[tuple[Any, dict[str, Any]]]:
    """A value of `cls`, and what its decoder must be given besides the bytes."""

    @st.composite
    def pair(draw: st.DrawFn) -> tuple[Any, dict[str, Any]]:
        given = {name: draw(surroundings()[name]) for name in needs(cls)}
        return draw_struct(draw, cls, given), given

    return pair()


@cache
def values_of(cls: type) -> st.SearchStrategy[Any]:
    """Any value of a struct that stands by itself."""
    return st.composite(lambda draw: draw_struct(draw, cls, {}))()


def draw_struct(draw: Callable[[st.SearchStrategy[Any]], Any], cls: type, given: dict[str, Any]) -> Any:
    scope = dict(given)
    for name, shape in fields_of(cls).items():
        scope[name] = draw_value(draw, shape, scope)
    return cls(*(scope[name] for name in fields_of(cls)))


def draw_value(draw: Callable[[st.SearchStrategy[Any]], Any], shape: Shape, scope: dict[str, Any]) -> Any:
    match shape:
        case Struct(cls):
            return draw_struct(draw, cls, {name: scope[name] for name in needs(cls)})
        case ConditionalOf(given, condition, item):
            return draw_value(draw, item, scope) if condition(scope[given]) else None
        case Select(_, tag_name, cases, in_front=False):
            return draw(values_of(next(case for case in cases if scope[tag_name] == case.TAG)))  # type: ignore[attr-defined] # cases have one
        case Select(_, _, cases):
            return draw(st.sampled_from(cases).flatmap(values_of))
        case _:
            return draw(plain(shape))


@cache
def plain(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of a shape that looks at nothing else; most are small, some need a longer length header."""
    match shape:
        case Uint(width, enum):
            return st.integers(0, 256**width - 1) if enum is None else st.sampled_from(list(enum))
        case OpaqueVector():
            return st.binary(max_size=8) | st.binary(min_size=60, max_size=70) | st.just(bytes(1 << 14))
        case Fixed(length):
            return st.binary(min_size=length, max_size=length)
        case Rest():
            return st.binary(max_size=8)
        case VectorOf(item):
            return st.lists(items(item), max_size=3).map(tuple)
        case _:
            assert isinstance(shape, OptionalOf)  # whatever else there is depends on its surroundings
            return st.none() | items(shape.item)


def items(shape: Shape) -> st.SearchStrategy[Any]:
    return values_of(shape.cls) if isinstance(shape, Struct) else plain(shape)
