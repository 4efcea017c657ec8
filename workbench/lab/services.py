"""The delivery service of a world: one in this process, of which the world is the operator, or one elsewhere, by URL.

Over a URL a world is one of several: each notebook has its own devices, and they meet in a room, which is a group. Such
a world draws fresh randomness, because whoever knows a seed knows all keys; its time is that of the machines; and it
records its own devices only. It cannot look into the service, so what only an operator can do is not possible.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from workbench.delivery import DeliveryService, Entry, Invitation, Settings, Transport
from workbench.delivery.access import DeviceAccess
from workbench.lab.errors import NotPossible
from workbench.lab.sources import Clock, MachineClock, entropy_source

if TYPE_CHECKING:
    from workbench.delivery.client import HttpTransport

MISSING = "A delivery service elsewhere needs more packages: pip install 'mls-workbench[service]'"


class OwnService:
    """A delivery service in this process. Its clock, and the randomness of all devices, depend on the seed alone."""

    is_shared = False

    def __init__(self, seed: int | str, settings: Settings | None) -> None:
        self._seed = seed
        self.clock = Clock()
        self.operator = DeliveryService(clock=self.clock, settings=settings)

    def transport(self, _name: str) -> Transport:
        """The way of a new device to the service."""
        return DeviceAccess(self.operator)

    def entropy(self, name: str) -> Callable[[], bytes]:
        """The randomness of a new device, 32 bytes a call."""
        return entropy_source(self._seed, name)

    def new_psk(self, name: str) -> bytes:
        """The value of the pre-shared key of a name. The same seed and name give the same value."""
        return hashlib.sha256(f"MLS Workbench lab\0{self._seed}\0psk\0{name}".encode()).digest()

    def key_packages_left(self, name: str, cipher_suite: int) -> int:
        """How many key packages of a person the directory can still hand out."""
        return self.operator.key_packages_left(name, cipher_suite)

    def close(self) -> None:
        """Nothing: there are no connections."""


class ServiceElsewhere:
    """A delivery service at a URL, at which each device logs in with its own signature key."""

    is_shared = True

    def __init__(self, url: str, settings: Settings | None) -> None:
        if settings is not None:
            raise NotPossible(f"The operator of {url} sets its limits (`workbench serve --set`), not this world")
        self.url = url
        self.clock = MachineClock()
        self._transports: dict[str, HttpTransport] = {}
        self._psks: dict[str, bytes] = {}

    @property
    def operator(self) -> DeliveryService:
        """Not possible: a world sees of a service elsewhere what its devices see."""
        raise NotPossible(f"This world does not operate the delivery service at {self.url}, and cannot look into it")

    def transport(self, name: str) -> Transport:
        """The way of a new device to the service."""
        try:
            from workbench.delivery.client import HttpTransport  # noqa: PLC0415 # the packages may be missing
        except ModuleNotFoundError as error:
            raise NotPossible(MISSING) from error
        made = self._transports[name] = HttpTransport(self.url)
        return made

    def entropy(self, _name: str) -> Callable[[], bytes]:
        """The randomness of a new device, 32 bytes a call, from the operating system."""
        return lambda: secrets.token_bytes(32)

    def new_psk(self, name: str) -> bytes:
        """The value of the pre-shared key of a name, which this world alone knows."""
        return self._psks.setdefault(name, secrets.token_bytes(32))

    def key_packages_left(self, name: str, cipher_suite: int) -> int:
        """How many key packages of a device of this world the directory can still hand out, in its own cipher suite."""
        supply = self._transports[name].supply()
        return supply.left if supply.cipher_suite == cipher_suite else 0

    def entries(self, name: str, group_id: bytes, start: int) -> tuple[Entry, ...]:
        """The log of a group from a place on, as a device of this world may see it."""
        return self._transports[name].entries(group_id, start)

    def welcomes(self, name: str) -> tuple[tuple[bytes, Invitation], ...]:
        """The Welcomes that wait for a device, each with the name of its key package."""
        return self._transports[name].welcomes()

    def close(self) -> None:
        """Close the connections of all devices."""
        for transport in self._transports.values():
            transport.close()


WorldService: TypeAlias = OwnService | ServiceElsewhere
