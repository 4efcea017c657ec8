"""The interface to a timed implementation of MLS, and to one of its clients, which exchange bytes of messages."""

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
    """The peak of memory of a process in bytes; 0 if the system does not report it (outside Linux)."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("utf-8").splitlines()
    except OSError:
        return 0
    (peak,) = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(peak) * 1024


class NotOffered(Exception):
    """The package has no call for this step."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The duration of one call in seconds: wall-clock time, and processor time of all processors together."""

    wall: float
    cpu: float


_IMPORT = """
import sys, time
wall, cpu = time.perf_counter(), time.process_time()
__import__(sys.argv[1])
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


class Client:
    """One client of an implementation. The call that makes a commit also applies it for its sender.

    Every message is the encoding of an MLSMessage.
    """

    def key_package(self) -> bytes:
        """Make a key package, with which this client is added later."""
        raise NotOffered

    def create(self) -> None:
        """Create a group with this client as its only member."""
        raise NotOffered

    def add(self, key_packages: Sequence[bytes]) -> tuple[bytes, Sequence[bytes]]:
        """Add clients by one commit; return the commit, and its Welcome or a Welcome for each client."""
        raise NotOffered

    def join(self, welcome: bytes) -> None:
        """Join a group by a Welcome, with all checks of the package."""
        raise NotOffered

    def update(self) -> bytes:
        """Make a commit without proposals, which gives this client new keys."""
        raise NotOffered

    def remove(self, leaf: int) -> bytes:
        """Make a commit that removes the member at a leaf."""
        raise NotOffered

    def process(self, commit: bytes) -> None:
        """Process the commit of another member."""
        raise NotOffered

    def protect(self, application_data: bytes) -> bytes:
        """Make an application message."""
        raise NotOffered

    def read(self, message: bytes) -> bytes:
        """Decrypt an application message of another member."""
        raise NotOffered


class Implementation:
    """An implementation, as the bench needs it."""

    name: ClassVar[str]
    package: ClassVar[str]
    """The package of the implementation, and its registry."""
    module: ClassVar[str]
    """The module that a program imports to use the implementation."""
    private: ClassVar[bool] = False
    """Whether the implementation processes commits only as PrivateMessages."""
    untimed: ClassVar[frozenset[str]] = frozenset()
    """Steps for which the implementation's call does something else."""
    notes: ClassVar[str] = ""
    """What a reader must know to compare the times of this implementation with others."""

    def missing(self) -> str | None:
        """Why the implementation cannot be timed here and how to install it; None if it is installed."""
        raise NotImplementedError

    def version(self) -> str:
        """The installed version."""
        raise NotImplementedError

    def client(self, identity: bytes) -> Client:
        """A new client."""
        raise NotImplementedError

    def timed(self, call: Callable[[], Answer]) -> tuple[Answer, Sample]:
        """The result of a call, and its duration."""
        wall, cpu = time.perf_counter(), time.process_time()
        answer = call()
        return answer, Sample(time.perf_counter() - wall, time.process_time() - cpu)

    def peak_memory(self) -> int:
        """The peak of memory, in bytes, of the process in which the implementation runs."""
        return peak_of_process()

    def import_time(self) -> Sample:
        """The duration of the import in a new process."""
        command = [sys.executable, "-c", _IMPORT, self.module]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - ours
        return Sample(*map(float, printed.split()))

    def close(self) -> None:
        """End the processes that were started for the implementation."""
