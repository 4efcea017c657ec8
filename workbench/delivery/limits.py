"""Token buckets as pure functions: a bucket fills at a rate up to its size, and each request takes tokens out."""

from __future__ import annotations

import math
from dataclasses import dataclass

from workbench.delivery.errors import TooFast
from workbench.delivery.rows import Bucket


@dataclass(frozen=True, slots=True)
class Rate:
    """The tokens that a bucket gains per second, and the most that it holds."""

    per_second: float
    size: int


def filled(bucket: Bucket | None, rate: Rate, now: float) -> Bucket:
    """The bucket at a time; a new one is full. If the clock goes back, the bucket gains no tokens."""
    if bucket is None:
        return Bucket(float(rate.size), now)
    gained = max(now - bucket.at, 0.0) * rate.per_second
    return Bucket(min(bucket.tokens + gained, float(rate.size)), max(now, bucket.at))


def take(what: str, bucket: Bucket | None, rate: Rate, now: float, cost: int = 1) -> Bucket:
    """The bucket after `cost` tokens were taken; raises `TooFast`, which says when there will be enough."""
    full = filled(bucket, rate, now)
    missing = cost - full.tokens
    if missing > 0:
        wait = max(math.ceil(missing / rate.per_second), 1)
        raise TooFast(
            f"{what} may do {rate.per_second * 60:g} a minute and {rate.size} at once; this takes {cost},"
            f" and {math.floor(full.tokens)} are left",
            retry_after=wait,
        )
    return Bucket(full.tokens - cost, full.at)
