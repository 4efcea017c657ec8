"""The view of the bytes of a message: every field, what is inside its encrypted parts, and how each value is computed.

A message may have tens of thousands of fields. So fields are columns of numbers, in the order in which a reader meets
them, and all words stand once in a list of strings. The fields of an opened part come behind the field that held it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Final, Literal, TypedDict

from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.dissect import MOST_FIELDS
from workbench.inspect.fields import Fault, Field
from workbench.inspect.material import Piece
from workbench.review.checks import CheckResult
from workbench.review.evidence import NO_EVIDENCE, ReviewEvidence
from workbench.review.keyring import NO_KEYS, Keyring
from workbench.review.locks import Openers
from workbench.review.recomputation import Definition, Notebook, parts_in
from workbench.review.take_apart import take_apart
from workbench.review.taken_apart import ComputedValue, Place, SealedPart, TakenApart
from workbench.review.verify import verify
from workbench.views.schema import Hex

FORMAT: Final = "mls-workbench/wire-view"
VERSION: Final = 1

LONGEST_VALUE = 512
"""The most bytes of a named value that the view holds beside the message."""


class WireMessageView(TypedDict):
    """A message that can be inspected: its id, the step in which it was sent (-1 if unknown), and words for a list."""

    id: str
    step: int
    words: str
    size: int


class WireViewerView(TypedDict):
    """Somebody with keys; the viewer with the empty id holds the keys of all together."""

    id: str
    name: str


class WireView(TypedDict):
    """The messages that can be inspected, and the viewers with whose keys they open."""

    format: Literal["mls-workbench/wire-view"]
    version: Literal[1]
    title: str
    messages: list[WireMessageView]
    viewers: list[WireViewerView]


class WireSheetView(TypedDict):
    """A byte string: the message, or the plaintext of an opened part, whose first field is number `field`."""

    name: str
    words: str
    bytes: Hex
    field: int


class WireFieldsView(TypedDict):
    """All fields as columns. `sheet` is an index of sheets; names, types and texts are indexes of strings.

    A field is `bytes[start:start + length]` of its sheet, and begins with a header of `header` bytes. The fields inside
    it follow it, with a greater `depth`.
    """

    sheet: list[int]
    depth: list[int]
    name: list[int]
    type: list[int]
    start: list[int]
    length: list[int]
    header: list[int]
    text: list[int]
    meaning: list[int]
    section: list[int]


class WireSealedView(TypedDict):
    """An encrypted field: `key` says what opens it, `by` are the viewers who hold that, `opens` a field or -1."""

    field: int
    key: str
    by: list[str]
    opens: int
    problem: str


class WireCoverView(TypedDict):
    """Bytes that a computed value covers: `bytes[start:end]` of a sheet."""

    sheet: int
    start: int
    end: int


class WireComputedView(TypedDict):
    """A computed value of a field. `line` recomputes it in Python, with the definitions in `needs` before it.

    `value` is empty for a signature, whose line verifies it; `missing` says what it takes if there is no line.
    """

    field: int
    name: str
    kind: str
    section: str
    outcome: Literal["passed", "failed", "not checkable"]
    value: Hex
    line: str
    needs: list[str]
    imports: list[str]
    covers: list[WireCoverView]
    missing: str


class WireDefinitionView(TypedDict):
    """A value that lines use by its name. `line` defines it, with other definitions before it; `value` may be cut."""

    line: str
    needs: list[str]
    imports: list[str]
    words: str
    value: Hex
    is_secret: bool


class WireCheckView(TypedDict):
    """A check of the reviewer's desk, at a field."""

    field: int
    name: str
    outcome: Literal["passed", "failed", "not checkable"]
    section: str
    reason: str


class WireFaultView(TypedDict):
    """Where and why decoding stopped: at byte `offset` of a sheet."""

    field: int
    sheet: int
    path: str
    offset: int
    section: str
    reason: str


