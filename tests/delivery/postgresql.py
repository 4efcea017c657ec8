"""A private PostgreSQL for the tests: a cluster in a temporary folder, reached by a socket there, not by the network.

The server refuses to run as root, so root starts it as the user `postgres`, or as `nobody`. It does not wait for the
disk: the tests kill the delivery service, not the machine.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import psycopg

MISSING = "PostgreSQL is not installed: on Debian and Ubuntu, apt install postgresql"


def programs() -> Path | None:
    """The folder with the programs of the newest PostgreSQL on this machine; None if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return None if on_path is None else Path(on_path).resolve().parent


def unprivileged() -> str | None:
    """As whom to run the server: somebody else if this is root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


class Cluster:
    """A running server; `create` makes an empty database in it and gives its URL."""

    def __init__(self, *, waits_for_the_disk: bool = False) -> None:
        """A new server, which has started. It waits for the disk only where that is to be measured."""
        self._fsync = "on" if waits_for_the_disk else "off"
        folder = programs()
        if folder is None:
            raise FileNotFoundError(MISSING)
        self._programs = folder
        self._user = unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="workbench-postgresql-"))
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        self.data = self.folder / "data"
        self._numbers = count(1)
        self._run("initdb", "--pgdata", str(self.data), "--username=workbench", "--auth=trust", "--no-sync")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            check=True,
            user=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Start the server, and wait until it takes connections."""
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=100 -c fsync={self._fsync}"
        log = str(self.folder / "log")
        self._run("pg_ctl", "--pgdata", str(self.data), "--log", log, "--wait", "--options", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it, by default as a power cut does."""
        self._run("pg_ctl", "--pgdata", str(self.data), "--mode", mode, "--wait", "stop")

    def bound_files(self, size: int | None) -> None:
        """Let no process of the server write beyond so many bytes of a file; None for as far as it likes."""
        first = (self.data / "postmaster.pid").read_text("utf-8").splitlines()[0]
        children = Path(f"/proc/{first}/task/{first}/children").read_text("utf-8").split()
        for process in (first, *children):
            command = ["prlimit", "--pid", process, f"--fsize={'unlimited' if size is None else size}:"]
            # One of these processes may have ended by now, such as one that cleans up.
            subprocess.run(command, check=False, user=self._user, stderr=subprocess.DEVNULL)  # our own words

    def create(self) -> str:
        """An empty database."""
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.address(name)

    def address(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://workbench@/{name}?host={self.folder}"

    def remove(self) -> None:
        """Stop it, if it runs, and delete everything."""
        if (self.data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)
