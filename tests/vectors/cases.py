"""Cases of the official files, and how one value in them becomes another."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from workbench.vectors.formats import tell_format
from workbench.vectors.run import check_case

Place = tuple[str | int, ...]


@cache
def cases_of(file: Path) -> list[Any]:
    """All cases of a file."""
    cases: list[Any] = json.loads(file.read_bytes())
    return cases


def sample(file: Path) -> Any:
    """A case of middling size, of suite 3 where there is one: the next suite differs from it in every algorithm."""
    chosen = _by_size(file)
    return chosen[len(chosen) // 2]


def small_sample(file: Path) -> Any:
    """A case of the smaller ones, to be tried with each of its values."""
    chosen = _by_size(file)
    return chosen[len(chosen) // 4]


def _by_size(file: Path) -> list[Any]:
    cases = cases_of(file)
    chosen = [case for case in cases if case.get("cipher_suite") == 3] or cases
    return sorted(chosen, key=lambda case: len(json.dumps(case)))


def place(path: str) -> Place:
    """`epochs.0.commit` as the keys on the way there."""
    return tuple(int(key) if key.isdigit() else key for key in path.split("."))


def leaves(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """All values in a case that hold no others, and where they are."""
    if isinstance(value, dict):
        for key, inside in value.items():
            yield from leaves(inside, (*at, key))
    elif isinstance(value, list):
        for index, inside in enumerate(value):
            yield from leaves(inside, (*at, index))
    else:
        yield at, value


def value_at(case: Any, at: Place) -> Any:
    """The value at a place."""
    for key in at:
        case = case[key]
    return case


def with_value(case: Any, at: Place, change: Callable[[Any], Any]) -> Any:
    """A copy of the case in which one value is another."""
    changed = copy.deepcopy(case)
    holder = value_at(changed, at[:-1])
    holder[at[-1]] = change(holder[at[-1]])
    return changed


def without(case: Any, at: Place) -> Any:
    """A copy of the case in which one field is missing."""
    changed = copy.deepcopy(case)
    del value_at(changed, at[:-1])[at[-1]]
    return changed


def another(value: Any) -> Any:
    """A value of the same kind: the next number, bytes with one bit changed, an array with another first."""
    match value:
        case None:
            return 0
        case int():
            return value + 1
        case []:
            return [0]
        case [first, *rest]:
            return [another(first), *rest]
        case str() if set(value) <= set("0123456789abcdef"):
            data = bytearray.fromhex(value) or bytearray(1)
            data[len(data) // 2] ^= 1
            return data.hex()
        case str():
            return f"{value} too"
        case _:
            raise TypeError(f"{value!r} does not stand in a vector")


def verdict(case: Any, like: list[Any]) -> str | None:
    """What the check of the format of `like` says of a case: the reason of its failure, or None."""
    kind = tell_format(like)
    assert kind is not None
    return check_case(kind, case)
