"""A device's database: sealed, in transactions, and refused by name when something is wrong with it."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.storage import (
    DamagedDatabase,
    InUse,
    Record,
    RecordChange,
    SealedDatabase,
    SoftwareKeystore,
    UnknownSchema,
    database,
)

KEYSTORE = SoftwareKeystore(bytes(range(32)))
FIRST = [RecordChange("group", b"tea", b"state of epoch 1", 1), RecordChange("key package", b"ref", b"init key")]
SECOND = [RecordChange("group", b"tea", b"state of epoch 2", 2), RecordChange("key package", b"ref", None)]


def written(path: Path, *transactions: list[RecordChange]) -> Path:
    opened = SealedDatabase(path, KEYSTORE)
    for changes in transactions:
        opened.write(changes)
    opened.close()
    return path


def read(path: Path) -> tuple[Record, ...]:
    opened = SealedDatabase(path, KEYSTORE)
    try:
        return opened.records()
    finally:
        opened.close()


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "device.db", FIRST)
    assert read(path) == (Record("group", b"tea", b"state of epoch 1"), Record("key package", b"ref", b"init key"))
    assert read(written(path, SECOND)) == (Record("group", b"tea", b"state of epoch 2"),)


def test_an_empty_database_has_no_records(tmp_path: Path) -> None:
    assert read(tmp_path / "device.db") == ()


def test_nothing_is_in_the_clear_but_names_and_epochs(tmp_path: Path) -> None:
    path = written(tmp_path / "device.db", FIRST)
    assert b"state of" not in path.read_bytes()
    with sqlite3.connect(path) as looking:
        assert looking.execute("SELECT kind, name, epoch FROM records ORDER BY kind").fetchall() == [
            ("group", b"tea", 1),
            ("key package", b"ref", None),
        ]
    looking.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    opened = SealedDatabase(tmp_path / "device.db", KEYSTORE)
    opened.write(FIRST)
    with pytest.raises(sqlite3.IntegrityError):
        opened.write([SECOND[0], RecordChange(None, b"no kind", b"")])  # type: ignore[arg-type] # what SQLite refuses
    assert opened.number == 1
    assert len(opened.records()) == 2
    opened.close()


def test_it_waits_for_the_disk_and_keeps_a_write_ahead_log(tmp_path: Path) -> None:
    opened = SealedDatabase(tmp_path / "device.db", KEYSTORE)
    assert opened._database.execute("PRAGMA synchronous").fetchone() == (2,)
    assert opened._database.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    opened.close()


def test_a_device_runs_once(tmp_path: Path) -> None:
    opened = SealedDatabase(tmp_path / "device.db", KEYSTORE)
    with pytest.raises(InUse, match="a device runs once"):
        SealedDatabase(tmp_path / "device.db", KEYSTORE, timeout=0.01)
    opened.close()


def changing(*statements: str) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with sqlite3.connect(path) as changed:
            for statement in statements:
                changed.execute(statement)
        changed.close()

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (changing("UPDATE records SET sealed = x'00' WHERE kind = 'group'"), "its checksum does not fit"),
        (changing("UPDATE records SET checksum = x'00' WHERE kind = 'group'"), "not those of the last transaction"),
        (changing("DELETE FROM records WHERE kind = 'group'"), "not those of the last transaction"),
        (changing("UPDATE records SET name = x'01' WHERE kind = 'group'"), "not those of the last transaction"),
        (changing("UPDATE manifest SET number = 7"), "changed by somebody else"),
        (changing("UPDATE manifest SET sealed = x'00'"), "changed by somebody else"),
        (changing("UPDATE manifest SET sealed = NULL"), "not those of the last transaction"),
    ],
)
def test_records_that_do_not_belong_together_are_refused(
    tmp_path: Path, change: Callable[[Path], None], reason: str
) -> None:
    path = written(tmp_path / "device.db", FIRST)
    change(path)
    with pytest.raises(DamagedDatabase, match=reason):
        read(path)


def test_a_record_of_an_older_transaction_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "device.db", FIRST)
    old = shutil.copy(path, tmp_path / "old.db")
    written(path, [RecordChange("group", b"tea", b"state of epoch 2", 2)])
    changing(
        f"ATTACH '{old}' AS old",
        "INSERT OR REPLACE INTO records SELECT * FROM old.records WHERE kind = 'group'",
    )(path)
    with pytest.raises(DamagedDatabase, match="not those of the last transaction"):
        read(path)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "device.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(DamagedDatabase, match="no database of a device"):
        read(path)


def test_a_database_of_version_1_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "device.db"
    with sqlite3.connect(path) as old:
        for statement in (*database.MIGRATIONS[0], "PRAGMA user_version = 1"):
            old.execute(statement)
    old.close()
    with monkeypatch.context() as patched:
        patched.setattr(database, "MIGRATIONS", database.MIGRATIONS[:1])
        first = SealedDatabase(path, KEYSTORE)
        sealed = KEYSTORE.seal("record group 746561", b"state of epoch 1")
        checksum = hashlib.sha256(sealed).digest()
        first._database.execute("INSERT INTO records VALUES ('group', x'746561', ?, ?)", (checksum, sealed))
        first.write([])
        first.close()

    assert read(path) == (Record("group", b"tea", b"state of epoch 1"),)
    assert read(written(path, SECOND)) == (Record("group", b"tea", b"state of epoch 2"),)


def test_a_database_of_a_newer_workbench_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "device.db", FIRST)
    changing("PRAGMA user_version = 99")(path)
    with pytest.raises(UnknownSchema, match="has version 99"):
        read(path)
