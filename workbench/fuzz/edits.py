"""The edits of the fuzzer: each edit is small, has a name, and gives the same result each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import TypeAlias

from workbench.fuzz.parts import Part
from workbench.mls.wire.code_points import GREASE
from workbench.mls.wire.lengths import length_header
from workbench.mls.wire.shapes import Item, OpaqueVector, OptionalOf, Uint, VectorOf

Donors: TypeAlias = Mapping[Item, Sequence[bytes]]
"""Encodings of fields of other messages, by shape, which can replace a field."""

LARGEST = 1 << 16
"""The limit of amounts; each kind of edit gives the amount its own meaning."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one part; `place` is the number of the part in the unchanged message."""

    kind: str
    place: int
    amount: int

    def __str__(self) -> str:
        return f"{self.kind}({self.amount}) at part {self.place}"


def edited(message: Part, edits: Iterable[Edit], donors: Donors) -> bytes:
    """Make the edits on `message`, and return its bytes."""
    parts = list(message.walk())
    for edit in edits:
        KINDS[edit.kind].make(parts[edit.place], edit.amount, donors)
    return message.encoded()


def draw(message: Part, rng: Random) -> Edit:
    """A random edit of a random part; all levels of nesting are equally likely, however many items they have."""
    at = message
    while at.children and rng.random() < KEEP_DESCENDING:
        at = rng.choice(at.children)
    fitting = [name for name, kind in KINDS.items() if kind.fits(at)]
    if rng.random() < KEEP_DECODING:
        fitting = [name for name in fitting if KINDS[name].keeps(at)]
    place = next(number for number, part in enumerate(message.walk()) if part is at)
    return Edit(rng.choice(fitting), place, rng.randrange(LARGEST) >> rng.randrange(16))


KEEP_DESCENDING = 0.88
"""The probability of going one level deeper. A message has up to ten levels, and the deep ones have fewest checks."""

KEEP_DECODING = 0.85
"""The probability of an edit after which the message still decodes, so that it reaches the checks behind the codec."""


# The kinds of edits: each changes `part` by an `amount`.


def _flip(part: Part, amount: int, _: Donors) -> None:
    """Flip one bit of the part's bytes, including its head."""
    data = bytearray(part.encoded())
    if data:
        data[amount // 8 % len(data)] ^= 1 << amount % 8
        part.whole = bytes(data)


def _number(part: Part, amount: int, _: Donors) -> None:
    """Replace the number: by a limit of its range, a neighbour, a small number, or a GREASE value."""
    bits = 8 * (len(part.own) or 1)
    now = int.from_bytes(part.own, "big")
    choices = (0, (1 << bits) - 1, now + 1, now - 1, 1 << (bits - 1), *sorted(GREASE)[:2], *range(1, 9))
    part.own = (choices[amount % len(choices)] % (1 << bits)).to_bytes(bits // 8, "big")


def _cut(part: Part, amount: int, _: Donors) -> None:
    """Remove some bytes, and correct the length."""
    body = part.body()
    part.hold(body[: len(body) - min(len(body), 1 + amount)])


def _grow(part: Part, amount: int, _: Donors) -> None:
    """Add some bytes, and correct the length."""
    part.hold(part.body() + bytes([amount % 256]) * (1 + amount))


def _fill(part: Part, amount: int, _: Donors) -> None:
    """Replace all bytes by one value: for example, zeros are neither a key nor a hash."""
    part.hold(bytes([amount % 256]) * len(part.body()))


def _lie(part: Part, amount: int, _: Donors) -> None:
    """Give a wrong length."""
    length = len(part.body())
    choices = (length + 1, max(0, length - 1), 0, (1 << 30) - 1, (1 << 14) - 1, (1 << 6) - 1, length * 2, 1 << 20)
    part.head = length_header(choices[amount % len(choices)])


def _widen(part: Part, amount: int, _: Donors) -> None:
    """Encode the length in more bytes than it needs, or with the invalid two-bit prefix."""
    length = len(part.body())
    choices = ((0x40 << 8 | length) & 0x7FFF, 0x80 << 24 | length, 0xC0 << 24 | length)
    chosen = choices[amount % len(choices)]
    part.head = chosen.to_bytes(2 if chosen < 1 << 16 else 4, "big")


def _presence(part: Part, amount: int, _: Donors) -> None:
    """Give a presence octet that does not fit the bytes after it."""
    part.head = bytes([(0, 1, 2, 255)[amount % 4]])


def _repeat(part: Part, amount: int, _: Donors) -> None:
    """Repeat an item, up to sixteen thousand bytes."""
    size = len(part.encoded())
    if part.parent is not None and size:
        at = part.parent.children.index(part) if part in part.parent.children else 0
        part.parent.children[at:at] = [part] * min(1 + amount, 1 + (1 << 14) // size)


def _drop(part: Part, amount: int, _: Donors) -> None:
    """Remove a field or an item."""
    del amount
    if part.parent is not None and part in part.parent.children:
        part.parent.children.remove(part)


def _swap(part: Part, amount: int, _: Donors) -> None:
    """Swap two fields or items."""
    siblings = part.parent.children if part.parent is not None else []
    if part in siblings:
        here, there = siblings.index(part), amount % len(siblings)
        siblings[here], siblings[there] = siblings[there], siblings[here]


def _splice(part: Part, amount: int, donors: Donors) -> None:
    """Replace a field by the same field of another message."""
    offered = donors.get(part.shape, ())
    if offered:
        part.whole = offered[amount % len(offered)]


def _transplant(part: Part, amount: int, donors: Donors) -> None:
    """Replace a field by any field of another message."""
    shapes = list(donors)
    offered = donors[shapes[amount % len(shapes)]]
    part.whole = offered[amount // len(shapes) % len(offered)]


@dataclass(frozen=True, slots=True)
class EditKind:
    """One kind of edit, the parts it can change, and the parts that still decode after it."""

    make: Callable[[Part, int, Donors], None]
    fits: Callable[[Part], bool]
    keeps: Callable[[Part], bool]


def _any(_: Part) -> bool:
    return True


def _none(_: Part) -> bool:
    return False


def _is_number(part: Part) -> bool:
    return isinstance(part.shape, Uint)


def _is_opaque(part: Part) -> bool:
    return isinstance(part.shape, OpaqueVector)


def _is_vector(part: Part) -> bool:
    return isinstance(part.shape, VectorOf | OpaqueVector)


def _is_optional(part: Part) -> bool:
    return isinstance(part.shape, OptionalOf)


def _is_item(part: Part) -> bool:
    return part.parent is not None and isinstance(part.parent.shape, VectorOf)


def _is_inside(part: Part) -> bool:
    return part.parent is not None


KINDS: Mapping[str, EditKind] = MappingProxyType(
    {
        "flip": EditKind(_flip, _any, _is_opaque),
        "number": EditKind(_number, _is_number, _is_number),
        "cut": EditKind(_cut, _any, _is_opaque),
        "grow": EditKind(_grow, _any, _is_opaque),
        "fill": EditKind(_fill, _any, _is_opaque),
        "lie": EditKind(_lie, _is_vector, _none),
        "widen": EditKind(_widen, _is_vector, _none),
        "presence": EditKind(_presence, _is_optional, _none),
        "repeat": EditKind(_repeat, _is_item, _is_item),
        "drop": EditKind(_drop, _is_inside, _is_item),
        "swap": EditKind(_swap, _is_inside, _is_item),
        "splice": EditKind(_splice, _any, _any),
        "transplant": EditKind(_transplant, _any, _none),
    }
)
