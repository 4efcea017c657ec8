"""Operations on the log of a group: open it, append to it, store its GroupInfo (RFC 9420 §14, §12.4.3)."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from workbench.delivery.checks import check_size
from workbench.delivery.errors import (
    AlreadyThere,
    Conflict,
    LateCommit,
    NoGroupInfo,
    QueueFull,
    UnknownGroup,
    WrongOrder,
)
from workbench.delivery.log import Address, address, appended, in_window
from workbench.delivery.ports import Rows
from workbench.delivery.rows import Entry, ExternalJoins, Head, Invitation, Member
from workbench.delivery.settings import Settings
from workbench.delivery.signatures import group_info_in
from workbench.mls.wire.code_points import ContentType, SenderType
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import MLSMessage, NewMemberProposalSender, PublicMessage, Welcome
from workbench.mls.wire.proposals import Add, Proposal
from workbench.mls.wire.tree import KeyPackage


def open_group(
    rows: Rows, group_id: bytes, epoch: int = 0, *, late_epochs: int = 0, external_joins: ExternalJoins = "open"
) -> Head:
    """Start the log of a new group; raises `AlreadyThere` if there is one."""
    if rows.head(group_id) is not None:
        raise AlreadyThere(f"there is a group {group_id.hex()} already")
    head = Head(group_id, epoch, late_epochs=late_epochs, external_joins=external_joins)
    rows.add_head(head)
    return head


def head_of(rows: Rows, group_id: bytes) -> Head:
    """The head of a group's log; raises `UnknownGroup`."""
    head = rows.head(group_id)
    if head is None:
        raise UnknownGroup(f"there is no group {group_id.hex()}")
    return head


class Submission:
    """A message and its Welcome, with the checks that do not need the log of the group.

    Raises `TooLarge`, `WrongOrder`, `InvalidFrame`, and `Malformed` for bytes that are not an MLSMessage.
    """

    def __init__(self, message: bytes, welcome: bytes | None, custom: frozenset[int], settings: Settings) -> None:
        check_size("message", message, settings.message_bytes)
        self.message = message
        self.custom = custom
        self.address: Address = address(message, custom)
        self.digest = hashlib.sha256(message).digest()
        self.public = _public_handshake(message, self.address, custom)
        self.own_key_package = _own_key_package(self.public)
        self.welcome = welcome
        self.new_members: tuple[bytes, ...] = ()
        if welcome is None:
            return
        check_size("Welcome", welcome, settings.message_bytes)
        if self.address.content_type is not ContentType.commit:
            raise WrongOrder(f"a Welcome came with a {self.address.content_type.name}; only a commit has one")
        self.new_members = _new_members(welcome)


def submit(
    rows: Rows, head: Head, submission: Submission, *, sender: str, now: int | None, settings: Settings
) -> Entry:
    """Append a message to its group's log, and store its Welcome.

    The Welcome is stored only if the commit is accepted, so that nobody joins in an epoch that does not exist. If a
    device submits the same message again, because it has received no answer, the result is the first entry; only the
    operator can put the same message into the log twice. Raises what `appended` raises; a `LateCommit` has what its
    sender needs to make another commit. Raises `QueueFull` if a new member has too many unread Welcomes.
    """
    digest = submission.digest if sender else None
    known = None if digest is None else rows.entry_of(head.group_id, digest)
    if known is not None and known.void:
        raise WrongOrder(f"the members have refused this message, at place {known.index}: make another one")
    if known is not None:
        return known
    shown = submission.address
    ended = rows.ending(head.group_id, shown.epoch) if shown.epoch < head.epoch else None
    late = in_window(head, shown.epoch, ended, now=now, seconds=settings.late_seconds)
    try:
        entry, moved = appended(head, submission.message, submission.custom, late=late)
    except LateCommit as error:
        raise LateCommit(str(error), _conflict(rows, head, ended, settings)) from None
    entry = replace(entry, sent_at=now, sender=sender)
    _invite(rows, moved, submission, now=now, settings=settings)
    rows.add_entry(entry, digest)
    rows.put_head(moved)
    if moved.epoch != head.epoch:
        rows.put_group_info(head.group_id, None)
    if sender and shown.sender is SenderType.new_member_commit and rows.member(head.group_id, sender) is None:
        rows.put_member(Member(head.group_id, sender, moved.length, moved.length, now))
    return entry


def describe(rows: Rows, message: bytes) -> None:
    """Keep a member's GroupInfo for clients outside; raises `WrongOrder` if it is not of the present epoch."""
    context = group_info_in(message).group_context
    epoch = head_of(rows, context.group_id).epoch
    if context.epoch != epoch:
        raise WrongOrder(f"the GroupInfo is of epoch {context.epoch}, the group in {epoch}")
    rows.put_group_info(context.group_id, message)


def description(rows: Rows, group_id: bytes) -> bytes:
    """The GroupInfo of a group in its present epoch; raises `NoGroupInfo` (RFC 9420 §12.4.3)."""
    head_of(rows, group_id)
    message = rows.group_info(group_id)
    if message is None:
        raise NoGroupInfo(f"no member has described group {group_id.hex()} in its present epoch")
    return message


def _conflict(rows: Rows, head: Head, winner: Entry | None, settings: Settings) -> Conflict:
    if winner is None:
        return Conflict(head.epoch, None)
    page = rows.entries(head.group_id, winner.index, settings.page_messages, settings.page_bytes)
    return Conflict(head.epoch, winner.index, page)


def _invite(rows: Rows, moved: Head, submission: Submission, *, now: int | None, settings: Settings) -> None:
    """Store the Welcome for each new member, and open the queue of its device after the commit."""
    if submission.welcome is None:
        return
    owners = {reference: rows.key_package_owner(reference) or "" for reference in submission.new_members}
    devices = sorted({device for device in owners.values() if device})
    for device, waiting in rows.welcomes_waiting(devices).items():
        if waiting >= settings.welcomes_per_device:
            reason = (
                f"{waiting} Welcomes wait for device {device[:8]}, and no more than {settings.welcomes_per_device} may"
            )
            raise QueueFull(f"{reason}: it has to fetch them first", retry_after=settings.active_seconds)
    rows.invite(owners, Invitation(submission.welcome, moved.group_id, moved.length, now))
    for device in devices:
        if rows.member(moved.group_id, device) is None:
            rows.put_member(Member(moved.group_id, device, moved.length, moved.length, now))


def _public_handshake(message: bytes, shown: Address, custom: frozenset[int]) -> PublicMessage | None:
    """A proposal or a commit that everybody can read; None for any other message."""
    framed = decode(MLSMessage, message, custom=custom).message if shown.is_handshake else None
    return framed if isinstance(framed, PublicMessage) else None


def _own_key_package(message: PublicMessage | None) -> KeyPackage | None:
    """The key package in a request of its owner to be added (RFC 9420 §12.1.8); None in any other message."""
    if message is None or not isinstance(message.content.sender.sender, NewMemberProposalSender):
        return None
    match message.content.content:
        case Proposal(Add(key_package)):
            return key_package
        case _:
            return None


def _new_members(welcome: bytes) -> tuple[bytes, ...]:
    """The references of the key packages in a Welcome, each once (RFC 9420 §12.4.3.1)."""
    opened = decode(MLSMessage, welcome).message
    if not isinstance(opened, Welcome):
        raise WrongOrder(f"a {type(opened).__name__} stands where the Welcome of a commit should be")
    return tuple(dict.fromkeys(secrets.new_member for secrets in opened.secrets))
