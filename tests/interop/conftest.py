"""Two servers, for all tests of the service."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.interop.peer import Peer


@contextmanager
def serving() -> Iterator[Peer]:
    """A server of ours on a free port, as a user starts it."""
    command = [sys.executable, "-m", "workbench.cli", "interop-server", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        announced = process.stdout.readline()
        peer = Peer(announced.removeprefix("listening on ").partition(";")[0])
        yield peer
        peer.close()
        process.terminate()


@pytest.fixture(scope="package")
def peers() -> Iterator[tuple[Peer, Peer]]:
    with serving() as one, serving() as other:
        yield one, other
