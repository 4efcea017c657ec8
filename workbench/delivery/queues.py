"""Queues of devices: a device's queue in a group is the log from its own place on, so a message is kept once for all.

What has been read is acknowledged, and what all have acknowledged is deleted. A queue cannot grow without an end:

- A device that is connected and has a full queue slows down those who send to it (`QueueFull`, with a time to wait),
  until it has acknowledged something, or has not for `active_seconds`.
- A device that is away has lost the oldest application messages when its queue is full. It sees a hole in the numbers
  of the log. Handshakes stay, so that it can still follow the group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from workbench.delivery.errors import QueueFull, WrongOrder
from workbench.delivery.ports import Rows
from workbench.delivery.rows import Entry, Head, Invitation, Member
from workbench.delivery.settings import Settings

RETRY = 5
"""Seconds that a sender waits for a full queue: a phone fetches and decrypts a page in less."""


@dataclass(frozen=True, slots=True)
class Page:
    """The next messages of one group for a device.

    `lost` is how many messages before or among them the service keeps no more, `left` how many come after them.
    """

    group_id: bytes
    entries: tuple[Entry, ...]
    lost: int
    left: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """What waits for a device: pages of its groups, and Welcomes, each with the name of its key package."""

    pages: tuple[Page, ...]
    welcomes: tuple[tuple[bytes, Invitation], ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits for a device: messages by group, and Welcomes. This is what a wake-up tells."""

    messages: Mapping[bytes, int]
    welcomes: int


def check_room(rows: Rows, head: Head, size: int, *, now: int | None, settings: Settings) -> None:
    """Refuse an application message when a device that is connected has a full queue, or the group keeps too much.

    Commits and proposals always find room, so that a member who does not fetch can be removed. Raises `QueueFull`.
    """
    if head.size + size > settings.group_bytes:
        reason = f"the group has {head.size} bytes in its log, and may have {settings.group_bytes}"
        raise QueueFull(f"{reason}: its members have to fetch them first", retry_after=RETRY)
    for member in rows.laggards(head.group_id, head.length - settings.queue_messages + 1):
        if now is not None and member.active is not None and now - member.active <= settings.active_seconds:
            reason = f"the queue of a device has {head.length - member.next_index} messages"
            raise QueueFull(f"{reason}, and may have {settings.queue_messages}: it is fetching", retry_after=RETRY)


def page(rows: Rows, head: Head, start: int, *, settings: Settings) -> Page:
    """The log of a group from a place on, as far as one page goes."""
    entries = rows.entries(head.group_id, start, settings.page_messages, settings.page_bytes)
    end = entries[-1].index + 1 if entries else head.length
    left = 0 if not entries else head.length - end
    return Page(head.group_id, entries, lost=end - start - len(entries), left=left)


def inbox(rows: Rows, device: str, *, settings: Settings) -> Inbox:
    """What waits for a device in all of its groups, and the Welcomes for it: one page in all."""
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
    """How much waits for each of these devices."""
    messages, welcomes = rows.pending(devices), rows.welcomes_waiting(devices)
    return {each: Waiting(messages.get(each, {}), welcomes.get(each, 0)) for each in devices}


def acknowledge(rows: Rows, member: Member, head: Head, next_index: int, *, now: int | None) -> Member:
    """The member that has read all before a place. Going back changes nothing; raises `WrongOrder` beyond the end."""
    if next_index > head.length:
        raise WrongOrder(f"place {next_index} is acknowledged, and the log has {head.length} entries")
    read = replace(member, next_index=max(member.next_index, next_index), active=now)
    rows.put_member(read)
    return read


def sweep_group(rows: Rows, head: Head, *, now: int, settings: Settings) -> int:
    """Delete what all have read, what is too old, and what overflows the queues of absent devices; how many bytes."""
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