class WireObjectView(TypedDict):
    """One message as one viewer sees it. `left_out` are the fields with items that are left out, and their bytes."""

    id: str
    viewer: str
    title: str
    suite: int
    strings: list[str]
    sheets: list[WireSheetView]
    fields: WireFieldsView
    left_out: dict[str, int]
    incomplete: list[int]
    sealed: list[WireSealedView]
    computed: list[WireComputedView]
    definitions: dict[str, WireDefinitionView]
    checks: list[WireCheckView]
    faults: list[WireFaultView]


def wire_object(
    data: bytes,
    struct: str | type = "message",
    *,
    name: str = "",
    viewer: str = "",
    keyring: Keyring = NO_KEYS,
    holders: Iterable[tuple[str, Keyring]] = (),
    evidence: ReviewEvidence = NO_EVIDENCE,
    most: int | None = MOST_FIELDS,
) -> WireObjectView:
    """The view of some bytes, opened with a keyring. `holders` are viewers, listed by their ids where they hold a key.

    They are asked for only if something is encrypted: in a large group it takes long to collect their keys.
    Raises ValueError for an unknown struct.
    """
    apart = take_apart(data, struct, keyring, most=most)
    found = next((each for each in carve([Piece("", "", 0, "binary", data)]) if each.data == data), None)
    checks = () if found is None else verify(found, evidence).checks
    return _Writer(apart, holders).written(name, viewer, _title(apart, found), checks)


def _title(apart: TakenApart, found: CarvedObject | None) -> str:
    """What it is, in the RFC's words: "commit in a PublicMessage, epoch 3"."""
    root = next(iter(apart.sheets.values())).dissection.root
    if found is None or found.content is None:
        return f"{root.type}, damaged" if next(iter(apart.sheets.values())).dissection.faults else root.type
    epoch = "" if found.epoch is None else f", epoch {found.epoch}"
    framing = "" if found.content_type is None else f" in a {type(found.content).__name__}"
    kind = found.kind.removeprefix("private ").replace("application", "application message")
    return f"{kind}{framing}{epoch}"


