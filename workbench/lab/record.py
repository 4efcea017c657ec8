"""The record of one group, step by step: its history, its trace, and the attacker who hears every message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbench.adversary import Attacker, Finding
from workbench.client import Device, DeviceState, Event
from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.names import as_name
from workbench.inspect.trace import Recorder, TracedSuite
from workbench.inspect.trace_format import HolderId, StepKind
from workbench.inspect.trace_writer import RecordedStep, Sent, TraceWriter
from workbench.lab.elsewhere import Arrival, Elsewhere
from workbench.lab.environment import Environment
from workbench.lab.progress import watched
from workbench.lab.services import ServiceElsewhere
from workbench.mls import CipherSuite, GroupState

SERVER = "server"
ATTACKER = "attacker"


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One step of a group's history: who did what, and the state of every device after the step.

    `held` are the people whose devices were held back, so that nothing reached them.
    """

    kind: StepKind
    actor: HolderId
    text: str
    now: int
    device_states: Mapping[str, DeviceState] = field(repr=False)
    events: Mapping[str, tuple[Event, ...]] = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)
    group_id: bytes = field(repr=False)
    held: frozenset[str] = frozenset()

    def state(self, name: str) -> GroupState | None:
        """The state of the group that a device had after the step; None if it had none."""
        return state_in(self.device_states[name], self.group_id) if name in self.device_states else None


