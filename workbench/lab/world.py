"""A world: devices, a delivery service, a thief, and a record of everything that happened.

Nothing in it is a model. Devices run the engine, messages go through the delivery service as bytes, the thief
decrypts. What the world adds is the order of things: who acts, who is out of reach, when time passes.

A world is one group and its people. Groups that come from it by ReInit or by a branch are worlds of their own, with the
same people, delivery service and clock (`doors.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Literal, TypeAlias

from workbench.adversary import Read, Thief
from workbench.adversary.leak import Leak
from workbench.adversary.loot import Part
from workbench.adversary.verdict import Verdict
from workbench.client import Device
from workbench.client.device import Published
from workbench.delivery import DeliveryService
from workbench.inspect.explain import explain
from workbench.inspect.explanation import Explanation
from workbench.inspect.names import credential_name, listed
from workbench.inspect.trace_format import Trace
from workbench.inspect.trace_writer import Sent
from workbench.lab import doors
from workbench.lab.actions import Action, why_not
from workbench.lab.acts import Act, acting
from workbench.lab.compromise import case_of, compromise
from workbench.lab.errors import NotPossible
from workbench.lab.export import PassiveClientCase, export_vector
from workbench.lab.record import SERVER, THIEF, Moment, Record, knowledge_of
from workbench.lab.sources import Clock, names
from workbench.lab.surroundings import Surroundings
from workbench.mls import Add, CipherSuite, GroupState, KeyPackageBundle, LeafIndex, Policy, Remove, cipher_suite
from workbench.mls.group.state import DEFAULT_POLICY, AnyProposal

Content: TypeAlias = doors.Content
Handshakes: TypeAlias = Literal["public", "private"]
GROUP_ID = b"MLS Workbench"


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
        self.handshakes = handshakes
        around = Surroundings(seed, private_handshakes=handshakes == "private", policy=policy)
        self._settle(around, GROUP_ID, cipher_suite(suite), None)

    def _settle(self, around: Surroundings, group_id: bytes, suite: CipherSuite, thief: Thief | None) -> None:
        self.around = around
        self.group_id = group_id
        self.suite = suite
        self.record = Record(around, suite, group_id, thief)
        around.worlds.append(self)

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

    def beside(self, group_id: bytes, suite: CipherSuite) -> World:
        """Another group of the same people, which has yet to be founded."""
        world = World.__new__(World)
        world.handshakes = self.handshakes
        world._settle(self.around, group_id, suite, self.thief)  # noqa: SLF001 - of this very class
        return world

    def __repr__(self) -> str:
        people = listed(self.members) or "nobody"
        return f"World(seed={self.seed!r}, {people} in epoch {self.epoch}, {len(self.history)} steps)"

    # Looking

    @property
    def seed(self) -> int | str:
        """Where all randomness comes from: the same seed and history give the same bytes."""
        return self.around.seed

    @property
    def policy(self) -> Policy:
        """What the RFC leaves to the application, the same for all devices."""
        return self.around.policy

    @property
    def service(self) -> DeliveryService:
        """The delivery service."""
        return self.around.service

    @property
    def clock(self) -> Clock:
        """The time, which passes with the steps and not otherwise."""
        return self.around.clock

    @property
    def devices(self) -> Mapping[str, Device]:
        """All devices, by the person whose they are."""
        return self.around.devices

    @property
    def groups(self) -> tuple[World, ...]:
        """All groups of these people: the first one, and those that came from it."""
        return tuple(self.around.worlds)

    @property
    def history(self) -> list[Moment]:
        """What has happened to this group, step by step."""
        return self.record.history

    @property
    def acts(self) -> tuple[Act, ...]:
        """What was done to these people's groups, call by call: the same acts give the same history again."""
        return tuple(self.around.acts)

    @property
    def thief(self) -> Thief:
        """Whoever it robs, it has heard every message of this group."""
        return self.record.thief

    @property
    def members(self) -> tuple[str, ...]:
        """Who is in the group, in the order of the leaves."""
        latest = self.record.latest()
        return () if latest is None else tuple(credential_name(leaf_node) for _, leaf_node in latest.tree.leaves())

    @property
    def epoch(self) -> int | None:
        """The epoch of the group; None as long as there is no group."""
        latest = self.record.latest()
        return None if latest is None else latest.epoch

    def state(self, name: str, step: int = -1) -> GroupState | None:
        """The state of a device after a step, by default the last one; None if it had none."""
        return self.history[step].state(name) if self.history else None

    def reads(self) -> tuple[Read, ...]:
        """What the thief has decrypted so far, in the order in which it was sent."""
        return self.thief.reads()

    def is_held(self, name: str) -> bool:
        """Whether a device receives nothing for the time being."""
        return name in self.around.held

    def is_delayed(self, name: str) -> bool:
        """Whether application messages to a device are late for the time being."""
        return name in self.around.delayed

    def trace(self) -> Trace:
        """Everything that was recorded (docs/trace.md)."""
        return self.record.trace()

    def bundle_that_joined(self, name: str) -> KeyPackageBundle | None:
        """The last key package of a person, if it has been used: the world remembers what the device forgot."""
        bundle = self.around.bundles.get(name)
        unused = self.devices[name].holdings.bundles.values() if name in self.devices else ()
        return None if bundle in unused else bundle

    def explain(self, name: str, message: bytes) -> Explanation:
        """Why a device cannot process some bytes, or that it can, with all that the device knows.

        Raises `NotPossible` if it is not in the group, and has not been.
        """
        membership = self.devices[name].holdings.groups.get(self.group_id) if name in self.devices else None
        if membership is None:
            raise NotPossible(f"{name} has no state of the group to hold the bytes against")
        knowledge = knowledge_of(self.devices[name].holdings, self.group_id)
        return explain(membership.state, message, now=self.clock.now, knowledge=knowledge)

    def can(self, action: Action, *people: str) -> str | None:
        """Why an action is not possible, in a sentence; None if it is. The person who acts comes first."""
        return why_not(self, action, *people)

    def require(self, action: Action, *people: str) -> None:
        """Raise `NotPossible` with the reason if an action is not possible."""
        reason = self.can(action, *people)
        if reason is not None:
            raise NotPossible(reason)

    def compromise(self, device: str, *, at: int = -1, what: Part = "state") -> Leak:
        """What leaks from a device as it was after a step, by default all of it and now; nothing happens by that."""
        return compromise(self, device, at=at, what=what)

    def judge(self, *leaks: Leak) -> Verdict:
        """What an attacker can read so far who has these leaks and hears every message."""
        return case_of(self).judge(leaks)

    def export_vector(self, name: str | None = None) -> PassiveClientCase:
        """What a member received, as an official passive-client vector; by default the first who only listened.

        Raises `NotPossible` for a member who sent proposals or commits, or was there from the beginning.
        """
        if name is not None:
            return export_vector(self, self.group_id, name)
        for member in self.members:
            try:
                return export_vector(self, self.group_id, member)
            except NotPossible:
                continue
        raise NotPossible("nobody has joined and then only listened")

    # Acting (each call is written down in `acts`)

    @acting
    def device(self, name: str) -> Device:
        """The device of a person; a new one leaves a key package with the delivery service."""
        if name not in self.devices:
            if name in {SERVER, THIEF} or not name.strip() or not name.isprintable():
                raise NotPossible(f"{name!r} is no name for a person")
            device = self.around.add_device(name, self.suite)
            for world in self.groups:
                world.record.add_holder(device)
            self.publish_key_package(name)
        return self.devices[name]

    @acting
    def create(self, name: str) -> None:
        """Make the group, with one member."""
        self.require("create", name)
        self.devices[name].create_group(self.group_id)
        self.record.write("create", name, f"{name} created the group")

    @acting
    def add(self, by: str, *others: str, path: bool = True) -> None:
        """Commit that others join; without a path it is cheaper, and nobody gets fresh keys."""
        self.require("add", by, *others)
        self.offer_key_packages(others)
        self.make_commit(by, add=others, path=path)

    @acting
    def remove(self, by: str, *others: str) -> None:
        """Commit that others leave."""
        self.require("remove", by, *others)
        self.make_commit(by, remove=[self.leaf(other) for other in others])

    @acting
    def update(self, name: str) -> None:
        """Propose a fresh leaf key, for somebody else to commit."""
        self.require("update", name)
        before = self.devices[name].state(self.group_id)
        entry = self.devices[name].propose_update(self.group_id)
        self.record.publish(Sent("proposal", name, entry.message))
        self.record.write("propose", name, f"{name} proposed an update", before=before)

    @acting
    def propose_add(self, by: str, other: str) -> None:
        """Propose that somebody joins, for any member to commit."""
        self.require("propose_add", by, other)
        self.offer_key_packages([other])
        self._propose(by, Add(self.devices[by].fetch_key_package(other, self.suite.id)), f"to add {other}")

    @acting
    def propose_remove(self, by: str, other: str) -> None:
        """Propose that somebody leaves: oneself, too."""
        self.require("propose_remove", by, other)
        self._propose(by, Remove(self.leaf(other)), f"to remove {other}")

    @acting
    def propose_psk(self, by: str, psk: str | int) -> None:
        """Propose to mix a pre-shared key into the next epoch: one by its name, or the resumption PSK of an epoch."""
        self.require("propose_psk", by)
        doors.propose_psk(self, by, psk)

    @acting
    def commit(self, name: str, *, psks: Sequence[str | int] = (), path: bool = True, approve: bool = True) -> None:
        """Commit all that is pending; the path gives the committer fresh keys up to the root.

        Without `approve` those who ask to be added themselves are left out.

        `psks` are mixed into the new epoch: pre-shared keys by their name, resumption PSKs by their epoch. Whoever
        does not hold them all cannot follow.
        """
        self.require("commit", name)
        for psk in psks:
            doors.require_psk(self, name, psk)
        named = [psk if isinstance(psk, int) else psk.encode() for psk in psks]
        self.make_commit(name, psks=named, path=path, approve=approve)

    @acting
    def send(self, name: str, text: str) -> None:
        """Say something to the group."""
        self.require("send", name)
        before = self.devices[name].state(self.group_id)
        entry = self.devices[name].send(self.group_id, text.encode())
        self.record.publish(Sent("application", name, entry.message))
        self.record.write("message", name, f"{name} sent a message", before=before)

    @acting
    def steal(self, name: str) -> None:
        """Give the thief all that is on a device now, for this group and all others."""
        self.require("steal", name)
        groups = (self, *(world for world in self.groups if world is not self and world.history))
        for world in groups:
            world.thief.steal(name, self.devices[name].holdings)
        for world in groups:
            world.record.write("theft", THIEF, f"The thief took all that is on {name}'s device", victim=name)

    @acting
    def hold(self, name: str) -> None:
        """Let nothing reach a device until it is released."""
        self.require("hold", name)
        self.around.held.add(name)

    @acting
    def delay(self, name: str) -> None:
        """Let commits overtake what is said: application messages reach a device when they are let through."""
        self.require("delay", name)
        self.around.delayed.add(name)

    @acting
    def let_through(self, name: str) -> None:
        """Let a device have the application messages that were late."""
        self.require("let_through", name)
        self.around.delayed.discard(name)
        self.record.write("process", name, f"{name} received what was late")

    @acting
    def release(self, name: str) -> None:
        """Let a device catch up with the log."""
        self.require("release", name)
        self.around.held.discard(name)
        joins = self.group_id not in self.devices[name].holdings.groups
        self.record.write("join" if joins else "process", name, f"{name} caught up")

    @acting
    def inject(self, kind: Content, message: bytes, text: str) -> None:
        """Put a message of the attacker's into the log, as if it came from a member: the server belongs to it."""
        doors.inject(self, kind, message, text)

    # Other ways in, and what comes after a group (`doors.py`)

    @acting
    def join(self, name: str, *, psks: Sequence[str] = ()) -> None:
        """Come in by a commit of one's own, with nobody's help but the group's public description."""
        doors.join(self, name, psks)

    @acting
    def resync(self, name: str) -> None:
        """Come back by a commit that puts a new leaf in place of the old one; what was missed stays missed."""
        doors.resync(self, name)

    @acting
    def request_to_join(self, name: str) -> None:
        """Ask to be added; a member's commit decides."""
        doors.request_to_join(self, name)

    @acting
    def external_sender(self, by: str, name: str) -> None:
        """Commit that the group takes proposals from somebody who is no member."""
        doors.external_sender(self, by, name)

    @acting
    def ask_to_add(self, sender: str, newcomer: str) -> None:
        """Propose from outside, as an external sender, that somebody joins."""
        doors.ask_to_add(self, sender, newcomer)

    @acting
    def ask_to_remove(self, sender: str, member: str) -> None:
        """Propose from outside, as an external sender, that a member leaves."""
        doors.ask_to_remove(self, sender, member)

    @acting
    def share_psk(self, psk: str, *people: str) -> None:
        """Give people a pre-shared key by a way that has nothing to do with the group: over lunch, say."""
        doors.share_psk(self, psk, people)

    @acting
    def reinit(self, by: str, suite: int | None = None) -> None:
        """Commit that the group ends, to go on as another, perhaps with another cipher suite."""
        doors.reinit(self, by, self.suite.id if suite is None else suite)

    @acting
    def successor(self, by: str) -> World:
        """Found the group that a ReInit has announced, and take everybody along; gives its world."""
        return doors.successor(self, by)

    @acting
    def branch(self, by: str, *others: str) -> World:
        """Found a second group of some of the members, which only they can enter; gives its world."""
        return doors.branch(self, by, others)

    # What the above are made of

    def leaf(self, name: str) -> LeafIndex:
        """Where a member stands in the tree."""
        latest = self.record.latest()
        return next(
            leaf for leaf, leaf_node in (latest.tree.leaves() if latest else ()) if credential_name(leaf_node) == name
        )

    def make_commit(
        self,
        by: str,
        *,
        add: Sequence[str] = (),
        remove: Sequence[LeafIndex] = (),
        psks: Sequence[bytes | int] = (),
        proposals: Sequence[AnyProposal] = (),
        path: bool = True,
        approve: bool = False,
    ) -> None:
        """Let a member commit, and deliver it."""
        device, before = self.devices[by], self.devices[by].state(self.group_id)
        published = device.commit(
            self.group_id, add=add, remove=remove, psks=psks, proposals=proposals, path=path, approve=approve
        )
        self.put_on_the_wire(by, published)
        self.record.write("commit", by, before=before)

    def put_on_the_wire(self, by: str, published: Published) -> None:
        """Publish a commit, and the Welcome that belongs to it."""
        self.record.publish(Sent("commit", by, published.entry.message))
        if published.welcome is not None:
            self.record.publish(Sent("welcome", by, published.welcome))

    def publish_key_package(self, name: str) -> None:
        """Leave one more key package of a person with the delivery service."""
        device = self.devices[name]
        had = device.holdings.bundles
        self.thief.hear(device.publish_key_package(self.suite.id))
        self.around.bundles[name] = next(
            bundle for reference, bundle in device.holdings.bundles.items() if reference not in had
        )

    def offer_key_packages(self, people: Sequence[str]) -> None:
        """See to it that the directory has a key package of each of them."""
        for name in people:
            if not self.service.key_packages_left(name, self.suite.id):
                self.publish_key_package(name)

    def _propose(self, by: str, proposal: AnyProposal, words: str) -> None:
        before = self.devices[by].state(self.group_id)
        entry = self.devices[by].propose(self.group_id, proposal)
        self.record.publish(Sent("proposal", by, entry.message))
        self.record.write("propose", by, f"{by} proposed {words}", before=before)
