"""Whether JSON is what a TypedDict says."""

from __future__ import annotations

from types import UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict


def faults(value: object, declared: Any, where: str = "view") -> list[str]:
    """The places where a value is not of the declared type, in words."""
    origin, arguments = get_origin(declared), get_args(declared)
    if is_typeddict(declared):
        return _typed_dict_faults(value, declared, where)
    if origin is NotRequired:
        return faults(value, arguments[0], where)
    if origin in (Union, UnionType):
        found = [faults(value, option, where) for option in arguments]
        return min(found, key=len) if all(found) else []
    if origin is Literal:
        return [] if value in arguments else [f"{where} is {value!r}, not one of {arguments}"]
    return _plain_faults(value, origin or declared, arguments, where)


def _plain_faults(value: object, declared: type, arguments: tuple[Any, ...], where: str) -> list[str]:
    plain: type = list if declared is tuple else declared
    if type(value) is not plain:
        return [f"{where} is {value!r}, not {plain.__name__}"]
    if isinstance(value, dict):
        return [fault for key, one in value.items() for fault in faults(one, arguments[1], f"{where}[{key!r}]")]
    if isinstance(value, list):
        types = arguments if declared is tuple else arguments * len(value)
        if len(value) != len(types):
            return [f"{where} has {len(value)} parts, not {len(types)}"]
        parts = enumerate(zip(value, types, strict=True))
        return [fault for index, (one, type_) in parts for fault in faults(one, type_, f"{where}[{index}]")]
    return []


def _typed_dict_faults(value: object, declared: Any, where: str) -> list[str]:
    if not isinstance(value, dict):
        return [f"{where} is no object"]
    hints = get_type_hints(declared, include_extras=True)
    optional = {name for name, hint in hints.items() if get_origin(hint) is NotRequired}
    found = [f"{where} has no {name}" for name in sorted(hints.keys() - optional - value.keys())]
    found += [f"{where} has {name}, which nobody declared" for name in sorted(value.keys() - hints.keys())]
    for name in hints.keys() & value.keys():
        found += faults(value[name], hints[name], f"{where}.{name}")
    return found
