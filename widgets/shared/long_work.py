"""Work for which a reader waits: how far it is, and whether the reader has cancelled it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeAlias

Advance: TypeAlias = Callable[[int, int], None]
"""Called by the work as it goes on, with the number of its parts that are done, and the number of all parts."""

FIRST, EVERY = 0.5, 0.25
"""Seconds until a reader is told how far the work is, and between two such reports."""
NO_PROGRESS: Mapping[str, int] = {"number": 0, "done": 0, "total": 0}
"""How far the work is before there was any: the number of the wish, and the parts of its work."""


class Cancelled(Exception):
    """The reader has cancelled the work."""


def unwatched(_done: int, _total: int) -> None:
    """Do nothing: nobody waits for this work, or can cancel it."""


class LongWork:
    """The work on one wish of a reader. The work calls `advance`, and the reader's page calls `cancel`."""

    def __init__(self, tell: Callable[[int, int], object]) -> None:
        """`tell` shows how far the work is. It is called in the thread that works."""
        self._tell = tell
        self._cancelled = threading.Event()
        self._next = time.monotonic() + FIRST

    def advance(self, done: int, total: int) -> None:
        """Tell the reader how far the work is, but not too often. Raises `Cancelled`."""
        if self._cancelled.is_set():
            raise Cancelled
        now = time.monotonic()
        if now >= self._next:
            self._next = now + EVERY
            self._tell(done, total)

    def cancel(self) -> None:
        """End the work as soon as it calls `advance`."""
        self._cancelled.set()
