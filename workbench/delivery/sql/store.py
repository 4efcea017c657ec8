"""The durable store: it opens transactions, and turns the errors of a database into errors of the service.

SQLite writes ahead (WAL), and each commit waits for the disk, so acknowledged messages survive a power cut. SQLite has
one writer at a time and cannot notify other processes: it is for one worker. PostgreSQL serves any number of workers
and hosts, which wake one another by NOTIFY.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from workbench.delivery.errors import StorageFull, Unavailable
from workbench.delivery.ports import Rows
from workbench.delivery.sql.rows import SqlRows
from workbench.delivery.sql.tables import metadata
from workbench.delivery.sql.wakeups import CHANNEL, Listener

BUSY = 5.0
"""Seconds that a transaction waits for another one before it is refused."""

CONNECTIONS = 16
"""The most connections of one worker to PostgreSQL, which by default allows 100 in all."""


class SqlStore:
    """A store in a database: `sqlite:///FILE` or `postgresql://USER@HOST/NAME`."""

    def __init__(self, url: str) -> None:
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        self._reading = (
            self._engine
            if self.is_sqlite
            else self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        )
        # Writers of this process wait for one another here, in order, and not by asking the file again and again.
        self._writer = threading.Lock() if self.is_sqlite else nullcontext()
        self._listeners: list[Callable[[frozenset[str] | None], None]] = []
        self._listener: Listener | None = None

    def create(self) -> None:
        """Make the tables that are missing; several workers may do so at the same time."""
        with _explained(), self._engine.execution_options(writes=True).begin() as connection:
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(9420)"))
            metadata.create_all(connection)

    @contextmanager
    def write(self) -> Iterator[Rows]:
        """A transaction that may write. If the block ends without an error, the rows are on the disk.

        Raises `Unavailable` or `StorageFull`. Then nothing was written, unless the connection was lost while the
        database confirmed the commit: a client that sends the same bytes again gets the same answer.
        """
        with self._writer, _explained(), self._engine.execution_options(writes=True).begin() as connection:
            rows = SqlRows(connection, writes=True)
            yield rows
            if rows.woken and not self.is_sqlite:
                query = text("SELECT pg_notify(:channel, topic) FROM unnest(CAST(:topics AS text[])) AS topic")
                connection.execute(query, {"channel": CHANNEL, "topics": sorted(rows.woken)})
        if rows.woken and self.is_sqlite:
            self._hear(frozenset(rows.woken))

    @contextmanager
    def read(self) -> Iterator[Rows]:
        """A transaction that sees the database as it is at one instant."""
        with _explained(), self._reading.begin() as connection:
            yield SqlRows(connection, writes=False)

    def listen(self, heard: Callable[[frozenset[str] | None], None]) -> Callable[[], None]:
        """Call `heard`, in another thread, with the topics that any worker has woken; None if some were missed."""
        self._listeners.append(heard)
        if self._listener is None and not self.is_sqlite:
            self._listener = Listener(self.url, self._hear)
        return lambda: self._listeners.remove(heard)

    def _hear(self, topics: frozenset[str] | None) -> None:
        for heard in tuple(self._listeners):
            heard(topics)

    def close(self) -> None:
        """Close all connections."""
        if self._listener is not None:
            self._listener.close()
        self._engine.dispose()


def _with_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername in {"postgres", "postgresql"} else url


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # `begin` below says when a transaction starts, and which kind
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: URL) -> Engine:
    timeouts: dict[str, Any] = {"connect_timeout": int(BUSY), "options": f"-c lock_timeout={int(BUSY * 1000)}"}
    return create_engine(
        url, pool_pre_ping=True, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=BUSY, connect_args=timeouts
    )


@contextmanager
def _explained() -> Iterator[None]:
    """Turn an error of the database into an error of the service."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("the service is busy: all connections to its database are in use", retry_after=1) from error
    except DBAPIError as error:
        if _is_full(error):
            raise StorageFull("the disk of the service is full: nothing was stored", retry_after=60) from error
        if _is_passing(error):
            raise Unavailable("the service cannot reach its database, or it is busy", retry_after=2) from error
        raise


def _is_full(error: DBAPIError) -> bool:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_FULL or getattr(error.orig, "sqlstate", None) == "53100"


def _is_passing(error: DBAPIError) -> bool:
    """Whether the same request may succeed later: the connection was lost, or others hold a lock that it needs."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        passing = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
        return code & 0xFF in passing
    state = getattr(error.orig, "sqlstate", None)
    # PostgreSQL's classes: connection, rolled back (deadlock), resources, intervention. 55P03 is lock_timeout.
    return error.connection_invalidated or state is None or state[:2] in {"08", "40", "53", "57"} or state == "55P03"
