"""What all groups of a world share: people with devices, a delivery service, a clock, and the log of actions."""

from __future__ import annotations

import hashlib
from itertools import count
from typing import Literal, TypeAlias

from workbench.client import Device
from workbench.delivery import DeliveryService, Settings
from workbench.delivery.access import DeviceAccess
from workbench.inspect.trace import Recorder, TracedSuite
from workbench.lab.action_log import PerformedAction
from workbench.lab.public_work import PublicWork
from workbench.lab.sources import Clock, entropy_source
from workbench.mls import CipherSuite, KeyPackageBundle, Policy, cipher_suite

Handshakes: TypeAlias = Literal["public", "private"]


class Environment:
    """The devices, the delivery service and the clock of all groups of the same people.

    `held` are the people whose devices receive nothing, `delayed` those whose devices receive no application messages.
    `bundles` has the last key package that each person published. `action_log` lists the actions in all groups.
    """

    def __init__(
        self, seed: int | str, handshakes: Handshakes, policy: Policy, settings: Settings | None = None
    ) -> None:
        self.seed = seed
        self.handshakes = handshakes
        self.policy = policy
        self.clock = Clock()
        self.service = DeliveryService(clock=self.clock, settings=settings)
        self.devices: dict[str, Device] = {}
        self.recorders: dict[str, Recorder] = {}
        self.held: set[str] = set()
        self.delayed: set[str] = set()
        self.bundles: dict[str, KeyPackageBundle] = {}
        self.action_log: list[PerformedAction] = []
        self._public_work = PublicWork()
        self._group_numbers = count(2)

    def add_device(self, name: str, suite: CipherSuite) -> Device:
        """Make a device for a new person. A recorder of its own records the device's operations."""
        recorder = self.recorders[name] = Recorder()
        self.devices[name] = Device(
            name,
            TracedSuite.of(suite, recorder),
            DeviceAccess(self.service),
            entropy=entropy_source(self.seed, name),
            clock=self.clock,
            private_handshakes=self.handshakes == "private",
            policy=self.policy,
            suites=lambda number: TracedSuite.of(cipher_suite(number), recorder),
            process_public=self._public_work,
        )
        return self.devices[name]

    def next_group_number(self) -> int:
        """The next number for a new group. The first group has number 1."""
        return next(self._group_numbers)

    def new_psk(self, name: str) -> bytes:
        """The value of the pre-shared key of a name. The same seed and name give the same value."""
        return hashlib.sha256(f"MLS Workbench lab\0{self.seed}\0psk\0{name}".encode()).digest()
