"""Compare an old bench with a new one: which steps have become slower, or send more bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.bench.results import Results


@dataclass(frozen=True, slots=True)
class StepChange:
    """One step in both benches: its time in multiples of its floor, and the bytes it sends, before and now."""

    step: str
    size: int
    before: float
    now: float
    sent_before: int
    sent_now: int

    @property
    def ratio(self) -> float:
        """The time now divided by the time before."""
        return self.now / self.before

    def is_regression(self, bound: float) -> bool:
        """Whether the step takes more than `bound` times as long as before, or sends more bytes."""
        return self.ratio > bound or self.sent_now > self.sent_before


def changes(old: Results, new: Results, name: str) -> Iterator[StepChange]:
    """The changes of one implementation, for each step and size in both benches.

    Times are compared as multiples of the floor, which was measured in the same run. So the comparison does not depend
    on the load of the machine, and little on the machine itself.
    """
    for row in new.rows:
        before = old.row(name, row.step, row.size)
        if row.implementation != name or before is None:
            continue
        floors = old.times_floor(before), new.times_floor(row)
        if floors[0] is not None and floors[1] is not None:
            yield StepChange(row.step, row.size, floors[0], floors[1], before.sent, row.sent)
