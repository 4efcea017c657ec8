"""Run all implementations in turn, so that a slow moment of the machine affects all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Collection, Sequence
from statistics import median

from workbench.bench.client import Implementation, Sample
from workbench.bench.floor import Floor
from workbench.bench.host import BenchHost
from workbench.bench.results import FLOOR, LeftOut, Row
from workbench.bench.scenario import Measured, Outcome, Run
from workbench.bench.steps import BY_ID


class Turns:
    """The runs of all implementations in groups of one size, and their results.

    The floor is timed with the first implementation, which is ours. An implementation whose run takes more than
    `patience` seconds gets no more runs.
    """

    def __init__(
        self, host: BenchHost, steps: Collection[str], everybody: Sequence[Implementation], patience: float
    ) -> None:
        self.host, self.steps, self.patience = host, steps, patience
        self._floor, self._floor_table = Floor(), _Table(FLOOR, host.size)
        self._tables = {each: _Table(each.name, host.size) for each in everybody}
        self.too_slow: list[Implementation] = []

    def take(self, implementation: Implementation) -> None:
        """One run of one implementation."""
        table, first = self._tables[implementation], next(iter(self._tables))
        if implementation in self.too_slow:
            return
        report: Callable[[Outcome], None] = table.report
        if implementation is first:
            self._floor_table.next_run()
            report = self._with_floor(table)
        table.next_run()
        gc.collect()  # objects of the earlier run must not be collected during this run
        start = time.monotonic()
        Run(implementation, self.host, self.steps, report).play()
        if implementation is not first and time.monotonic() - start > self.patience:
            self.too_slow.append(implementation)

    def rows(self) -> list[Row]:
        """A row for each step of each implementation."""
        return [row for table in (self._floor_table, *self._tables.values()) for row in table.rows()]

    def left_out(self) -> list[LeftOut]:
        """The refused steps, and the implementations that were too slow."""
        size, patience = self.host.size, self.patience
        reason = f"a run took longer than {patience:g} seconds: there are no more, and no larger groups"
        refused = [each for table in self._tables.values() for each in table.left_out()]
        return [*refused, *(LeftOut(each.name, reason, size=size) for each in self.too_slow)]

    def _with_floor(self, table: _Table) -> Callable[[Outcome], None]:
        """Time the operations of a step alone, right after the step and once in a run."""

        def report(outcome: Outcome) -> None:
            table.report(outcome)
            if isinstance(outcome, Measured) and not self._floor_table.has(outcome.step):
                sample = self._floor.sample(BY_ID[outcome.step].floor, table.size)
                self._floor_table.report(Measured(outcome.step, sample))

        return report


class _Table:
    """The results of the runs of one implementation at one size."""

    def __init__(self, name: str, size: int) -> None:
        self.name, self.size = name, size
        self._runs: list[dict[str, list[Sample]]] = []
        self._sent: dict[str, int] = {}
        self._refused: dict[str, str] = {}

    def next_run(self) -> None:
        """Begin another run: later outcomes belong to it."""
        self._runs.append({})

    def has(self, step: str) -> bool:
        """Whether this run has timed a step."""
        return step in self._runs[-1]

    def report(self, outcome: Outcome) -> None:
        """Record one outcome."""
        if isinstance(outcome, Measured):
            self._runs[-1].setdefault(outcome.step, []).append(outcome.sample)
            self._sent[outcome.step] = outcome.sent
        else:
            self._refused[outcome.step] = outcome.reason

    def rows(self) -> list[Row]:
        """A row for each step, in the order of the steps."""
        timed = [step for step in BY_ID if any(step in run for run in self._runs)]
        return [
            Row(self.name, step, self.size, [_middle(run[step]) for run in self._runs if step in run], self._sent[step])
            for step in timed
        ]

    def left_out(self) -> list[LeftOut]:
        """The refused steps, with the reasons."""
        return [LeftOut(self.name, reason, step, self.size) for step, reason in self._refused.items()]


def _middle(samples: Sequence[Sample]) -> Sample:
    """The median of the repetitions of a step in one run."""
    return Sample(round(median(each.wall for each in samples), 9), round(median(each.cpu for each in samples), 9))
