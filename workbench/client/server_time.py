"""The time at which a message was sent, as the delivery service says, within the bound that the own clock allows (R70).

Members must agree whether a lifetime was current when a message was sent, so they judge it by the time of the service,
which is the same for all, and not by their own clocks. But the service can lie. Two things it cannot hide:

- A message was not sent in the future. If the service says so, it lies, or the clock of this device is slow.
- The log is in the order in which it grew. If its times go back, the service contradicts itself: it lies, or its own
  clock was set back. No clock of this device is needed to see that.

In both cases the device judges by a time within the bound, and names the service. How far back a time may be is decided
by `LifetimePolicy.catch_up`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

BOUND: Final = 300
"""Seconds by which honest clocks may differ: a machine that synchronises its clock differs by less than one."""


@dataclass(frozen=True, slots=True)
class ServerTime:
    """What a device has seen of the service's time in a group: the latest, and whether it has named the service."""

    latest: int | None = None
    is_named: bool = False


UNSEEN = ServerTime()


@dataclass(frozen=True, slots=True)
class JudgedTime:
    """The time by which to judge a message, what is known of the service's time after it, and a complaint or ""."""

    sent_at: int | None
    seen: ServerTime
    complaint: str = ""


def judged_time(seen: ServerTime, stated: int | None, *, now: int, is_next: bool) -> JudgedTime:
    """Judge the time that the service states for a message.

    `is_next` says whether the message is read in the order of the log; others may be older than the latest. A service
    is named once, until it states a time within the bound again.
    """
    if stated is None:
        return JudgedTime(None, seen)
    if stated > now + BOUND:
        ahead = f"{stated - now} seconds ahead of the clock of this device"
        complaint = f"The service states a time that is {ahead}: it lies, or this clock is slow"
        return _complaint(seen, now, complaint)
    if is_next and seen.latest is not None and stated < seen.latest - BOUND:
        back = f"{seen.latest - stated} seconds before that of an earlier message"
        return _complaint(seen, seen.latest, f"The service contradicts itself: it states a time that is {back}")
    latest = stated if seen.latest is None else max(stated, seen.latest)
    return JudgedTime(stated, ServerTime(latest))


def _complaint(seen: ServerTime, sent_at: int, words: str) -> JudgedTime:
    return JudgedTime(sent_at, replace(seen, is_named=True), "" if seen.is_named else words)
