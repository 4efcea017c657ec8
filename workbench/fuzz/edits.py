"""What can be done to a message: each edit is small, has a name, and is the same each time it is made."""

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
"""Encodings of fields of other messages, by shape: what can be spliced in."""

LARGEST = 1 << 16
"""Amounts are below this; what an amount means is the kind's business."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one part, named by its place among the parts of the unchanged message."""

    kind: str
    place: int
    amount: int

    def __str__(self) -> str:
        return f"{self.kind}({self.amount}) at part {self.place}"


def edited(message: Part, edits: Iterable[Edit], donors: Donors) -> bytes:
    """The bytes of a message after some edits, which it is changed by."""
    parts = list(message.walk())
    for edit in edits:
        KINDS[edit.kind].make(parts[edit.place], edit.amount, donors)
    return message.encoded()


def draw(message: Part, rng: Random) -> Edit:
    """Any edit of any part; each level of nesting is as likely as the next, however many items it has."""
    at = message
    while at.children and rng.random() < KEEP_DESCENDING:
        at = rng.choice(at.children)
    fitting = [name for name, kind in KINDS.items() if kind.fits(at)]
    if rng.random() < KEEP_DECODING:
        fitting = [name for name in fitting if KINDS[name].keeps(at)]
    place = next(number for number, part in enumerate(message.walk()) if part is at)
    return Edit(rng.choice(fitting), place, rng.randrange(LARGEST) >> rng.randrange(16))


KEEP_DESCENDING = 0.88
"""A message has up to ten levels, and what is deep inside has the fewest checks in front of it."""

KEEP_DECODING = 0.85
"""What no longer decodes never comes to the checks behind the codec."""


# The kinds of edits: each changes `part` by an `amount`.


def _flip(part: Part, amount: int, _: Donors) -> None:
    """One bit of the bytes, a head included."""
    data = bytearray(part.encoded())
    if data:
        data[amount // 8 % len(data)] ^= 1 << amount % 8
        part.whole = bytes(data)


def _number(part: Part, amount: int, _: Donors) -> None:
    """Another number: the edges of its range, its neighbours, a small one, one that exists to be ignored."""
    bits = 8 * (len(part.own) or 1)
    now = int.from_bytes(part.own, "big")
    choices = (0, (1 << bits) - 1, now + 1, now - 1, 1 << (bits - 1), *sorted(GREASE)[:2], *range(1, 9))
    part.own = (choices[amount % len(choices)] % (1 << bits)).to_bytes(bits // 8, "big")


def _cut(part: Part, amount: int, _: Donors) -> None:
    """Some bytes less, under a head that says so."""
    body = part.body()
    part.hold(body[: len(body) - min(len(body), 1 + amount)])


def _grow(part: Part, amount: int, _: Donors) -> None:
    """Some bytes more, under a head that says so."""
    part.hold(part.body() + bytes([amount % 256]) * (1 + amount))


def _fill(part: Part, amount: int, _: Donors) -> None:
    """As many bytes, all the same: zeros are no key, no point and no hash."""
    part.hold(bytes([amount % 256]) * len(part.body()))


def _lie(part: Part, amount: int, _: Donors) -> None:
    """A length that is not the length."""
    length = len(part.body())
    choices = (length + 1, max(0, length - 1), 0, (1 << 30) - 1, (1 << 14) - 1, (1 << 6) - 1, length * 2, 1 << 20)
    part.head = length_header(choices[amount % len(choices)])


def _widen(part: Part, amount: int, _: Donors) -> None:
    """A length written in more bytes than it needs, or with the two bits that mean nothing."""
    length = len(part.body())
    choices = ((0x40 << 8 | length) & 0x7FFF, 0x80 << 24 | length, 0xC0 << 24 | length)
    chosen = choices[amount % len(choices)]
    part.head = chosen.to_bytes(2 if chosen < 1 << 16 else 4, "big")


def _presence(part: Part, amount: int, _: Donors) -> None:
    """A presence octet that does not fit what follows."""
    part.head = bytes([(0, 1, 2, 255)[amount % 4]])


def _repeat(part: Part, amount: int, _: Donors) -> None:
    """An item again and again, up to sixteen thousand bytes of it."""
    size = len(part.encoded())
    if part.parent is not None and size:
        at = part.parent.children.index(part) if part in part.parent.children else 0
        part.parent.children[at:at] = [part] * min(1 + amount, 1 + (1 << 14) // size)


def _drop(part: Part, amount: int, _: Donors) -> None:
    """A field or item is gone."""
    del amount
    if part.parent is not None and part in part.parent.children:
        part.parent.children.remove(part)


def _swap(part: Part, amount: int, _: Donors) -> None:
    """Two fields or items change places."""
    siblings = part.parent.children if part.parent is not None else []
    if part in siblings:
        here, there = siblings.index(part), amount % len(siblings)
        siblings[here], siblings[there] = siblings[there], siblings[here]


def _splice(part: Part, amount: int, donors: Donors) -> None:
    """The same field of another message."""
    offered = donors.get(part.shape, ())
    if offered:
        part.whole = offered[amount % len(offered)]


def _transplant(part: Part, amount: int, donors: Donors) -> None:
    """Any field of another message."""
    shapes = list(donors)
    offered = donors[shapes[amount % len(shapes)]]
    part.whole = offered[amount // len(shapes) % len(offered)]


@dataclass(frozen=True, slots=True)
class EditKind:
    """One kind of edit, the parts that it can be made of, and those of which it leaves something that decodes."""

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
