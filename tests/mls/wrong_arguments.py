"""Wrong values for every parameter of a function, made from its annotations."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Annotated, Any, NewType, TypeVar, Union, get_args, get_origin

from workbench.mls.arguments import annotations_of
from workbench.mls.group.public_commit import ProcessPublicCommit
from workbench.mls.wire.shapes import OpaqueVector

CANDIDATES: Mapping[str, Any] = {
    "None": None,
    "a float": 1.0,
    "True": True,
    "a negative number": -1,
    "2^64": 1 << 64,
    "text": "text",
    "a lone surrogate": "\ud800",
    "a byte": b"\0",
    "a bytearray": bytearray(32),
    "a list": [object()],
    "a dict": {1: object()},
    "an object": object(),
    "a class": list,
}


EMPTY: Mapping[Any, Any] = {Sequence: (), Collection: (), tuple: (), Mapping: {}, frozenset: frozenset()}


def allowed(hint: Any) -> set[str]:
    """Which of the candidates an annotation allows."""
    if hint in {Any, object} or isinstance(hint, TypeVar):
        return {*CANDIDATES}
    if get_origin(hint) in {Union, types.UnionType}:
        return {name for part in get_args(hint) for name in allowed(part)}
    if get_origin(hint) is Annotated:
        return {"a byte"} if isinstance(get_args(hint)[1], OpaqueVector) else set()
    by_hint: dict[Any, set[str]] = {
        types.NoneType: {"None"},
        bool: {"True"},
        int: {"a negative number", "2^64"},
        str: {"text"},
        bytes: {"a byte"},
    }
    is_function = get_origin(hint) is Callable or hint is ProcessPublicCommit
    return {"a class"} if is_function else by_hint.get(hint, set())


def parameters(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotation of each parameter that the function itself looks at."""
    hints = annotations_of(function)
    named = inspect.signature(function).parameters.values()
    return {
        each.name: hints[each.name]
        for each in named
        if each.name != "self" and each.kind is not inspect.Parameter.VAR_KEYWORD
    }


def wrong_values(hint: Any) -> Iterator[tuple[str, Any]]:
    """The candidates that an annotation does not allow, each with its name."""
    return ((name, value) for name, value in CANDIDATES.items() if name not in allowed(hint))


def sample(hint: Any, samples: Mapping[Any, Any]) -> Any:
    """A value that an annotation allows. `LookupError` for one of which there is no sample."""
    if hint is object or isinstance(hint, TypeVar):
        return 0
    if hint in samples:
        return samples[hint]
    if isinstance(hint, NewType) or hint is int:
        return 1
    if get_origin(hint) in EMPTY:
        return EMPTY[get_origin(hint)]
    if get_origin(hint) in {Union, types.UnionType}:
        known = (
            part for part in reversed(get_args(hint)) if part in samples or part is int or get_origin(part) in EMPTY
        )
        return None if types.NoneType in get_args(hint) else sample(next(known), samples)
    raise LookupError(f"there is no sample for {hint}: add one")


def calls(function: Callable[..., Any], samples: Mapping[Any, Any]) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """For each parameter and wrong value: the name of the parameter, that of the value, and the call."""
    hints = parameters(function)
    kinds = {name: each.kind for name, each in inspect.signature(function).parameters.items()}
    for wrong, hint in hints.items():
        for name, value in wrong_values(hint):
            given = {each: sample(other, samples) for each, other in hints.items() if each != wrong} | {wrong: value}
            ordered = {each: given[each] for each in hints}
            positional = [ordered[each] for each in hints if kinds[each] is not inspect.Parameter.KEYWORD_ONLY]
            named = {each: ordered[each] for each in hints if kinds[each] is inspect.Parameter.KEYWORD_ONLY}
            yield wrong, name, lambda positional=positional, named=named: function(*positional, **named)  # type: ignore[misc] # bound at once
