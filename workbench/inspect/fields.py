"""The parts of a dissection: fields with place, value and meaning, and faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: `data[offset:offset + length]`, which begins with a header of `header` bytes.

    The header is the length of a vector or the presence byte of an optional. `value` is a number, the contents in
    hexadecimal, or None if the fields inside show everything; `text` is the value for people. `complete` is False if
    decoding stopped inside the field. `passed_over` is how many bytes of a vector's items are left out of `children`,
    because there are too many fields.
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
        """The field and all fields inside it, from the first byte to the last."""
        yield self
        for child in self.children:
            yield from child


@dataclass(frozen=True, slots=True)
class Fault:
    """Where and why bytes stopped decoding; `path` is the path of the field, `section` a section of RFC 9420."""

    path: str
    offset: int
    section: str
    reason: str


class FieldJSON(TypedDict):
    """A `Field` in JSON, with its children as a list."""

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
    """A `Fault` in JSON."""

    path: str
    offset: int
    section: str
    reason: str


class DissectionJSON(TypedDict):
    """A dissection in JSON; `version` grows when a key disappears or changes its meaning, not when keys are added."""

    format: str
    version: int
    length: int
    root: FieldJSON
    faults: list[FaultJSON]


def field_as_json(field: Field) -> FieldJSON:
    """One field and all fields inside it, for `json.dumps`."""
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
