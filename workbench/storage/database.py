"""A device's own database: sealed records in SQLite, and one transaction for all that belongs together.

A record has a kind, a name and content, which the keystore seals; the epoch beside it is for people who look at the
file. Each transaction writes the records that changed and the manifest: the number of the transaction, and a digest
over the checksums of all records. A record that is damaged, missing or of another transaction does not fit the
manifest, so the device opens as it was after one transaction, or not at all.

SQLite keeps a write-ahead log and waits for the disk at each commit (`synchronous = FULL`): what `write` has returned
from outlives a kill and a power cut. The file is locked while it is open, because a device that runs twice would use
keys twice.

An old copy of the whole file fits its own manifest. No device can see that by itself, and it is dangerous (RFC 9420
§6.3.1): keep no copy. `docs/devices.md` says what a backup is instead.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from workbench.storage.errors import DamagedDatabase, InUse, UnknownSchema, WrongSeal
from workbench.storage.keystore import Keystore

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        (
            "CREATE TABLE records (kind TEXT NOT NULL, name BLOB NOT NULL, checksum BLOB NOT NULL, sealed BLOB NOT NULL"
            ", PRIMARY KEY (kind, name)) WITHOUT ROWID"
        ),
        "CREATE TABLE manifest (only INTEGER PRIMARY KEY CHECK (only = 1), number INTEGER NOT NULL, sealed BLOB)",
        "INSERT INTO manifest VALUES (1, 0, NULL)",
    ),
    # The epoch of a group can be read without the key.
    ("ALTER TABLE records ADD COLUMN epoch INTEGER",),
    # There are records of further kinds, which an older workbench would pass over.
    (),
)
"""What leads from each version of the schema to the next; `PRAGMA user_version` is the version of a file."""


class Record(NamedTuple):
    """What the database keeps under a kind and a name."""

    kind: str
    name: bytes
    content: bytes


class RecordChange(NamedTuple):
    """A record to be written; one to be deleted has no content. `epoch` is shown beside it, and is no secret."""

    kind: str
    name: bytes
    content: bytes | None
    epoch: int | None = None


class SealedDatabase:
    """The database in a file, which is made if it is missing."""

    def __init__(self, path: Path, keystore: Keystore, *, timeout: float = 5.0) -> None:
        """Open the file; `timeout` is for how many seconds to wait until no other process has it open.

        Raises `InUse`, `DamagedDatabase`, `UnknownSchema`.
        """
        self._keystore = keystore
        self._database = sqlite3.connect(path, timeout)
        self._database.isolation_level = None
        try:
            self._prepare(path)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Close the file, for another process to open."""
        self._database.close()

    @property
    def number(self) -> int:
        """How many transactions there have been."""
        (number,) = self._database.execute("SELECT number FROM manifest").fetchone()
        return int(number)

    def records(self) -> tuple[Record, ...]:
        """All records, as they were after the last transaction; raises `DamagedDatabase`."""
        rows = self._database.execute("SELECT kind, name, checksum, sealed FROM records ORDER BY kind, name").fetchall()
        number, sealed = self._database.execute("SELECT number, sealed FROM manifest").fetchone()
        try:
            told = EMPTY if sealed is None else self._keystore.open(f"manifest {number}", sealed)
            if told != _digest([(kind, name, checksum) for kind, name, checksum, _ in rows]):
                raise DamagedDatabase("the records are not those of the last transaction: some are missing or older")
            return tuple(Record(kind, name, self._opened(kind, name, *rest)) for kind, name, *rest in rows)
        except WrongSeal as error:
            raise DamagedDatabase(f"the database was changed by somebody else: {error}") from None

    def write(self, changes: Sequence[RecordChange]) -> None:
        """Write all changes in one transaction; when this returns, they outlive a power cut."""
        with self._transaction():
            for change in changes:
                self._put(change)
            found = self._database.execute("SELECT kind, name, checksum FROM records ORDER BY kind, name").fetchall()
            number = self.number + 1
            sealed = self._keystore.seal(f"manifest {number}", _digest(found))
            self._database.execute("UPDATE manifest SET number = ?, sealed = ?", (number, sealed))

    def _put(self, change: RecordChange) -> None:
        if change.content is None:
            self._database.execute("DELETE FROM records WHERE kind = ? AND name = ?", (change.kind, change.name))
            return
        sealed = self._keystore.seal(_purpose(change.kind, change.name), change.content)
        self._database.execute(
            "INSERT OR REPLACE INTO records (kind, name, checksum, sealed, epoch) VALUES (?, ?, ?, ?, ?)",
            (change.kind, change.name, hashlib.sha256(sealed).digest(), sealed, change.epoch),
        )

    def _opened(self, kind: str, name: bytes, checksum: bytes, sealed: bytes) -> bytes:
        if hashlib.sha256(sealed).digest() != checksum:
            raise DamagedDatabase(f"the {kind} {name.hex()} is damaged: its checksum does not fit")
        return self._keystore.open(_purpose(kind, name), sealed)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def _prepare(self, path: Path) -> None:
        try:
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.execute("PRAGMA secure_delete = ON")
            with self._transaction():
                (version,) = self._database.execute("PRAGMA user_version").fetchone()
                if version > len(MIGRATIONS):
                    raise UnknownSchema(f"{path} has version {version}; this workbench knows up to {len(MIGRATIONS)}")
                for statements in MIGRATIONS[version:]:
                    for statement in statements:
                        self._database.execute(statement)
                self._database.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise InUse(f"{path} is open in another process: a device runs once") from None
            raise
        except sqlite3.DatabaseError as error:
            raise DamagedDatabase(f"{path} is no database of a device: {error}") from None


def _purpose(kind: str, name: bytes) -> str:
    return f"record {kind} {name.hex()}"


def _digest(rows: Sequence[tuple[str, bytes, bytes]]) -> bytes:
    """One hash over the kinds, names and checksums of all records, each with its length."""
    whole = hashlib.sha256()
    for kind, name, checksum in rows:
        for part in (kind.encode(), name, checksum):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.digest()


EMPTY = _digest([])
