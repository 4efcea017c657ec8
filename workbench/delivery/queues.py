"""Queues of devices: a device's queue in a group is the log from a place on, so each message is stored only once.

Devices acknowledge the entries that they have read; entries that all devices have acknowledged are deleted. The size of
a queue is limited:

- If the queue of a connected device is full, application messages to its group are refused (`QueueFull`, with a time to
  wait), until the device acknowledges some entries, or has acknowledged none for `active_seconds`.
- If the queue of an absent device is full, its oldest application messages are deleted. The device sees a gap in the
  numbers of the log. Handshakes are kept, so that the device can still follow the group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.delivery.errors import QueueFull, WrongOrder
from workbench.delivery.ports import Rows
from workbench.delivery.rows import Entry, Head, Invitation, Member
from workbench.delivery.settings import Settings

RETRY = 5
"""Seconds that a sender waits for a full queue: a phone needs less to fetch and decrypt a page."""


@dataclass(frozen=True, slots=True)
class Page:
    """The next messages of one group for a device.

    `lost` is the number of messages before or among them that were deleted, `left` the number that come after them.
    """

    group_id: bytes
    entries: tuple[Entry, ...]
    lost: int
    left: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """The unread entries of a device's groups, and its unread Welcomes with the references of their key packages."""

    pages: tuple[Page, ...]
    welcomes: tuple[tuple[bytes, Invitation], ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The numbers of unread messages, by group, and of unread Welcomes of a device: the content of a wake-up."""

    messages: Mapping[bytes, int]
    welcomes: int


def check_room(rows: Rows, head: Head, size: int, *, now: int | None, settings: Settings) -> None:
    """Refuse an application message if the queue of a connected device is full, or the log of the group too large.

    Commits and proposals are always accepted, so that a member that does not fetch can be removed. Raises `QueueFull`.
    """
    if head.size + size > settings.group_bytes:
        reason = f"the group has {head.size} bytes in its log, and may have {settings.group_bytes}"
        raise QueueFull(f"{reason}: its members have to fetch them first", retry_after=RETRY)
    for member in rows.laggards(head.group_id, head.length - settings.queue_messages + 1):
        if now is not None and member.active is not None and now - member.active <= settings.active_seconds:
            reason = f"the queue of a device has {head.length - member.next_index} messages"
            raise QueueFull(f"{reason}, and may have {settings.queue_messages}: it is fetching", retry_after=RETRY)


def page(rows: Rows, head: Head, start: int, *, settings: Settings) -> Page:
    """One page of the log of a group, from a place on."""
    entries = rows.entries(head.group_id, start, settings.page_messages, settings.page_bytes)
    end = entries[-1].index + 1 if entries else head.length
    left = 0 if not entries else head.length - end
    return Page(head.group_id, entries, lost=end - start - len(entries), left=left)


def inbox(rows: Rows, device: str, *, settings: Settings) -> Inbox:
    """One page of the unread entries of a device in all of its groups, and its unread Welcomes."""
    pages, room = [], settings.page_messages
    for member in rows.memberships(device):
        head = rows.head(member.group_id)
        if head is None or member.next_index >= head.length or room <= 0:
            continue
        made = page(rows, head, member.next_index, settings=replace(settings, page_messages=room))
        room -= len(made.entries)
        pages.append(made)
    return Inbox(tuple(pages), rows.invitations_of(device))


def waiting(rows: Rows, devices: Sequence[str]) -> Mapping[str, Waiting]:
    """The numbers of unread messages and Welcomes of each of these devices."""
    messages, welcomes = rows.pending(devices), rows.welcomes_waiting(devices)
    return {each: Waiting(messages.get(each, {}), welcomes.get(each, 0)) for each in devices}


def acknowledge(rows: Rows, member: Member, head: Head, next_index: int, *, now: int | None) -> Member:
    """Note that a device has read all entries before a place; an earlier place changes nothing.

    Raises `WrongOrder` beyond the end of the log.
    """
    if next_index > head.length:
        raise WrongOrder(f"place {next_index} is acknowledged, and the log has {head.length} entries")
    read = replace(member, next_index=max(member.next_index, next_index), active=now)
    rows.put_member(read)
    return read


def sweep_group(rows: Rows, head: Head, *, now: int, settings: Settings) -> int:
    """Delete entries that all have read, or that are too old, or beyond the size of a queue; return their bytes."""
    everywhere = min((member.next_index for member in rows.members(head.group_id)), default=0)
    old, older = now - settings.application_retention, now - settings.handshake_retention
    freed = rows.drop_entries(
        head.group_id, end=everywhere, before=now - settings.delivered_retention, application_only=False
    )
    freed += rows.drop_entries(head.group_id, end=head.length, before=older, application_only=False)
    freed += rows.drop_entries(head.group_id, end=head.length, before=old, application_only=True)
    overflow = max(head.length - settings.queue_messages, 0)
    freed += rows.drop_entries(head.group_id, end=overflow, before=now + 1, application_only=True)
    if freed:
        rows.put_head(replace(head, size=max(head.size - freed, 0)))
    return freed
