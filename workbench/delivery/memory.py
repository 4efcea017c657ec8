"""A store in the memory of one process, for lessons: dictionaries, and a list of functions that undo each write."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from workbench.delivery.ports import Rows
from workbench.delivery.rows import (
    AuditRecord,
    Bucket,
    DeviceRow,
    Entry,
    Head,
    Invitation,
    KeyPackageRow,
    Member,
    Ticket,
)
from workbench.mls.wire.code_points import ContentType

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _Tables:
    devices: dict[str, DeviceRow] = field(default_factory=dict)
    tickets: dict[bytes, Ticket] = field(default_factory=dict)
    key_packages: dict[bytes, KeyPackageRow] = field(default_factory=dict)
    init_keys: dict[bytes, bytes] = field(default_factory=dict)
    published: dict[str, tuple[bytes, ...]] = field(default_factory=dict)
    heads: dict[bytes, Head] = field(default_factory=dict)
    logs: dict[bytes, dict[int, Entry]] = field(default_factory=dict)
    digests: dict[tuple[bytes, bytes], int] = field(default_factory=dict)
    group_infos: dict[bytes, bytes] = field(default_factory=dict)
    members: dict[bytes, dict[str, Member]] = field(default_factory=dict)
    invitations: dict[bytes, tuple[tuple[str, Invitation], ...]] = field(default_factory=dict)
    reports: dict[tuple[bytes, int], frozenset[str]] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    audit: dict[tuple[str, int], AuditRecord] = field(default_factory=dict)


class MemoryStore:
    """A store in memory; it runs one transaction at a time."""

    def __init__(self) -> None:
        self._tables = _Tables()
        self._lock = threading.RLock()
        self._listeners: list[Callable[[frozenset[str] | None], None]] = []

    @contextmanager
    def write(self) -> Iterator[Rows]:
        """A transaction; if it raises, all that it wrote is undone."""
        with self._lock:
            rows = MemoryRows(self._tables)
            with rows.savepoint():
                yield rows
            listeners = tuple(self._listeners)
        if rows.woken:
            for heard in listeners:
                heard(frozenset(rows.woken))

    @contextmanager
    def read(self) -> Iterator[Rows]:
        """A transaction that only reads."""
        with self._lock:
            yield MemoryRows(self._tables)

    def listen(self, heard: Callable[[frozenset[str] | None], None]) -> Callable[[], None]:
        """Call `heard` with the topics that a transaction has woken."""
        self._listeners.append(heard)
        return lambda: self._listeners.remove(heard)

    def close(self) -> None:
        """Do nothing: there is no connection to close."""


class MemoryRows:
    """One transaction of a `MemoryStore`; each method is explained in `ports.Rows`."""

    def __init__(self, tables: _Tables) -> None:
        self._tables = tables
        self._undo: list[Callable[[], object]] = []
        self.woken: set[str] = set()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        mark = len(self._undo)
        try:
            yield
        except BaseException:
            while len(self._undo) > mark:
                self._undo.pop()()
            raise

    def wake(self, topics: Iterable[str]) -> None:
        self.woken |= set(topics)

    def _put(self, table: MutableMapping[K, V], key: K, value: V | None) -> None:
        """Write one value, or delete it with None, and note how to undo that."""
        before = table.get(key)
        self._undo.append(lambda: table.pop(key, None) if before is None else table.__setitem__(key, before))
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value

    # Devices and their sessions

    def device(self, device: str) -> DeviceRow | None:
        return self._tables.devices.get(device)

    def devices_of(self, user: str) -> tuple[DeviceRow, ...]:
        return tuple(row for row in self._tables.devices.values() if row.user == user)

    def add_device(self, row: DeviceRow) -> None:
        self._put(self._tables.devices, row.device, row)

    def add_ticket(self, ticket: Ticket) -> None:
        self._put(self._tables.tickets, ticket.digest, ticket)

    def ticket(self, digest: bytes) -> Ticket | None:
        return self._tables.tickets.get(digest)

    def take_ticket(self, digest: bytes) -> bool:
        there = digest in self._tables.tickets
        self._put(self._tables.tickets, digest, None)
        return there

    def drop_tickets(self, before: int) -> int:
        return self._drop(self._tables.tickets, lambda ticket: ticket.expires < before)

    def _drop(self, table: MutableMapping[K, V], old: Callable[[V], bool]) -> int:
        gone = [key for key, value in table.items() if old(value)]
        for key in gone:
            self._put(table, key, None)
        return len(gone)

    # The directory

    def add_key_package(self, row: KeyPackageRow) -> bool:
        if row.reference in self._tables.key_packages or row.init_key in self._tables.init_keys:
            return False
        self._put(self._tables.key_packages, row.reference, row)
        self._put(self._tables.init_keys, row.init_key, row.reference)
        published = self._tables.published
        self._put(published, row.user, (*published.get(row.user, ()), row.reference))
        return True

    def _offered(self, user: str, device: str | None) -> Iterator[KeyPackageRow]:
        for reference in self._tables.published.get(user, ()):
            row = self._tables.key_packages[reference]
            if row.message and device in {None, row.device}:
                yield row

    def take_key_package(self, user: str, cipher_suite: int, device: str | None, now: int | None) -> bytes | None:
        for row in self._offered(user, device):
            current = now is None or row.not_after >= now
            if row.cipher_suite == cipher_suite and not row.last_resort and current:
                self._put(self._tables.key_packages, row.reference, replace(row, message=b""))
                return row.message
        return None

    def last_resort(self, user: str, cipher_suite: int, device: str | None, now: int | None) -> bytes | None:
        found = None
        for row in self._offered(user, device):
            current = now is None or row.not_after >= now
            if row.cipher_suite == cipher_suite and row.last_resort and current:
                found = row.message
        return found

    def retire_last_resorts(self, device: str, cipher_suite: int) -> None:
        for row in list(self._tables.key_packages.values()):
            if row.last_resort and (row.device, row.cipher_suite) == (device, cipher_suite):
                self._put(self._tables.key_packages, row.reference, replace(row, message=b""))

    def key_package_owner(self, reference: bytes) -> str | None:
        row = self._tables.key_packages.get(reference)
        return None if row is None else row.device

    def key_packages_left(self, user: str, device: str | None) -> Mapping[int, int]:
        left: dict[int, int] = {}
        for row in self._offered(user, device):
            if not row.last_resort:
                left[row.cipher_suite] = left.get(row.cipher_suite, 0) + 1
        return left

    def drop_key_packages(self, before: int) -> int:
        gone = [row for row in self._tables.key_packages.values() if row.not_after < before]
        for row in gone:
            self._put(self._tables.key_packages, row.reference, None)
            self._put(self._tables.init_keys, row.init_key, None)
            left = tuple(each for each in self._tables.published[row.user] if each != row.reference)
            self._put(self._tables.published, row.user, left)
        return len(gone)

    # Groups

    def head(self, group_id: bytes) -> Head | None:
        return self._tables.heads.get(group_id)

    def add_head(self, head: Head) -> None:
        self._put(self._tables.heads, head.group_id, head)
        self._put(self._tables.logs, head.group_id, {})
        self._put(self._tables.members, head.group_id, {})

    def put_head(self, head: Head) -> None:
        self._put(self._tables.heads, head.group_id, head)

    def groups(self) -> tuple[Head, ...]:
        return tuple(self._tables.heads.values())

    def add_entry(self, entry: Entry, digest: bytes | None) -> None:
        self._put(self._tables.logs[entry.group_id], entry.index, entry)
        if digest is not None:
            self._put(self._tables.digests, (entry.group_id, digest), entry.index)

    def entry_of(self, group_id: bytes, digest: bytes) -> Entry | None:
        index = self._tables.digests.get((group_id, digest))
        return None if index is None else self._tables.logs[group_id].get(index)

    def entries(self, group_id: bytes, start: int, limit: int | None, size: int | None) -> tuple[Entry, ...]:
        log = self._tables.logs.get(group_id, {})
        head = self._tables.heads.get(group_id)
        found: list[Entry] = []
        total = 0
        for index in range(max(start, 0), 0 if head is None else head.length):
            entry = log.get(index)
            if entry is None:
                continue
            total += len(entry.message)
            if (limit is not None and len(found) >= limit) or (size is not None and found and total > size):
                break
            found.append(entry)
        return tuple(found)

    def ending(self, group_id: bytes, epoch: int) -> Entry | None:
        log = self._tables.logs.get(group_id, {}).values()
        commits = (entry for entry in log if entry.content_type is ContentType.commit and not entry.void)
        return next((entry for entry in commits if entry.epoch == epoch), None)

    def make_void(self, group_id: bytes, start: int) -> None:
        log = self._tables.logs[group_id]
        for entry in [entry for entry in log.values() if entry.index >= start]:
            self._put(log, entry.index, replace(entry, void=True))

    def drop_entries(self, group_id: bytes, *, end: int, before: int, application_only: bool) -> int:
        log = self._tables.logs[group_id]
        gone = [
            entry
            for entry in log.values()
            if entry.index < end
            and entry.sent_at is not None
            and entry.sent_at < before
            and (not application_only or entry.content_type is ContentType.application)
        ]
        indices = {entry.index for entry in gone}
        for index in indices:
            self._put(log, index, None)
        digests = self._tables.digests
        for key in [key for key, index in digests.items() if key[0] == group_id and index in indices]:
            self._put(digests, key, None)
        return sum(len(entry.message) for entry in gone)

    def group_info(self, group_id: bytes) -> bytes | None:
        return self._tables.group_infos.get(group_id)

    def put_group_info(self, group_id: bytes, message: bytes | None) -> None:
        self._put(self._tables.group_infos, group_id, message)

    # Queues

    def member(self, group_id: bytes, device: str) -> Member | None:
        return self._tables.members.get(group_id, {}).get(device)

    def put_member(self, member: Member) -> None:
        self._put(self._tables.members[member.group_id], member.device, member)

    def drop_member(self, group_id: bytes, device: str) -> bool:
        there = self.member(group_id, device) is not None
        if there:
            self._put(self._tables.members[group_id], device, None)
        return there

    def members(self, group_id: bytes) -> tuple[Member, ...]:
        return tuple(self._tables.members.get(group_id, {}).values())

    def memberships(self, device: str) -> tuple[Member, ...]:
        return tuple(queues[device] for queues in self._tables.members.values() if device in queues)

    def laggards(self, group_id: bytes, before: int) -> tuple[Member, ...]:
        return tuple(member for member in self.members(group_id) if member.next_index < before)

    def pending(self, devices: Sequence[str]) -> Mapping[str, Mapping[bytes, int]]:
        wanted = set(devices)
        found: dict[str, dict[bytes, int]] = {}
        for group_id, queues in self._tables.members.items():
            for device in wanted & queues.keys():
                left = self._tables.heads[group_id].length - queues[device].next_index
                if left > 0:
                    found.setdefault(device, {})[group_id] = left
        return found

    def invite(self, references: Mapping[bytes, str], invitation: Invitation) -> None:
        table = self._tables.invitations
        for reference, device in references.items():
            self._put(table, reference, (*table.get(reference, ()), (device, invitation)))

    def invitations(self, reference: bytes) -> tuple[Invitation, ...]:
        return tuple(invitation for _, invitation in self._tables.invitations.get(reference, ()))

    def invitations_of(self, device: str) -> tuple[tuple[bytes, Invitation], ...]:
        return tuple(
            (reference, invitation)
            for reference, waiting in self._tables.invitations.items()
            for owner, invitation in waiting
            if owner == device
        )

    def welcomes_waiting(self, devices: Sequence[str]) -> Mapping[str, int]:
        counts = {device: len(self.invitations_of(device)) for device in devices}
        return {device: count for device, count in counts.items() if count}

    def _keep_invitations(self, kept: Callable[[bytes, str, Invitation], bool]) -> int:
        table, gone = self._tables.invitations, 0
        for reference, waiting in list(table.items()):
            left = tuple(each for each in waiting if kept(reference, *each))
            gone += len(waiting) - len(left)
            if len(left) < len(waiting):
                self._put(table, reference, left or None)
        return gone

    def read_invitation(self, device: str, reference: bytes, group_id: bytes, next_index: int) -> bool:
        table = self._tables.invitations
        for number, (owner, each) in enumerate(waiting := table.get(reference, ())):
            if (owner, each.group_id, each.next_index) == (device, group_id, next_index):
                self._put(table, reference, (*waiting[:number], ("", each), *waiting[number + 1 :]))
                return True
        return False

    def withdraw_invitations(self, group_id: bytes, after: int) -> None:
        self._keep_invitations(lambda _, __, it: it.group_id != group_id or it.next_index <= after)

    def drop_invitations(self, before: int, *, read: bool) -> int:
        def kept(_: bytes, owner: str, it: Invitation) -> bool:
            return it.sent_at is None or it.sent_at >= before or (read and owner != "")

        return self._keep_invitations(kept)

    # Reports

    def add_report(self, group_id: bytes, index: int, device: str) -> bool:
        known = self.reporters(group_id, index)
        self._put(self._tables.reports, (group_id, index), known | {device})
        return device not in known

    def reporters(self, group_id: bytes, index: int) -> frozenset[str]:
        return self._tables.reports.get((group_id, index), frozenset())

    def reopenings(self, group_id: bytes, since: int) -> int:
        log = self._tables.logs.get(group_id, {}).values()
        return sum(entry.reopens is not None and (entry.sent_at or 0) >= since for entry in log)

    # Limits and audit

    def bucket(self, name: str) -> Bucket | None:
        return self._tables.buckets.get(name)

    def put_bucket(self, name: str, bucket: Bucket) -> None:
        self._put(self._tables.buckets, name, bucket)

    def drop_buckets(self, before: float) -> int:
        return self._drop(self._tables.buckets, lambda bucket: bucket.at < before)

    def audit_tail(self, chain: str) -> AuditRecord | None:
        return next(reversed(self.audit(chain)), None)

    def add_audit(self, record: AuditRecord) -> None:
        self._put(self._tables.audit, (record.chain, record.number), record)

    def audit(self, chain: str | None = None) -> tuple[AuditRecord, ...]:
        return tuple(record for record in self._tables.audit.values() if chain in {None, record.chain})

    def drop_audit(self, before: int) -> int:
        return self._drop(self._tables.audit, lambda record: record.at < before)
