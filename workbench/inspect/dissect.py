"""Dissect MLS bytes: every field with its place, its value and its meaning.

The caller says which struct the bytes encode. `dissect` does not guess, because a bare KeyPackage and an MLSMessage
can start with the same four bytes. Bytes that do not decode are dissected up to the fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from workbench.inspect import dissect_html, dissect_text
from workbench.inspect.fields import DissectionJSON, Fault, Field, fault_as_json, field_as_json
from workbench.inspect.meanings import FIELDS, Meaning, meaning_of_field, meaning_of_struct
from workbench.inspect.names import counted
from workbench.inspect.spans import Span, number_of, read
from workbench.inspect.values import in_words, registry_of
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import ApplicationId, ExternalPub, ExternalSenders, RequiredCapabilities
from workbench.mls.wire.messages import GroupInfo, MLSMessage, Welcome
from workbench.mls.wire.shapes import Fixed, Item, OpaqueVector, OptionalOf, Struct, Uint, VectorOf, needs
from workbench.mls.wire.tree import Extension, KeyPackage, RatchetTreeExtension

KINDS: dict[str, type] = {
    "message": MLSMessage,
    "key-package": KeyPackage,
    "group-info": GroupInfo,
    "welcome": Welcome,
    "ratchet-tree": RatchetTreeExtension,
}
"""The structs that `workbench inspect --as` accepts, by name."""

STRUCTS: dict[str, type] = {cls.__name__: cls for cls in FIELDS if not needs(cls)}
"""All structs of the RFC that can be decoded alone, by name; `dissect` accepts these names too."""

MOST_FIELDS = 50_000
"""How many fields are shown by default; a message can have as many fields as bytes."""

EXTENSIONS: dict[int, type] = {
    ExtensionType.application_id: ApplicationId,
    ExtensionType.ratchet_tree: RatchetTreeExtension,
    ExtensionType.required_capabilities: RequiredCapabilities,
    ExtensionType.external_pub: ExternalPub,
    ExtensionType.external_senders: ExternalSenders,
}
"""The struct that the data of an extension encodes, by the type of the extension."""


@dataclass(frozen=True)
class Dissection:
    """The fields of some bytes, and the faults; `root` is the field that contains all others, up to the fault."""

    data: bytes
    root: Field
    faults: tuple[Fault, ...]

    def __iter__(self) -> Iterator[Field]:
        """All fields from the first byte to the last; the root comes first."""
        return iter(self.root)

    def __repr__(self) -> str:
        faults = counted(len(self.faults), "fault")
        return f"<Dissection of {self.root.type}: {len(self.data)} bytes, {sum(1 for _ in self)} fields, {faults}>"

    def __str__(self) -> str:
        return self.text()

    def text(self, *, full: bool = False) -> str:
        """The fields for a terminal, 100 columns wide; `full` shows all bytes, and repeats every meaning."""
        return dissect_text.text(self.data, self.root, self.faults, full=full)

    def as_json(self) -> DissectionJSON:
        """The fields for programs, ready for `json.dumps`; docs/inspect.md describes the keys."""
        return {
            "format": "mls-workbench dissection",
            "version": 1,
            "length": len(self.data),
            "root": field_as_json(self.root),
            "faults": [fault_as_json(fault) for fault in self.faults],
        }

    def _repr_html_(self) -> str:
        """The fields for a notebook: nested lists that open and close."""
        return dissect_html.html(self.data, self.root, self.faults)


def dissect(
    data: bytes,
    as_: str | type = "message",
    *,
    custom: frozenset[int] = frozenset(),
    most: int | None = MOST_FIELDS,
    **given: Any,
) -> Dissection:
    """The fields of `data`, which encodes the struct `as_`: a name of `KINDS`, a struct of the RFC, or its name.

    `custom` are the known custom proposal types, as for `decode`. After `most` fields (None: no limit) the items of
    further vectors are left out; faults in them are found all the same. `given` has the values that a struct takes
    from outside (`content_type=...` for a PrivateMessageContent). Raises ValueError for an unknown struct or a missing
    value; bytes that do not decode raise nothing.
    """
    cls = as_ if isinstance(as_, type) else (KINDS | STRUCTS).get(as_)
    if cls not in FIELDS:
        raise ValueError(f"cannot dissect {as_!r}: give one of {', '.join(KINDS)}, or a struct of RFC 9420")
    missing = [name for name in needs(cls) if name not in given]
    if missing:
        raise ValueError(f"{cls.__name__} does not decode by itself: give {', '.join(missing)} too")
    whole = _Whole(0, custom, most)
    root = whole.read(cls, data, given, cls.__name__)
    return Dissection(data, root, tuple(sorted(whole.faults, key=lambda fault: fault.offset)))


class _Whole:
    """The dissection of one struct, which starts at byte `base`: a message, or the data of an extension in it.

    `left` is how many more fields may be shown; None means no limit.
    """

    def __init__(self, base: int, custom: frozenset[int], left: int | None) -> None:
        self.base = base
        self.custom = custom
        self.left = left
        self.faults: list[Fault] = []

    def read(self, cls: type, data: bytes, given: dict[str, Any], path: str) -> Field:
        """The field of the whole struct; `path` is the path to it from the root."""
        few = self.left is None or len(data) <= self.left
        span, problem = read(cls, data, given, self.custom, most=None if few else self.left)
        if self.left is not None:
            self.left -= number_of(span)
        if problem is not None:
            where = "".join(name if name.startswith("[") else f".{name}" for name in problem.path[1:])
            self.faults.append(Fault(path + where, self.base + problem.offset, problem.section, problem.reason))
        return self.field(span, cls, "", path)

    def field(self, span: Span, parent: type, declared: str, path: str) -> Field:
        """One field; `declared` is its name in the struct `parent`, followed by "[]" for an item of a vector."""
        sentence, section = _meaning(span.shape, parent, declared)
        return Field(
            name=span.name,
            type=registry_of(declared, span.shape) or _spelled(span.shape),
            offset=self.base + span.start,
            length=span.end - span.start,
            header=span.body - span.start,
            value=_plain(span.value),
            text=_text(span, parent, declared) if span.complete else "",
            meaning=sentence,
            section=section,
            complete=span.complete,
            children=tuple(self.children(span, parent, declared, path)),
            passed_over=span.passed_over,
        )

    def children(self, span: Span, parent: type, declared: str, path: str) -> Iterator[Field]:
        inside = _struct_in(span.shape)
        for child in span.children:
            if inside is None:
                yield self.field(child, parent, f"{declared}[]", path + child.name)
            elif inside is Extension and child.name == "extension_data":
                yield self.extension_data(child, span.children[0].value, f"{path}.{child.name}")
            else:
                yield self.field(child, inside, child.name, f"{path}.{child.name}")

    def extension_data(self, span: Span, extension_type: int, path: str) -> Field:
        """The data of an extension; it is dissected if the type is known."""
        outside = self.field(span, Extension, span.name, path)
        if extension_type not in EXTENSIONS or not span.complete or (self.left is not None and self.left <= 0):
            return outside
        inside = _Whole(self.base + span.body, self.custom, self.left)
        contents = inside.read(EXTENSIONS[extension_type], span.value, {}, path)
        self.faults += inside.faults
        self.left = inside.left
        return replace(outside, children=contents.children)


def _struct_in(shape: Item) -> type | None:
    match shape:
        case Struct(cls) | OptionalOf(Struct(cls)):
            return cls
        case _:
            return None


def _meaning(shape: Item, parent: type, declared: str) -> Meaning:
    said = meaning_of_field(parent, declared)
    return said or meaning_of_struct(_struct_in(shape) or parent)


def _plain(value: Any) -> int | str | None:
    if isinstance(value, bytes):
        return value.hex()
    return int(value) if isinstance(value, int) else None


def _text(span: Span, parent: type, declared: str) -> str:
    if span.passed_over:
        return f"{len(span.children)} items shown; other items of {span.passed_over} bytes are left out"
    words = in_words(parent, declared, span.shape, span.value)
    if declared != "ratchet_tree[]":
        return words
    index = int(span.name.strip("[]"))
    place = f"node {index}, parent" if index % 2 else f"node {index}, leaf {index // 2}"
    return f"{place}, {words}" if words else place


def _spelled(shape: Item) -> str:
    """A type in the RFC's presentation language."""
    match shape:
        case Uint(width, enum):
            return enum.__name__ if enum else f"uint{8 * width}"
        case OpaqueVector():
            return "opaque<V>"
        case VectorOf(item):
            return f"{_spelled(item)}<V>"
        case OptionalOf(item):
            return f"optional<{_spelled(item)}>"
        case Struct(cls):
            return cls.__name__
        case _:  # Fixed or Rest
            return f"opaque[{shape.length if isinstance(shape, Fixed) else 'length_of_padding'}]"
