"""The stores that the delivery service can stand on: every test of a store runs on all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.delivery.desk import Desk, OpenDesk
from tests.delivery.live import OPEN, STARTED
from tests.delivery.postgresql import MISSING, Cluster, programs
from workbench.delivery import Settings, Store
from workbench.delivery.memory import MemoryStore
from workbench.delivery.sql import SqlStore
from workbench.delivery.sql.tables import metadata


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server of this test run."""
    if programs() is None:
        pytest.skip(MISSING)
    made = Cluster()
    try:
        yield made
    finally:
        made.remove()


@pytest.fixture(scope="session", autouse=True)
def _stopped() -> Iterator[None]:
    """Leave no service behind, whatever a test has come to."""
    yield
    while STARTED:
        STARTED.pop().stop()


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Close what a test has opened."""
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'delivery.sqlite3'}"
    made: Cluster = request.getfixturevalue("cluster")
    return made.create()


@pytest.fixture(scope="session")
def shared_store(cluster: Cluster) -> Iterator[SqlStore]:
    """A store in PostgreSQL for many tests: to make a database for each takes longer than they do."""
    made = SqlStore(cluster.create())
    made.create()
    yield made
    made.close()


@pytest.fixture
def emptied(shared_store: SqlStore) -> SqlStore:
    """The same, without what the test before has left."""
    tables = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    with shared_store._engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
    return shared_store


def made_store(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    """An empty store of a kind."""
    if kind == "memory":
        yield MemoryStore()
        return
    if kind == "postgresql":
        shared: SqlStore = request.getfixturevalue("emptied")
        yield shared
        return
    made = SqlStore(f"sqlite:///{folder / 'delivery.sqlite3'}")
    made.create()
    yield made
    made.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    yield from made_store(request.param, request, tmp_path)


@pytest.fixture(params=["memory in process", "memory over HTTP", "sqlite in process", "postgresql over HTTP"])
def open_desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenDesk]:
    """Opens a service on each kind of store and over each transport; its devices use it as its `Desk` says."""
    kind, _, way = request.param.partition(" ")
    opened: list[Desk] = []
    stores = made_store(kind, request, tmp_path)
    store = next(stores)

    def again(settings: Settings | None = None) -> Desk:
        opened.append(Desk(store, settings or Settings(), over_http=way == "over HTTP"))
        return opened[-1]

    yield again
    for desk in opened:
        desk.close()
    for _ in stores:
        pass


@pytest.fixture
def reopened(database: str) -> Iterator[Callable[[], SqlStore]]:
    """Opens the store in the same database, again and again."""
    opened: list[SqlStore] = []

    def again() -> SqlStore:
        made = SqlStore(database)
        made.create()
        opened.append(made)
        return made

    yield again
    for each in opened:
        each.close()
