"""The refusals of the delivery service: one class for each reason. A refusal changes nothing but the audit log.

`retry_after` is the number of seconds after which the same request may succeed, None if waiting does not help.
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
    """A GroupInfo whose signature does not verify, or whose ratchet tree does not fit its GroupContext."""


class WrongSignature(Refused):
    """A public handshake whose signature does not verify with the keys in the GroupInfo of the epoch.

    A member that is refused by mistake uploads its own GroupInfo and sends the message again: the service then has the
    right keys.
    """


class InvalidFrame(Refused):
    """A message whose unencrypted frame shows that no member can have sent it."""


class TooLarge(InvalidFrame):
    """More bytes than the service keeps of one object."""


class UnknownGroup(Refused):
    """The service has no log of this group."""


class AlreadyThere(Refused):
    """A group, a key package or a user with this name exists already."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What the sender of a late commit needs to rebase: the winning commit, the present epoch, and the entries to read.

    `winner` is the index in the log of the commit that ended the epoch, None if the log does not hold it any more.
    `entries` are the log from that index on, up to the size of one page.
    """

    epoch: int
    winner: int | None
    entries: tuple[Entry, ...] = ()


class LateMessage(Refused):
    """The message is for an epoch that is over: fetch the log, and send the message again in the present epoch."""


class LateCommit(LateMessage):
    """Another commit ended this epoch first: drop this commit, fetch the log, and commit again.

    `conflict` has what the sender needs for that; None from the pure rule, which sees only the end of the log.
    """

    def __init__(self, reason: str, conflict: Conflict | None = None) -> None:
        super().__init__(reason)
        self.conflict = conflict


class WrongOrder(Refused):
    """The message is for an epoch to which no commit in the log leads, or it is not a message to a group."""


class NoKeyPackage(Refused):
    """The directory holds no key package of this client: it must publish another."""


class NoGroupInfo(Refused):
    """No member has published a GroupInfo of the present epoch: nobody can join the group by a commit."""


class NotAuthenticated(Refused):
    """The request has no valid session or proof of the device in whose name it comes."""


class NotAllowed(Refused):
    """The device is known, but it may not do this."""


class TooFast(Refused):
    """A token bucket is empty: wait for `retry_after` seconds."""


class QueueFull(Refused):
    """A queue is full: a connected device has to fetch first, or the service keeps too many bytes of the group."""


class DirectoryFull(Refused):
    """A device has published as many key packages as the directory keeps for it."""


class Unavailable(Refused):
    """The service cannot reach its database, or the database is busy; nothing was stored."""


class StorageFull(Unavailable):
    """The disk of the database is full; nothing was stored."""


class TooSlow(Refused):
    """The request did not arrive in time: send it again, faster."""


class Unreadable(Refused):
    """A request or the message in it cannot be read."""
