"""One attempt of the fuzzer: choose a message and edits, give the message to a receiver, and check the outcome.

An attempt depends only on the seed and its number, so each attempt can be repeated alone. The allowed outcomes are
acceptance and an `MLSError`. Every other outcome is a find; the fuzzer shrinks it to the fewest and smallest edits that
still cause it.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from workbench.fuzz.bounds import measured
from workbench.fuzz.edits import Edit, draw, edited
from workbench.fuzz.insider import Credulous
from workbench.fuzz.scene import NOW, scene
from workbench.fuzz.subject import Layer, Subject, Unsound
from workbench.fuzz.subjects import donors, genuine, subjects
from workbench.inspect.dissect import STRUCTS, dissect
from workbench.inspect.explain import explain
from workbench.mls import CIPHER_SUITES, CipherSuite, MLSError, MLSMessage, cipher_suite, decode, encode

MEASURED = 16
"""One of this many attempts is measured; measuring takes several times as long as the attempt itself."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt and its outcome: "accepted", the name of an error, or a find."""

    number: int
    suite: int
    subject: str
    layer: str
    edits: tuple[Edit, ...]
    credulous: bool
    outcome: str
    find: Find | None = None


@dataclass(frozen=True, slots=True)
class Find:
    """An outcome that is not allowed: the exception, its place, and the bytes that caused it."""

    identity: tuple[str, str]
    trace: str
    edits: tuple[Edit, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    """A message, the layer of it that is changed, and the receiver."""

    suite: CipherSuite
    subject: Subject
    layer: Layer
    measured: bool

    def bytes_of(self, edits: Sequence[Edit]) -> bytes | None:
        """The message after these edits; None if the insider cannot sign the result."""
        changed = edited(self.layer.parts(), edits, donors(self.suite.id))
        try:
            return self.layer.rebuilt(changed)
        except MLSError:
            return None

    def outcome(self, edits: Sequence[Edit]) -> tuple[str, Find | None]:
        """The outcome of these edits."""
        data = self.bytes_of(edits)
        if data is None:
            return "not made", None
        try:
            return self._fed(data), None
        except Exception as escaped:  # noqa: BLE001 - whatever escapes is what is looked for
            return type(escaped).__name__, Find(_identity(escaped), traceback.format_exc(), tuple(edits), data)

    def _fed(self, data: bytes) -> str:
        if self.layer is self.subject.wire:
            _look_at(self.layer.cls, data)
            if self.layer.cls is MLSMessage:
                str(explain(scene(self.suite.id).carol, data, now=NOW))
        try:
            if self.measured:
                _feed_within_bounds(lambda: self.subject.feed(self.suite, data), len(data))
            else:
                self.subject.feed(self.suite, data)
        except MLSError as refused:
            str(refused)
            return type(refused).__name__
        outsider = self.layer is self.subject.wire and not isinstance(self.suite, Credulous)
        if outsider and self.subject.sealed and data not in genuine(self.suite.id):
            raise Unsound("a message that was changed by somebody outside the group is accepted")
        return "accepted"


def attempt(seed: int, number: int) -> Attempt:
    """The attempt with this number in the run with this seed; a find is shrunk."""
    rng = Random(f"{seed}/{number}")  # noqa: S311 - to be the same each time is the point
    suite_id = rng.choice(sorted(CIPHER_SUITES))
    subject = rng.choice(subjects(suite_id))
    layer = rng.choice(subject.layers)
    credulous = rng.random() < 1 / 2
    suite = Credulous(cipher_suite(suite_id).algorithms) if credulous else cipher_suite(suite_id)
    edits = tuple(draw(layer.parts(), rng) for _ in range(rng.choice((1, 1, 1, 2, 3))))
    target = _Target(suite, subject, layer, measured=number % MEASURED == 0)
    outcome, find = target.outcome(edits)
    if find is not None:
        find = _shrunk(target, find)
    return Attempt(number, suite_id, subject.name, layer.name, edits, credulous, outcome, find)


def _look_at(cls: type, data: bytes) -> None:
    """Decode the bytes, check that the value encodes to the same bytes, and show the fields."""
    if cls.__name__ in STRUCTS:
        shown = dissect(data, cls)
        shown.as_json()
        shown.text()
    try:
        value: object = decode(cls, data)
    except MLSError:
        return
    if encode(value) != data:
        raise Unsound("the bytes decode to a value that has another encoding")


def _feed_within_bounds(feed: Callable[[], object], length: int) -> None:
    """Give the message to the receiver, and check that the cost is within the bound for its length."""
    cost, refusal = measured(feed)
    if not cost.is_within(length):
        raise Unsound(f"{length} bytes took {cost.calls} calls and {cost.memory} bytes of memory")
    if refusal is not None:
        raise refusal


# Shrinking.


def _identity(escaped: Exception) -> tuple[str, str]:
    """The identity of a find: the type of the exception, and the function that raised it."""
    last = traceback.extract_tb(escaped.__traceback__)[-1]
    return type(escaped).__name__, f"{last.filename.rpartition('/')[2]}:{last.name}"


def _shrunk(target: _Target, find: Find) -> Find:
    """The same find with the fewest and smallest edits."""
    smaller = True
    while smaller:
        smaller = False
        for edits in _smaller(find.edits):
            _, again = target.outcome(edits)
            if again is not None and again.identity == find.identity:
                find, smaller = again, True
                break
    return find


def _smaller(edits: tuple[Edit, ...]) -> list[tuple[Edit, ...]]:
    fewer = [edits[:at] + edits[at + 1 :] for at in range(len(edits)) if len(edits) > 1]
    less = [
        (*edits[:at], replace(edit, amount=amount), *edits[at + 1 :])
        for at, edit in enumerate(edits)
        for amount in dict.fromkeys((0, 1, *(edit.amount * eighths // 8 for eighths in (4, 6, 7))))
        if 0 <= amount < edit.amount
    ]
    return fewer + less
