"""What the delivery service accepts: one totally ordered log a group, one commit an epoch (RFC 9420 §14).

The decision needs nothing but the end of the log and what every message shows in the clear: its group, its epoch
and whether it is a commit. It is a pure function, so that any storage can be put under it: read the head, ask
`appended`, write the entry and the new head in one transaction.

A proposal or commit for an epoch that is over is refused. So is an application message, unless the members keep the
keys of past epochs (`late_epochs`, which the founder of a group declares) and the epoch has ended a short time ago:
else they could not read it, so its sender catches up and sends anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.delivery.checks import check_frame
from workbench.delivery.errors import LateCommit, LateMessage, WrongOrder
from workbench.delivery.rows import Entry, Head
from workbench.mls.wire.code_points import ContentType, SenderType
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import MLSMessage, PrivateMessage, PublicMessage


@dataclass(frozen=True, slots=True)
class Address:
    """What a message shows to everybody: its group, epoch and kind, and who may have sent it (RFC 9420 §6)."""

    group_id: bytes
    epoch: int
    content_type: ContentType
    sender: SenderType

    @property
    def is_handshake(self) -> bool:
        """Whether it is a proposal or a commit; all else is application data."""
        return self.content_type is not ContentType.application


def appended(
    head: Head, message: bytes, custom: frozenset[int] = frozenset(), *, late: bool = False
) -> tuple[Entry, Head]:
    """The entry that a message makes at the end of a log, and the head after it (RFC 9420 §14).

    `custom` are the proposal types that are known beside those of the RFC; `late` says whether the epoch of the message
    is within the window in which application messages may be late (`in_window`).
    Raises `LateCommit` if the epoch has had its commit, `LateMessage` if it is over for anything else,
    `WrongOrder` for an epoch to come, `InvalidFrame` if its frame shows that no member can use it, and `Malformed` if
    `message` is no MLSMessage.
    """
    shown = address(message, custom)
    epoch, name = shown.epoch, shown.content_type.name
    if shown.group_id != head.group_id:
        raise WrongOrder("the message is for another group than the log")
    if epoch < head.epoch and (shown.is_handshake or not late):
        refusal = LateCommit if shown.content_type is ContentType.commit else LateMessage
        raise refusal(f"the {name} is for epoch {epoch}, the group is in epoch {head.epoch}")
    if epoch > head.epoch:
        raise WrongOrder(f"the {name} is for epoch {epoch}, no commit has led beyond epoch {head.epoch}")
    entry = Entry(head.length, head.group_id, epoch, shown.content_type, message)
    ended = shown.content_type is ContentType.commit
    return entry, replace(head, epoch=head.epoch + ended, length=head.length + 1, size=head.size + len(message))


def in_window(head: Head, epoch: int, ended: Entry | None, *, now: int | None, seconds: int) -> bool:
    """Whether application messages of an epoch that is over are still taken.

    `ended` is the commit that ended it, if the log has it. Both the founder of the group (`Head.late_epochs`) and the
    service (`seconds` since the end) limit the window.
    """
    if ended is None or ended.sent_at is None or now is None:
        return False
    return head.epoch - epoch <= head.late_epochs and now - ended.sent_at <= seconds


def reopened(head: Head, void: Entry) -> tuple[Entry, Head]:
    """The notice that a commit is void, and the head that goes on in the epoch which it had ended (`reports.py`)."""
    notice = Entry(head.length, head.group_id, void.epoch, None, b"", reopens=void.index)
    return notice, replace(head, epoch=void.epoch, length=head.length + 1)


def address(message: bytes, custom: frozenset[int] = frozenset()) -> Address:
    """The group, epoch and kind of a message, which it shows to everybody (RFC 9420 §6)."""
    framed = decode(MLSMessage, message, custom=custom).message
    if not isinstance(framed, PublicMessage | PrivateMessage):
        raise WrongOrder(f"a {type(framed).__name__} is not a message within a group")
    check_frame(framed)
    if isinstance(framed, PrivateMessage):
        return Address(framed.group_id, framed.epoch, framed.content_type, SenderType.member)
    content = framed.content
    return Address(content.group_id, content.epoch, content.content.TAG, content.sender.sender.TAG)
