"""Faults to put into the service, in its own process: the test that kills it has to find each of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import text

from workbench.delivery.access import DeviceAccess
from workbench.delivery.rows import Entry
from workbench.delivery.sql import SqlStore
from workbench.delivery.sql.rows import SqlRows


class _UndoneError(Exception):
    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry


def acknowledge_before_the_transaction() -> None:
    """Answer with the entry as it would be, and write it a little later."""
    as_it_is: Callable[..., Entry] = DeviceAccess._submit

    def early(self: DeviceAccess, rows: Any, group_id: bytes, submission: Any) -> Entry:
        def later() -> None:
            with self._service.store.write() as late:
                as_it_is(self, late, group_id, submission)

        entry = as_it_is(self, rows, group_id, submission)
        threading.Timer(0.2, later).start()
        raise _UndoneError(entry)

    def submit(self: DeviceAccess, group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        try:
            return as_offered(self, group_id, message, welcome)
        except _UndoneError as undone:
            return undone.entry

    as_offered = DeviceAccess.submit
    DeviceAccess._submit = early  # type: ignore[method-assign]
    DeviceAccess.submit = submit  # type: ignore[method-assign]


def hand_out_twice() -> None:
    """Let every third key package that is handed out stay where it is."""
    as_it_is = SqlRows.take_key_package
    numbers = count()

    def take(self: SqlRows, user: str, cipher_suite: int, device: str | None, now: int | None) -> bytes | None:
        if next(numbers) % 3:
            return as_it_is(self, user, cipher_suite, device, now)
        with self._connection.begin_nested() as undone:
            message = as_it_is(self, user, cipher_suite, device, now)
            undone.rollback()
        return message

    SqlRows.take_key_package = take  # type: ignore[method-assign]


def forget_an_inbox() -> None:
    """Lose one queue at each start."""
    as_it_is = SqlStore.create

    def create(self: SqlStore) -> None:
        as_it_is(self)
        with self._engine.execution_options(writes=True).begin() as connection:
            connection.execute(text("DELETE FROM members WHERE device = (SELECT max(device) FROM members)"))

    SqlStore.create = create  # type: ignore[method-assign]
