"""The interfaces of the delivery service, as Protocols. Each has two implementations, which pass the same tests.

| port | in memory, for lessons | in use |
|---|---|---|
| `Store` | `memory.MemoryStore` | `sql.SqlStore`: SQLite or PostgreSQL |
| `Transport` | `service.DeliveryService` and `access.DeviceAccess`, in process | `client.HttpTransport` |
| `Clock` | any function, such as the lab's clock | `clocks.system_clock` |
| `Log` | `audit.MemoryLog` | `audit.StoredLog` |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol, TypeAlias, runtime_checkable

from workbench.delivery.rows import (
    AuditRecord,
    Bucket,
    Claim,
    DeviceRow,
    Entry,
    Head,
    Invitation,
    KeyPackageRow,
    Member,
    Ticket,
)

Clock: TypeAlias = Callable[[], int | None]
"""Seconds since 1970; None from a service without a clock, which then looks at no lifetime and no rate."""


class Rows(Protocol):
    """One transaction: it reads the rows of one instant, and writes all of its rows or none.

    Times are in seconds since 1970. "Before a time" and "since a time" compare with the time when a row was written.
    """

    # Devices and their sessions

    def device(self, device: str) -> DeviceRow | None:
        """A device by its id."""

    def devices_of(self, user: str) -> tuple[DeviceRow, ...]:
        """The devices of a user, the oldest first."""

    def add_device(self, row: DeviceRow) -> None:
        """Keep a new device."""

    def add_ticket(self, ticket: Ticket) -> None:
        """Keep a challenge or a session."""

    def ticket(self, digest: bytes) -> Ticket | None:
        """A challenge or a session."""

    def take_ticket(self, digest: bytes) -> bool:
        """Delete a challenge, a session or an approval; True if it was there. Of two calls at once, one gets True."""

    def drop_tickets(self, before: int) -> int:
        """Delete the tickets that expired before a time; return how many."""

    # The directory of key packages

    def add_key_package(self, row: KeyPackageRow) -> bool:
        """Keep a key package; False, and nothing is kept, if its reference or its init key was used before."""

    def take_key_package(self, user: str, cipher_suite: int, device: str | None, now: int | None) -> bytes | None:
        """Take the oldest key package within its lifetime that is not one of last resort. Nobody gets it again."""

    def last_resort(self, user: str, cipher_suite: int, device: str | None, now: int | None) -> bytes | None:
        """The newest key package of last resort."""

    def retire_last_resorts(self, device: str, cipher_suite: int) -> None:
        """Stop to hand out the key packages of last resort that a device has published before."""

    def key_package_owner(self, reference: bytes) -> str | None:
        """The device that published a key package, which may have been handed out already."""

    def key_packages_left(self, user: str, device: str | None) -> Mapping[int, int]:
        """How many key packages of a user can still be handed out, each once, by cipher suite."""

    def drop_key_packages(self, before: int) -> int:
        """Delete the key packages whose lifetime ended before a time, with their references; return how many."""

    # Groups

    def head(self, group_id: bytes) -> Head | None:
        """The end of a log. If this transaction writes, no other one appends to the log until it is over."""

    def add_head(self, head: Head) -> None:
        """Begin a log."""

    def put_head(self, head: Head) -> None:
        """Keep the new end of a log."""

    def groups(self) -> tuple[Head, ...]:
        """All groups."""

    def add_entry(self, entry: Entry, digest: bytes | None) -> None:
        """Append an entry to a log; `digest` names the message, so that `entry_of` finds a message that comes again."""

    def entry_of(self, group_id: bytes, digest: bytes) -> Entry | None:
        """The entry of a message, by its digest; None if the message is new."""

    def entries(self, group_id: bytes, start: int, limit: int | None, size: int | None) -> tuple[Entry, ...]:
        """The log from the index `start` on: at most `limit` entries and, beyond the first entry, `size` bytes."""

    def ending(self, group_id: bytes, epoch: int) -> Entry | None:
        """The commit that ended an epoch; None if there is none that is not void."""

    def make_void(self, group_id: bytes, start: int) -> None:
        """Mark the entries of a log from the index `start` on as void."""

    def drop_entries(self, group_id: bytes, *, end: int, before: int, application_only: bool) -> int:
        """Delete the entries before the index `end` that are older than the time `before`; return how many bytes."""

    def group_info(self, group_id: bytes) -> bytes | None:
        """The GroupInfo of a group, for clients outside of it."""

    def put_group_info(self, group_id: bytes, message: bytes | None) -> None:
        """Replace the GroupInfo of a group; None deletes it."""

    # Queues

    def member(self, group_id: bytes, device: str) -> Member | None:
        """The queue of a device in a group; None if it has no queue there."""

    def put_member(self, member: Member) -> None:
        """Keep the queue of a device in a group, in place of the former one."""

    def drop_member(self, group_id: bytes, device: str) -> bool:
        """Close the queue of a device in a group; True if there was one."""

    def members(self, group_id: bytes) -> tuple[Member, ...]:
        """All queues of a group."""

    def memberships(self, device: str) -> tuple[Member, ...]:
        """All queues of a device."""

    def laggards(self, group_id: bytes, before: int) -> tuple[Member, ...]:
        """The queues of a group that begin before the index `before` of its log."""

    def pending(self, devices: Sequence[str]) -> Mapping[str, Mapping[bytes, int]]:
        """How many messages wait for each device, by group; groups without waiting messages are left out."""

    def invite(self, references: Mapping[bytes, str], invitation: Invitation) -> None:
        """Keep a Welcome for the key packages with these references, each with the device that published it."""

    def invitations(self, reference: bytes) -> tuple[Invitation, ...]:
        """The Welcomes that have come for a key package."""

    def invitations_of(self, device: str) -> tuple[tuple[bytes, Invitation], ...]:
        """The Welcomes that wait for a device, each with the reference of its key package."""

    def welcomes_waiting(self, devices: Sequence[str]) -> Mapping[str, int]:
        """How many Welcomes wait for each device; devices without a Welcome are left out."""

    def read_invitation(self, device: str, reference: bytes, group_id: bytes, next_index: int) -> bool:
        """Mark a Welcome as read by its device; True if it was waiting. The operator can still see it."""

    def withdraw_invitations(self, group_id: bytes, after: int) -> None:
        """Delete the Welcomes of a group that lead to an index of its log greater than `after`."""

    def drop_invitations(self, before: int, *, read: bool) -> int:
        """Delete the Welcomes from before a time, with `read` only those that were read; return how many."""

    # Reports

    def add_report(self, group_id: bytes, index: int, device: str) -> bool:
        """Record that a device refuses the commit at an index of a log; False if this was known."""

    def reporters(self, group_id: bytes, index: int) -> frozenset[str]:
        """The devices that refuse the commit at an index of a log."""

    def reopenings(self, group_id: bytes, since: int) -> int:
        """How often the group was reopened since a time."""

    # Limits, audit, wake-ups

    def bucket(self, name: str) -> Bucket | None:
        """A token bucket by its name; None if it was not used yet."""

    def put_bucket(self, name: str, bucket: Bucket) -> None:
        """Keep the state of a token bucket."""

    def drop_buckets(self, before: float) -> int:
        """Delete the token buckets that were not used since a time; return how many."""

    def audit_tail(self, chain: str) -> AuditRecord | None:
        """The last record of an audit chain."""

    def add_audit(self, record: AuditRecord) -> None:
        """Keep one more audit record."""

    def audit(self, chain: str | None = None) -> tuple[AuditRecord, ...]:
        """The records of one audit chain in order, or those of all chains."""

    def drop_audit(self, before: int) -> int:
        """Delete the audit records from before a time; return how many."""

    def wake(self, topics: Iterable[str]) -> None:
        """Tell all workers which topics have something new, when this transaction is done (`topics.py`)."""

    def savepoint(self) -> AbstractContextManager[None]:
        """A part of the transaction: if the part raises, its writes are undone, and the transaction goes on."""


class Store(Protocol):
    """Where rows are kept."""

    def write(self) -> AbstractContextManager[Rows]:
        """A transaction that may write. If it ends without an error, its writes are durable."""

    def read(self) -> AbstractContextManager[Rows]:
        """A transaction that only reads."""

    def listen(self, heard: Callable[[frozenset[str] | None], None]) -> Callable[[], None]:
        """Call `heard` with the topics that any worker has woken, None for all; the returned function stops this."""

    def close(self) -> None:
        """Close all connections and files of the store."""


Sign: TypeAlias = Callable[[str, bytes], bytes]
"""Signs content for a purpose with the device's signature key: `SignWithLabel` (RFC 9420 §5.1.2)."""


