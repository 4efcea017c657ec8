"""Where two encodings differ: the fields that are not the same, each with its bytes on both sides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workbench.inspect.dissect import Dissection
from workbench.inspect.fields import Field


class FieldDifference(NamedTuple):
    """A field that is not the same in two dissections; None on the side that does not have it.

    `path` is the path below the root, such as "content.path.leaf_node.encryption_key".
    """

    path: str
    first: Field | None
    second: Field | None


def different_fields(first: Dissection, second: Dissection) -> Iterator[FieldDifference]:
    """The innermost fields that differ, from the first byte to the last; items of vectors are paired by their place."""
    return _between(first, first.root, second, second.root, "")


def _between(first: Dissection, one: Field, second: Dissection, other: Field, path: str) -> Iterator[FieldDifference]:
    if one.type == other.type and _bytes(first, one) == _bytes(second, other):
        return
    if one.type != other.type or not (one.children or other.children):
        yield FieldDifference(path, one, other)
        return
    ours, theirs = ({child.name: child for child in side.children} for side in (one, other))
    for name in dict.fromkeys([*ours, *theirs]):
        below = _below(path, name)
        left, right = ours.get(name), theirs.get(name)
        if left is not None and right is not None:
            yield from _between(first, left, second, right, below)
        elif left is not None:
            yield from (FieldDifference(each, field, None) for each, field in _innermost(left, below))
        elif right is not None:
            yield from (FieldDifference(each, None, field) for each, field in _innermost(right, below))


def _bytes(dissection: Dissection, field: Field) -> bytes:
    return dissection.data[field.offset : field.offset + field.length]


def innermost(dissection: Dissection) -> Iterator[tuple[str, Field]]:
    """All fields without fields inside them, each with its path below the root."""
    return _innermost(dissection.root, "")


def _innermost(field: Field, path: str) -> Iterator[tuple[str, Field]]:
    if not field.children:
        yield path, field
    for child in field.children:
        yield from _innermost(child, _below(path, child.name))


def _below(path: str, name: str) -> str:
    return f"{path}{name}" if name.startswith("[") or not path else f"{path}.{name}"
