"""Where a world's randomness, time and names come from: a seed, so that the same history has the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

START = int(datetime(2026, 1, 5, 9, tzinfo=UTC).timestamp())
"""A Monday morning."""

TICK = 60
"""Seconds from one step to the next."""

FIRST_NAMES = (
    *("Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Karl", "Lena", "Mallory"),
    *("Niaj", "Olivia", "Peggy", "Quentin", "Rupert", "Sybil", "Trent", "Ursula", "Victor", "Wendy", "Xavier"),
    *("Yusuf", "Zoe"),
)


def entropy_source(seed: int | str, user: str) -> Callable[[], bytes]:
    """32 bytes a call: a labelled hash of the seed, the user and how often the user has asked."""
    counter = count()
    return lambda: hashlib.sha256(f"MLS Workbench lab\0{seed}\0{user}\0{next(counter)}".encode()).digest()


def names() -> Iterator[str]:
    """Names without end: Alice, Bob, ..., Zoe, Alice 2, Bob 2, ..."""
    yield from FIRST_NAMES
    for round_ in count(2):
        yield from (f"{name} {round_}" for name in FIRST_NAMES)


@dataclass(slots=True)
class Clock:
    """Seconds since 1970, which pass only when they are told to."""

    now: int = START

    def __call__(self) -> int:
        """The time."""
        return self.now

    def tick(self) -> None:
        """Let the time of one step pass."""
        self.now += TICK