@runtime_checkable
class Transport(Protocol):
    """The calls by which one device uses its delivery service."""

    def identify(self, claim: Callable[[], Claim], sign: Sign) -> None:
        """Set who the device is, and the function that signs to prove it."""

    def publish_key_package(self, user: str, message: bytes) -> object:
        """Keep a key package until somebody wants to add the user."""

    def take_key_package(self, user: str, cipher_suite: int) -> bytes:
        """A key package of a user, which nobody else gets, unless it is one of last resort."""

    def open_group(self, group_id: bytes, epoch: int = 0, *, late_epochs: int = 0) -> None:
        """Start the log of a new group."""

    def epoch(self, group_id: bytes) -> int:
        """The epoch that the accepted commits lead to."""

    def submit(self, group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        """Append a message to the log of its group."""

    def entries(self, group_id: bytes, start: int = 0) -> tuple[Entry, ...]:
        """The log from one index on."""

    def acknowledge(self, group_id: bytes, next_index: int) -> None:
        """Report that the device has read everything before an index of the log."""

    def report(self, group_id: bytes, index: int) -> bool:
        """Report that the device cannot accept the commit at an index; True if that has reopened its epoch."""

    def publish_group_info(self, message: bytes) -> None:
        """Keep the GroupInfo that a member has made, for clients outside of its group."""

    def group_info(self, group_id: bytes) -> bytes:
        """The GroupInfo of a group in its present epoch."""

    def invitations(self, key_package_ref: bytes) -> tuple[Invitation, ...]:
        """The Welcomes that have come for a key package."""

    def accept(self, key_package_ref: bytes, group_id: bytes, next_index: int) -> None:
        """Report that the device has read a Welcome."""


class Log(Protocol):
    """Where the audit trail is written."""

    def last(self) -> AuditRecord | None:
        """The last record of the log, which the next one continues."""

    def write(self, records: Sequence[AuditRecord]) -> None:
        """Keep records for good."""
