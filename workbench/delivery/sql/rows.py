"""One transaction of the durable store, in SQL that SQLite and PostgreSQL have; `ports.Rows` explains the methods."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, TypeAlias, TypeVar, cast

from sqlalchemy import Connection, Row, Select, Table, delete, func, insert, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

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
from workbench.delivery.sql.tables import (
    audit,
    buckets,
    devices,
    entries,
    groups,
    invitations,
    key_packages,
    members,
    reports,
    tickets,
    welcomes,
)
from workbench.mls.wire.code_points import ContentType

R = TypeVar("R")
Query: TypeAlias = Select[*tuple[Any, ...]]
Found: TypeAlias = Row[*tuple[Any, ...]]

CHUNK = 500
"""The most devices in one query, because databases limit the number of parameters."""


class SqlRows:
    """A transaction that is open on a connection."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        self._connection = connection
        self._writes = writes
        self._postgresql = connection.dialect.name == "postgresql"
        self.woken: set[str] = set()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        with self._connection.begin_nested():
            yield

    def wake(self, topics: Iterable[str]) -> None:
        self.woken |= set(topics)

    # How rows are read and written

    def _one(self, query: Query) -> Found | None:
        return self._connection.execute(query).first()

    def _all(self, made: Callable[[Found], R], query: Query) -> tuple[R, ...]:
        return tuple(made(row) for row in self._connection.execute(query))

    def _insert(self, table: Table, values: Mapping[str, object], *, replace: Sequence[str] = ()) -> bool:
        """Write a row; True if it was written.

        With `replace` it replaces the row that has the same values in these columns. Without, a row that exists stays.
        """
        add = (postgresql if self._postgresql else sqlite).insert(table).values(**values)
        if replace:
            others = {name: add.excluded[name] for name in values if name not in replace}
            statement = add.on_conflict_do_update(index_elements=list(replace), set_=others)
        else:
            statement = add.on_conflict_do_nothing()
        return self._connection.execute(statement.returning(literal_column("1"))).first() is not None

    def _locked(self, query: Query) -> Query:
        """The same query; in a transaction that writes, it locks its rows until the end (SQLite has one writer)."""
        return query.with_for_update() if self._writes else query

    # Devices and their sessions

    def device(self, device: str) -> DeviceRow | None:
        row = self._one(select(*_columns(devices, DeviceRow)).where(devices.c.device == device))
        return None if row is None else DeviceRow(*row)

    def devices_of(self, user: str) -> tuple[DeviceRow, ...]:
        query = select(*_columns(devices, DeviceRow)).where(devices.c.user == user).order_by(devices.c.number)
        return self._all(lambda row: DeviceRow(*row), query)

    def add_device(self, row: DeviceRow) -> None:
        self._insert(devices, _values(row))

    def add_ticket(self, ticket: Ticket) -> None:
        self._insert(tickets, _values(ticket))

    def ticket(self, digest: bytes) -> Ticket | None:
        row = self._one(select(*_columns(tickets, Ticket)).where(tickets.c.digest == digest))
        return None if row is None else Ticket(*row)

    def take_ticket(self, digest: bytes) -> bool:
        return self._connection.execute(delete(tickets).where(tickets.c.digest == digest)).rowcount == 1

    def drop_tickets(self, before: int) -> int:
        return self._connection.execute(delete(tickets).where(tickets.c.expires < before)).rowcount

    # The directory

    def add_key_package(self, row: KeyPackageRow) -> bool:
        return self._insert(key_packages, {**_values(row), "message": row.message or None})

    def _offered(
        self, columns: Sequence[Any], user: str, device: str | None, now: int | None, *, last_resort: bool
    ) -> Query:
        query = select(*columns).where(
            key_packages.c.user == user, key_packages.c.last_resort == last_resort, key_packages.c.message.is_not(None)
        )
        if device is not None:
            query = query.where(key_packages.c.device == device)
        return query if now is None else query.where(key_packages.c.not_after >= now)

    def take_key_package(self, user: str, cipher_suite: int, device: str | None, now: int | None) -> bytes | None:
        columns = (key_packages.c.number, key_packages.c.message)
        query = self._offered(columns, user, device, now, last_resort=False)
        query = query.where(key_packages.c.cipher_suite == cipher_suite).order_by(key_packages.c.number).limit(1)
        row = self._one(query.with_for_update(skip_locked=True))
        if row is None:
            return None
        self._connection.execute(update(key_packages).where(key_packages.c.number == row.number).values(message=None))
        return cast("bytes", row.message)

    def last_resort(self, user: str, cipher_suite: int, device: str | None, now: int | None) -> bytes | None:
        query = self._offered([key_packages.c.message], user, device, now, last_resort=True)
        query = query.where(key_packages.c.cipher_suite == cipher_suite).order_by(key_packages.c.number.desc())
        row = self._one(query.limit(1))
        return None if row is None else cast("bytes", row.message)

    def retire_last_resorts(self, device: str, cipher_suite: int) -> None:
        table = key_packages.c
        mine = (table.device == device, table.cipher_suite == cipher_suite, table.last_resort)
        self._connection.execute(update(key_packages).where(*mine).values(message=None))

    def key_package_owner(self, reference: bytes) -> str | None:
        row = self._one(select(key_packages.c.device).where(key_packages.c.reference == reference))
        return None if row is None else str(row.device)

    def key_packages_left(self, user: str, device: str | None) -> Mapping[int, int]:
        columns = (key_packages.c.cipher_suite, func.count())
        query = self._offered(columns, user, device, None, last_resort=False).group_by(key_packages.c.cipher_suite)
        return dict(self._all(lambda row: (int(row[0]), int(row[1])), query))

    def drop_key_packages(self, before: int) -> int:
        return self._connection.execute(delete(key_packages).where(key_packages.c.not_after < before)).rowcount

    # Groups

    def head(self, group_id: bytes) -> Head | None:
        row = self._one(self._locked(select(*_columns(groups, Head)).where(groups.c.group_id == group_id)))
        return None if row is None else Head(*row)

    def add_head(self, head: Head) -> None:
        self._connection.execute(insert(groups).values(**_values(head)))

    def put_head(self, head: Head) -> None:
        self._connection.execute(update(groups).where(groups.c.group_id == head.group_id).values(**_values(head)))

    def groups(self) -> tuple[Head, ...]:
        return self._all(lambda row: Head(*row), select(*_columns(groups, Head)))

    def add_entry(self, entry: Entry, digest: bytes | None) -> None:
        content_type = None if entry.content_type is None else entry.content_type.value
        values = {**_values(entry), "content_type": content_type, "digest": digest}
        self._connection.execute(insert(entries).values(**values))

    def entry_of(self, group_id: bytes, digest: bytes) -> Entry | None:
        row = self._one(select(*_ENTRY).where(entries.c.group_id == group_id, entries.c.digest == digest))
        return None if row is None else _entry(row)

    def entries(self, group_id: bytes, start: int, limit: int | None, size: int | None) -> tuple[Entry, ...]:
        query = select(*_ENTRY).where(entries.c.group_id == group_id, entries.c.index >= start)
        query = query.order_by(entries.c.index).limit(limit)
        found: list[Entry] = []
        total = 0
        with self._connection.execute(query.execution_options(yield_per=50)) as rows:
            for row in rows:
                total += len(row.message)
                if size is not None and found and total > size:
                    break
                found.append(_entry(row))
        return tuple(found)

    def ending(self, group_id: bytes, epoch: int) -> Entry | None:
        table = entries.c
        mine = (table.group_id == group_id, table.epoch == epoch, table.content_type == ContentType.commit.value)
        row = self._one(select(*_ENTRY).where(*mine, ~table.void))
        return None if row is None else _entry(row)

    def make_void(self, group_id: bytes, start: int) -> None:
        mine = (entries.c.group_id == group_id, entries.c.index >= start)
        self._connection.execute(update(entries).where(*mine).values(void=True))

    def drop_entries(self, group_id: bytes, *, end: int, before: int, application_only: bool) -> int:
        table = entries.c
        gone = [table.group_id == group_id, table.index < end, table.sent_at < before]
        if application_only:
            gone.append(table.content_type == ContentType.application.value)
        row = self._one(select(func.coalesce(func.sum(func.length(table.message)), 0)).where(*gone))
        freed = 0 if row is None else int(row[0])
        if freed:
            self._connection.execute(delete(entries).where(*gone))
        return freed

    def group_info(self, group_id: bytes) -> bytes | None:
        row = self._one(select(groups.c.group_info).where(groups.c.group_id == group_id))
        return None if row is None else cast("bytes | None", row.group_info)

    def put_group_info(self, group_id: bytes, message: bytes | None) -> None:
        self._connection.execute(update(groups).where(groups.c.group_id == group_id).values(group_info=message))

    # Queues

    def member(self, group_id: bytes, device: str) -> Member | None:
        query = select(*_columns(members, Member))
        row = self._one(query.where(members.c.group_id == group_id, members.c.device == device))
        return None if row is None else Member(*row)

    def put_member(self, member: Member) -> None:
        self._insert(members, _values(member), replace=("group_id", "device"))

    def drop_member(self, group_id: bytes, device: str) -> bool:
        mine = (members.c.group_id == group_id, members.c.device == device)
        return self._connection.execute(delete(members).where(*mine)).rowcount == 1

    def members(self, group_id: bytes) -> tuple[Member, ...]:
        query = select(*_columns(members, Member)).where(members.c.group_id == group_id)
        return self._all(lambda row: Member(*row), query)

    def memberships(self, device: str) -> tuple[Member, ...]:
        query = select(*_columns(members, Member)).where(members.c.device == device).order_by(members.c.group_id)
        return self._all(lambda row: Member(*row), query)

    def laggards(self, group_id: bytes, before: int) -> tuple[Member, ...]:
        query = select(*_columns(members, Member))
        query = query.where(members.c.group_id == group_id, members.c.next_index < before)
        return self._all(lambda row: Member(*row), query)

    def pending(self, devices: Sequence[str]) -> Mapping[str, Mapping[bytes, int]]:
        left = groups.c.length - members.c.next_index
        query = select(members.c.device, members.c.group_id, left).where(left > 0)
        query = query.join_from(members, groups, members.c.group_id == groups.c.group_id)
        found: dict[str, dict[bytes, int]] = {}
        for device, group_id, count in self._for_each(devices, members, query):
            found.setdefault(device, {})[group_id] = count
        return found

    def _for_each(self, named: Sequence[str], table: Table, query: Query) -> Iterator[Found]:
        for start in range(0, len(named), CHUNK):
            yield from self._connection.execute(query.where(table.c.device.in_(named[start : start + CHUNK])))

    def invite(self, references: Mapping[bytes, str], invitation: Invitation) -> None:
        self._insert(welcomes, _values(invitation))
        place = {"group_id": invitation.group_id, "next_index": invitation.next_index}
        if references:
            values = [{"reference": reference, "device": device, **place} for reference, device in references.items()]
            self._connection.execute(insert(invitations), values)

    def invitations(self, reference: bytes) -> tuple[Invitation, ...]:
        query = _INVITED.where(invitations.c.reference == reference).order_by(invitations.c.number)
        return self._all(lambda row: Invitation(*row[1:]), query)

    def invitations_of(self, device: str) -> tuple[tuple[bytes, Invitation], ...]:
        query = _INVITED.where(invitations.c.device == device).order_by(invitations.c.number)
        return self._all(lambda row: (row[0], Invitation(*row[1:])), query)

    def welcomes_waiting(self, devices: Sequence[str]) -> Mapping[str, int]:
        query = select(invitations.c.device, func.count()).group_by(invitations.c.device)
        return {str(row[0]): int(row[1]) for row in self._for_each(devices, invitations, query)}

    def read_invitation(self, device: str, reference: bytes, group_id: bytes, next_index: int) -> bool:
        table = invitations.c
        mine = (table.device == device, table.reference == reference)
        place = (table.group_id == group_id, table.next_index == next_index)
        return self._connection.execute(update(invitations).where(*mine, *place).values(device="")).rowcount > 0

    def withdraw_invitations(self, group_id: bytes, after: int) -> None:
        for table in (invitations, welcomes):
            gone = (table.c.group_id == group_id, table.c.next_index > after)
            self._connection.execute(delete(table).where(*gone))

    def drop_invitations(self, before: int, *, read: bool) -> int:
        old = select(welcomes.c.group_id, welcomes.c.next_index).where(welcomes.c.sent_at < before)
        gone = 0
        for group_id, next_index in self._connection.execute(old).all():
            place = [invitations.c.group_id == group_id, invitations.c.next_index == next_index]
            if read:
                place.append(invitations.c.device == "")
            gone += self._connection.execute(delete(invitations).where(*place)).rowcount
        self._drop_unread_welcomes(welcomes.c.sent_at < before)
        return gone

    def _drop_unread_welcomes(self, among: Any) -> None:
        """Delete the bytes of Welcomes that no device waits for any more."""
        same = (invitations.c.group_id == welcomes.c.group_id, invitations.c.next_index == welcomes.c.next_index)
        waiting = select(invitations.c.number).where(*same).exists()
        self._connection.execute(delete(welcomes).where(among, ~waiting))

    # Reports

    def add_report(self, group_id: bytes, index: int, device: str) -> bool:
        return self._insert(reports, {"group_id": group_id, "index": index, "device": device})

    def reporters(self, group_id: bytes, index: int) -> frozenset[str]:
        query = select(reports.c.device).where(reports.c.group_id == group_id, reports.c.index == index)
        return frozenset(self._all(lambda row: str(row.device), query))

    def reopenings(self, group_id: bytes, since: int) -> int:
        table = entries.c
        mine = (table.group_id == group_id, table.reopens.is_not(None), table.sent_at >= since)
        row = self._one(select(func.count()).select_from(entries).where(*mine))
        return 0 if row is None else int(row[0])

    # Limits and audit

    def bucket(self, name: str) -> Bucket | None:
        row = self._one(self._locked(select(*_columns(buckets, Bucket)).where(buckets.c.name == name)))
        return None if row is None else Bucket(*row)

    def put_bucket(self, name: str, bucket: Bucket) -> None:
        self._insert(buckets, {"name": name, **_values(bucket)}, replace=("name",))

    def drop_buckets(self, before: float) -> int:
        return self._connection.execute(delete(buckets).where(buckets.c.at < before)).rowcount

    def audit_tail(self, chain: str) -> AuditRecord | None:
        query = select(*_columns(audit, AuditRecord)).where(audit.c.chain == chain)
        row = self._one(query.order_by(audit.c.number.desc()).limit(1))
        return None if row is None else AuditRecord(*row)

    def add_audit(self, record: AuditRecord) -> None:
        self._connection.execute(insert(audit).values(**_values(record)))

    def audit(self, chain: str | None = None) -> tuple[AuditRecord, ...]:
        query = select(*_columns(audit, AuditRecord)).order_by(audit.c.chain, audit.c.number)
        return self._all(lambda row: AuditRecord(*row), query if chain is None else query.where(audit.c.chain == chain))

    def drop_audit(self, before: int) -> int:
        return self._connection.execute(delete(audit).where(audit.c.at < before)).rowcount


def _columns(table: Table, row: type[Any]) -> list[Any]:
    """The columns of a table in the order of the fields of a row."""
    return [table.c[each.name] for each in fields(row)]


def _values(row: Any) -> dict[str, Any]:
    """The values of a row by the names of its columns."""
    return {each.name: getattr(row, each.name) for each in fields(row)}


_ENTRY = _columns(entries, Entry)
_INVITED = select(invitations.c.reference, *_columns(welcomes, Invitation)).join_from(
    invitations,
    welcomes,
    (invitations.c.group_id == welcomes.c.group_id) & (invitations.c.next_index == welcomes.c.next_index),
)


def _entry(row: Found) -> Entry:
    index, group_id, epoch, content_type, *others = row
    return Entry(index, group_id, epoch, None if content_type is None else ContentType(content_type), *others)
