"""The arguments of public functions: each must fit its annotation, or `InvalidArgument` is raised.

    @checks_arguments
    def create_group(bundle: KeyPackageBundle, group_id: Opaque, *, entropy: Entropy, now: Seconds) -> GroupState:

Here `entropy` must be 32 bytes and `now` a uint64. The check comes before anything else, so the code of the function
can rely on its arguments. `InvalidArgument` names the argument, what is allowed, and what was given. The fields of a
struct are checked too: a wrong one is named by its path, for example `proposals[2].removed`.
"""

from __future__ import annotations

import collections.abc
import inspect
import types
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import fields
from functools import cache, wraps
from itertools import chain, repeat
from typing import (
    Annotated,
    Any,
    Literal,
    NewType,
    ParamSpec,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from workbench.mls.errors import InvalidArgument
from workbench.mls.wire.shapes import Fixed, Uint, is_struct, uint64
from workbench.mls.wire.values import Misfit, described, is_integer, misfit_in_struct, misfit_in_value

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
C = TypeVar("C")

Entropy: TypeAlias = Annotated[bytes, Fixed(32)]
"""Fresh random bytes, never used twice."""

Seconds: TypeAlias = uint64
"""Seconds since 1970, or a number of seconds."""


def checks_arguments(function: Callable[Arguments, Result], *, is_method: bool = False) -> Callable[Arguments, Result]:
    """A function that raises `InvalidArgument` for an argument that does not fit its annotation."""

    @wraps(function)
    def checked(*arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
        names, rest, checks = _parameters(function)
        for name, value in zip(chain(names[is_method:], rest), arguments[is_method:], strict=False):
            _refuse(checks[name](value, name))
        for name, value in options.items():
            if name in checks:
                _refuse(checks[name](value, name))
        return function(*arguments, **options)

    return checked


def checks_methods(cls: type[C]) -> type[C]:
    """A class whose constructor and public methods are `checks_arguments`."""
    for name, member in vars(cls).copy().items():
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, types.FunctionType):
            setattr(cls, name, checks_arguments(member, is_method=True))
        elif isinstance(member, classmethod):
            setattr(cls, name, classmethod(checks_arguments(member.__func__, is_method=True)))
    return cls


def check_fields(value: Any) -> None:
    """Raise `InvalidArgument` for a field of a dataclass that does not fit its annotation; for `__post_init__`."""
    for name, check in _fields(value.__class__).items():
        _refuse(check(getattr(value, name), f"{type(value).__name__}.{name}"))


def _refuse(misfit: Misfit | None) -> None:
    if misfit:
        raise InvalidArgument(misfit.name, misfit.reason)


@cache
def _parameters(callable_: Callable[..., Any]) -> tuple[list[str], Iterable[str], dict[str, Check]]:
    """The names of the positional parameters, the name of `*rest` again and again, and the check of each parameter."""
    parameters = inspect.signature(callable_).parameters.values()
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [each.name for each in parameters if each.kind in positional]
    rest = next((repeat(each.name) for each in parameters if each.kind is inspect.Parameter.VAR_POSITIONAL), ())
    known = {each.name for each in parameters if each.kind is not inspect.Parameter.VAR_KEYWORD}
    return names, rest, {name: _check(hint) for name, hint in annotations_of(callable_).items() if name in known}


@cache
def _fields(cls: Hashable) -> dict[str, Check]:
    hints = get_type_hints(cls, include_extras=True)
    return {each.name: _check(hints[each.name]) for each in fields(cls)}  # type: ignore[arg-type] # of a dataclass


def annotations_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the parameters. The result's is left out: it may name a type that is not loaded yet."""
    plain: Any = inspect.unwrap(function)
    annotations = {name: hint for name, hint in plain.__annotations__.items() if name != "return"}
    return get_type_hints(types.SimpleNamespace(__annotations__=annotations), plain.__globals__, include_extras=True)


# How a value is compared with an annotation: what an annotation means is found out once

Check: TypeAlias = Callable[[Any, str], Misfit | None]
"""Compares a value of this name with an annotation: the first part that does not fit, None if all of it fits."""


def _check(hint: Any) -> Check:
    """The check of an annotation; it looks inside of containers and of wire structs only."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated or isinstance(hint, NewType):
        shape = parts[1] if parts else Uint(4)  # a new type is LeafIndex or NodeIndex
        return lambda value, name: misfit_in_value(value, shape, name)
    if origin in {Union, types.UnionType}:
        return _check_of_union(parts)
    if origin in _CONTAINERS:
        return _check_of_container(origin, parts)
    if is_struct(hint):
        return lambda value, name: misfit_in_struct(value, hint, name)
    if hint is str:
        return _misfit_in_text
    fits, allowed = _test(hint), _allowed(hint)
    return lambda value, name: None if fits(value) else Misfit(name, allowed, described(value))


def _test(hint: Any) -> Callable[[Any], bool]:
    """The test whether a value is of a type whose parts need no check."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint is Any or isinstance(hint, TypeVar):
        return lambda _: True
    if origin is Literal:
        return lambda value: any(value == each and type(value) is type(each) for each in parts)
    if origin is collections.abc.Callable:
        return callable
    if hint is int:
        return is_integer
    return lambda value: isinstance(value, origin or hint)


def _check_of_union(hints: Sequence[Any]) -> Check:
    """The misfit with the longest path, because its alternative is the one that the caller meant."""
    checks = [_check(each) for each in hints]

    def check(value: Any, name: str) -> Misfit | None:
        found = []
        for each in checks:
            misfit = each(value, name)
            if misfit is None:
                return None
            found.append(misfit)
        deepest = max(found, key=lambda misfit: len(misfit.name))
        if deepest.name != name:
            return deepest
        return Misfit(name, " or ".join(each.allowed for each in found), found[0].given)

    return check


def _check_of_container(origin: Any, hints: Sequence[Any]) -> Check:
    checks = [_check(each) for each in hints if each is not ...]
    if origin is collections.abc.Mapping:
        inside = _check_of_entries(*checks)
    elif origin is tuple and ... not in hints:
        inside = _check_of_places(checks)
    else:
        inside = _check_of_items(*checks)

    def check(value: Any, name: str) -> Misfit | None:
        if not isinstance(value, origin) or isinstance(value, str | bytes | bytearray):
            return Misfit(name, _CONTAINERS[origin], described(value))
        return inside(value, name)

    return check


def _check_of_entries(key: Check, item: Check) -> Check:
    def check(mapping: Mapping[Any, Any], name: str) -> Misfit | None:
        keys = (key(each, f"{name}: a key") for each in mapping)
        items = (item(each, f"{name}: a value") for each in mapping.values())
        return next(filter(None, chain(keys, items)), None)

    return check


def _check_of_places(checks: Sequence[Check]) -> Check:
    def check(values: tuple[Any, ...], name: str) -> Misfit | None:
        if len(values) != len(checks):
            return Misfit(name, f"a tuple of {len(checks)}", described(values))
        places = enumerate(zip(checks, values, strict=True))
        return next(filter(None, (each(value, f"{name}[{place}]") for place, (each, value) in places)), None)

    return check


def _check_of_items(item: Check) -> Check:
    def check(values: Collection[Any], name: str) -> Misfit | None:
        for place, each in enumerate(values):
            if item(each, name):  # the path to a place is made only if it is needed
                return item(each, f"{name}[{place}]")
        return None

    return check


def _misfit_in_text(value: object, name: str) -> Misfit | None:
    if not isinstance(value, str):
        return Misfit(name, _WORDS[str], described(value))
    try:
        value.encode()
    except UnicodeEncodeError:
        return Misfit(name, "text that UTF-8 can write", "a str with a lone surrogate")
    return None


_CONTAINERS = {
    collections.abc.Sequence: "a sequence",
    collections.abc.Collection: "a collection",
    collections.abc.Mapping: "a mapping",
    tuple: "a tuple",
    frozenset: "a frozenset",
}


def _allowed(hint: Any) -> str:
    if hint in _WORDS:
        return _WORDS[hint]
    if get_origin(hint) is Literal:
        return " or ".join(map(repr, get_args(hint)))
    return f"a {hint.__name__}" if isinstance(hint, type) else str(hint)


_WORDS = {int: "an integer", str: "a str", bytes: "bytes", bool: "True or False", types.NoneType: "None"}
