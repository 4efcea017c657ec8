"""What devices of other worlds have sent to a group, where the worlds share a delivery service.

A world reads the log of its group beside its devices, to put each message of others on its wire and to give each a step
of its own. It sees no more than its devices do: nothing from before the first of them came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.client import Device, Membership
from workbench.delivery import Entry
from workbench.inspect.trace_format import StepKind
from workbench.inspect.trace_writer import Sent
from workbench.lab.services import ServiceElsewhere
from workbench.mls.wire.code_points import ContentType

STEPS: Mapping[ContentType | None, StepKind] = {
    ContentType.application: "message",
    ContentType.proposal: "propose",
    ContentType.commit: "commit",
    None: "process",
}
"""The kind of step that an entry of the log makes; a notice that an epoch is open again is no message."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry of the log that a device elsewhere has sent."""

    entry: Entry

    @property
    def step(self) -> StepKind:
        """The kind of step that it makes."""
        return STEPS[self.entry.content_type]

    @property
    def sent(self) -> tuple[Sent, ...]:
        """The message on the wire. Its sender is known when it has been read."""
        match self.entry.content_type:
            case ContentType.application:
                return (Sent("application", None, self.entry.message),)
            case ContentType.proposal:
                return (Sent("proposal", None, self.entry.message),)
            case ContentType.commit:
                return (Sent("commit", None, self.entry.message),)
            case None:
                return ()


class Elsewhere:
    """The log of one group, beyond what this world has recorded of it."""

    def __init__(self, service: ServiceElsewhere, group_id: bytes) -> None:
        self._service = service
        self._group_id = group_id
        self._next: int | None = None

    def next(self, awake: Sequence[Device], devices: Iterable[Device]) -> Arrival | int | None:
        """The next entry that is of none of this world's `devices`; else the place up to which the world may read.

        That is behind an entry of its own, or the end of the log; None if no device that is `awake` is in the group.
        """
        reader = next((device for device in awake if self._group_id in device.device_state.groups), None)
        if reader is None:
            return None
        if self._next is None:
            self._next = self._membership(reader).next_index
        own = frozenset[int]().union(
            *(self._membership(each).own for each in devices if self._group_id in each.device_state.groups)
        )
        for entry in self._service.entries(reader.name, self._group_id, self._next):
            self._next = entry.index + 1
            if entry.index in own:
                break
            if not entry.void:
                return Arrival(entry)
        return self._next

    def welcome(self, device: Device) -> bytes | None:
        """The Welcome to the group that a device has not tried yet; None if there is none."""
        state = device.device_state
        for reference, invitation in self._service.welcomes(device.name):
            place = (invitation.group_id, invitation.next_index)
            if invitation.group_id == self._group_id and reference in state.bundles and place not in state.refused:
                return invitation.welcome
        return None

    def _membership(self, device: Device) -> Membership:
        return device.device_state.groups[self._group_id]
