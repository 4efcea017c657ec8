"""The view of a room: the screens of all people of a group side by side, and who can read which message.

A screen shows what its device has decrypted, was told, and warns of. Who could read a message is computed from the keys
of each device (`adversary.readers`). Trials are real: a device, the service or the attacker tries to open the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest

from workbench.adversary.readers import MessageReaders, message_readers
from workbench.adversary.verdict import RecordedHistory
from workbench.client.alerts import Alert
from workbench.client.events import Event
from workbench.client.introduction import is_archive
from workbench.client.roster import RosterDevice
from workbench.client.safety_codes import group_code
from workbench.delivery import Entry
from workbench.inspect.device_names import DeviceName, user_of
from workbench.inspect.names import as_name, credential_name, device_of
from workbench.inspect.trace_format import Trace
from workbench.lab import NotPossible, World
from workbench.lab.actions import reason_against
from workbench.lab.actions.people import alerts_for, members_seen
from workbench.lab.leaks import recorded_history
from workbench.lab.record import ATTACKER, SERVER, HistoryStep
from workbench.mls import GroupState, decode
from workbench.mls.wire.messages import ApplicationData, GroupContext
from workbench.views.room_schema import (
    FORMAT,
    VERSION,
    AlertView,
    KnownDeviceView,
    RoomMessageView,
    RoomView,
    ScreenLineView,
    ScreenMemberView,
    ScreenView,
    SituationView,
    WaitingView,
)
from workbench.views.trial import trials, trier


def room_view(world: World, title: str = "The room", *, recorded: RecordedHistory | None = None) -> RoomView:
    """The view of a world's group: a screen for each device that has ever been in it, in the order of their coming.

    `recorded` may give the recorded history of the group, so that it is not computed again.
    """
    return GrowingRoom().view(world, title, recorded=recorded)


class GrowingRoom:
    """Makes the views of a room whose history grows: what a device could read is computed once."""

    def __init__(self) -> None:
        self._steps: list[HistoryStep] = []
        self._readers: tuple[MessageReaders, ...] = ()

    def view(self, world: World, title: str, *, recorded: RecordedHistory | None = None) -> RoomView:
        """The view of a world's group. `recorded` may give its recorded history, so that it is not computed again."""
        goes_on = all(one is other for one, other in zip_longest(self._steps, world.history[: len(self._steps)]))
        room = _Room(world, recorded or recorded_history(world), self._readers if goes_on else ())
        self._steps, self._readers = [*world.history], room.readers
        return room.view(title)


