"""Vectors whose items are decoded one by one, when they are asked for: each reader of a Welcome or a path needs one.

The items consist of opaque vectors alone (`LazyVector`), so their lengths are enough to find where each begins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar, overload

from workbench.mls.wire.lengths import DecodingFailed, read_bounds, too_many

T = TypeVar("T")

Decode: TypeAlias = Callable[..., tuple[Any, int]]
"""`(data, at, end, *given) -> (value, next offset)`; reads nothing at or beyond `end`."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UndecodedItems(Sequence[T]):
    """The items of a decoded `LazyVector`, still as bytes. It is equal to the tuple of its items."""

    read_item: Decode
    body: bytes
    starts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return tuple(self)[at]
        item: T
        item, _ = self.read_item(self.body, self.starts[at], len(self.body))
        return item

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


def lazy_vector_decoder(read_item: Decode, *, names: Sequence[str], most: int) -> Decode:
    """How to read at most `most` items that each have one opaque vector for each name: by their lengths alone."""

    def end_of_item(data: bytes, at: int, end: int) -> int:
        for name in names:
            try:
                _, at = read_bounds(data, at, end)
            except DecodingFailed as failed:
                failed.inside.append((name, at))
                raise
        return at

    def skip_vector(data: bytes, at: int, end: int) -> tuple[Sequence[Any], int]:
        first, stop = read_bounds(data, at, end)
        starts: list[int] = []
        at = first
        try:
            while at < stop and len(starts) < most:
                starts.append(at - first)
                at = end_of_item(data, at, stop)
        except DecodingFailed as failed:
            failed.inside.append((f"[{len(starts) - 1}]", at))
            raise
        if at < stop:
            raise too_many(at, most)
        if not starts:
            return (), stop
        return UndecodedItems(read_item, data[first:stop], tuple(starts)), stop

    return skip_vector