class _Writer:
    """One view while it is written: `numbers` has the number of each field."""

    def __init__(self, apart: TakenApart, holders: Iterable[tuple[str, Keyring]]) -> None:
        self.apart = apart
        self.holders = holders
        self.strings: dict[str, int] = {}
        self.columns: WireFieldsView = {
            "sheet": [],
            "depth": [],
            "name": [],
            "type": [],
            "start": [],
            "length": [],
            "header": [],
            "text": [],
            "meaning": [],
            "section": [],
        }
        self.numbers: dict[Place, int] = {}
        self.left_out: dict[str, int] = {}
        self.incomplete: list[int] = []
        self.sheets = {name: at for at, name in enumerate(apart.sheets)}
        self.opened = {sheet.sealed_in: name for name, sheet in apart.sheets.items() if sheet.sealed_in is not None}

    def written(self, name: str, viewer: str, title: str, checks: Iterable[CheckResult]) -> WireObjectView:
        """The whole view."""
        apart = self.apart
        first = next(iter(apart.sheets))
        self._fields(first, apart.sheets[first].dissection.root, apart.sheets[first].dissection.root.name, 0)
        definitions = apart.book.definitions
        return {
            "id": name,
            "viewer": viewer,
            "title": title,
            "suite": apart.book.suite.id,
            "strings": list(self.strings),
            "sheets": [
                {
                    "name": each.name,
                    "words": each.words,
                    "bytes": each.dissection.data.hex(),
                    "field": self.numbers[Place(each.name, each.dissection.root.name)],
                }
                for each in apart.sheets.values()
            ],
            "fields": self.columns,
            "left_out": self.left_out,
            "incomplete": self.incomplete,
            "sealed": [self._sealed(each) for each in apart.sealed],
            "computed": [self._computed(each) for each in apart.computed],
            "definitions": {each: _definition(apart.book, known) for each, known in definitions.items()},
            "checks": [self._check(first, each) for each in checks],
            "faults": [
                self._fault(sheet.name, fault) for sheet in apart.sheets.values() for fault in sheet.dissection.faults
            ],
        }

    def _fields(self, sheet: str, found: Field, path: str, depth: int) -> None:
        """The field, what was opened of it, and the fields inside it."""
        place, number, columns = Place(sheet, path), len(self.numbers), self.columns
        self.numbers[place] = number
        columns["sheet"].append(self.sheets[sheet])
        columns["depth"].append(depth)
        columns["name"].append(self._string(found.name))
        columns["type"].append(self._string(found.type))
        columns["start"].append(found.offset)
        columns["length"].append(found.length)
        columns["header"].append(found.header)
        columns["text"].append(self._string(found.text))
        columns["meaning"].append(self._string(found.meaning))
        columns["section"].append(self._string(found.section))
        if not found.complete:
            self.incomplete.append(number)
        if found.passed_over:
            self.left_out[str(number)] = found.passed_over
        inside = self.opened.get(place)
        if inside is not None:
            root = self.apart.sheets[inside].dissection.root
            self._fields(inside, root, root.name, depth + 1)
        for child in found.children:
            below = f"{path}{child.name}" if child.name.startswith("[") else f"{path}.{child.name}"
            self._fields(sheet, child, below, depth + 1)

    def _string(self, text: str) -> int:
        return self.strings.setdefault(text, len(self.strings))

    @cached_property
    def _openers(self) -> Openers:
        return Openers(self.holders)

    def _sealed(self, part: SealedPart) -> WireSealedView:
        opened = self.apart.sheets.get(part.opens)
        return {
            "field": self._number(part.place),
            "key": str(part.lock),
            "by": self._openers.of(part.lock),
            "opens": -1 if opened is None else self.numbers[Place(opened.name, opened.dissection.root.name)],
            "problem": part.problem,
        }

    def _computed(self, each: ComputedValue) -> WireComputedView:
        book, expression = self.apart.book, each.expression
        return {
            "field": self._number(each.place),
            "name": each.name,
            "kind": each.kind.value,
            "section": each.section,
            "outcome": each.outcome.value,
            "value": each.value.hex(),
            "line": "" if expression is None else book.line(expression),
            "needs": [] if expression is None else book.needs(expression),
            "imports": [] if expression is None else book.imports(expression),
            "covers": [
                {"sheet": self.sheets[part.name], "start": part.start, "end": part.end}
                for part in (() if expression is None else parts_in(expression))
                if part.name in self.sheets
            ],
            "missing": each.missing,
        }

    def _check(self, sheet: str, check: CheckResult) -> WireCheckView:
        return {
            "field": self._number(Place(sheet, check.field)),
            "name": check.name,
            "outcome": check.outcome.value,
            "section": check.section,
            "reason": check.reason or check.missing,
        }

    def _fault(self, sheet: str, fault: Fault) -> WireFaultView:
        return {
            "field": self._number(Place(sheet, fault.path)),
            "sheet": self.sheets[sheet],
            "path": fault.path,
            "offset": fault.offset,
            "section": fault.section,
            "reason": fault.reason,
        }

    def _number(self, place: Place) -> int:
        """The number of a field; of the field around it, if it has none of its own."""
        return next(self.numbers[each] for each in _around(place) if each in self.numbers)


def _around(place: Place) -> Iterator[Place]:
    path = place.path
    while path:
        yield Place(place.sheet, path)
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    yield Place(place.sheet, place.path.partition(".")[0])


def _definition(book: Notebook, known: Definition) -> WireDefinitionView:
    return {
        "line": book.assignment(known.name),
        "needs": book.needs(known.expression),
        "imports": book.imports(known.expression),
        "words": known.words,
        "value": known.value.hex() if len(known.value) <= LONGEST_VALUE else "",
        "is_secret": known.is_secret,
    }
