"""What a device holds, written down before anything follows from it.

The order is the same for all that a device sends: the device writes down the message and the state without the keys
that sealed it; then it sends the message; when the service has taken it, the device writes down what it goes on with.
So a device that is killed in between finds the message in its outbox and sends the same bytes again, and the service
gives the same answer. A generation of a ratchet that has sealed a message seals no other one (RFC 9420 §9.1), whether
or not the service took the message.

What a device receives is in the same transaction as the state that has read it, and is acknowledged after that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol, cast, runtime_checkable

from workbench.client.care import NO_CARE
from workbench.client.change import Change
from workbench.client.device_state import DeviceState, Membership, Pending, Unsent
from workbench.client.events import Event, having_sent
from workbench.client.fork_watch import ended
from workbench.delivery import AlreadyThere, Entry, LateMessage, Refused, Transport, Unavailable, WrongOrder
from workbench.mls import GroupState, Misuse, MLSError, PendingCommit, encode


@runtime_checkable
class StateStorage(Protocol):
    """Where a device that lasts writes its state; one in memory has none."""

    def load(self) -> DeviceState | None:
        """The state that was written last; None before the first."""

    def save(self, before: DeviceState | None, after: DeviceState, events: Sequence[Event]) -> None:
        """Write down the next state, and what the device has learned with it, in one transaction."""


class Journal:
    """The state of a device, and the way in which it changes."""

    def __init__(self, first: Callable[[], DeviceState], storage: StateStorage | None) -> None:
        self._storage = storage
        kept = None if storage is None else storage.load()
        self.state = first() if kept is None else kept
        if storage is not None and kept is None:
            storage.save(None, self.state, ())

    def put(self, after: DeviceState, *events: Event) -> None:
        """Go on with another state, once it is written down with what the device has learned."""
        if self._storage is not None:
            self._storage.save(self.state, after, events)
        self.state = after

    def send(
        self,
        service: Transport,
        group_id: bytes,
        unsent: Unsent,
        *,
        sealing: GroupState | None = None,
        change: Change | None = None,
    ) -> Entry:
        """Write a message down and send it; `sealing` is the state of the group without the keys that sealed it.

        Gives its entry in the log; there is none if only the log of a group was opened.
        Raises what the service raises, and `Misuse` while another message of the group waits. `Unavailable` leaves the
        message in the outbox; after any other refusal it is gone, and so are its keys. A `change`, which the message
        makes, stays after a `LateCommit`, to be made again.
        """
        if group_id in self.state.outbox:
            raise Misuse("§9.1", "a message of this group waits in the outbox: `fetch` sends it again, then go on")
        after = self.state
        if sealing is not None:
            after = after.with_group(replace(after.groups[group_id], state=sealing))
        if change is not None:
            after = after.with_change(group_id, change)
        self.put(after.with_unsent(group_id, unsent))
        try:
            entry = _deliver(service, group_id, unsent, again=False)
        except Unavailable:
            raise
        except (Refused, MLSError) as error:
            self.put(_refused(self.state, group_id, error))
            raise
        self.put(_taken(self.state, group_id, unsent, entry), *_told(unsent))
        return cast("Entry", entry)

    def send_again(self, service: Transport, group_id: bytes) -> tuple[Event, ...]:
        """Send what waits in the outbox of a group, if anything does; the event says that the service has refused it.

        Raises `Unavailable`.
        """
        unsent = self.state.outbox.get(group_id)
        if unsent is None:
            return ()
        try:
            entry = _deliver(service, group_id, unsent, again=True)
        except Unavailable:
            raise
        except (Refused, MLSError) as error:
            epoch = self.state.groups[group_id].state.epoch if group_id in self.state.groups else 0
            event = Event("unsent", group_id, epoch, "", f"What waited in the outbox was not taken: {error}")
            self.put(_refused(self.state, group_id, error), event)
            return (event,)
        self.put(_taken(self.state, group_id, unsent, entry), *_told(unsent))
        return ()

    def report_joins(self, service: Transport) -> None:
        """Tell the service which Welcomes were used; a device that was killed before tells it when it comes back."""
        for used in sorted(self.state.unreported):
            with suppress(WrongOrder):  # the service knows it: only its answer was lost
                service.accept(*used)
            self.put(self.state.having_reported(used))


def founding(committed: PendingCommit, *, late_epochs: int) -> Unsent:
    """The first commit of a group, before which the log of the group is opened."""
    welcome = None if committed.welcome is None else encode(committed.welcome)
    message = encode(committed.message)
    return Unsent(message, welcome, committed.next, enters=True, late_epochs=late_epochs)


def _deliver(service: Transport, group_id: bytes, unsent: Unsent, *, again: bool) -> Entry | None:
    """Put a message into the log of its group, and open the log before if that is due."""
    if unsent.late_epochs is not None:
        try:
            service.open_group(group_id, late_epochs=unsent.late_epochs)
        except AlreadyThere:
            if not again:
                raise
            service.entries(group_id)  # opened by the attempt before; a log of somebody else is refused here
    return None if unsent.message is None else service.submit(group_id, unsent.message, unsent.welcome)


def _told(unsent: Unsent) -> tuple[Event, ...]:
    """What the history of the device says of a message that the service has taken."""
    if unsent.says and isinstance(unsent.accepted, GroupState):
        return (having_sent(unsent.accepted, unsent.says),)
    return ()


def _refused(state: DeviceState, group_id: bytes, error: Refused | MLSError) -> DeviceState:
    """The state once the service has refused a message; a change that came too late is still to be made."""
    after = state.without_unsent(group_id)
    return after if isinstance(error, LateMessage) else after.with_change(group_id, None)


def _taken(state: DeviceState, group_id: bytes, unsent: Unsent, entry: Entry | None) -> DeviceState:
    """The state once the service has taken a message."""
    accepted, known = unsent.accepted, state.groups.get(group_id)
    own = frozenset[int]() if entry is None else frozenset({entry.index})
    if unsent.enters or known is None:
        after = accepted.next if isinstance(accepted, PendingCommit) else accepted
        membership = Membership(after, 0 if entry is None else entry.index + 1, own)
        state = ended(state, group_id)
    elif isinstance(accepted, PendingCommit):
        pending = None if entry is None else Pending(entry.index, accepted)
        membership = replace(known, state=accepted.current, own=known.own | own, pending=pending)
        state = state.with_change(group_id, None)
    else:
        membership = replace(known, state=accepted, own=known.own | own)
    if unsent.says:
        care = state.care.get(group_id, NO_CARE)
        state = state.with_care(group_id, replace(care, messages=care.messages + 1))
    return state.without_unsent(group_id).with_group(membership)
