"""A whole bench: groups of each size, then memory and imports, which need new processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeAlias

from workbench.bench.client import Implementation, Sample
from workbench.bench.host import BenchHost
from workbench.bench.machine import machine
from workbench.bench.memory import peak_memory
from workbench.bench.peers import implementation
from workbench.bench.results import OURS, LeftOut, Memory, Results, Timed
from workbench.bench.steps import STEPS
from workbench.bench.turns import Turns

OnStep: TypeAlias = Callable[[str, int, int], None]
"""A function that gets the name of the next part, the number of finished parts, and the number of all parts."""


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """What to time: the steps (`steps.NAMES`), the sizes of groups, the number of runs, and the other implementations.

    If a run of another implementation takes longer than `patience` seconds, it gets no more runs and no larger group.
    """

    sizes: Sequence[int]
    steps: Collection[str]
    runs: int
    others: Sequence[str] = ()
    patience: float = 60.0


def measure(plan: BenchPlan, day: str, on_step: OnStep) -> Results:
    """Carry out a plan. The results name an implementation that is not installed, and how to install it.

    `day` is the date in the results.
    """
    results = Results({"date": day, **machine()})
    asked = [implementation(name) for name in (OURS, *plan.others)]
    results.left_out = [LeftOut(each.name, reason) for each in asked if (reason := each.missing())]
    everybody = [each for each in asked if not each.missing()]
    results.implementations = [Timed(each.name, each.package, each.version(), each.notes) for each in everybody]
    try:
        if "import" in plan.steps:
            results.imports = _import_times(everybody, plan.runs, on_step)
        _take_turns(plan, everybody, results, on_step)
    finally:
        for each in everybody:
            each.close()
    return results


def _take_turns(plan: BenchPlan, everybody: Sequence[Implementation], results: Results, on_step: OnStep) -> None:
    steps = [step.id for step in STEPS if step.name in plan.steps]
    fast, done, total = [*everybody], 0, len(plan.sizes) * plan.runs * len(everybody)
    for size in sorted(plan.sizes):
        turns = Turns(BenchHost(size), steps, fast, plan.patience)
        for number in range(plan.runs):
            for each in fast:
                on_step(f"{each.name}, {size} members, run {number + 1} of {plan.runs}", done, total)
                turns.take(each)
                done += 1
        results.rows += turns.rows()
        results.left_out += turns.left_out()
        fast = [each for each in fast if each not in turns.too_slow]
        if "memory" in plan.steps:
            for each in fast:
                on_step(f"{each.name}, {size} members, memory", done, total)
                found = peak_memory(each, turns.host)
                results.memory += [found] if isinstance(found, Memory) else []
                results.left_out += [found] if isinstance(found, LeftOut) else []


def _import_times(everybody: Sequence[Implementation], runs: int, on_step: OnStep) -> dict[str, Sample]:
    """The median time to import each implementation, in new processes that are started in turn."""
    taken: dict[str, list[Sample]] = {each.name: [] for each in everybody}
    for number in range(runs):
        on_step("imports", number, runs)
        for each in everybody:
            taken[each.name].append(each.import_time())
    return {
        name: Sample(median(each.wall for each in samples), median(each.cpu for each in samples))
        for name, samples in taken.items()
    }
