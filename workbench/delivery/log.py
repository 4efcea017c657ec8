"""The rule of the log: one totally ordered log for each group, one commit for each epoch (RFC 9420 §14).

The decision needs only the head of the log and the public fields of the message: its group, its epoch, and whether it
is a commit. It is a pure function, so that any store can be used: read the head, call `appended`, and write the entry
and the new head in one transaction.

A proposal or commit of a past epoch is refused. So is an application message, unless the members keep the keys of past
epochs (`late_epochs`, which the founder of the group sets) and the epoch ended a short time ago. Otherwise the members
could not read it: its sender has to catch up and send it again.
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
    """The public fields of a message: its group, epoch and kind, and the kind of its sender (RFC 9420 §6)."""

    group_id: bytes
    epoch: int
    content_type: ContentType
    sender: SenderType

    @property
    def is_handshake(self) -> bool:
        """Whether the message is a proposal or a commit, and not application data."""
        return self.content_type is not ContentType.application


def appended(
    head: Head, message: bytes, custom: frozenset[int] = frozenset(), *, late: bool = False
) -> tuple[Entry, Head]:
    """The entry that a message makes at the end of a log, and the head after it (RFC 9420 §14).

    `custom` are the types of custom proposals that the groups use; `late` says whether application messages of the
    message's epoch are still accepted (`in_window`). Raises `LateCommit` if another commit has ended the epoch,
    `LateMessage` for any other message of a past epoch, `WrongOrder` for a future epoch, `InvalidFrame` if the frame
    shows that no member can use the message, and `Malformed` for bytes that are not an MLSMessage.
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
    """Whether application messages of a past epoch are still accepted.

    `ended` is the commit that ended the epoch, None if the log does not have it. Both the founder of the group
    (`Head.late_epochs`) and the service (`seconds` since the end of the epoch) limit the window.
    """
    if ended is None or ended.sent_at is None or now is None:
        return False
    return head.epoch - epoch <= head.late_epochs and now - ended.sent_at <= seconds


def reopened(head: Head, void: Entry) -> tuple[Entry, Head]:
    """The notice that a commit is void, and the head in the epoch which that commit had ended (`reports.py`)."""
    notice = Entry(head.length, head.group_id, void.epoch, None, b"", reopens=void.index)
    return notice, replace(head, epoch=void.epoch, length=head.length + 1)


def address(message: bytes, custom: frozenset[int] = frozenset()) -> Address:
    """The public fields of a message (RFC 9420 §6). Raises `WrongOrder`, `InvalidFrame`, `Malformed`."""
    framed = decode(MLSMessage, message, custom=custom).message
    if not isinstance(framed, PublicMessage | PrivateMessage):
        raise WrongOrder(f"a {type(framed).__name__} is not a message within a group")
    check_frame(framed)
    if isinstance(framed, PrivateMessage):
        return Address(framed.group_id, framed.epoch, framed.content_type, SenderType.member)
    content = framed.content
    return Address(content.group_id, content.epoch, content.content.TAG, content.sender.sender.TAG)
