"""A device in a folder, which is opened again and again, and devices in memory that use the same delivery service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.client.devices import GROUP
from workbench.client import Device
from workbench.client.durable import DeviceStorage
from workbench.delivery import DeliveryService, Entry, Unavailable
from workbench.delivery.access import DeviceAccess
from workbench.inspect.names import credential_name
from workbench.lab.sources import START, entropy_source
from workbench.mls import cipher_suite
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.storage import SealedDatabase, SoftwareKeystore

SUITE = cipher_suite(1)


class Folder:
    """A device in a folder, which is opened again and again."""

    def __init__(
        self, path: Path, service: DeliveryService, name: str, clock: Callable[[], int] = lambda: START
    ) -> None:
        self.clock = clock
        self.path, self.name = path / f"{name}.db", name
        self.keystore = SoftwareKeystore(name.encode().ljust(32, b"."))
        self.access = Flaky(service)
        self.storage: DeviceStorage | None = None

    def open(self) -> Device:
        """The device, in a process that has just begun."""
        self.close()
        database = SealedDatabase(self.path, self.keystore)
        self.storage = DeviceStorage(database, self.keystore, self.name, SUITE, DEFAULT_POLICY)
        return self.storage.device(self.access, clock=self.clock)

    def close(self) -> None:
        """End its process."""
        if self.storage is not None:
            self.storage.close()
            self.storage = None

    def said(self) -> list[tuple[str, bytes]]:
        assert self.storage is not None
        return [(event.kind, event.data) for event in self.storage.events() if event.data]


class Flaky(DeviceAccess):
    """The way to a service over a bad network: `lost` says whether a request or its answer is lost."""

    lost: str = ""

    def submit(self, group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        with self.network():
            return super().submit(group_id, message, welcome)

    def accept(self, key_package_ref: bytes, group_id: bytes, next_index: int) -> None:
        with self.network():
            super().accept(key_package_ref, group_id, next_index)

    def open_group(self, group_id: bytes, *arguments: Any, **options: Any) -> None:
        with self.network():
            super().open_group(group_id, *arguments, **options)

    @contextmanager
    def network(self) -> Iterator[None]:
        if self.lost == "request":
            raise Unavailable("the network is gone")
        yield
        if self.lost == "answer":
            raise Unavailable("the network is gone")


def bob(service: DeliveryService, clock: Callable[[], int] = lambda: START) -> Device:
    """A device in memory."""
    return Device("Bob", SUITE, DeviceAccess(service), entropy=entropy_source(0, "Bob"), clock=clock)


def with_bob(alice: Folder, service: DeliveryService) -> tuple[Device, Device]:
    """Alice's device, opened again, and Bob's, in one group."""
    other = bob(service, alice.clock)
    other.publish_key_package()
    device = alice.open()
    device.commit(GROUP, add=["Bob"])
    device.fetch(GROUP)
    other.accept_invitations()
    return device, other


def another(service: DeliveryService, name: str, seed: int = 0) -> Device:
    """A device in memory that has published a key package."""
    made = Device(name, SUITE, DeviceAccess(service), entropy=entropy_source(seed, name), clock=lambda: START)
    made.publish_key_package()
    return made


def before_each_submit(folder: Folder, *acts: Callable[[], object]) -> None:
    """Let others act just before the device's next messages reach the service."""
    waiting, submit = list(acts), type(folder.access).submit

    def late(group_id: bytes, message: bytes, welcome: bytes | None = None) -> Entry:
        if waiting:
            waiting.pop(0)()
        return submit(folder.access, group_id, message, welcome)

    folder.access.submit = late  # type: ignore[method-assign] # others are faster


def deliver(folder: Folder, change: Callable[[tuple[Entry, ...]], tuple[Entry, ...]] | None) -> None:
    """Let the service give the device's log with a change; None for as it is."""
    given = type(folder.access).entries

    def entries(group_id: bytes, start: int = 0) -> tuple[Entry, ...]:
        came = given(folder.access, group_id, start)
        return came if change is None else change(came)

    folder.access.entries = entries  # type: ignore[method-assign] # a service that lies


def commits(device: Device, **what: Any) -> Callable[[], None]:
    """What lets a device commit in the newest epoch."""

    def act() -> None:
        device.fetch(GROUP)
        device.commit(GROUP, **what)
        device.fetch(GROUP)

    return act


def members(device: Device) -> list[str]:
    """The names of the members, by their leaves."""
    return [credential_name(leaf_node) for _, leaf_node in device.state(GROUP).tree.leaves()]
