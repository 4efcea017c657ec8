"""A delivery service with a clock that is set by hand, and devices that have proved who they are."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.delivery.uploads import GROUP, NOW, Person, commit, welcome
from workbench.delivery import DeliveryService, Settings, Store
from workbench.delivery.access import DeviceAccess
from workbench.delivery.memory import MemoryStore


@dataclass
class Desk:
    """The service, its time, and access for a person's device."""

    store: Store = field(default_factory=MemoryStore)
    settings: Settings = field(default_factory=Settings)
    now: int = NOW

    def __post_init__(self) -> None:
        self.service = DeliveryService(clock=lambda: self.now, store=self.store, settings=self.settings)

    def access(self, person: Person) -> DeviceAccess:
        """What the device of a person may do; it is registered when it comes first."""
        with self.store.write() as rows:
            if rows.device(person.row.device) is None:
                rows.add_device(person.row)
        return DeviceAccess(self.service, person.row)

    def group(self, founder: Person, *others: Person, late_epochs: int = 0) -> list[DeviceAccess]:
        """A group that the founder has opened, and to which one commit has added the others."""
        first = self.access(founder)
        first.open_group(GROUP, late_epochs=late_epochs)
        rest = [self.access(other) for other in others]
        for access, other in zip(rest, others, strict=True):
            access.publish_key_package(other.name, other.upload(0))
            first.take_key_package(other.name, 1)
        if others:
            first.submit(GROUP, commit(0), welcome(*(other.reference(0) for other in others)))
        return [first, *rest]
