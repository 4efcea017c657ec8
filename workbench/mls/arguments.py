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
from collections.abc import Callable, Hashable
from dataclasses import fields
from functools import cache, wraps
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
        names, hints = _parameters(function)
        for place, value in enumerate(arguments[is_method:], start=is_method):
            name = names[min(place, len(names) - 1)]
            _check(value, hints.get(name, Any), name)
        for name, value in options.items():
            _check(value, hints.get(name, Any), name)
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
    hints = _fields(value.__class__)
    for each in fields(value):
        _check(getattr(value, each.name), hints[each.name], f"{type(value).__name__}.{each.name}")


def _check(value: object, hint: Any, name: str) -> None:
    if misfit := _misfit(value, hint, name):
        raise InvalidArgument(misfit.name, misfit.reason)


@cache
def _parameters(callable_: Callable[..., Any]) -> tuple[list[str], dict[str, Any]]:
    """The names of the positional parameters, and the annotation of each parameter that has one."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(callable_).parameters.values()
    names = [each.name for each in parameters if each.kind in {*positional, inspect.Parameter.VAR_POSITIONAL}]
    keywords = {each.name for each in parameters if each.kind is not inspect.Parameter.VAR_KEYWORD}
    return names, {name: hint for name, hint in annotations_of(callable_).items() if name in keywords}


def annotations_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of the parameters. The result's is left out: it may name a type that is not loaded yet."""
    plain: Any = inspect.unwrap(function)
    annotations = {name: hint for name, hint in plain.__annotations__.items() if name != "return"}
    return get_type_hints(types.SimpleNamespace(__annotations__=annotations), plain.__globals__, include_extras=True)


@cache
def _fields(cls: Hashable) -> dict[str, Any]:
    return get_type_hints(cls, include_extras=True)


# How a value is compared with an annotation


def _misfit(value: object, hint: Any, name: str) -> Misfit | None:
    """The first part of a value that does not fit, None if all of it fits; looks inside of wire structs only."""
    origin = get_origin(hint)
    if origin is Annotated:
        misfit = misfit_in_value(value, get_args(hint)[1], name)
    elif isinstance(hint, NewType):  # LeafIndex or NodeIndex
        misfit = misfit_in_value(value, Uint(4), name)
    elif origin in {Union, types.UnionType}:
        misfit = _misfit_in_union(value, hint, name)
    elif origin in _CONTAINERS:
        misfit = _misfit_in_container(value, hint, name)
    elif is_struct(hint):
        misfit = misfit_in_struct(value, hint, name)
    elif hint is str and isinstance(value, str) and not _is_utf8(value):
        misfit = Misfit(name, "text that UTF-8 can write", "a str with a lone surrogate")
    else:
        misfit = None if _is_a(value, hint) else Misfit(name, _allowed(hint), described(value))
    return misfit


def _is_a(value: object, hint: Any) -> bool:
    """Whether a value is of a type whose parts need no check."""
    origin = get_origin(hint)
    if hint is Any or isinstance(hint, TypeVar):
        return True
    if origin is Literal:
        return any(value == each and type(value) is type(each) for each in get_args(hint))
    if origin is collections.abc.Callable:
        return callable(value)
    if hint is int:
        return is_integer(value)
    return isinstance(value, origin or hint)


def _misfit_in_union(value: object, hint: Any, name: str) -> Misfit | None:
    """The misfit with the longest path, because its alternative is the one that the caller meant."""
    misfits = [_misfit(value, each, name) for each in get_args(hint)]
    found = [each for each in misfits if each is not None]
    if len(found) < len(misfits):
        return None
    deepest = max(found, key=lambda misfit: len(misfit.name))
    if deepest.name != name:
        return deepest
    return Misfit(name, " or ".join(each.allowed for each in found), found[0].given)


def _misfit_in_container(value: Any, hint: Any, name: str) -> Misfit | None:
    origin, parts = get_origin(hint), get_args(hint)
    if not isinstance(value, origin) or isinstance(value, str | bytes | bytearray):
        return Misfit(name, _CONTAINERS[origin], described(value))
    if origin is collections.abc.Mapping:
        keys = ((key, parts[0], f"{name}: a key") for key in value)
        entries = [*keys, *((each, parts[1], f"{name}: a value") for each in value.values())]
    elif origin is tuple and ... not in parts:
        if len(value) != len(parts):
            return Misfit(name, f"a tuple of {len(parts)}", described(value))
        entries = [(value[place], part, f"{name}[{place}]") for place, part in enumerate(parts)]
    else:
        entries = [(each, parts[0], f"{name}[{place}]") for place, each in enumerate(value)]
    return next((misfit for entry in entries if (misfit := _misfit(*entry))), None)


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


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
