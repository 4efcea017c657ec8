"""The audit trail: refusals, suspicious requests, and the sizes of queues; never the content of a message.

Each worker writes its own chain. The digest of a record covers the record before it, so a record that is changed or
removed breaks the chain. Deleting the end of a chain does not break it: keep its last digest in another place, as the
metrics do (`delivery_audit_number`).

The same event of the same device and group is written once a minute, with a count, so that a flood of bad requests does
not cause a flood of writes.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from enum import Enum

from workbench.delivery.errors import Unavailable
from workbench.delivery.ports import Clock, Log, Store
from workbench.delivery.rows import AuditRecord

WINDOW = 60
"""Seconds for which repetitions of an event are counted and not written."""

REMEMBERED = 10_000
"""The most events that are counted at the same time. When there are more, all counts are written."""


class AuditEvent(Enum):
    """The events in the audit log, with their names there. A person should look at those in `SUSPICIOUS`."""

    registered = "a device was registered"
    login = "a device logged in"
    swept = "what had expired was deleted"
    queues = "how full the queues are"
    reopened = "members have reopened an epoch"
    reported = "a member refuses a commit"
    lost_race = "a commit came late"
    low = "a device has few key packages left"
    last_resort = "a key package of last resort was handed out"
    wrong_signature = "somebody signed a challenge with another key"
    replayed = "a challenge was used again, or has expired"
    unknown_session = "a session is unknown or has expired"
    not_allowed = "a device asked for what is not its own"
    flood = "a device or group was too fast"
    drain = "a device takes many key packages of one user"
    malformed = "a request could not be read"
    oversized = "a request was too large"
    slow = "a request came too slowly"
    full = "a queue or the directory was full"


SUSPICIOUS = frozenset(
    {
        AuditEvent.wrong_signature,
        AuditEvent.replayed,
        AuditEvent.not_allowed,
        AuditEvent.flood,
        AuditEvent.drain,
        AuditEvent.malformed,
        AuditEvent.oversized,
        AuditEvent.slow,
        AuditEvent.reopened,
    }
)

FIRST = bytes(32)
"""The digest before the first record of a chain."""


def chained(previous: AuditRecord | None, record: AuditRecord) -> AuditRecord:
    """A record with its number and digest, to follow `previous` in a chain."""
    number = 0 if previous is None else previous.number + 1
    placed = replace(record, number=number, previous=FIRST if previous is None else previous.digest, digest=b"")
    return replace(placed, digest=_digest(placed))


def broken(records: Sequence[AuditRecord]) -> Iterator[str]:
    """The faults of a chain, as sentences; none if it is whole. `records` may begin with any record of the chain."""
    before: AuditRecord | None = None
    for record in records:
        if record.digest != _digest(replace(record, digest=b"")):
            yield f"record {record.number} of chain {record.chain} was changed"
        if before is not None and (record.number, record.previous) != (before.number + 1, before.digest):
            yield f"record {record.number} of chain {record.chain} does not follow on record {before.number}"
        before = record


def _digest(record: AuditRecord) -> bytes:
    values = [value.hex() if isinstance(value, bytes) else value for value in astuple(record)]
    return hashlib.sha256(json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode()).digest()


class MemoryLog:
    """An audit log in the memory of one process."""

    def __init__(self) -> None:
        self.records: list[AuditRecord] = []

    def last(self) -> AuditRecord | None:
        """The last record of the chain."""
        return self.records[-1] if self.records else None

    def write(self, records: Sequence[AuditRecord]) -> None:
        """Keep records."""
        self.records += records


class StoredLog:
    """An audit log in the service's store."""

    def __init__(self, store: Store, chain: str) -> None:
        self._store = store
        self._chain = chain

    def last(self) -> AuditRecord | None:
        """The last record of the chain."""
        with self._store.read() as rows:
            return rows.audit_tail(self._chain)

    def write(self, records: Sequence[AuditRecord]) -> None:
        """Store records."""
        with self._store.write() as rows:
            for record in records:
                rows.add_audit(record)


class AuditTrail:
    """One worker's chain. `note` never fails: an event that cannot be written now is counted, and written later."""

    def __init__(self, log: Log, clock: Clock, chain: str | None = None) -> None:
        self.chain = secrets.token_hex(8) if chain is None else chain
        self._log = log
        self._clock = clock
        self._lock = threading.Lock()
        self._last = log.last()
        self._counts: dict[tuple[AuditEvent, str, bytes], tuple[int, int, str]] = {}

    def note(self, event: AuditEvent, device: str = "", group_id: bytes = b"", **detail: int | str) -> None:
        """Write an event, or count it if it was written within the last minute."""
        now, key, words = self._clock() or 0, (event, device, group_id), json.dumps(detail, sort_keys=True)
        with self._lock:
            since, count, _ = self._counts.get(key, (now, 0, words))
            if key in self._counts and now - since < WINDOW:
                self._counts[key] = (since, count + 1, words)
                return
            if len(self._counts) >= REMEMBERED:
                self._write_counts(now, everything=True)
            self._counts[key] = (now, count + 1, words)
            self._write_counted(now, [key])

    def flush(self, *, everything: bool = False) -> None:
        """Write the counts of all minutes that are over; with `everything`, all counts."""
        with self._lock:
            self._write_counts(self._clock() or 0, everything=everything)

    @property
    def last(self) -> AuditRecord | None:
        """The end of the chain."""
        return self._last

    def _write_counts(self, now: int, *, everything: bool) -> None:
        over = [key for key, (since, _, _) in self._counts.items() if everything or now - since >= WINDOW]
        self._write_counted(now, [key for key in over if self._counts[key][1]])
        for key in over:
            if not self._counts[key][1]:
                del self._counts[key]

    def _write_counted(self, now: int, keys: Sequence[tuple[AuditEvent, str, bytes]]) -> None:
        records, last = [], self._last
        for key in keys:
            event, device, group_id = key
            _, count, words = self._counts[key]
            blank = AuditRecord(self.chain, 0, now, event.value, device, group_id, count, words, b"", b"")
            last = chained(last, blank)
            records.append(last)
        if not records:
            return
        try:
            self._log.write(records)
        except Unavailable:
            return
        self._last = last
        for key in keys:
            since, _, words = self._counts[key]
            self._counts[key] = (since, 0, words)
