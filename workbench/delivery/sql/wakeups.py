"""Wake-ups between workers that share one PostgreSQL: each listens on a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
from sqlalchemy import URL

CHANNEL = "workbench_delivery"

PATIENCE = 1.0
"""Seconds until a lost connection is tried again, and until the listener looks whether it should end."""


class Listener:
    """A thread that calls `heard` with the topics of each notification; with None when it may have missed some."""

    def __init__(self, url: URL, heard: Callable[[frozenset[str] | None], None]) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._heard = heard
        self._over = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="delivery wake-ups", daemon=True)
        self._thread.start()
        self._ready.wait(PATIENCE)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True, connect_timeout=5) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._ready.set()
                    self._heard(None)
                    self._follow(connection)
            except psycopg.Error:
                self._over.wait(PATIENCE)

    def _follow(self, connection: psycopg.Connection) -> None:
        while not self._over.is_set():
            for notification in connection.notifies(timeout=PATIENCE, stop_after=1):
                self._heard(frozenset({notification.payload}))

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        self._thread.join(2 * PATIENCE)
