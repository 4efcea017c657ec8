"""Measure the CPU seconds of an input at a few sizes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from workbench.delivery import Refused
from workbench.fuzz.cost.inputs import CostlyInput, list_inputs
from workbench.fuzz.cost.special import special_inputs
from workbench.mls import MLSError

MEGABYTE = 1 << 20
LIMIT = 2.0
"""The limit of CPU seconds for an input of one megabyte at any entry point."""


SIZES = (MEGABYTE >> 3, MEGABYTE >> 1, MEGABYTE)
"""The measured sizes, in this order; an input that takes too long at one size is not measured at the next."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """The cost of one input: its bytes, the CPU seconds, and the growth.

    `growth` is the CPU seconds divided by those of half the bytes: 2 if each byte costs the same, 4 if the cost is
    quadratic. It is None if the half was not measured, because the list cannot be so long or a smaller part already
    took too long.
    """

    entry_point: str
    input: str
    bytes: int
    seconds: float
    growth: float | None

    @property
    def is_too_much(self) -> bool:
        """Whether the input takes longer than the limit for a megabyte."""
        return self.seconds > LIMIT


def all_inputs() -> Iterator[CostlyInput]:
    """All inputs: each list as long as possible, and the special inputs."""
    yield from special_inputs()
    yield from list_inputs()


def measured_cost(costly: CostlyInput, sizes: Sequence[int] = SIZES) -> CostRow | None:
    """The cost of an input at the largest of these sizes; None if its sender cannot make it."""
    row: CostRow | None = None
    for size in sizes:
        try:
            data = costly.make(size)
        except MLSError:
            return row
        if row is not None and len(data) <= row.bytes:
            return row
        seconds = cpu_seconds(costly.feed, data)
        is_half = row is not None and row.seconds and 0.45 * len(data) < row.bytes < 0.55 * len(data)
        growth = seconds / row.seconds if row is not None and is_half else None
        row = CostRow(costly.entry_point, costly.name, len(data), seconds, growth)
        if row.is_too_much:
            break
    return row


def cpu_seconds(feed: Callable[[bytes], object], data: bytes) -> float:
    """The CPU seconds of one call, which may refuse the bytes."""
    gc.collect()
    start = time.process_time()
    with suppress(*REFUSALS):
        feed(data)
    return time.process_time() - start


REFUSALS = (MLSError, Refused, ValueError)
"""The errors by which entry points refuse bytes: `ValueError` for text that encodes no bytes."""


def costs(inputs: Iterable[CostlyInput] | None = None, sizes: Sequence[int] = SIZES) -> Iterator[CostRow]:
    """A row with the cost of each input at its entry point; by default all inputs."""
    for costly in all_inputs() if inputs is None else inputs:
        row = measured_cost(costly, sizes)
        if row is not None:
            yield row
