"""The CPU seconds that an input takes, at a few sizes."""

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
"""CPU seconds that an input of one megabyte may take at any entry point."""


SIZES = (MEGABYTE >> 3, MEGABYTE >> 1, MEGABYTE)
"""What is measured, in this order: what takes too long in an eighth is not measured any further."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """What one input takes: its bytes, the CPU seconds, and how many times those of half the bytes that is.

    `growth` is 2 where each byte costs the same, 4 where the cost grows with the square. It is None where there is no
    half: the list cannot be as long, or a part of it took too long already.
    """

    entry_point: str
    input: str
    bytes: int
    seconds: float
    growth: float | None

    @property
    def is_too_much(self) -> bool:
        """Whether it takes longer than a megabyte may."""
        return self.seconds > LIMIT


def all_inputs() -> Iterator[CostlyInput]:
    """All inputs there are: each list as long as it can be, and what no list makes."""
    yield from special_inputs()
    yield from list_inputs()


def measured_cost(costly: CostlyInput, sizes: Sequence[int] = SIZES) -> CostRow | None:
    """What an input takes at the largest of some sizes; None if its sender cannot make it."""
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
"""What entry points raise about bytes: `ValueError` for text that stands for none."""


def costs(inputs: Iterable[CostlyInput] | None = None, sizes: Sequence[int] = SIZES) -> Iterator[CostRow]:
    """What each input takes at each entry point, as a row; the inputs are all that there are, unless they are given."""
    for costly in all_inputs() if inputs is None else inputs:
        row = measured_cost(costly, sizes)
        if row is not None:
            yield row
