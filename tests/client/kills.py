"""Kill devices with kill -9 at every point where they write or speak, let them go on, and count what is wrong.

    python -m tests.client.kills [--every 1] [--first 1]

Two devices live in one process, each with its database, and talk through a real `workbench serve`. The points are each
write, truncation, synchronisation and deletion that SQLite does (`disk`), and the moments before and after each call
to the service. For each point there are two trials: a kill, after which the operating system still has what was
written, and a power cut, after which only what was synchronised is there. Then the devices go on where they were, and
have to end as if nothing had happened: in one epoch, each message there once, and no generation used twice.
`FAULTS` are put into the devices one at a time, and this has to find each of them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Literal, cast

from tests.client.disk import DISK, power_cut
from tests.delivery.live import Live
from workbench.client import journal
from workbench.client.device import Device
from workbench.client.durable import DeviceStorage
from workbench.client.journal import Journal
from workbench.delivery import LateMessage, NoKeyPackage, Transport
from workbench.delivery.client import HttpTransport
from workbench.mls import MLSMessage, cipher_suite, decode
from workbench.mls.framing.private_message import open_sender_data
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.wire.messages import PrivateMessage
from workbench.storage import SealedDatabase, SoftwareKeystore

SUITE = cipher_suite(1)
Ending = Literal["kill", "power cut"]
CALLS = ("publish_key_package", "take_key_package", "open_group", "submit", "entries", "acknowledge", "accept")
LIMITS = (
    *("device_rate", "device_burst", "group_rate", "group_burst"),
    *("take_rate", "take_burst", "requests_rate", "logins_rate"),
)

NUMBERS = count(1)


class Counted:
    """The way to the service: `at` is called before and after each call, and `sends` notes what leaves the device."""

    def __init__(self, plain: HttpTransport, at: Callable[[str], None], sends: Path) -> None:
        self._plain = plain
        self._at = at
        self._sends = sends
        self.device: Device | None = None

    def __getattr__(self, name: str) -> Any:
        plain = getattr(self._plain, name)
        if name not in CALLS:
            return plain

        def call(*arguments: Any, **options: Any) -> Any:
            self._at(f"before {name}")
            if name == "submit":
                self._note(arguments[0], arguments[1])
            result = plain(*arguments, **options)
            self._at(f"after {name}")
            return result

        return call

    def _note(self, group_id: bytes, message: bytes) -> None:
        """Note which generation of which ratchet has sealed a message that leaves the device."""
        content = decode(MLSMessage, message).message
        if not isinstance(content, PrivateMessage) or self.device is None:
            return
        secret = self.device.state(group_id).secrets.sender_data_secret
        sender = open_sender_data(SUITE, content, secret)
        used = [group_id.hex(), content.epoch, content.content_type.name, sender.leaf_index, sender.generation]
        with self._sends.open("a") as file:
            file.write(json.dumps([used, sha256(message).hexdigest()]) + "\n")


class Lives:
    """Two devices and what they do together, step by step; a step that is done is not done again."""

    def __init__(self, home: Path, url: str, trial: int, at: Callable[[str], None]) -> None:
        self.group = b"group %d" % trial
        self.storages: dict[str, DeviceStorage] = {}
        self.devices: dict[str, Device] = {}
        for name in ("Alice", "Bob"):
            folder = home / name
            folder.mkdir(parents=True, exist_ok=True)
            keystore = SoftwareKeystore(sha256(f"{name} {trial}".encode()).digest())
            database = SealedDatabase(folder / "device.db", keystore)
            storage = DeviceStorage(database, keystore, f"{name} {trial}", SUITE, DEFAULT_POLICY)
            transport = Counted(HttpTransport(url), at, home / "sends")
            device = storage.device(cast("Transport", transport), private_handshakes=True)
            self.storages[name], self.devices[name] = storage, device
            transport.device = device
        self.alice, self.bob = self.devices["Alice"], self.devices["Bob"]

    def steps(self) -> Iterator[tuple[Callable[[], bool], Callable[[], object]]]:
        """For each step whether it is done, and what does it."""
        alice, bob, group = self.alice, self.bob, self.group
        yield lambda: self.is_in("Bob"), lambda: bob.create_group(group)
        yield lambda: self.epoch("Bob") >= 1 or self.waits("Bob"), self.add
        yield lambda: self.epoch("Bob") >= 1, lambda: bob.fetch(group)
        yield lambda: self.is_in("Alice"), alice.accept_invitations
        yield self.say("Alice", b"a1")
        yield self.hear("Bob", b"a1")
        yield self.say("Bob", b"b1")
        yield lambda: self.epoch("Bob") >= 2 or bool(alice.state(group).proposals), lambda: alice.propose_update(group)
        yield lambda: self.epoch("Bob") >= 2 or bool(bob.state(group).proposals), lambda: bob.fetch(group)
        yield lambda: self.epoch("Bob") >= 2 or self.waits("Bob"), lambda: bob.commit(group)
        yield lambda: self.epoch("Bob") >= 2, lambda: bob.fetch(group)
        yield lambda: self.epoch("Alice") >= 2, lambda: alice.fetch(group)
        yield lambda: self.epoch("Alice") >= 3 or self.waits("Alice"), lambda: alice.commit(group)
        yield lambda: self.epoch("Bob") >= 3, self.send_too_late
        yield lambda: self.epoch("Alice") >= 3, lambda: alice.fetch(group)
        yield lambda: self.epoch("Alice") >= 4 or self.waits("Alice"), lambda: alice.commit(group)
        yield lambda: self.epoch("Bob") >= 5, self.change_too_late
        yield lambda: self.epoch("Alice") >= 5, lambda: alice.fetch(group)
        yield self.say("Alice", b"a2")
        yield self.say("Bob", b"b2")
        for name, text in (("Bob", b"a2"), ("Alice", b"b1"), ("Alice", b"b2")):
            yield self.hear(name, text)

    def run(self) -> list[str]:
        """Do all that is not done; what is wrong."""
        self.settle()
        for number, (done, act) in enumerate(self.steps()):
            for _ in range(4):
                if done():
                    break
                act()
            else:
                return [f"step {number} is never done"]
        return [*self.faults()]

    def faults(self) -> Iterator[str]:
        """What is not as it has to be in the end."""
        states = [device.state(self.group) for device in self.devices.values()]
        if len({(state.epoch, state.secrets.epoch_authenticator) for state in states}) != 1:
            yield "the devices are not in one epoch"
        for name, storage in self.storages.items():
            events = storage.events()
            texts = Counter(event.data for event in events if event.kind in {"message", "sent"})
            if set(texts) - {b""} != {b"a1", b"a2", b"b1", b"b2"}:
                yield f"a message is missing in the history of {name}"
            if max(texts.values()) > 1:
                yield f"a message is twice in the history of {name}"
            yield from (f"{name} refuses something: {event.text}" for event in events if event.kind == "refused")

    def settle(self) -> None:
        """Send what waits."""
        for device in self.devices.values():
            for group_id in tuple(device.device_state.outbox):
                device.fetch(group_id)

    def add(self) -> None:
        """Bob adds Alice, who publishes a key package when there is none."""
        try:
            self.bob.commit(self.group, add=[self.alice.name])
        except NoKeyPackage:
            self.alice.publish_key_package()

    def send_too_late(self) -> None:
        """Bob says something in an epoch that is over: the service has seen it, so its key is used up."""
        try:
            self.bob.send(self.group, b"too late")
        except LateMessage:
            self.bob.fetch(self.group)

    def change_too_late(self) -> None:
        """Bob's commit loses against Alice's, and is made again; a kill in between leaves the change to `fetch`."""
        if self.group not in self.bob.device_state.changes and not self.waits("Bob"):
            self.bob.change(self.group)
        self.bob.fetch(self.group)

    def is_in(self, name: str) -> bool:
        return self.group in self.devices[name].device_state.groups

    def epoch(self, name: str) -> int:
        return self.devices[name].state(self.group).epoch

    def waits(self, name: str) -> bool:
        return self.devices[name].device_state.groups[self.group].pending is not None

    def say(self, name: str, text: bytes) -> tuple[Callable[[], bool], Callable[[], object]]:
        device, events = self.devices[name], self.storages[name].events
        done = lambda: any(each.kind == "sent" and each.data == text for each in events())  # noqa: E731 # a step is a pair
        return done, lambda: device.send(self.group, text)

    def hear(self, name: str, text: bytes) -> tuple[Callable[[], bool], Callable[[], object]]:
        device, events = self.devices[name], self.storages[name].events
        done = lambda: any(each.kind == "message" and each.data == text for each in events())  # noqa: E731 # as above
        return done, lambda: device.fetch(self.group)


# Trials


def service(folder: Path) -> Live:
    """A delivery service that does not slow the trials down."""
    limits = [word for name in LIMITS for word in ("--set", f"{name}=1000000")]
    return Live(f"sqlite:///{folder}/service.db", folder, *limits)


@dataclass
class Tally:
    """What has been tried, and what went wrong."""

    points: list[str] = field(default_factory=list)
    trials: int = 0
    faults: list[str] = field(default_factory=list)


def reused(sends: Path) -> int:
    """How many generations have sealed two messages."""
    sealed: dict[str, set[str]] = {}
    for line in sends.read_text().splitlines() if sends.exists() else []:
        used, digest = json.loads(line)
        sealed.setdefault(json.dumps(used), set()).add(digest)
    return sum(len(digests) > 1 for digests in sealed.values())


def child(home: Path, url: str, trial: int, stop_at: int | None, plant: Callable[[], None] | None) -> list[str]:
    """Live in a process of its own until the end, or until it is killed at a point; the points it has passed."""
    result = home / "result"
    result.unlink(missing_ok=True)
    process = os.fork()
    if process == 0:
        passed: list[str] = []

        def at(operation: str) -> None:
            passed.append(operation)
            if len(passed) == stop_at:
                os.kill(os.getpid(), signal.SIGKILL)

        status = 1
        try:
            if plant is not None:
                plant()
            DISK.install()
            DISK.at = at
            faults = Lives(home, url, trial, at).run()
            result.write_text(json.dumps([faults, passed]))
            status = 0
        except Exception as error:  # noqa: BLE001 # whatever stops a device is a fault that is counted
            result.write_text(json.dumps([[f"{type(error).__name__}: {error}"], passed]))
        finally:
            os._exit(status)
    os.waitpid(process, 0)
    return list(json.loads(result.read_text())[1]) if result.exists() else []


def attempt(url: str, stop_at: int | None, ending: Ending, plant: Callable[[], None] | None = None) -> list[str]:
    """Live, be killed at a point, go on: what is wrong in the end."""
    home, trial = Path(tempfile.mkdtemp(prefix="workbench-kills-")), next(NUMBERS)
    try:
        child(home, url, trial, stop_at, plant)
        if ending == "power cut":
            for name in ("Alice", "Bob"):
                power_cut(home / name)
        child(home, url, trial, None, plant)
        result = home / "result"
        faults = list(json.loads(result.read_text())[0]) if result.exists() else ["the device does not come back"]
        again = reused(home / "sends")
        return faults + ([f"{again} generations were used twice"] if again else [])
    finally:
        shutil.rmtree(home)


@cache
def points(url: str) -> list[str]:
    """The points of a life without a kill, in order."""
    home = Path(tempfile.mkdtemp(prefix="workbench-kills-"))
    try:
        return child(home, url, next(NUMBERS), None, None)
    finally:
        shutil.rmtree(home)


def try_all(url: str, endings: tuple[Ending, ...], every: int, *, first: int = 1) -> Tally:
    """Kill at each point, or at every so manieth."""
    tally = Tally(points(url))
    for ending in endings:
        for point in range(first, len(tally.points) + 1, every):
            tally.trials += 1
            tally.faults += [f"{ending} at point {point}: {fault}" for fault in attempt(url, point, ending)]
    return tally


# Faults to plant


def sends_before_it_writes() -> None:
    """The state is written when the message has left the device."""

    def send(self: Journal, service: Transport, group_id: bytes, unsent: Any, **_: Any) -> Any:
        entry = journal._deliver(service, group_id, unsent, again=False)
        self.put(journal._taken(self.state, group_id, unsent, entry), *journal._told(unsent))
        return entry

    Journal.send = send  # type: ignore[method-assign] # planted


def writes_in_two_transactions() -> None:
    """What belongs to one epoch is written record by record."""
    whole = SealedDatabase.write

    def write(self: SealedDatabase, changes: Any) -> None:
        for change in changes:
            whole(self, [change])

    SealedDatabase.write = write  # type: ignore[method-assign] # planted


def does_not_wait_for_the_disk() -> None:
    """The device speaks before its state is on the disk."""
    whole = SealedDatabase.write

    def write(self: SealedDatabase, changes: Any) -> None:
        self._database.execute("PRAGMA synchronous = OFF")
        whole(self, changes)

    SealedDatabase.write = write  # type: ignore[method-assign] # planted


FAULTS: dict[str, tuple[Callable[[], None], Ending, str]] = {
    "the state is written after the message is sent": (sends_before_it_writes, "kill", "after submit"),
    "one epoch is written in two transactions": (writes_in_two_transactions, "kill", "synchronise"),
    "nothing waits for the disk": (does_not_wait_for_the_disk, "power cut", "after submit"),
}
"""Faults to plant: what does it, how to end the process, and at which points to look for it."""


def found(url: str, fault: str) -> tuple[int, list[str]]:
    """Look for a planted fault at the points where it may show, the last ones first: how many trials, what is seen."""
    plant, ending, where = FAULTS[fault]
    there = [number for number, operation in enumerate(points(url), start=1) if operation == where]
    for tried, point in enumerate(reversed(there), start=1):
        if seen := attempt(url, point, ending, plant):
            return tried, seen
    return len(there), []


def main() -> int:
    """Try every point, or every so manieth, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="try every Nth point (default: %(default)s)")
    parser.add_argument("--first", type=int, default=1, metavar="N", help="begin at this point (default: %(default)s)")
    every, first = (arguments := parser.parse_args()).every, arguments.first
    with tempfile.TemporaryDirectory() as folder:
        live = service(Path(folder))
        try:
            tally = try_all(live.url, ("kill", "power cut"), every, first=first)
            kinds = dict(Counter(tally.points))
            print(f"{len(tally.points)} points ({kinds}), {tally.trials} trials, faults: {tally.faults or 'none'}")  # noqa: T201 # this is a command
            for fault in FAULTS:
                tried, seen = found(live.url, fault)
                print(f"planted: {fault}: {'found' if seen else 'NOT FOUND'} after {tried} trials: {seen}")  # noqa: T201 # as above
        finally:
            live.stop()
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