@dataclass(frozen=True)
class _Room:
    """A world, with what several parts of its view need. `earlier` are the readers when its history was shorter."""

    world: World
    recorded: RecordedHistory
    earlier: tuple[MessageReaders, ...]
    badges: dict[tuple[GroupContext, bytes], tuple[int, int, str]] = field(default_factory=dict)

    @cached_property
    def trace(self) -> Trace:
        return self.world.trace()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The devices that have ever been in the group, the first that came first."""
        came = dict[str, None]()
        for history_step in self.world.history:
            came |= dict.fromkeys(name for name in history_step.device_states if history_step.state(name) is not None)
        return tuple(came)

    @cached_property
    def hues(self) -> Mapping[str, int]:
        """A hue for each user: the devices of one user have the same."""
        users = dict.fromkeys(user_of(name) for name in self.names)
        return {user: number % 8 for number, user in enumerate(users)}

    @cached_property
    def numbers(self) -> Mapping[tuple[int, int], int]:
        """The index of each application message, by its place in the trace."""
        places = ((each.message.step, each.message.message) for each in self.readers)
        return {place: number for number, place in enumerate(places)}

    @cached_property
    def readers(self) -> tuple[MessageReaders, ...]:
        return message_readers(self.recorded, self.names, self.earlier)

    def wire(self, number: int) -> bytes:
        at = self.readers[number].message
        return bytes.fromhex(self.trace["steps"][at.step]["messages"][at.message]["wire"])

    @cached_property
    def by_wire(self) -> Mapping[bytes, int]:
        """The index of each application message, by its bytes."""
        return {self.wire(number): number for number in reversed(range(len(self.readers)))}

    def view(self, title: str) -> RoomView:
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": title,
            "steps": [history_step.text for history_step in self.world.history],
            "screens": [self.screen(name) for name in self.names],
            "devices": [self.device(each) for each in self.known],
            "triers": [trier(name) for name in (*self.names, SERVER, ATTACKER)],
            "messages": [self.message(number) for number in range(len(self.readers))],
        }

    def screen(self, name: str) -> ScreenView:
        device, own = self.world.devices[name], DeviceName.of(name)
        return {
            "id": name,
            "name": as_name(name),
            "user": as_name(own.user),
            "device": own.device,
            "archive": is_archive(device.leaf_extensions),
            "hue": self.hues[own.user],
            "lines": list(self.lines(name)),
            "situations": list(self.situations(name)),
            "members": [self.member(each) for each in self.rosters[name]],
            "alerts": [self.alert(name, each) for each in alerts_for(self.world.group, name, self.rosters[name])],
            "pen": list(self.pen(name)),
        }

    # What stands on a screen

    def lines(self, name: str) -> Iterator[ScreenLineView]:
        """The lines of a screen: messages as the device has read them, and between them what happened."""
        earlier: GroupState | None = None
        for step, history_step in enumerate(self.world.history):
            state = history_step.state(name)
            read = iter(self.read_in(step, name))
            if state is not None and (earlier is None or state.first_epoch != earlier.first_epoch):
                yield _line(step, "boundary", _boundary(name, earlier, state))
            for event in history_step.events.get(name, ()):
                if event.kind == "message":
                    yield _line(step, "message", message=next(read, None))
                elif event.kind != "joined":
                    yield from _told(step, event)
            if history_step.kind == "message" and history_step.actor == name:
                yield _line(step, "own", message=self.numbers[step, self.place_in(step)])
            earlier = state or earlier

    def read_in(self, step: int, name: str) -> Iterator[int]:
        """The application messages that a device has read in a step, in order."""
        for read in self.trace["steps"][step]["reads"]:
            place = read["step"], read["message"]
            if name in read["by"] and place in self.numbers:
                yield self.numbers[place]

    def place_in(self, step: int) -> int:
        """The place of the application message among the messages of a step."""
        kinds = [message["kind"] for message in self.trace["steps"][step]["messages"]]
        return kinds.index("application")

    def situations(self, name: str) -> Iterator[SituationView]:
        """The head of a screen, whenever it changes."""
        before: dict[str, object] = {}
        for step, history_step in enumerate(self.world.history):
            state, epoch = history_step.state(name), self.trace["steps"][step]["epoch"]
            is_last = step == len(self.world.history) - 1
            status = _status(state, epoch, away=is_last and self.world.is_held(name))
            found: dict[str, object] = {"status": status, "epoch": -1 if state is None else state.epoch}
            if found != before:
                before = found
                yield self.situation(step, status, state)

    def situation(self, step: int, status: str, state: GroupState | None) -> SituationView:
        if state is None:
            return {"step": step, "status": status, "epoch": -1, "people": 0, "devices": 0, "code": ""}
        # All members of an epoch have the same group, so what is shown of it is made for the first of them.
        epoch = state.context, state.secrets.epoch_authenticator
        if epoch not in self.badges:
            names = [credential_name(leaf_node) for _, leaf_node in state.tree.leaves()]
            self.badges[epoch] = len({*map(user_of, names)}), len(names), group_code(state)
        people, devices, code = self.badges[epoch]
        return {
            "step": step,
            "status": status,
            "epoch": state.epoch,
            "people": people,
            "devices": devices,
            "code": code,
        }

    @cached_property
    def rosters(self) -> Mapping[str, tuple[RosterDevice, ...]]:
        """The list of devices on each screen."""
        return {name: members_seen(self.world.group, name) for name in self.names}

    @cached_property
    def known(self) -> tuple[RosterDevice, ...]:
        """All devices that are on some list, once each: by their codes."""
        return tuple({each.code: each for members in self.rosters.values() for each in members}.values())

    def device(self, device: RosterDevice) -> KnownDeviceView:
        acted = [step for step, each in enumerate(self.world.history) if each.actor == device.identity]
        return {
            "name": device.name,
            "user": as_name(device.user),
            "archive": device.is_archive,
            "code": device.code,
            "active": acted[-1] if acted else None,
        }

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The index of each known device, by its code."""
        return {each.code: number for number, each in enumerate(self.known)}

    def member(self, member: RosterDevice) -> ScreenMemberView:
        return {
            "device": self.places[member.code],
            "leaf": int(member.leaf),
            "since": member.since,
            "standing": member.standing,
            "approver": as_name(member.approver) if member.approver else "",
        }

    def alert(self, name: str, alert: Alert) -> AlertView:
        return {
            "kind": alert.kind,
            "what": alert.what,
            "advice": alert.advice,
            "steps": [
                {
                    "act": step.act,
                    "label": step.label,
                    "leaf": None if step.leaf is None else int(step.leaf),
                    "reason": self.reason(name, step.act, *(() if step.leaf is None else (step.leaf,))),
                }
                for step in alert.steps
            ],
        }

    def reason(self, name: str, act: str, *arguments: int) -> str:
        if act == "review":
            return ""
        return reason_against(self.world.group, act, name, *arguments) or ""

    def pen(self, name: str) -> Iterator[WaitingView]:
        """The messages that wait for a device: for its connection, for an epoch, or because they are late."""
        membership = self.world.devices[name].device_state.groups.get(self.world.group_id)
        if membership is None or not membership.state.active or not self.operates_service:
            return
        epoch, late, held = membership.state.epoch, membership.late, {each.index for each in membership.pen.entries}
        waiting = self.world.group.environment.waiting(name, self.world.group_id)
        known = {entry.index: entry for entry in (*waiting, *membership.pen.entries)}
        for index, entry in sorted(known.items()):
            if entry.message in self.by_wire and (index in {*late, *held} or index >= membership.next_index):
                yield {"message": self.by_wire[entry.message], "reason": _reason(entry, epoch, is_late=index in late)}

    @cached_property
    def operates_service(self) -> bool:
        """Whether the delivery service is the world's own, so that its queues can be looked at."""
        try:
            return self.world.service is not None
        except NotPossible:
            return False

    # Messages

    def message(self, number: int) -> RoomMessageView:
        reader = self.readers[number]
        at, wire = reader.message, self.wire(number)
        found = trials(self.world, (*self.names, SERVER, ATTACKER), wire)
        outcomes = [each for index, each in enumerate(found) if each not in found[:index]]
        return {
            "step": at.step,
            "epoch": at.epoch,
            "sender": self.names.index(at.sender) if at.sender in self.names else None,
            "text": self.text(number),
            "size": len(wire),
            "wire": wire.hex(),
            "then": self.indexes(reader.then),
            "now": self.indexes(reader.now),
            "ever": self.indexes(reader.ever),
            "outcomes": outcomes,
            "trials": [outcomes.index(each) for each in found],
        }

    def indexes(self, names: Iterable[str]) -> list[int]:
        return sorted(self.names.index(name) for name in names)

    def text(self, number: int) -> str:
        """What a message says, as a device has decrypted it, or as its sender has written it if nobody has read it."""
        at = self.readers[number].message
        content = self.trace["steps"][at.step]["messages"][at.message].get("content")
        if content is not None:
            return _as_text(decode(ApplicationData, bytes.fromhex(content)).application_data)
        group = self.world.group.number
        for performed in self.world.action_log:
            if performed.name == "send" and performed.steps[group : group + 1] == (at.step + 1,):
                return str(performed.arguments[1])
        return ""


