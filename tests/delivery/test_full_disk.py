"""A full disk is told as status 507 and changes nothing; the service goes on, without a restart, when there is room.

No disk is filled. SQLite is given a number of pages that its file may have, which it reports as it does a full disk
(SQLITE_FULL). The processes of PostgreSQL are given a size that their files may have: a block that fits only half is
what they meet on a full disk, and report as one (SQLSTATE 53100). A small file system of its own would take a mount.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from tests.delivery.desk import Desk
from tests.delivery.postgresql import Cluster
from tests.delivery.uploads import ALICE, GROUP, commit
from workbench.delivery import Entry
from workbench.delivery.checks import SENDER_DATA
from workbench.delivery.errors import StorageFull
from workbench.delivery.sql import SqlStore
from workbench.mls import MLSMessage, encode
from workbench.mls.wire.code_points import ContentType, ProtocolVersion
from workbench.mls.wire.messages import PrivateMessage

pytestmark = pytest.mark.slow

MANY = 2**30
"""Pages: more than any test writes."""

SEGMENT = 16 * 1024 * 1024
"""Bytes of a file of PostgreSQL's write-ahead log, which have to fit: without it the server would stop."""


@dataclass
class Disk:
    """A store, what makes its disk full and what gives it room, and the bytes of a message that fills it soon."""

    store: SqlStore
    fill: Callable[[], None]
    free: Callable[[], None]
    size: int


@pytest.fixture(params=["sqlite", "postgresql"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "sqlite":
        yield from _sqlite(tmp_path)
    else:
        yield from _postgresql(request.getfixturevalue("cluster"))


def _sqlite(folder: Path) -> Iterator[Disk]:
    store = SqlStore(f"sqlite:///{folder / 'delivery.sqlite3'}")
    store.create()
    pages = [MANY]

    @event.listens_for(store._engine, "begin")
    def bound(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[0]}")

    def fill() -> None:
        with store._engine.connect() as connection:
            pages[0] = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 20

    def free() -> None:
        pages[0] = MANY

    yield Disk(store, fill, free, 10_000)
    store.close()


def _postgresql(cluster: Cluster) -> Iterator[Disk]:
    store = SqlStore(cluster.create())
    store.create()
    yield Disk(store, lambda: cluster.bound_files(SEGMENT + 4096), lambda: cluster.bound_files(None), 1_000_000)
    cluster.bound_files(None)
    store.close()


def large(number: int, size: int) -> bytes:
    """An application message of so many bytes, which cannot be compressed."""
    sealed = PrivateMessage(GROUP, 1, ContentType.application, b"", bytes(SENDER_DATA), _random(number, size))
    return encode(MLSMessage(ProtocolVersion.mls10, sealed))


def _random(number: int, size: int) -> bytes:
    return hashlib.shake_128(b"%d" % number).digest(size)


def test_a_full_disk_is_told_and_the_service_goes_on_when_there_is_room(disk: Disk) -> None:
    desk, size = Desk(disk.store, over_http=True), disk.size
    try:
        alice = desk.access(ALICE)
        alice.open_group(GROUP)
        taken = [alice.submit(GROUP, commit(0))]
        disk.fill()
        with pytest.raises(StorageFull, match="the disk of the service is full: nothing was stored") as caught:
            send_on(alice.submit, taken, size)
        assert caught.value.retry_after == 60
        assert len(taken) > 1
        assert alice.entries(GROUP) == tuple(taken)
        again = desk.http.post(
            f"/v1/groups/{GROUP.hex()}/messages",
            json={"message": base64.b64encode(large(len(taken), size)).decode()},
            headers={"Authorization": f"Bearer {getattr(alice, '_session', '')}"},
        )
        assert (again.status_code, again.json()["type"], again.headers["retry-after"]) == (507, "StorageFull", "60")
        disk.free()
        taken.append(alice.submit(GROUP, large(len(taken), size)))
        assert alice.entries(GROUP) == tuple(taken)
        assert [entry.index for entry in taken] == list(range(len(taken)))
    finally:
        desk.close()


def send_on(submit: Callable[[bytes, bytes], Entry], taken: list[Entry], size: int) -> None:
    """Send large messages, far more than there is room for."""
    while len(taken) < 40:
        taken.append(submit(GROUP, large(len(taken), size)))
