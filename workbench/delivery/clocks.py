"""The clock of a service in production. Lessons use a clock that they set (`lab.sources`)."""

from __future__ import annotations

import time


def system_clock() -> int:
    """Seconds since 1970, by this machine."""
    return int(time.time())


def no_clock() -> None:
    """The clock of a service without a clock: it returns None."""
    return
