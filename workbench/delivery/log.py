"""What the delivery service accepts: one totally ordered log a group, one commit an epoch (RFC 9420 §14).

The decision needs nothing but the end of the log and what every message shows in the clear: its group, its epoch
and whether it is a commit. It is a pure function, so that any storage can be put under it: read the head, ask
`appended`, write the entry and the new head in one transaction.

A message for an epoch that is over is refused whatever it holds. Members have deleted that epoch's keys when they
reach it in the log, so it could not be read; its sender catches up and sends anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.delivery.checks import Refused, check_frame
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import MLSMessage, PrivateMessage, PublicMessage


class UnknownGroup(Refused):
    """There is no log of this group."""


class LateMessage(Refused):
    """The message is for an epoch that is over: catch up, and send it anew."""


class LateCommit(LateMessage):
    """Another commit ended this epoch first: drop the own one, catch up, and try again."""


class WrongOrder(Refused):
    """The message is for an epoch that no commit in the log leads to, or it is no message of a group."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a group's log: how many entries it has, and the epoch that they lead to."""

    group_id: bytes
    epoch: int
    length: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of a group at its place in the log; `sent_at` is when it was taken, if the service has a clock."""

    index: int
    group_id: bytes
    epoch: int
    content_type: ContentType
    message: bytes
    sent_at: int | None = None


def appended(head: Head, message: bytes, custom: frozenset[int] = frozenset()) -> tuple[Entry, Head]:
    """The entry that a message makes at the end of a log, and the head after it (RFC 9420 §14).

    `custom` are the proposal types that are known beside those of the RFC.
    Raises `LateCommit` if the epoch has had its commit, `LateMessage` if it is over for anything else,
    `WrongOrder` for an epoch to come, `InvalidFrame` if its frame shows that no member can use it, and `Malformed` if
    `message` is no MLSMessage.
    """
    group_id, epoch, content_type = address(message, custom)
    if group_id != head.group_id:
        raise WrongOrder("the message is for another group than the log")
    if epoch < head.epoch:
        late = LateCommit if content_type is ContentType.commit else LateMessage
        raise late(f"the {content_type.name} is for epoch {epoch}, the group is in epoch {head.epoch}")
    if epoch > head.epoch:
        raise WrongOrder(f"the {content_type.name} is for epoch {epoch}, no commit has led beyond epoch {head.epoch}")
    entry = Entry(head.length, group_id, epoch, content_type, message)
    ended = content_type is ContentType.commit
    return entry, replace(head, epoch=epoch + ended, length=head.length + 1)


def address(message: bytes, custom: frozenset[int] = frozenset()) -> tuple[bytes, int, ContentType]:
    """The group, epoch and kind of a message, which it shows to everybody (RFC 9420 §6)."""
    framed = decode(MLSMessage, message, custom=custom).message
    if not isinstance(framed, PublicMessage | PrivateMessage):
        raise WrongOrder(f"a {type(framed).__name__} is not a message within a group")
    check_frame(framed)
    if isinstance(framed, PrivateMessage):
        return framed.group_id, framed.epoch, framed.content_type
    return framed.content.group_id, framed.content.epoch, framed.content.content.TAG
