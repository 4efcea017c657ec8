"""Kill the delivery service with kill -9 under load, again and again, and count what is lost.

    python -m tests.delivery.reliability --kills 100 [--database URL] [--page docs/reliability.md]

Devices send and fetch without a pause while the service dies at random moments. A device asks again when it has heard
no answer, as `HttpTransport` does. In the end each message that the service has acknowledged must have reached each
member of its group once, at the place that the acknowledgement named, with no hole before it; and no key package may
have been handed out twice. `planted.py` puts faults into the service, each of which this has to find.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.delivery.live import Live, transport
from tests.delivery.postgresql import Cluster
from tests.delivery.uploads import Person, commit, message, welcome
from workbench.delivery import Entry, LateMessage, NoKeyPackage, QueueFull, Refused, Unavailable
from workbench.delivery.client import HttpTransport
from workbench.delivery.clocks import system_clock

GENEROUS = (
    "device_rate",
    "device_burst",
    "group_rate",
    "group_burst",
    "take_rate",
    "take_burst",
    "requests_rate",
    "logins_rate",
)
"""Limits that would stop the load before the service does."""

PATIENCE = 120.0


@dataclass
class Counts:
    """What has happened, and what is wrong with it."""

    kills: int = 0
    acknowledged: int = 0
    conflicts: int = 0
    delivered: int = 0
    taken: int = 0
    unanswered: int = 0
    faults: list[str] = field(default_factory=list)


class Run:
    """Devices of some people who are all in the same groups, and the service that dies."""

    def __init__(self, live: Live, *, people: int = 4, groups: int = 2, seed: int = 0) -> None:
        self.live = live
        self.random = random.Random(seed)  # noqa: S311 # when to kill is no secret
        self.people = [Person(f"Person {number}") for number in range(people)]
        self.groups = [b"group %d" % number for number in range(groups)]
        self.counts = Counts()
        self.over = threading.Event()
        self.acknowledged: dict[tuple[bytes, int], bytes] = {}
        self.received: dict[tuple[str, bytes], list[Entry]] = {}
        self.handed_out: Counter[bytes] = Counter()
        self.now = system_clock()
        self._lock = threading.Lock()
        self._transports: list[HttpTransport] = []

    def fault(self, words: str) -> None:
        """Note what is wrong."""
        with self._lock:
            if words not in self.counts.faults:
                self.counts.faults.append(words)

    def connect(self, person: Person, patience: float = PATIENCE) -> HttpTransport:
        """One more connection of a person's device."""
        made = transport(self.live, person, patience=patience)
        self._transports.append(made)
        return made

    def prepare(self) -> None:
        """Everybody joins every group."""
        first, *others = self.people
        founder = self.connect(first)
        for number, group in enumerate(self.groups):
            for other in others:
                self.connect(other).publish_key_packages([other.upload(number, now=self.now)])
            founder.open_group(group)
            references = [other.reference(number, now=self.now) for other in others]
            self.note(founder.submit(group, commit(0, group_id=group), welcome(*references)))

    def note(self, entry: Entry) -> None:
        """The service has acknowledged a message."""
        digest, place = hashlib.sha256(entry.message).digest(), (entry.group_id, entry.index)
        with self._lock:
            self.counts.acknowledged += 1
            if self.acknowledged.setdefault(place, digest) != digest:
                self.counts.faults.append(f"two messages were acknowledged for place {entry.index}")

    def send(self, person: Person) -> None:
        """Send to the groups, mostly messages and sometimes commits, until the run is over."""
        access, number = self.connect(person), 0
        while not self.over.is_set():
            group = self.groups[number % len(self.groups)]
            number += 1
            try:
                epoch = access.epoch(group)
                mark = f"{person.name} {number}"
                made = commit(epoch, mark, group) if number % 10 == 0 else message(epoch, mark, group_id=group)
                self.note(access.submit(group, made))
            except LateMessage:
                with self._lock:
                    self.counts.conflicts += 1
            except (Unavailable, QueueFull):
                continue
            except Refused as error:
                self.fault(f"{type(error).__name__}: {error}")
                return

    def receive(self, person: Person) -> None:
        """Fetch and acknowledge in every group until the run is over."""
        access = self.connect(person)
        while True:
            ends = self.over.is_set()
            for group in self.groups:
                known = self.received.setdefault((person.name, group), [])
                start = known[-1].index + 1 if known else 0
                try:
                    entries = access.entries(group, start)
                    known += entries
                    if entries:
                        access.acknowledge(group, entries[-1].index + 1)
                except Unavailable:
                    continue
                except Refused as error:
                    self.fault(f"{person.name} cannot read its queue: {type(error).__name__}")
                    return
            if ends:
                return
            time.sleep(0.01)

    def take(self, owner: Person) -> None:
        """Publish key packages and let another device take them, until the run is over."""
        publisher, taker = self.connect(owner), self.connect(self.people[0], patience=0)
        number = 100
        while not self.over.is_set():
            number += 1
            try:
                publisher.publish_key_packages([owner.upload(number, now=self.now)])
            except Refused:
                continue
            for _ in range(2):
                try:
                    taken = taker.take_key_package(owner.name, 1)
                    with self._lock:
                        self.handed_out[taken] += 1
                except NoKeyPackage:
                    break
                except Unavailable:
                    with self._lock:
                        self.counts.unanswered += 1

    def play(self, kills: int) -> Counts:
        """Run the load, kill the service so many times, and check what has come of it."""
        self.prepare()
        jobs = [threading.Thread(target=self.send, args=(person,)) for person in self.people]
        jobs += [threading.Thread(target=self.receive, args=(person,)) for person in self.people]
        jobs += [threading.Thread(target=self.take, args=(self.people[-1],))]
        for job in jobs:
            job.start()
        for _ in range(kills):
            self._wait_for(self.counts.acknowledged + self.random.randint(5, 40))
            self.live.kill()
            self.counts.kills += 1
            self.live.restart()
            self.live.wait()
        self._wait_for(self.counts.acknowledged + 5)
        self.over.set()
        for job in jobs:
            job.join()
        for person in self.people:
            self.receive(person)
        for each in self._transports:
            each.close()
        self.check()
        return self.counts

    def _wait_for(self, acknowledged: int) -> None:
        """Wait until so many messages were acknowledged, or something is wrong, or the load stands still."""
        end = time.monotonic() + PATIENCE
        while self.counts.acknowledged < acknowledged and not self.counts.faults and time.monotonic() < end:
            time.sleep(0.005)

    def check(self) -> None:
        """Hold what arrived against what was acknowledged."""
        for (name, group), entries in self.received.items():
            first = entries[0].index if entries else 0
            if [entry.index for entry in entries] != list(range(first, first + len(entries))):
                self.fault(f"{name} did not get each place of its queue once and in order")
            got = {entry.index: hashlib.sha256(entry.message).digest() for entry in entries}
            start = 0 if name == self.people[0].name else 1
            for (place_group, index), digest in self.acknowledged.items():
                if place_group == group and index >= start and got.get(index) != digest:
                    self.fault(f"an acknowledged message did not reach {name}")
            if len(set(got.values())) != len(entries):
                self.fault(f"{name} got a message twice")
            self.counts.delivered += len(entries)
        self.counts.taken = sum(self.handed_out.values())
        if any(times > 1 for times in self.handed_out.values()):
            self.fault("a key package was handed out twice")


