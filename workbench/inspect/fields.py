"""What a dissection is made of: fields with their place, value and meaning, and faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: `data[offset:offset + length]`, of which the first `header` bytes are no contents.

    `value` is a number, or the contents in hexadecimal, or None where the fields inside say it all;
    `text` is the same for people. `complete` is False if the reading stopped inside. `passed_over` is how many bytes of
    a vector's items are in none of the `children`, because there would be too many fields.
    """

    name: str
    type: str
    offset: int
    length: int
    header: int
    value: int | str | None
    text: str
    meaning: str
    section: str
    complete: bool
    children: tuple[Field, ...]
    passed_over: int = 0

    def __iter__(self) -> Iterator[Field]:
        """The field itself, and all inside it, from the first byte to the last."""
        yield self
        for child in self.children:
            yield from child


@dataclass(frozen=True, slots=True)
class Fault:
    """Where bytes stopped making sense, and why; `path` leads to the field, `section` is of RFC 9420."""

    path: str
    offset: int
    section: str
    reason: str


class FieldJSON(TypedDict):
    """A field in JSON: as `Field`, with its children as a list."""

    name: str
    type: str
    offset: int
    length: int
    header: int
    value: int | str | None
    text: str
    meaning: str
    section: str
    complete: bool
    passed_over: int
    children: list[FieldJSON]


class FaultJSON(TypedDict):
    """A fault in JSON: as `Fault`."""

    path: str
    offset: int
    section: str
    reason: str


class DissectionJSON(TypedDict):
    """A dissection in JSON; `version` grows when what is here changes its meaning or goes, not when more comes."""

    format: str
    version: int
    length: int
    root: FieldJSON
    faults: list[FaultJSON]


def field_as_json(field: Field) -> FieldJSON:
    """One field and all inside it, for `json.dumps`."""
    return {
        "name": field.name,
        "type": field.type,
        "offset": field.offset,
        "length": field.length,
        "header": field.header,
        "value": field.value,
        "text": field.text,
        "meaning": field.meaning,
        "section": field.section,
        "complete": field.complete,
        "passed_over": field.passed_over,
        "children": [field_as_json(child) for child in field.children],
    }


def fault_as_json(fault: Fault) -> FaultJSON:
    """One fault, for `json.dumps`."""
    return {"path": fault.path, "offset": fault.offset, "section": fault.section, "reason": fault.reason}
