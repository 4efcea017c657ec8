"""A delivery service that the app starts for its room: the real one, over HTTP, in a thread. Its data is in memory."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from workbench.delivery import DeliveryService, Settings
from workbench.delivery.clocks import system_clock
from workbench.delivery.http.app import create_app
from workbench.delivery.http.server import Patient, names_of

HOST = "127.0.0.1"
LOGINS = 6_000
"""Challenges a minute: all devices of a class log in from one address, that of the app."""


@contextmanager
def own_service() -> Iterator[str]:
    """Run a service until the block ends; the value is its URL. Only this machine reaches it."""
    service = DeliveryService(clock=system_clock, settings=Settings(logins_rate=LOGINS))
    app = create_app(service, names_of(HOST), worker=secrets.token_hex(8))
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            http=Patient,
            ws="websockets-sansio",
            ws_max_size=1024,
            server_header=False,
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=2,
        )
    )
    with socket.create_server((HOST, 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],), name="delivery service", daemon=True)
        thread.start()
        try:
            yield f"http://{HOST}:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=5)
