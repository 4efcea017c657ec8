"""Run the service with uvicorn: one worker, or several processes that share one PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from workbench.delivery.clocks import system_clock
from workbench.delivery.http.app import create_app
from workbench.delivery.http.guard import Guard
from workbench.delivery.service import DeliveryService
from workbench.delivery.settings import PREFIX, Settings
from workbench.delivery.sql import SqlStore

HEADER_SECONDS = 10
"""Seconds in which the headers of a connection's first request have to come."""


WORKER_SECONDS = 60
"""Seconds after which a worker that does not answer its parent process is replaced. On a busy machine a worker needs
ten seconds to start.
"""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `workbench serve`."""

    database: str
    host: str = "127.0.0.1"
    port: int = 8420
    workers: int = 1
    names: tuple[str, ...] = ()
    certificate: str | None = None
    private_key: str | None = None
    quiet: bool = False


class Patient(H11Protocol):
    """uvicorn's HTTP protocol, which also closes a connection that sends no complete request in time.

    Each open connection occupies a file handle of the service.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self.loop.call_later(HEADER_SECONDS, self._give_up)

    def _give_up(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


def names_of(host: str, others: Iterable[str] = ()) -> frozenset[str]:
    """The host names under which devices may dial this service: `host`, the names of this machine, and `others`."""
    local = {"localhost", "127.0.0.1", "::1"}
    return frozenset(name.lower() for name in {*local, host, socket.gethostname(), *others})


def make() -> Guard:
    """Make the application of a worker process, which uvicorn starts; its options come by environment variables."""
    store = SqlStore(os.environ[PREFIX + "DATABASE"])
    service = DeliveryService(clock=system_clock, store=store, settings=Settings.of(os.environ))
    return create_app(service, os.environ[PREFIX + "NAMES"].split(), worker=secrets.token_hex(8))


def serve(options: Options) -> None:
    """Run the service until a signal stops it.

    Raises `ValueError` for several workers on SQLite, and `Unavailable` if the database cannot be reached.
    """
    if options.workers > 1 and options.database.startswith("sqlite"):
        raise ValueError("several workers need PostgreSQL: SQLite has one writer, and cannot notify other processes")
    store = SqlStore(options.database)
    store.create()
    store.close()
    os.environ[PREFIX + "DATABASE"] = options.database
    os.environ[PREFIX + "NAMES"] = " ".join(sorted(names_of(options.host, options.names)))
    tls: dict[str, Any] = {"ssl_certfile": options.certificate, "ssl_keyfile": options.private_key}
    uvicorn.run(
        "workbench.delivery.http.server:make",
        factory=True,
        host=options.host,
        port=options.port,
        workers=options.workers,
        http=Patient,
        ws="websockets-sansio",
        ws_max_size=1024,
        server_header=False,
        access_log=False,
        log_level="warning" if options.quiet else "info",
        timeout_graceful_shutdown=10,
        timeout_worker_healthcheck=WORKER_SECONDS,
        **tls,
    )
