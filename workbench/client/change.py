"""A change of a group that its device makes again when another commit comes first (RFC 9420 §14).

Of two commits for one epoch only the first counts. The other device has to make its commit anew in the next epoch, and
some of what it wanted may make no sense there: a member who was to be added has come, or one who was to be removed has
gone. A `Change` says what a device wants, in words that outlive an epoch: key packages for who is to come, and
signature keys for who is to go, because a leaf may have another member by then. It is written down with the first
attempt, so a device that is killed in between makes the change when it comes back.

The key packages are used again: the service has refused the commit, so no Welcome to them was delivered.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from workbench.mls import KeyPackage

ATTEMPTS: Final = 5
"""How often a device makes a change: with two busy committers the sixth attempt is as likely to lose as the first."""


@dataclass(frozen=True, slots=True)
class Departing:
    """A member who is to be removed: its signature key, and its name for people."""

    signature_key: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a device wants to change in a group, and how often it has tried. Without any wish it refreshes its keys."""

    add: tuple[KeyPackage, ...] = field(default=(), repr=False)
    remove: tuple[Departing, ...] = ()
    psks: tuple[bytes, ...] = ()
    attempts: int = 0

    @property
    def is_refresh(self) -> bool:
        """Whether nothing is wanted but fresh keys."""
        return not (self.add or self.remove or self.psks)

    def attempted(self) -> Change:
        """The change after one more attempt."""
        return replace(self, attempts=self.attempts + 1)
