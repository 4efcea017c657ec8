"""What is timed: an implementation of MLS, and one client of it that takes and gives the bytes of messages."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, TypeVar

Answer = TypeVar("Answer")


def peak_of_process(process: int | Literal["self"] = "self") -> int:
    """The most memory, in bytes, that a process has had; 0 where the system does not say (outside Linux)."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    (peak,) = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(peak) * 1024


class NotOffered(Exception):
    """The package has no call for what was asked."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How long one call took, in seconds: on the clock, and of all processors together."""

    wall: float
    cpu: float


_IMPORT = """
import sys, time
wall, cpu = time.perf_counter(), time.process_time()
__import__(sys.argv[1])
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


class Client:
    """One client of an implementation. A commit is applied by its sender within the call that makes it.

    Every message is the encoding of an MLSMessage.
    """

    def key_package(self) -> bytes:
        """A new key package, with which this client is added later."""
        raise NotOffered

    def create(self) -> None:
        """A group with this client as its only member."""
        raise NotOffered

    def add(self, key_packages: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
        """One commit that adds clients; the result is the commit, and its Welcome or one Welcome for each client."""
        raise NotOffered

    def join(self, welcome: bytes) -> None:
        """Enter a group by a Welcome, with every check that the package makes."""
        raise NotOffered

    def update(self) -> bytes:
        """A commit without proposals, which gives this client fresh keys."""
        raise NotOffered

    def remove(self, leaf: int) -> bytes:
        """A commit that removes the member at a leaf."""
        raise NotOffered

    def process(self, commit: bytes) -> None:
        """Follow the commit of another member."""
        raise NotOffered

    def protect(self, application_data: bytes) -> bytes:
        """An application message."""
        raise NotOffered

    def read(self, message: bytes) -> bytes:
        """What an application message of another member says."""
        raise NotOffered


class Implementation:
    """An implementation, as the bench needs it."""

    name: ClassVar[str]
    package: ClassVar[str]
    """The package that holds it, and where that comes from."""
    module: ClassVar[str]
    """What a program imports to use it."""
    private: ClassVar[bool] = False
    """Whether it processes commits only as PrivateMessages."""
    untimed: ClassVar[frozenset[str]] = frozenset()
    """Steps whose call does something else than the step."""
    notes: ClassVar[str] = ""
    """What is to be known before its times are compared with others."""

    def missing(self) -> str | None:
        """Why it cannot be timed here and how to get it, or None."""
        raise NotImplementedError

    def version(self) -> str:
        """The version that is installed."""
        raise NotImplementedError

    def client(self, identity: bytes) -> Client:
        """A new client."""
        raise NotImplementedError

    def timed(self, call: Callable[[], Answer]) -> tuple[Answer, Sample]:
        """The answer of a call, and how long the call took."""
        wall, cpu = time.perf_counter(), time.process_time()
        answer = call()
        return answer, Sample(time.perf_counter() - wall, time.process_time() - cpu)

    def peak_memory(self) -> int:
        """The most memory, in bytes, that the process in which it runs has had."""
        return peak_of_process()

    def import_time(self) -> Sample:
        """How long it takes to import it in a process that has not done so."""
        command = [sys.executable, "-c", _IMPORT, self.module]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
        return Sample(*map(float, printed.split()))

    def close(self) -> None:
        """End what was started for it."""
