"""The types of the views for JavaScript, from their TypedDicts: `python -m tests.widgets.declarations` writes them."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from workbench.views import (
    derivation,
    group_diff,
    judged,
    key_schedule,
    lifetimes,
    playground,
    room_schema,
    schema,
    secret_tree,
    security,
    server,
    signatures,
    timeline,
    trial,
    wire,
)

WIDGETS = Path(__file__).parents[2] / "widgets"
FILES: dict[ModuleType, str] = {
    schema: "ratchet_tree/view.d.ts",
    security: "shared/security.d.ts",
    secret_tree: "secret_tree/view.d.ts",
    lifetimes: "key_lifetimes/lifetimes.d.ts",
    derivation: "derivation_graph/derivation.d.ts",
    key_schedule: "key_schedule/schedule.d.ts",
    server: "server_knowledge/server.d.ts",
    trial: "room/trial.d.ts",
    room_schema: "room/view.d.ts",
    signatures: "timeline/signatures.d.ts",
    timeline: "timeline/view.d.ts",
    judged: "compromise/judged.d.ts",
    playground: "playground/view.d.ts",
    group_diff: "group_diff/view.d.ts",
    wire: "wire_inspector/wire.d.ts",
}
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}


def declaration(module: ModuleType) -> str:
    """The declaration of all views of a module."""
    own = _names(module)
    everything = {value: name for each in FILES for value, name in _names(each).items()}
    types = [f"export type {name} = {_type(value, {})};\n" for value, name in own.items() if not is_typeddict(value)]
    interfaces = [_interface(value, everything) for value in own if is_typeddict(value)]
    text = "\n".join([*types, *interfaces])
    where = module.__name__.replace(".", "/")
    head = f"/** Generated from {where}.py, where each field is explained, by `make docs`. */\n"
    imports = [
        f'import type {{ {", ".join(used)} }} from "../{file}";\n'
        for other, file in FILES.items()
        if other is not module and (used := [name for name in _names(other).values() if f": {name}" in text])
    ]
    return "\n".join([head, *(["".join(imports)] if imports else []), text])


def _names(module: ModuleType) -> dict[Any, str]:
    """The types that a module declares: its TypedDicts, and its unions and choices that have a name."""
    return {
        value: name
        for name, value in vars(module).items()
        if (is_typeddict(value) and value.__module__ == module.__name__)
        or (get_origin(value) in {Literal, Union, UnionType} and not name.startswith("_") and module is schema)
    }


def _interface(typed_dict: Any, names: dict[Any, str]) -> str:
    lines = [f"export interface {typed_dict.__name__} {{\n"]
    for field, declared in get_type_hints(typed_dict, include_extras=True).items():
        is_optional = get_origin(declared) is NotRequired
        of = get_args(declared)[0] if is_optional else declared
        lines.append(f"  {field}{'?' if is_optional else ''}: {_type(of, names)};\n")
    return "".join([*lines, "}\n"])


def _type(declared: Any, names: dict[Any, str]) -> str:
    plain = names.get(declared) or _PLAIN.get(declared)
    if plain or is_typeddict(declared):
        return plain or str(declared.__name__)
    origin, arguments = get_origin(declared), get_args(declared)
    if origin is Literal:
        return " | ".join(json.dumps(each) for each in arguments)
    parts = [_type(each, names) for each in arguments]
    if origin in {Union, UnionType}:
        return " | ".join(parts)
    if origin is dict:
        return f"Record<string, {parts[1]}>"
    assert origin in {list, tuple}, declared
    item = f"({parts[0]})" if " | " in parts[0] else parts[0]
    return f"{item}[]" if origin is list else f"[{', '.join(parts)}]"


if __name__ == "__main__":
    for _module, _file in FILES.items():
        (WIDGETS / _file).write_text(declaration(_module), "utf-8")
