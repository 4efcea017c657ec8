"""Messages with one list as long as possible, and their receivers.

The messages, and the insider that signs them, are those of the fuzzer (`subjects.py`). A list is filled at each layer
of a message. So both kinds of code meet it: code before the check of a signature, and code after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from workbench.delivery import DeliveryService
from workbench.fuzz.cost.lists import ListName, item_of, list_of
from workbench.fuzz.parts import Part
from workbench.fuzz.scene import NOW, POLICY, scene
from workbench.fuzz.subject import Layer, Subject
from workbench.fuzz.subjects import subjects
from workbench.inspect.dissect import dissect
from workbench.inspect.explain import explain
from workbench.mls import MLSMessage, decode, encode
from workbench.mls.wire.messages import PublicMessage
from workbench.mls.wire.shapes import Uint, VectorOf

Make = Callable[[int], bytes]
Feed = Callable[[bytes], object]


@dataclass(frozen=True, slots=True)
class CostlyInput:
    """A source of bytes of any length, their description, and an entry point; `lists` are the long lists."""

    entry_point: str
    name: str
    make: Make = field(repr=False)
    feed: Feed = field(repr=False)
    lists: frozenset[ListName] = frozenset()


@dataclass(frozen=True, slots=True)
class LongList:
    """One list of a message, at one layer; with `numbered`, all its items differ."""

    layer: Layer
    place: int
    name: ListName
    path: str
    numbered: bool

    def make(self, size: int) -> bytes:
        """The message with as many items as fit in about `size` bytes, or as many as the list may have."""
        whole = self.layer.parts()
        part = list(whole.walk())[self.place]
        items = self._items(part, max(0, size - len(self.layer.rebuilt(self.layer.data))))
        part.hold(part.body() + items)
        return self.layer.rebuilt(whole.encoded())

    def _items(self, part: Part, room: int) -> bytes:
        if not isinstance(part.shape, VectorOf):
            raise TypeError(f"{part.name} is not a list")
        item, most = part.shape.item, part.shape.most - len(part.children)
        if not self.numbered:
            return item_of(item) * min(room // len(item_of(item)), most)
        count = min(room // len(item_of(item, FIRST_NUMBER)), MOST_NUMBERS, most)
        return b"".join(item_of(item, FIRST_NUMBER + number) for number in range(count))


FIRST_NUMBER = 0x0100
"""The first code point of numbered items; it is above all that RFC 9420 registers, so nobody knows the items."""

MOST_NUMBERS = 0x10000 - FIRST_NUMBER
"""How many different items there are if an item is only a code point of two bytes."""


def long_lists(layer: Layer) -> Iterator[LongList]:
    """Each list in a layer, filled with equal items and with different items."""
    seen = set()
    for place, part in enumerate(layer.parts().walk()):
        if not isinstance(part.shape, VectorOf):
            continue
        path = _path(part)
        if path in seen:
            continue
        seen.add(path)
        yield LongList(layer, place, list_of(part), path, numbered=False)
        if not isinstance(part.shape.item, Uint):
            yield LongList(layer, place, list_of(part), path, numbered=True)


def _path(part: Part) -> str:
    """The path of a list: "commit.path.leaf_node.capabilities.extensions"."""
    names = []
    at: Part | None = part
    while at is not None and at.parent is not None:
        names.append(re.sub(r"\[\d+\]", "[]", at.name))
        at = at.parent
    return ".".join(reversed(names)).replace(".[]", "[]")


ENTRY_POINTS = (
    ("observed", "observe"),
    ("late", "process, of a past epoch"),
    ("stored state", "read_state"),
    ("stored commit", "read_pending_commit"),
    ("stored key package", "read_bundle"),
    ("PublicMessage", "process"),
    ("PrivateMessage", "process"),
    ("Welcome", "join"),
    ("ratchet_tree at", "join"),
    ("ratchet_tree", "validate_tree"),
    ("KeyPackage", "validate_key_package"),
    ("GroupInfo", "external_commit"),
    ("X509Credential", "TrustAnchors.validate"),
)
"""The function that receives a subject of the fuzzer, by the beginning of the subject's name."""


