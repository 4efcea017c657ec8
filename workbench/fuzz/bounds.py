"""What an input costs, counted and not timed: function calls, and the most memory held at once."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from workbench.mls import MLSError

CALLS_AT_REST, CALLS_PER_BYTE = 60_000, 150
"""The most function calls for an input of no bytes, and for each of its bytes.

The first is what the group itself costs; a thousand skipped message keys are most of it (RFC 9420 §15.3). The
second is what a blank node of a tree takes, one byte on the wire: it is read, placed and hashed.
"""

MEMORY_AT_REST, MEMORY_PER_BYTE = 1_000_000, 700
"""The same for bytes of memory. A blank node of a tree is one byte on the wire, and an object with its hash here:
two of them when the last leaf is the first beyond a power of two, and the tree so twice as wide as the array.
"""


@dataclass(frozen=True, slots=True)
class InputCost:
    """What one call took."""

    calls: int
    memory: int

    def is_within(self, length: int, memory_per_byte: int = MEMORY_PER_BYTE) -> bool:
        """Whether an input of so many bytes may cost that."""
        return (
            self.calls <= CALLS_AT_REST + CALLS_PER_BYTE * length
            and self.memory <= MEMORY_AT_REST + memory_per_byte * length
        )


def measured(feed: Callable[[], object]) -> tuple[InputCost, MLSError | None]:
    """The cost of a call that may be refused, and the refusal."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    refusal = None
    gc.collect()
    tracemalloc.start()
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        feed()
    except MLSError as refused:
        refusal = refused.with_traceback(None)
    finally:
        sys.setprofile(before)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return InputCost(calls, peak), refusal
