"""The sources of a world's randomness, time and names. They depend on the seed only, so a history can be repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from workbench.delivery.clocks import system_clock
from workbench.mls import CipherSuite, Signer, cipher_suite

START = int(datetime(2026, 1, 5, 9, tzinfo=UTC).timestamp())
"""The time of the first step, a Monday at nine o'clock, in seconds since 1970."""

TICK = 60
"""Seconds from one step to the next."""

FIRST_NAMES = (
    *("Alice", "Bob", "Carol", "Dave", "Erin", "Frank", "Grace", "Heidi", "Ivan", "Judy", "Karl", "Lena", "Mallory"),
    *("Niaj", "Olivia", "Peggy", "Quentin", "Rupert", "Sybil", "Trent", "Ursula", "Victor", "Wendy", "Xavier"),
    *("Yusuf", "Zoe"),
)


def entropy_source(seed: int | str, user: str) -> Callable[[], bytes]:
    """A source of 32 bytes a call: each is a labelled hash of the seed, the user and the number of the call."""
    counter = count()
    return lambda: hashlib.sha256(f"MLS Workbench lab\0{seed}\0{user}\0{next(counter)}".encode()).digest()


def signers(draw: Callable[[], bytes]) -> Callable[[CipherSuite], Signer]:
    """What makes the signature keys of a device in a keystore: it draws the keys that the device would draw itself.

    So a history is the same with keystores and without. The keystore works with a suite of its own: nothing of what it
    does is recorded.
    """

    def made(suite: CipherSuite) -> Signer:
        own = cipher_suite(suite.id)
        keys = own.signature_key_pair(draw())
        return Signer(keys.public_key, lambda label, content: own.sign_with_label(keys.private_key, label, content))

    return made


def names() -> Iterator[str]:
    """An endless list of names: Alice, Bob, ..., Zoe, Alice 2, Bob 2, ..."""
    yield from FIRST_NAMES
    for round_ in count(2):
        yield from (f"{name} {round_}" for name in FIRST_NAMES)


@dataclass(slots=True)
class Clock:
    """A clock in seconds since 1970 that stands still until `tick` is called."""

    now: int = START

    def __call__(self) -> int:
        """The current time in seconds."""
        return self.now

    def tick(self) -> None:
        """Advance the clock by the time of one step."""
        self.now += TICK


class MachineClock:
    """The clock of this machine, for devices that share a delivery service with those of other machines."""

    @property
    def now(self) -> int:
        """The current time in seconds since 1970."""
        return system_clock()

    def __call__(self) -> int:
        """The current time in seconds since 1970."""
        return self.now

    def tick(self) -> None:
        """Nothing: this clock passes by itself."""
