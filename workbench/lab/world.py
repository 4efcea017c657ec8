"""A world: devices, a delivery service, a thief, and a record of everything that happened.

Nothing in it is a model. Devices run the engine, messages go through the delivery service as bytes, the thief
decrypts. What the world adds is the order of things: who acts, who is out of reach, when time passes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Literal, TypeAlias

from workbench.adversary import Finding, Read, Thief
from workbench.client import Device, Event, Holdings
from workbench.delivery import DeliveryService
from workbench.inspect.names import listed
from workbench.inspect.trace import Recorder, TracedSuite
from workbench.inspect.trace_format import HolderId, StepKind, Trace
from workbench.inspect.trace_writer import Happening, Sent, TraceWriter
from workbench.lab.actions import Action, why_not
from workbench.lab.errors import NotPossible
from workbench.lab.export import PassiveClientCase, export_vector
from workbench.lab.sources import Clock, entropy_source, names
from workbench.mls import GroupState, KeyPackageBundle, LeafIndex, Policy, cipher_suite
from workbench.mls.group.state import DEFAULT_POLICY

Handshakes: TypeAlias = Literal["public", "private"]
GROUP_ID = b"MLS Workbench"
SERVER = "server"
THIEF = "thief"


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened in one step, and all that every device held after it: going back in time is an index."""

    kind: StepKind
    actor: HolderId
    text: str
    now: int
    holdings: Mapping[str, Holdings] = field(repr=False)
    events: Mapping[str, tuple[Event, ...]] = field(repr=False)
    findings: tuple[Finding, ...] = field(repr=False)

    def state(self, name: str) -> GroupState | None:
        """The state that a device had; None if it had none."""
        return _state_in(self.holdings[name]) if name in self.holdings else None


