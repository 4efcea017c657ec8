"""The holding pen: messages of epochs that a device has not reached, until the commits before them have come.

A device reads the log of its group in order. Still a message of a later epoch may come first: the service has left out
a commit, or gives entries in another order, or the device has refused a commit that the others accepted. Such a message
is kept, and read when the device has reached its epoch. The pen lasts, because the service may delete what it has
delivered. A pen is a value; its owner sees what is in it (`workbench device waiting`, and the picture Room).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from workbench.delivery import Entry

CAPACITY: Final = 1000
"""How many messages one pen holds; a message beyond this is refused. It bounds what a service can fill a disk with."""


@dataclass(frozen=True, slots=True)
class HoldingPen:
    """The entries that wait, in the order of the log, and the places before them that have not come.

    A gap is a pair: its first place, and the place after its last.
    """

    entries: tuple[Entry, ...] = ()
    gaps: tuple[tuple[int, int], ...] = ()

    @property
    def is_full(self) -> bool:
        """Whether there is no room for another message."""
        return len(self.entries) >= CAPACITY

    @property
    def first_missing(self) -> int | None:
        """The first place that has not come; None if no place is missing."""
        return self.gaps[0][0] if self.gaps else None

    def is_missing(self, index: int) -> bool:
        """Whether the entry at a place has not come."""
        return any(start <= index < end for start, end in self.gaps)

    def holding(self, entry: Entry, next_index: int) -> HoldingPen:
        """The pen with one more entry; `next_index` is the place at which the device would have read on.

        If the same message waits already, at whatever place, the pen stays as it is.
        """
        if any(entry.message == each.message for each in self.entries):
            return self
        gaps = (*self.gaps, (next_index, entry.index)) if entry.index > next_index else self.gaps
        return HoldingPen(tuple(sorted((*self.entries, entry), key=lambda each: each.index)), gaps)

    def ready(self, epoch: int) -> Entry | None:
        """The first entry that a device in an epoch can read, or whose epoch is over."""
        return next((entry for entry in self.entries if entry.epoch <= epoch), None)

    def having_read(self, index: int) -> HoldingPen:
        """The pen after the entry at a place was read: it waits no longer, and is not missing."""
        if not self.is_missing(index) and all(entry.index != index for entry in self.entries):
            return self
        entries = tuple(entry for entry in self.entries if entry.index != index)
        return HoldingPen(entries, _without(self.gaps, index))

    def having_asked(self) -> HoldingPen:
        """The pen after the device has asked for the missing places.

        When nothing waits any more, nothing is missing either: the service has deleted what does not come.
        """
        return self if self.entries else EMPTY_PEN

    def without_void(self, start: int, end: int) -> HoldingPen:
        """The pen without the entries from a place to another, which the service has made void."""
        return replace(self, entries=tuple(entry for entry in self.entries if not start <= entry.index < end))


EMPTY_PEN = HoldingPen()


def _without(gaps: tuple[tuple[int, int], ...], index: int) -> tuple[tuple[int, int], ...]:
    """The gaps when the entry at a place has come: a gap shrinks, or is split in two."""
    left = [
        part
        for start, end in gaps
        for part in (((start, index), (index + 1, end)) if start <= index < end else ((start, end),))
    ]
    return tuple((start, end) for start, end in left if start < end)
