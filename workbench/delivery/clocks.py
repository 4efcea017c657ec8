"""The time of day: the clock of a service for life. Lessons use one that passes when it is told to (`lab.sources`)."""

from __future__ import annotations

import time


def system_clock() -> int:
    """Seconds since 1970, by this machine."""
    return int(time.time())


def no_clock() -> None:
    """The clock of a service that has none."""
    return
