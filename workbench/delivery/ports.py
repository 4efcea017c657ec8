"""What the delivery service needs of the world, as Protocols. Each has two implementations, which pass the same tests.

| port | for lessons, in memory | for life |
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
    """One transaction: what is read is of one instant, and what is written comes all or not at all."""

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
        """Delete it; whether it was there. Of two at the same time, one is told so."""

    def drop_tickets(self, before: int) -> int:
        """Delete those that expired before a time; how many."""

    # The directory of key packages

    def add_key_package(self, row: KeyPackageRow) -> bool:
        """Keep a key package; False, and nothing, if its name or init key has been here."""

    def take_key_package(self, user: str, cipher_suite: int, device: str | None, now: int | None) -> bytes | None:
        """The oldest that is within its lifetime and of no last resort. Nobody else ever gets it."""

    def last_resort(self, user: str, cipher_suite: int, device: str | None, now: int | None) -> bytes | None:
        """The newest of last resort."""

    def retire_last_resorts(self, device: str, cipher_suite: int) -> None:
        """Hand the ones of last resort of a device out no more."""

    def key_package_owner(self, reference: bytes) -> str | None:
        """The device that published a key package, handed out or not."""

    def key_packages_left(self, user: str, device: str | None) -> Mapping[int, int]:
        """How many can still be handed out, each once, by cipher suite."""

    def drop_key_packages(self, before: int) -> int:
        """Delete those whose lifetime ended before a time, and their names; how many."""

    # Groups

    def head(self, group_id: bytes) -> Head | None:
        """The end of a log; nobody else appends to it until this transaction is over."""

    def add_head(self, head: Head) -> None:
        """Begin a log."""

    def put_head(self, head: Head) -> None:
        """Keep the new end of a log."""

    def groups(self) -> tuple[Head, ...]:
        """All groups."""

    def add_entry(self, entry: Entry, digest: bytes | None) -> None:
        """Append; `digest` names the message, so that one that comes twice is found."""

    def entry_of(self, group_id: bytes, digest: bytes) -> Entry | None:
        """The entry that a message has made."""

    def entries(self, group_id: bytes, start: int, limit: int | None, size: int | None) -> tuple[Entry, ...]:
        """The log from a place on: at most so many, and so many bytes beyond the first."""

    def ending(self, group_id: bytes, epoch: int) -> Entry | None:
        """The commit that ended an epoch, and was not made void."""

    def make_void(self, group_id: bytes, start: int) -> None:
        """Mark what stands in the log from a place on as void."""

    def drop_entries(self, group_id: bytes, *, end: int, before: int, application_only: bool) -> int:
        """Delete what stands before the place `end` and was taken before a time; how many bytes."""

    def group_info(self, group_id: bytes) -> bytes | None:
        """The description of a group for those outside."""

    def put_group_info(self, group_id: bytes, message: bytes | None) -> None:
        """Keep a description, or none."""

    # Queues

    def member(self, group_id: bytes, device: str) -> Member | None:
        """Whether, and how far, a device receives the messages of a group."""

    def put_member(self, member: Member) -> None:
        """Keep it."""

    def drop_member(self, group_id: bytes, device: str) -> bool:
        """Close the queue; whether there was one."""

    def members(self, group_id: bytes) -> tuple[Member, ...]:
        """All queues of a group."""

    def memberships(self, device: str) -> tuple[Member, ...]:
        """All queues of a device."""

    def laggards(self, group_id: bytes, before: int) -> tuple[Member, ...]:
        """The queues of a group that begin before a place."""

    def pending(self, devices: Sequence[str]) -> Mapping[str, Mapping[bytes, int]]:
        """For each device how many messages of which group wait for it; groups without any are left out."""

    def invite(self, references: Mapping[bytes, str], invitation: Invitation) -> None:
        """Keep a Welcome for the key packages of these names, each with the device that published it."""

    def invitations(self, reference: bytes) -> tuple[Invitation, ...]:
        """The Welcomes that have come for a key package."""

    def invitations_of(self, device: str) -> tuple[tuple[bytes, Invitation], ...]:
        """The Welcomes that wait for a device, each with the name of its key package."""

    def welcomes_waiting(self, devices: Sequence[str]) -> Mapping[str, int]:
        """How many Welcomes wait for each device; devices without any are left out."""

    def read_invitation(self, device: str, reference: bytes, group_id: bytes, next_index: int) -> bool:
        """Let a Welcome wait for the device no more; whether it did. Only the operator sees it still."""

    def withdraw_invitations(self, group_id: bytes, after: int) -> None:
        """Forget the Welcomes whose place to read on is beyond a place of the log."""

    def drop_invitations(self, before: int, *, read: bool) -> int:
        """Forget the Welcomes that were taken before a time, all or those which were read; how many."""

    # Reports

    def add_report(self, group_id: bytes, index: int, device: str) -> bool:
        """Note that a device refuses the commit at a place; False if that was known."""

    def reporters(self, group_id: bytes, index: int) -> frozenset[str]:
        """The devices that refuse it."""

    def reopenings(self, group_id: bytes, since: int) -> int:
        """How often the group was reopened since a time."""

    # Limits, audit, wake-ups

    def bucket(self, name: str) -> Bucket | None:
        """A token bucket."""

    def put_bucket(self, name: str, bucket: Bucket) -> None:
        """Keep it."""

    def drop_buckets(self, before: float) -> int:
        """Delete those that nobody has used since a time; how many."""

    def audit_tail(self, chain: str) -> AuditRecord | None:
        """The last record of a chain."""

    def add_audit(self, record: AuditRecord) -> None:
        """Keep one more record."""

    def audit(self, chain: str | None = None) -> tuple[AuditRecord, ...]:
        """The records of a chain in order, or of all chains."""

    def drop_audit(self, before: int) -> int:
        """Delete the records from before a time; how many."""

    def wake(self, topics: Iterable[str]) -> None:
        """Tell all workers, when this transaction is done, what has something new (`topics.py`)."""

    def savepoint(self) -> AbstractContextManager[None]:
        """A part of the transaction: if it raises, what it wrote is undone, and the transaction goes on."""


class Store(Protocol):
    """Where rows are kept."""

    def write(self) -> AbstractContextManager[Rows]:
        """A transaction that may write; when it has ended without an error, what it wrote is there for good."""

    def read(self) -> AbstractContextManager[Rows]:
        """A transaction that only reads."""

    def listen(self, heard: Callable[[frozenset[str] | None], None]) -> Callable[[], None]:
        """Call `heard` with the topics that any worker has woken, None for all; the result ends it."""

    def close(self) -> None:
        """Let go of everything."""


Sign: TypeAlias = Callable[[str, bytes], bytes]
"""Signs content for a purpose with the device's signature key: `SignWithLabel` (RFC 9420 §5.1.2)."""


@runtime_checkable
class Transport(Protocol):
    """The way of one device to its delivery service, and all that it needs of it."""

    def identify(self, claim: Callable[[], Claim], sign: Sign) -> None:
        """Take note of who the device is, and how it proves it."""

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
        """Say that everything before a place has been read."""

    def report(self, group_id: bytes, index: int) -> bool:
        """Say that the commit at a place cannot be accepted; whether that has reopened its epoch."""

    def publish_group_info(self, message: bytes) -> None:
        """Keep what a member says of its group for those outside."""

    def group_info(self, group_id: bytes) -> bytes:
        """The description of a group in its present epoch."""

    def invitations(self, key_package_ref: bytes) -> tuple[Invitation, ...]:
        """The Welcomes that have come for a key package."""

    def accept(self, key_package_ref: bytes, group_id: bytes, next_index: int) -> None:
        """Say that a Welcome has been read."""


class Log(Protocol):
    """Where the audit trail is written."""

    def last(self) -> AuditRecord | None:
        """The record to go on from."""

    def write(self, records: Sequence[AuditRecord]) -> None:
        """Keep records for good."""
