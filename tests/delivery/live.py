"""The delivery service as its own process, to talk to over HTTP and to kill; and real devices that use it."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.delivery.uploads import SUITE, Person
from workbench.client import Device
from workbench.delivery.client import HttpTransport
from workbench.delivery.clocks import system_clock
from workbench.mls import Policy
from workbench.mls.group.public_group import DEFAULT_POLICY

READY = 180.0
"""Seconds that a start may take on a machine that does much else."""


OPEN: list[HttpTransport] = []
"""What a test has opened, to be closed when it ends."""

STARTED: list[Live] = []
"""All services of this test run, to be stopped when it ends, if a test that has failed has not."""


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Live:
    """`workbench serve`, with options; `program` is Python that calls it, changed by tests that plant a fault."""

    PROGRAM = "import sys; from workbench.cli import main; sys.exit(main(sys.argv[1:]))"

    def __init__(
        self,
        database: str,
        folder: Path,
        *options: str,
        program: str = PROGRAM,
        environment: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.port = free_port()
        self.tls = tls
        self.url = f"{'http' if tls is None else 'https'}://localhost:{self.port}"
        self.log = folder / "serve.log"
        self._command = [
            *(sys.executable, "-c", program, "serve", "--database", database, "--port", str(self.port), "--quiet"),
            *options,
        ]
        self._environment = os.environ | (environment or {})
        self.process = self._spawn()
        STARTED.append(self)
        try:
            self.wait()
        except BaseException:  # also when somebody presses Ctrl-C: nobody else knows of this process yet
            self.kill()
            raise

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self._command, stdout=log, stderr=log, env=self._environment, start_new_session=True
            )

    def wait(self) -> None:
        """Wait until it answers."""
        end = time.monotonic() + READY
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"the service has ended: {self.log.read_text()}")
            try:
                if httpx.get(f"{self.url}/health", timeout=5, verify=self.tls or False).status_code < 600:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError(f"the service does not answer: {self.log.read_text()}")

    def kill(self) -> None:
        """Kill -9, for it and all its workers."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        """Start it again, on the same port and database, and do not wait."""
        self.process = self._spawn()

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


def transport(live: Live | str, person: Person, *, patience: float = 30.0) -> HttpTransport:
    """The way of a person's device to the service."""
    made = HttpTransport(live if isinstance(live, str) else live.url, patience=patience)
    made.identify(lambda: person.claim, person.sign)
    OPEN.append(made)
    return made


def device(live: Live, name: str, *, policy: Policy = DEFAULT_POLICY) -> Device:
    """A real device that reaches the service over HTTP."""
    clock, service = system_clock, HttpTransport(live.url, tls=live.tls)
    OPEN.append(service)
    return Device(name, SUITE, service, entropy=lambda: secrets.token_bytes(32), clock=clock, policy=policy)
