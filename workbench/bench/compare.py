"""An old bench beside a new one: what has become slower, or sends more bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.bench.results import Results


@dataclass(frozen=True, slots=True)
class Change:
    """One step in both: how many times its floor it took before and now, and how many bytes it sends."""

    step: str
    size: int
    before: float
    now: float
    sent_before: int
    sent_now: int

    @property
    def ratio(self) -> float:
        """How many times as long as before."""
        return self.now / self.before

    def is_regression(self, bound: float) -> bool:
        """Whether it takes more than `bound` times as long as before, or sends one byte more."""
        return self.ratio > bound or self.sent_now > self.sent_before


def changes(old: Results, new: Results, name: str) -> Iterator[Change]:
    """What has changed for one implementation, for each step and size that both have.

    Times are compared as multiples of the floor that was measured in the same run: so it does not matter when the old
    bench was taken, and little on which machine.
    """
    for row in new.rows:
        before = old.row(name, row.step, row.size)
        if row.implementation != name or before is None:
            continue
        floors = old.times_floor(before), new.times_floor(row)
        if floors[0] is not None and floors[1] is not None:
            yield Change(row.step, row.size, floors[0], floors[1], before.sent, row.sent)
