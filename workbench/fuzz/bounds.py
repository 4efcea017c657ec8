"""The cost of an input, counted and not timed: function calls, and the peak of memory."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from workbench.mls import MLSError

CALLS_AT_REST, CALLS_PER_BYTE = 60_000, 150
"""The limit of function calls: a fixed number, and a number for each byte of the input.

The fixed number is the cost of the group itself, mostly a thousand skipped message keys (RFC 9420 §15.3). The number
for each byte is the cost of a blank node, which is one byte on the wire: it is decoded, put in the tree and hashed.
"""

MEMORY_AT_REST, MEMORY_PER_BYTE = 1_000_000, 700
"""The limit of bytes of memory, in the same form. A blank node is one byte on the wire, and an object with a hash in
memory. It is two objects if the tree is twice as wide as the array of nodes: when the last leaf is the first one beyond
a power of two.
"""


@dataclass(frozen=True, slots=True)
class InputCost:
    """The cost of one call."""

    calls: int
    memory: int

    def is_within(self, length: int, memory_per_byte: int = MEMORY_PER_BYTE) -> bool:
        """Whether this cost is allowed for an input of this many bytes."""
        return (
            self.calls <= CALLS_AT_REST + CALLS_PER_BYTE * length
            and self.memory <= MEMORY_AT_REST + memory_per_byte * length
        )


def measured(feed: Callable[[], object]) -> tuple[InputCost, MLSError | None]:
    """The cost of a call, and the error if the call refused its input."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    refusal = None
    collects, before = gc.isenabled(), sys.getprofile()
    gc.disable()  # a collection would run, and count, the finalizers of what others have left
    tracemalloc.start()
    sys.setprofile(count)
    try:
        feed()
    except MLSError as refused:
        refusal = refused.with_traceback(None)
    finally:
        sys.setprofile(before)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        if collects:
            gc.enable()
    return InputCost(calls, peak), refusal
