"""What all groups of a world share: people with devices, a delivery service, a clock, and the log of actions."""

from __future__ import annotations

from itertools import count
from typing import Literal, TypeAlias

from workbench.client import Device
from workbench.delivery import DeliveryService, Entry
from workbench.delivery.rows import device_id
from workbench.inspect.trace import Recorder, TracedSuite
from workbench.lab.action_log import PerformedAction
from workbench.lab.public_work import PublicWork
from workbench.lab.services import WorldService
from workbench.lab.sources import Clock, MachineClock, signers
from workbench.mls import CipherSuite, KeyPackageBundle, Policy, cipher_suite

Handshakes: TypeAlias = Literal["public", "private"]


class Environment:
    """The devices, the delivery service and the clock of all groups of the same people.

    `held` are the people whose devices receive nothing, `delayed` those whose devices receive no application messages.
    `bundles` has the last key package that each person published. `action_log` lists the actions in all groups. With
    `keystores` each device has its signature keys in a keystore: no state holds one, so none can leak.
    """

    def __init__(
        self, seed: int | str, handshakes: Handshakes, policy: Policy, home: WorldService, *, keystores: bool = False
    ) -> None:
        self.seed = seed
        self.handshakes = handshakes
        self.policy = policy
        self.home = home
        self.keystores = keystores
        self.devices: dict[str, Device] = {}
        self.recorders: dict[str, Recorder] = {}
        self.held: set[str] = set()
        self.delayed: set[str] = set()
        self.bundles: dict[str, KeyPackageBundle] = {}
        self.action_log: list[PerformedAction] = []
        self._public_work = PublicWork()
        self._group_numbers = count(2)

    @property
    def clock(self) -> Clock | MachineClock:
        """The clock of all devices."""
        return self.home.clock

    @property
    def service(self) -> DeliveryService:
        """The delivery service, as its operator has it. Raises `NotPossible` for one elsewhere."""
        return self.home.operator

    def add_device(self, name: str, suite: CipherSuite) -> Device:
        """Make a device for a new person. A recorder of its own records the device's operations."""
        recorder, entropy = Recorder(), self.home.entropy(name)
        self.recorders[name] = recorder
        self.devices[name] = Device(
            name,
            TracedSuite.of(suite, recorder),
            self.home.transport(name),
            entropy=entropy,
            clock=self.clock,
            private_handshakes=self.handshakes == "private",
            policy=self.policy,
            suites=lambda number: TracedSuite.of(cipher_suite(number), recorder),
            process_public=self._public_work,
            signing_key=signers(entropy) if self.keystores else None,
        )
        return self.devices[name]

    def waiting(self, name: str, group_id: bytes) -> tuple[Entry, ...]:
        """The messages of a group that wait for a person's device. Raises `NotPossible` for a service elsewhere."""
        return self.service.waiting(group_id, self._device_id(name))

    def drop(self, name: str, group_id: bytes) -> None:
        """Let the delivery service drop the messages that wait. Raises `NotPossible` for a service elsewhere."""
        self.service.drop(group_id, self._device_id(name))

    def _device_id(self, name: str) -> str:
        device = self.devices[name]
        return device_id(device.suite.id, device.signature_key())

    def next_group_number(self) -> int:
        """The next number for a new group. The first group has number 1."""
        return next(self._group_numbers)
