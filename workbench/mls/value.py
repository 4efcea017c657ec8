"""Values: frozen, slotted dataclasses, made at a fraction of what `dataclass(frozen=True, slots=True)` costs.

An import makes many of these classes, and the standard decorator compiles six methods for each. Here only `__init__` is
compiled; the other methods are shared functions that look at the fields. For callers, for `fields` and `replace`, and
for type checkers the classes are dataclasses.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """Make `cls` a frozen, slotted dataclass; a method that `cls` defines replaces the shared one."""
    dataclass(init=False, repr=False, eq=False)(cls)
    described = fields(cls)  # type: ignore[arg-type] # it is a dataclass now
    names = tuple(each.name for each in described)
    those = [each.name for each in described if each.compare]
    compared = attrgetter(*those) if those else lambda _: ()
    shown = tuple(each.name for each in described if each.repr)

    def equal(self: object, other: object) -> bool:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    def representation(self: object) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    shared = {
        "__eq__": equal,
        "__hash__": lambda self: hash(compared(self)),
        "__repr__": representation,
        "__setattr__": _refuse_change,
        "__delattr__": _refuse_change,
        "__reduce__": lambda self: (type(self), tuple(getattr(self, name) for name in names)),
    }
    own = {key: each for key, each in vars(cls).items() if key not in {"__dict__", "__weakref__", *names}}
    made: Any = type(cls.__name__, cls.__bases__, {**shared, **own, "__slots__": names})
    scope: dict[str, Any] = {"MISSING": MISSING}
    parameters, settings = [], []
    for each in described:
        name = each.name
        scope[f"set_{name}"] = vars(made)[name].__set__
        default, given = "", name
        if each.default is not MISSING:
            scope[f"default_{name}"], default = each.default, f"=default_{name}"
        elif each.default_factory is not MISSING:
            scope[f"make_{name}"], default = each.default_factory, "=MISSING"
            given = f"make_{name}() if {name} is MISSING else {name}"
        parameters.append(f"{name}{default}")
        settings.append(f"set_{name}(self, {given})")
    if hasattr(made, "__post_init__"):
        settings.append("self.__post_init__()")
    source = f"def __init__({', '.join(('self', *parameters))}):\n {'; '.join(settings) or 'pass'}\n"
    exec(compile(source, f"<value {cls.__name__}>", "exec"), scope)  # noqa: S102 - made of the field names of our own classes
    made.__init__ = scope["__init__"]
    value_made: type[T] = made
    return value_made


def _refuse_change(_self: object, name: str, *_value: object) -> None:
    raise FrozenInstanceError(f"cannot change {name!r}: a value does not change")
