"""States of other implementations, as their storage holds them: OpenMLS's records and mls-rs's snapshots.

Both formats are private to their packages and have no calls that read the secrets, so the bytes are read here. What is
read is checked as far as it can be: the tree must have the tree hash of the epoch, and the member must be in it. Some
packages keep less than a member of ours: a state of mls-rs has no confirmation key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from workbench.inspect.material import SQLITE_MAGIC
from workbench.mls import GroupState, KeyPackageBundle, Policy
from workbench.mls.errors import MLSError
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.review.mls_rs_snapshot import state_from_snapshot
from workbench.review.openmls_records import SQLITE_NAMES, OpenMLSRecords, records_in_export

RINE_MAGIC = b"RINEMLS\0"
"""How a state file of rine-mls begins; a byte with its version and the snapshot of mls-rs follow."""


SMALLEST_PAGE = 512
"""The least size of a page of SQLite: an encrypted database is a number of pages, and has no header."""

DOUBLE = '"'
"""What ends a key in SQL; inside of it, it is doubled."""

States = tuple[tuple[GroupState, ...], tuple[KeyPackageBundle, ...]]


def foreign_states(raw: bytes, policy: Policy = DEFAULT_POLICY, key: str = "") -> States | None:
    """The states and the key packages in a file of another implementation; None for a file of another kind.

    The file is what gbp-stack exports of OpenMLS, a database of `openmls_sqlite_storage` or of mls-rs's SQLite
    provider, or a state of mls-rs in a file of rine-mls. `key` opens a database of SQLCipher: a passphrase, or
    `x'...'` with the raw key in hexadecimal. Raises ValueError for a file of one of these kinds that cannot be read.
    """
    try:
        if raw.startswith(SQLITE_MAGIC):
            with _opened(raw) as database:
                return _in_database(database, policy)
        if key:
            with _unsealed(raw, key) as database:
                return _in_database(database, policy)
        if raw.startswith(RINE_MAGIC):
            return (state_from_snapshot(raw[len(RINE_MAGIC) + 1 :], policy),), ()
        records = records_in_export(raw)
        return None if records is None else (records.states(policy), records.bundles())
    except MLSError as problem:
        raise ValueError(f"the state of another implementation is damaged: {problem}") from problem
    except (KeyError, IndexError, TypeError, AttributeError) as problem:
        raise ValueError(f"the state of another implementation lacks a field or has a new form: {problem}") from problem


def may_be_sealed(raw: bytes) -> bool:
    """Whether a file of unknown kind may be a database of SQLCipher, whose bytes look random."""
    return (
        len(raw) >= SMALLEST_PAGE
        and len(raw) % SMALLEST_PAGE == 0
        and len(set(raw[:SMALLEST_PAGE])) > SMALLEST_PAGE // 4
    )


@contextmanager
def _opened(raw: bytes) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.deserialize(raw)
            database.execute("PRAGMA query_only = ON")
            yield database
        except sqlite3.DatabaseError as problem:
            raise ValueError(f"this SQLite database cannot be read: {problem}") from problem


@contextmanager
def _unsealed(raw: bytes, key: str) -> Iterator[Any]:
    """The connection to a database of SQLCipher, whose copy for the library stays encrypted."""
    if find_spec("sqlcipher3") is None:
        raise ValueError("an encrypted database needs the library SQLCipher: pip install sqlcipher3-wheels")
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - it may be missing

    with TemporaryDirectory() as folder:
        path = Path(folder) / "sealed.db"
        path.write_bytes(raw)
        with closing(dbapi2.connect(str(path))) as database:
            try:
                database.execute(f'PRAGMA key = "{key.replace(DOUBLE, 2 * DOUBLE)}"')
                yield database
            except dbapi2.DatabaseError as problem:
                raise ValueError(f"the key does not open this encrypted database: {problem}") from problem


def _in_database(database: Any, policy: Policy) -> States | None:
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "openmls_group_data" in tables:
        records = _openmls(database, tables)
        return records.states(policy), records.bundles()
    if "mls_group" in tables:
        rows = database.execute("SELECT snapshot FROM mls_group ORDER BY group_id").fetchall()
        return tuple(state_from_snapshot(snapshot, policy) for (snapshot,) in rows), ()
    return None


def _openmls(database: Any, tables: set[str]) -> OpenMLSRecords:
    """The records in the tables of `openmls_sqlite_storage`; their keys and values are the JSON of its codec."""
    records: dict[tuple[str, bytes], bytes] = {}
    for group_id, kind, data in database.execute("SELECT group_id, data_type, group_data FROM openmls_group_data"):
        if kind in SQLITE_NAMES:
            records[SQLITE_NAMES[kind], group_id] = data
    if "openmls_epoch_keys_pairs" in tables:
        rows = database.execute("SELECT group_id, epoch_id, leaf_index, key_pairs FROM openmls_epoch_keys_pairs")
        for group_id, epoch, leaf, data in rows:
            records["EpochKeyPairs", group_id + epoch + str(leaf).encode()] = data
    for label, table, query in _TABLES:
        if table in tables:
            records |= {(label, key): data for key, data in database.execute(query)}
    return OpenMLSRecords(records)


_TABLES = (
    ("KeyPackage", "openmls_key_packages", "SELECT key_package_ref, key_package FROM openmls_key_packages"),
    ("SignatureKeyPair", "openmls_signature_keys", "SELECT public_key, signature_key FROM openmls_signature_keys"),
)