def entry_point_of(subject: Subject) -> str:
    """The function that receives a subject."""
    return next(entry_point for start, entry_point in ENTRY_POINTS if subject.name.startswith(start))


def list_inputs(suite_id: int = 1) -> Iterator[CostlyInput]:
    """Every list of every message, as long as possible, at every entry point for such a message."""
    suite, shown = scene(suite_id).suite, set()
    for subject in subjects(suite_id):

        def feed(data: bytes, subject: Subject = subject) -> object:
            return subject.feed(suite, data)

        for layer in subject.layers:
            for each in long_lists(layer):
                if layer is subject.wire and each.numbered and subject.sealed:
                    continue  # its content is not read before the signature is checked
                name = f"{subject.name}: {each.path}{', all different' if each.numbered else ''}"
                signed = "" if layer is subject.wire else ", well signed"
                yield CostlyInput(entry_point_of(subject), name + signed, each.make, feed, frozenset({each.name}))
                if each.name in shown or subject.wire.cls is not MLSMessage or each.numbered:
                    continue
                shown.add(each.name)
                yield from _seen_by_all(name + signed, each)


def _seen_by_all(name: str, each: LongList) -> Iterator[CostlyInput]:
    """The entry points that take any message from any sender."""
    lists = frozenset({each.name})
    sample = decode(MLSMessage, each.make(0), custom=POLICY.custom).message
    for entry_point, feed in ANY_MESSAGE.items():
        yield CostlyInput(entry_point, name, each.make, feed, lists)
    for entry_point, feed in DELIVERY.get(type(sample).__name__, {}).items():
        yield CostlyInput(entry_point, name, each.make, feed, lists)


def decoded(data: bytes) -> object:
    """The entry points that take any bytes."""
    return decode(MLSMessage, data, custom=POLICY.custom)


def decoded_in_vain(data: bytes) -> object:
    """The same bytes and one byte more, so that decoding fails only at the end."""
    return decode(MLSMessage, data + b"\0", custom=POLICY.custom)


def encoded(data: bytes) -> object:
    """Decode the bytes and encode the value again."""
    message = decode(MLSMessage, data, custom=POLICY.custom)
    return encode(message)


def inspected(data: bytes) -> object:
    """Show the bytes as `workbench inspect` does."""
    return dissect(data, custom=POLICY.custom).text()


def inspected_as_json(data: bytes) -> object:
    """Show the bytes as `workbench inspect --json` does."""
    return dissect(data, custom=POLICY.custom).as_json()


def explained(data: bytes) -> object:
    """Explain the bytes to a member, as `workbench explain` does."""
    return str(explain(scene(1).carol, data, now=NOW))


ANY_MESSAGE: dict[str, Feed] = {
    "decode": decoded,
    "decode, a fault at the end": decoded_in_vain,
    "encode": encoded,
    "inspect": inspected,
    "inspect --json": inspected_as_json,
    "explain": explained,
}


def service() -> DeliveryService:
    """A delivery service with a clock and a log of the scene's group."""
    carol = scene(1).carol
    opened = DeliveryService(POLICY.custom, clock=lambda: NOW)
    opened.open_group(carol.group_id, carol.epoch)
    return opened


def submitted(data: bytes) -> object:
    """Give a message to the group's log."""
    return service().submit(scene(1).carol.group_id, data)


def published(data: bytes) -> object:
    """Give a key package to the directory, and take it out again."""
    opened = service()
    opened.publish_key_package("Grace", data)
    return opened.take_key_package("Grace", 1)


def described(data: bytes) -> object:
    """Give a GroupInfo to the delivery service."""
    service().publish_group_info(data)
    return None


def welcomed(data: bytes) -> object:
    """Give a Welcome and its commit to the delivery service."""
    at = scene(1)
    return service().submit(at.carol.group_id, encode(at.committed.message), data)


_GROUP_MESSAGE: dict[str, Feed] = {"delivery: a message": submitted}
DELIVERY: dict[str, dict[str, Feed]] = {
    PublicMessage.__name__: _GROUP_MESSAGE,
    "KeyPackage": {"delivery: a key package": published},
    "GroupInfo": {"delivery: a GroupInfo": described},
    "Welcome": {"delivery: a Welcome": welcomed},
}
"""The function of the delivery service for each kind of message."""