class World:
    """A group and its people. Each action is delivered to everybody at once, but for those who are held back."""

    def __init__(
        self,
        seed: int | str = 7,
        suite: int = 1,
        handshakes: Handshakes = "public",
        *,
        policy: Policy = DEFAULT_POLICY,
    ) -> None:
        self.seed = seed
        self.suite = cipher_suite(suite)
        self.handshakes = handshakes
        self.policy = policy
        self.service = DeliveryService()
        self.clock = Clock()
        self.devices: dict[str, Device] = {}
        self.history: list[Moment] = []
        self._recorders = {THIEF: Recorder()}
        self.thief = Thief(TracedSuite.of(self.suite, self._recorders[THIEF]), GROUP_ID)
        self._writer = TraceWriter(self.suite, GROUP_ID)
        self._writer.add_holder(SERVER, "the server", "server")
        self._writer.add_holder(THIEF, "the thief", "thief")
        self._names: dict[bytes, str] = {}
        self._held: set[str] = set()
        self._on_the_wire: list[Sent] = []
        self._found = 0
        self._bundles: dict[str, KeyPackageBundle] = {}

    @classmethod
    def of(
        cls,
        people: int | Sequence[str],
        seed: int | str = 7,
        suite: int = 1,
        handshakes: Handshakes = "public",
        *,
        awake: int | None = None,
        policy: Policy = DEFAULT_POLICY,
    ) -> World:
        """A world with a group of so many people, or of these: the first one adds all others in one commit.

        Joining takes each of them work for the whole tree, so that a group of N costs N² in all. With `awake`, only
        so many join at once; the others have a Welcome waiting and are held back until they are released.
        """
        world = cls(seed, suite, handshakes, policy=policy)
        first, *others = islice(names(), people) if isinstance(people, int) else people
        for name in (first, *others):
            world.device(name)
        world.create(first)
        for name in () if awake is None else others[max(awake - 1, 0) :]:
            world.hold(name)
        if others:
            world.add(first, *others)
        return world

    def __repr__(self) -> str:
        people = listed(self.members) or "nobody"
        return f"World(seed={self.seed!r}, {people} in epoch {self.epoch}, {len(self.history)} steps)"

    # Looking

    @property
    def members(self) -> tuple[str, ...]:
        """Who is in the group, in the order of the leaves."""
        latest = self._latest()
        if latest is None:
            return ()
        return tuple(self._names[leaf_node.signature_key] for _, leaf_node in latest.tree.leaves())

    @property
    def epoch(self) -> int | None:
        """The epoch of the group; None as long as there is no group."""
        latest = self._latest()
        return None if latest is None else latest.epoch

    def state(self, name: str, step: int = -1) -> GroupState | None:
        """The state of a device after a step, by default the last one; None if it had none."""
        return self.history[step].state(name) if self.history else None

    def reads(self) -> tuple[Read, ...]:
        """What the thief has decrypted so far, in the order in which it was sent."""
        return self.thief.reads()

    def is_held(self, name: str) -> bool:
        """Whether a device receives nothing for the time being."""
        return name in self._held

    def trace(self) -> Trace:
        """Everything that was recorded (docs/trace.md)."""
        return self._writer.trace()

    def bundle_that_joined(self, name: str) -> KeyPackageBundle | None:
        """The last key package of a person, if it has been used: the world remembers what the device forgot."""
        bundle = self._bundles.get(name)
        unused = self.devices[name].holdings.bundles.values() if name in self.devices else ()
        return None if bundle in unused else bundle

    def can(self, action: Action, *people: str) -> str | None:
        """Why an action is not possible, in a sentence; None if it is. The person who acts comes first."""
        return why_not(self, action, *people)

    # Acting

    def device(self, name: str) -> Device:
        """The device of a person; a new one leaves a key package with the delivery service."""
        if name not in self.devices:
            if name in {SERVER, THIEF} or not name.strip():
                raise NotPossible(f"{name!r} is no name for a person")
            recorder = self._recorders[name] = Recorder()
            device = self.devices[name] = Device(
                name,
                TracedSuite.of(self.suite, recorder),
                self.service,
                entropy=entropy_source(self.seed, name),
                clock=self.clock,
                private_handshakes=self.handshakes == "private",
                policy=self.policy,
            )
            signature_key = self.suite.signature_public_key(device.holdings.signature_private_key)
            self._names[signature_key] = name
            self._writer.add_holder(name, name, "member", signature_key=signature_key)
            self._publish_key_package(device)
        return self.devices[name]

    def create(self, name: str) -> None:
        """Make the group, with one member."""
        self._require("create", name)
        self.devices[name].create_group(GROUP_ID)
        self._record("create", name, f"{name} created the group")

    def add(self, by: str, *others: str, path: bool = True) -> None:
        """Commit that others join; without a path it is cheaper, and nobody gets fresh keys."""
        self._require("add", by, *others)
        for other in others:
            if not self.service.key_packages_left(other):
                self._publish_key_package(self.devices[other])
        self._commit(by, add=others, path=path)

    def remove(self, by: str, *others: str) -> None:
        """Commit that others leave."""
        self._require("remove", by, *others)
        self._commit(by, remove=[self._leaf(other) for other in others])

    def update(self, name: str) -> None:
        """Propose a fresh leaf key, for somebody else to commit."""
        self._require("update", name)
        before = self.devices[name].state(GROUP_ID)
        entry = self.devices[name].propose_update(GROUP_ID)
        self._publish(Sent("proposal", name, entry.message))
        self._record("propose", name, f"{name} proposed an update", before)

    def commit(self, name: str, *, path: bool = True) -> None:
        """Commit all that is pending; the path gives the committer fresh keys up to the root."""
        self._require("commit", name)
        self._commit(name, path=path)

    def send(self, name: str, text: str) -> None:
        """Say something to the group."""
        self._require("send", name)
        before = self.devices[name].state(GROUP_ID)
        entry = self.devices[name].send(GROUP_ID, text.encode())
        self._publish(Sent("application", name, entry.message))
        self._record("message", name, f"{name} sent a message", before)

    def steal(self, name: str) -> None:
        """Give the thief all that is on a device now."""
        self._require("steal", name)
        self.thief.steal(name, self.devices[name].holdings)
        self._record("theft", THIEF, f"The thief took all that is on {name}'s device", victim=name)

    def hold(self, name: str) -> None:
        """Let nothing reach a device until it is released."""
        self._require("hold", name)
        self._held.add(name)

    def release(self, name: str) -> None:
        """Let a device catch up with the log."""
        self._require("release", name)
        self._held.discard(name)
        joins = GROUP_ID not in self.devices[name].holdings.groups
        self._record("join" if joins else "process", name, f"{name} caught up")

    def export_vector(self, name: str | None = None) -> PassiveClientCase:
        """What a member received, as an official passive-client vector; by default the first who only listened.

        Raises `NotPossible` for a member who sent proposals or commits, or was there from the beginning.
        """
        if name is not None:
            return export_vector(self, GROUP_ID, name)
        for member in self.members:
            try:
                return export_vector(self, GROUP_ID, member)
            except NotPossible:
                continue
        raise NotPossible("nobody has joined and then only listened")

    # How

    def _require(self, action: Action, *people: str) -> None:
        reason = self.can(action, *people)
        if reason is not None:
            raise NotPossible(reason)

    def _commit(self, by: str, *, add: Sequence[str] = (), remove: Sequence[LeafIndex] = (), path: bool = True) -> None:
        before = self.devices[by].state(GROUP_ID)
        published = self.devices[by].commit(GROUP_ID, add=add, remove=remove, path=path)
        self._publish(Sent("commit", by, published.entry.message))
        if published.welcome is not None:
            self._publish(Sent("welcome", by, published.welcome))
        self._record("commit", by, before=before)

    def _publish_key_package(self, device: Device) -> None:
        had = device.holdings.bundles
        self.thief.hear(device.publish_key_package())
        self._bundles[device.name] = next(
            bundle for reference, bundle in device.holdings.bundles.items() if reference not in had
        )

    def _publish(self, sent: Sent) -> None:
        self._on_the_wire.append(sent)
        self.thief.hear(sent.wire)

    def _leaf(self, name: str) -> LeafIndex:
        latest = self._latest()
        return next(
            leaf
            for leaf, leaf_node in (latest.tree.leaves() if latest else ())
            if self._names[leaf_node.signature_key] == name
        )

    def _latest(self) -> GroupState | None:
        """A state at the end of the log: there is one, since whoever committed last has read its own commit."""
        states = [
            device.holdings.groups[GROUP_ID].state
            for device in self.devices.values()
            if GROUP_ID in device.holdings.groups
        ]
        return max((state for state in states if state.active), key=lambda state: state.epoch, default=None)

    def _record(
        self,
        kind: StepKind,
        actor: HolderId,
        text: str = "",
        before: GroupState | None = None,
        victim: str | None = None,
    ) -> None:
        """Deliver what is on its way, write the step down, and let time pass."""
        events = {name: self._deliver(device) for name, device in self.devices.items() if not self.is_held(name)}
        earlier = self.history[-1].holdings if self.history else {}
        holdings = {name: device.holdings for name, device in self.devices.items()}
        changed = {name: held for name, held in holdings.items() if earlier.get(name) is not held}
        findings = tuple(self.thief.findings[self._found :])
        self._found = len(self.thief.findings)
        self._writer.write(
            Happening(
                kind,
                actor,
                self.clock.now,
                before=before,
                after=self._latest(),
                messages=tuple(self._on_the_wire),
                states={name: _state_in(held) for name, held in changed.items()},
                holdings={**changed, THIEF: self.thief.holdings()} if findings else changed,
                operations={name: self._recorders[name].take() for name in (*self.devices, THIEF)},
                followers=self._followers(),
                victim=victim,
            )
        )
        self._on_the_wire.clear()
        words = text or next(event.text for event in events[actor] if event.kind == "commit")
        self.history.append(Moment(kind, actor, words, self.clock.now, holdings, events, findings))
        self.clock.tick()

    def _followers(self) -> dict[HolderId, int]:
        epoch = self.thief.epoch()
        return {} if epoch is None else {THIEF: epoch}

    def _deliver(self, device: Device) -> tuple[Event, ...]:
        invited = device.accept_invitations()
        return invited + (device.fetch(GROUP_ID) if GROUP_ID in device.holdings.groups else ())


def _state_in(holdings: Holdings) -> GroupState | None:
    membership = holdings.groups.get(GROUP_ID)
    return None if membership is None else membership.state
