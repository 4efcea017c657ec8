"""How many messages the delivery service takes and hands out, and how long devices wait, with few and many devices.

    python -m tests.delivery.load --into docs/performance.json      # then `make docs` writes docs/performance.md

Devices are in groups of ten. Each in its turn sends a message of 1 KiB to its group; then the device that has waited
longest in that group fetches what has come, and acknowledges it. At most eight of them ask at the same time. The
service, its database and this program share one machine, over 127.0.0.1, and each answer is on the disk before it is
given.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import os
import secrets
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from tests.bench.kept import keep
from tests.delivery.live import Live
from tests.delivery.postgresql import Cluster
from tests.delivery.reliability import GENEROUS
from tests.delivery.uploads import Person
from workbench.bench.results import ServiceLoad
from workbench.delivery import groups, sessions
from workbench.delivery.checks import SENDER_DATA
from workbench.delivery.clocks import system_clock
from workbench.delivery.rows import Member
from workbench.delivery.settings import Settings
from workbench.delivery.sql import SqlStore
from workbench.mls import MLSMessage, encode
from workbench.mls.wire.code_points import ContentType, ProtocolVersion
from workbench.mls.wire.messages import PrivateMessage

GROUP_SIZE = 10
AT_ONCE = 8
KINDS = (("SQLite", 1), ("PostgreSQL", 1), ("PostgreSQL", 2))
"""Databases and numbers of workers; two workers are for the largest number of devices."""

LONGEST = 60.0
"""Seconds that a run may be asked to last: it is a measurement, no attack."""


@dataclass
class Group:
    """A group, the sessions of its devices in the order of their turns, and how far each has read."""

    group_id: bytes
    sessions: list[str]
    turn: int = 0
    read: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.read = [0] * len(self.sessions)

    def message(self) -> bytes:
        """A new message of about 1 KiB."""
        sealed = PrivateMessage(
            self.group_id, 0, ContentType.application, b"", bytes(SENDER_DATA), secrets.token_bytes(1024)
        )
        return encode(MLSMessage(ProtocolVersion.mls10, sealed))


def prepared(database: str, devices: int) -> list[Group]:
    """Groups of ten with so many devices in all, who have logged in: written into the database, to save the time."""
    store, now, settings, made = SqlStore(database), system_clock(), Settings(), list[Group]()
    store.create()
    for start in range(0, devices, GROUP_SIZE):
        group_id, texts = secrets.token_bytes(16), []
        with store.write() as rows:
            groups.open_group(rows, group_id)
            for number in range(start, min(start + GROUP_SIZE, devices)):
                claim = Person(f"Person {number}", database).claim
                session = sessions.open_session(rows, claim, now=now, settings=settings)
                rows.put_member(Member(group_id, session.device, 0, 0, now))
                texts.append(session.text)
        made.append(Group(group_id, texts))
    store.close()
    return made


class Caller:
    """One connection that asks for one device after another, and notes how long each answer takes."""

    def __init__(self, port: int, mine: Sequence[Group], until: float) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._mine, self._until = mine, until
        self.sent: list[float] = []
        self.fetched: list[float] = []
        self.failed: list[str] = []

    def run(self) -> None:
        """Go through the groups, again and again, until the time is over."""
        while self._mine and time.monotonic() < self._until and not self.failed:
            for group in self._mine:
                self._take_turn(group)
        self._connection.close()

    def _take_turn(self, group: Group) -> None:
        sender, reader = group.turn % len(group.sessions), (group.turn + 1) % len(group.sessions)
        group.turn += 1
        path = f"/v1/groups/{group.group_id.hex()}/messages"
        body = json.dumps({"message": base64.b64encode(group.message()).decode()})
        start = time.perf_counter()
        self._ask("POST", path, group.sessions[sender], body)
        self.sent.append(time.perf_counter() - start)
        start = time.perf_counter()
        page = self._ask("GET", f"{path}?start={group.read[reader]}", group.sessions[reader])
        self.fetched.append(time.perf_counter() - start)
        group.read[reader] = page["entries"][-1]["index"] + 1
        place = {"group": base64.b64encode(group.group_id).decode(), "next_index": group.read[reader]}
        self._ask("POST", "/v1/acknowledgements", group.sessions[reader], json.dumps({"places": [place]}))

    def _ask(self, method: str, path: str, session: str, body: str | None = None) -> dict[str, list[dict[str, int]]]:
        headers = {"Authorization": f"Bearer {session}", "Content-Type": "application/json"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            self.failed.append(f"{method} {path}: {answer.status} {content[:200]!r}")
            return {"entries": [{"index": -1}]}
        found: dict[str, list[dict[str, int]]] = json.loads(content) if content else {}
        return found


def measured(database: str, folder: Path, devices: int, seconds: float, *, kind: str, workers: int) -> ServiceLoad:
    """One run; raises `RuntimeError` with what the service has refused, if it has."""
    mine = prepared(database, devices)
    limits = [f"--set={name}=1000000" for name in GENEROUS]
    load = f"{os.getloadavg()[0]:.1f}"
    live = Live(database, folder, *limits, "--workers", str(workers))
    try:
        until = time.monotonic() + min(seconds, LONGEST)
        callers = [Caller(live.port, mine[number::AT_ONCE], until) for number in range(AT_ONCE)]
        jobs = [threading.Thread(target=caller.run) for caller in callers]
        start = time.monotonic()
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
        took = time.monotonic() - start
    finally:
        live.stop()
    if any(caller.failed for caller in callers):
        raise RuntimeError(str([words for caller in callers for words in caller.failed][:3]))
    sent = [each for caller in callers for each in caller.sent]
    fetched = [each for caller in callers for each in caller.fetched]
    return ServiceLoad(
        database=kind,
        workers=workers,
        devices=devices,
        at_once=sum(1 for caller in callers if caller.sent),
        seconds=round(took, 3),
        messages=len(sent),
        send=(median(sent), quantiles(sent, n=20)[-1]),
        fetch=(median(fetched), quantiles(fetched, n=20)[-1]),
        load=load,
    )


def main(words: Sequence[str] | None = None) -> int:
    """Measure on both databases."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", default="1,100,1000", help="numbers of devices (%(default)s)")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each run lasts (%(default)s, 60 at most)")
    parser.add_argument("--into", type=Path, metavar="FILE", help="put the figures into the results of a bench")
    arguments = parser.parse_args(words)
    found, cluster = [], Cluster(waits_for_the_disk=True)
    try:
        with tempfile.TemporaryDirectory() as name:
            numbers = [int(each) for each in arguments.devices.split(",")]
            for devices in numbers:
                for kind, workers in KINDS if devices == numbers[-1] else KINDS[:2]:
                    url = f"sqlite:///{name}/{devices}.sqlite3" if kind == "SQLite" else cluster.create()
                    row = measured(url, Path(name), devices, arguments.seconds, kind=kind, workers=workers)
                    print(row, flush=True)  # noqa: T201 # this is a command
                    found.append(row)
    finally:
        cluster.remove()
    if arguments.into:
        keep(arguments.into, service=found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
