"""How the delivery service refuses: one class a reason. A refusal changes nothing, but for the audit log.

`retry_after` is in how many seconds the same request may succeed, None if waiting does not help.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.delivery.rows import Entry


class Refused(Exception):
    """The delivery service does not take an upload or a request; nothing has changed."""

    def __init__(self, reason: str, *, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class InvalidKeyPackageUpload(Refused):
    """A key package that no group would accept: damaged, wrongly signed, or outside of its lifetime."""


class InvalidGroupInfoUpload(Refused):
    """A GroupInfo whose signature does not verify, or whose ratchet tree is not that of its GroupContext."""


class WrongSignature(Refused):
    """A public handshake that its sender has not signed, as far as the GroupInfo of the epoch tells.

    A member that is refused by mistake uploads its own GroupInfo and sends the message again: the service then has the
    right keys.
    """


class InvalidFrame(Refused):
    """A message whose frame shows already that no member can have sent it."""


class TooLarge(InvalidFrame):
    """More bytes than the service keeps of one object."""


class UnknownGroup(Refused):
    """There is no log of this group."""


class AlreadyThere(Refused):
    """There is something of this name already: a group, a key package, a user."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the sender of a late commit needs to rebase: who won, where the group is, and what it has yet to read.

    `winner` is the place in the log of the commit that ended the epoch, None if the log does not hold it any more.
    `entries` are the log from there on, as far as one page goes.
    """

    epoch: int
    winner: int | None
    entries: tuple[Entry, ...] = ()


class LateMessage(Refused):
    """The message is for an epoch that is over: catch up, and send it anew."""


class LateCommit(LateMessage):
    """Another commit ended this epoch first: drop the own one, catch up, and try again.

    `conflict` is what it takes to do so; None from the pure rule, which sees only the end of the log.
    """

    def __init__(self, reason: str, conflict: Conflict | None = None) -> None:
        super().__init__(reason)
        self.conflict = conflict


class WrongOrder(Refused):
    """The message is for an epoch that no commit in the log leads to, or it is no message of a group."""


class NoKeyPackage(Refused):
    """The directory holds no key package of this client: it must publish another."""


class NoGroupInfo(Refused):
    """No member has described the group in its present epoch: nobody can join it by a commit."""


class NotAuthenticated(Refused):
    """Nobody has proved to be the device that this request speaks for."""


class NotAllowed(Refused):
    """The device is known, and may not do this."""


class TooFast(Refused):
    """A token bucket is empty: wait for `retry_after` seconds."""


class QueueFull(Refused):
    """A queue has no room: a device that is connected has to fetch first, or the service keeps too much of a group."""


class DirectoryFull(Refused):
    """A device has published as many key packages as the directory keeps for it."""


class Unavailable(Refused):
    """The service cannot reach its database, or the database is busy; nothing was taken."""


class StorageFull(Unavailable):
    """The disk of the database is full; nothing was taken."""


class TooSlow(Refused):
    """A request did not come in time; send it again, faster."""


class Unreadable(Refused):
    """A request or the message in it cannot be read."""