def played(database: str, folder: Path, kills: int, *, program: str = Live.PROGRAM, seed: int = 0) -> Counts:
    """The counts of one run on a database."""
    live = Live(database, folder, *(f"--set={name}=1000000" for name in GENEROUS), program=program)
    try:
        return Run(live, seed=seed).play(kills)
    finally:
        live.stop()


PAGE = """# It loses nothing

The delivery service is killed with `kill -9` at random moments while devices send and fetch without a pause, and
started again on the same database. In the end each message that it had acknowledged must have reached each member of
its group once, in order, at the place that the acknowledgement named; and no key package may have been handed out
twice.

    python -m tests.delivery.reliability --kills {kills} --page docs/reliability.md

| database | kills | acknowledged | lost | deliveries | doubled, out of order | key packages | handed out twice |
|---|---|---|---|---|---|---|---|
{rows}

Three faults are planted in the service, one at a time: it acknowledges before its transaction, it hands a key package
out again, or it forgets a queue when it starts. The same run finds each of them, on both databases
(`tests/delivery/test_reliability.py`).
`make test` runs the short form, `make soak` the long one.

The test does not show what happens at a power cut. After a `kill -9` the operating system still has what was written.
SQLite's `synchronous = FULL` and PostgreSQL's defaults protect against a power cut: both wait for the disk at each
commit. The PostgreSQL of the tests does not wait.
A full disk has tests of its own (`tests/delivery/test_full_disk.py`), and so has
a database that stops and comes back (`tests/delivery/test_hostile.py`). A key package whose answer is lost in a kill is
gone: {unanswered} of these requests had no answer. Nobody gets such a key package twice, and its device publishes more.
"""


DEVICE = "## A device"
"""Where the page goes on with another run."""


def main(words: Sequence[str] | None = None) -> int:
    """Run it on both databases, or on one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--page", type=Path)
    arguments = parser.parse_args(words)
    cluster = Cluster()
    rows, faults, unanswered = [], [], 0
    try:
        with tempfile.TemporaryDirectory() as name:
            for kind, url in (("SQLite", f"sqlite:///{name}/delivery.sqlite3"), ("PostgreSQL", cluster.create())):
                counts = played(url, Path(name), arguments.kills, seed=arguments.seed)
                print(kind, counts)  # noqa: T201 # this is a command
                faults += counts.faults
                unanswered += counts.unanswered
                rows.append(
                    f"| {kind} | {counts.kills:,} | {counts.acknowledged:,} | {len(counts.faults) or 'none'}"
                    f" | {counts.delivered:,} | none | {counts.taken:,} | none |"
                )
    finally:
        cluster.remove()
    if arguments.page and not faults:
        text = PAGE.format(kills=arguments.kills, rows="\n".join(rows), unanswered=unanswered)
        _, mark, device = arguments.page.read_text("utf-8").partition(DEVICE)  # tests/client/kills.py has these figures
        arguments.page.write_text(f"{text}\n{mark}{device}" if mark else text, "utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