def _line(step: int, kind: str, text: str = "", *, message: int | None = None) -> ScreenLineView:
    return {"step": step, "kind": kind, "text": text, "message": message}


def _told(step: int, event: Event) -> Iterator[ScreenLineView]:
    """The lines for what a device was told, but for messages."""
    if event.kind in {"refused", "waiting"}:
        yield _line(step, "refused", event.text)
        return
    for sentence in event.readable or (event.text,):
        yield _line(step, "end" if event.kind == "removed" else "event", sentence)


def _boundary(name: str, earlier: GroupState | None, state: GroupState) -> str:
    device = device_of(name)
    if earlier is not None:
        missed = f"What was sent after epoch {earlier.epoch} cannot be read here."
        return f"{device} came back in epoch {state.epoch}. {missed}"
    if state.first_epoch == 0:
        return f"{device} created the group."
    return f"{device} came in with epoch {state.first_epoch}. What was sent before cannot be read here."


def _status(state: GroupState | None, epoch: int, *, away: bool) -> str:
    if state is None:
        return "outside"
    if not state.active:
        return "removed"
    return "away" if away else "in" if state.epoch >= epoch else "behind"


def _reason(entry: Entry, epoch: int, *, is_late: bool) -> str:
    if is_late:
        return "is late: the network has not delivered it"
    return f"waits for epoch {entry.epoch}" if entry.epoch > epoch else "waits for the connection"


def _as_text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return f"{len(data)} bytes that are not text"