class GroupRecord:
    """The record of one group. `publish` puts a message on the wire, `write` ends a step."""

    def __init__(
        self, environment: Environment, suite: CipherSuite, group_id: bytes, attacker: Attacker | None, *, number: int
    ) -> None:
        """`number` is the number of the group, from 0. `attacker` is the attacker of the same people's first group."""
        self.group_id = group_id
        self.history: list[HistoryStep] = []
        self._environment = environment
        self._suite = suite
        self._recorder = Recorder()
        traced = TracedSuite.of(suite, self._recorder)
        self.attacker = (
            Attacker(traced, group_id, environment.policy) if attacker is None else attacker.beside(traced, group_id)
        )
        self._writer = TraceWriter(suite, group_id, prefix=f"g{number + 1}s" if number else "s")
        self._writer.add_holder(SERVER, "the server", "server")
        self._writer.add_holder(ATTACKER, "the attacker", "attacker")
        self._on_the_wire: list[Sent] = []
        self._found = 0
        home = environment.home
        self._elsewhere = Elsewhere(home, group_id) if isinstance(home, ServiceElsewhere) else None
        for device in environment.devices.values():
            self.add_holder(device)
        self.trace = self._writer.trace

    def add_holder(self, device: Device) -> None:
        """Record the secrets of one more person's device."""
        own = device.signature_key(self._suite.id)
        self._writer.add_holder(device.name, as_name(device.name), "member", signature_key=own)

    def publish(self, sent: Sent) -> None:
        """Put a message of the group on the wire, where the attacker hears it."""
        self._on_the_wire.append(sent)
        self.attacker.hear(sent.wire)

    def latest(self) -> GroupState | None:
        """The state of a member in the latest epoch. The last committer has one, because it reads its own commit."""
        states = (state_in(device.device_state, self.group_id) for device in self._environment.devices.values())
        following = [state for state in states if state is not None and (state.active or state.reinit is not None)]
        return max(following, key=lambda state: state.epoch, default=None)

    def write(
        self,
        kind: StepKind,
        actor: HolderId,
        text: str = "",
        *,
        before: GroupState | None = None,
        victim: str | None = None,
        shared: str | None = None,
        between: tuple[str, ...] = (),
    ) -> None:
        """Deliver all messages, record the step, and advance the clock.

        Where other worlds share the delivery service, all that their devices have sent before makes steps of its own.
        """
        until = None if self._elsewhere is None else self._follow(self._elsewhere)
        self._write(kind, actor, text, before=before, victim=victim, shared=shared, between=between, until=until)

    def receive(self, name: str) -> None:
        """Record what devices of other worlds have sent, a step for each message; a person whom they added joins."""
        elsewhere, device = self._elsewhere, self._environment.devices[name]
        if elsewhere is None or name in self._environment.held:
            return
        if self.group_id not in device.device_state.groups:
            welcome = elsewhere.welcome(device)
            if welcome is None:
                return
            self.publish(Sent("welcome", None, welcome))
            self._write("join", name, until=0)
        self._follow(elsewhere)

    def _follow(self, elsewhere: Elsewhere) -> int | None:
        """Write a step for each message of others that comes before this world's own; the place where that ends."""
        own, self._on_the_wire = self._on_the_wire, []
        devices = self._environment.devices
        while isinstance(come := elsewhere.next([devices[name] for name in self._awake()], devices.values()), Arrival):
            before = self.latest()
            for sent in come.sent:
                self.publish(sent)
            self._write(come.step, None, before=before, until=come.entry.index + 1)
        self._on_the_wire = own
        return come

    def _awake(self) -> list[str]:
        return [name for name in self._environment.devices if name not in self._environment.held]

    def _write(
        self,
        kind: StepKind,
        actor: HolderId | None,
        text: str = "",
        *,
        before: GroupState | None = None,
        victim: str | None = None,
        shared: str | None = None,
        between: tuple[str, ...] = (),
        until: int | None = None,
    ) -> None:
        environment = self._environment
        words = "Devices that have received this step"
        events = {name: self._deliver(environment.devices[name], until) for name in watched(self._awake(), words)}
        earlier = self.history[-1].device_states if self.history else {}
        device_states = {name: device.device_state for name, device in environment.devices.items()}
        changed = {name: held for name, held in device_states.items() if earlier.get(name) is not held}
        findings = tuple(self.attacker.findings[self._found :])
        self._found = len(self.attacker.findings)
        here = {name: held.within(self.group_id) for name, held in changed.items()}
        performed = {name: recorder.take() for name, recorder in environment.recorders.items()}
        after = self.latest()
        self._writer.write(
            RecordedStep(
                kind,
                actor,
                environment.clock.now,
                before=before,
                after=after,
                messages=tuple(self._on_the_wire),
                states={name: state_in(held, self.group_id) for name, held in changed.items()},
                held={**here, ATTACKER: self.attacker.all_secrets()} if findings else here,
                operations={**performed, ATTACKER: self._recorder.take()},
                followers=self._followers(),
                victim=victim,
                shared=shared,
                between=between,
            )
        )
        self._on_the_wire.clear()
        told = _told(events if actor not in events else {actor: events[actor]})
        by = actor or (told and told.actor) or SERVER
        words = text or (told.text if told else "A message came, and no device here has read it")
        self.history.append(
            HistoryStep(
                kind,
                by,
                words,
                environment.clock.now,
                device_states,
                events,
                findings,
                self.group_id,
                frozenset(environment.held),
            )
        )
        environment.clock.tick()

    def _followers(self) -> dict[HolderId, int]:
        epoch = self.attacker.epoch()
        return {} if epoch is None else {ATTACKER: epoch}

    def _deliver(self, device: Device, until: int | None) -> tuple[Event, ...]:
        invited = device.accept_invitations(self.group_id)
        if self.group_id not in device.device_state.groups:
            return invited
        events = device.fetch(self.group_id, messages=device.name not in self._environment.delayed, until=until)
        if device.device_state.groups[self.group_id].before is not None:
            device.confirm_removal(self.group_id)  # the people of the lab take their removal at its word
        return invited + events


def _told(events: Mapping[str, tuple[Event, ...]]) -> Event | None:
    """The event that says what a step was: that of its commit, or else the first that a device was told."""
    every = [event for each in events.values() for event in each]
    return next((event for event in every if event.kind == "commit"), every[0] if every else None)


def knowledge_of(device_state: DeviceState, group_id: bytes) -> ExplainKnowledge:
    """What a device knows in addition to its state of a group: input for `explain`."""
    pending = device_state.groups[group_id].pending if group_id in device_state.groups else None
    return ExplainKnowledge(
        psks=device_state.all_psks,
        bundles=tuple(device_state.bundles.values()),
        pending=None if pending is None else pending.committed,
    )


def state_in(device_state: DeviceState, group_id: bytes) -> GroupState | None:
    """A device's state of a group; None if it has none."""
    membership = device_state.groups.get(group_id)
    return None if membership is None else membership.state
