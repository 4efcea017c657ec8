"""One group of a world: its members, its record, and the operations from which the actions are built.

A ReInit or a branch makes another `Group` in the same environment.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.adversary import Attacker
from workbench.client import Event
from workbench.client.device_state import Published
from workbench.inspect.names import credential_name
from workbench.inspect.trace_format import Trace
from workbench.inspect.trace_writer import Sent
from workbench.lab.environment import Environment
from workbench.lab.errors import NotPossible
from workbench.lab.record import GroupRecord, HistoryStep
from workbench.mls import CipherSuite, GroupState, KeyPackageBundle, LeafIndex
from workbench.mls.group.public_group import AnyProposal


class Group:
    """One group. `groups` has all groups of the same people, this one included, in the order of their founding."""

    def __init__(
        self, environment: Environment, group_id: bytes, suite: CipherSuite, *, beside: Group | None = None
    ) -> None:
        self.environment = environment
        self.group_id = group_id
        self.suite = suite
        self.groups: list[Group] = [] if beside is None else beside.groups
        self.number = len(self.groups)
        attacker = None if beside is None else beside.attacker
        self.record = GroupRecord(environment, suite, group_id, attacker, number=self.number)
        self.groups.append(self)

    # Looking

    @property
    def attacker(self) -> Attacker:
        """The attacker, who hears every message of this group."""
        return self.record.attacker

    @property
    def history(self) -> list[HistoryStep]:
        """The steps of the history of this group, in order."""
        return self.record.history

    def trace(self) -> Trace:
        """The trace: everything that was recorded of this group (docs/trace.md)."""
        return self.record.trace()

    @property
    def members(self) -> tuple[str, ...]:
        """The names of the members, in the order of their leaves."""
        latest = self.record.latest()
        return () if latest is None else tuple(credential_name(leaf_node) for _, leaf_node in latest.tree.leaves())

    @property
    def epoch(self) -> int | None:
        """The number of the current epoch; None if the group is not created yet."""
        latest = self.record.latest()
        return None if latest is None else latest.epoch

    def state(self, name: str, step: int = -1) -> GroupState | None:
        """The state that a device had after a step, by default the last step; None if it had no state of the group."""
        if self.history and not -len(self.history) <= step < len(self.history):
            raise NotPossible(f"There is no step {step}: the history has {len(self.history)}")
        return self.history[step].state(name) if self.history else None

    def leaf(self, name: str) -> LeafIndex:
        """The leaf of a member in the ratchet tree."""
        latest = self.record.latest()
        return next(
            leaf for leaf, leaf_node in (latest.tree.leaves() if latest else ()) if credential_name(leaf_node) == name
        )

    def hosts(self, newcomer: str) -> list[str]:
        """The members who can publish a GroupInfo of the current epoch for a newcomer."""
        held = self.environment.held
        states = {name: self.state(name) for name in self.members if name != newcomer and name not in held}
        return [name for name, state in states.items() if state and state.active and state.epoch == self.epoch]

    def bundle_that_joined(self, name: str) -> KeyPackageBundle | None:
        """The last key package of a person, if the person joined with it: the device has deleted it by then."""
        bundle, device = self.environment.bundles.get(name), self.environment.devices.get(name)
        return None if device is None or bundle in device.device_state.bundles.values() else bundle

    # Acting

    def fetch(self, name: str) -> tuple[Event, ...]:
        """Let all devices receive what others have sent; what a person's device has learned."""
        first = len(self.history)
        self.record.receive(name)
        return tuple(event for step in self.history[first:] for event in step.events.get(name, ()))

    def make_commit(
        self,
        by: str,
        *,
        add: Sequence[str] = (),
        remove: Sequence[LeafIndex] = (),
        psks: Sequence[bytes | int] = (),
        proposals: Sequence[AnyProposal] = (),
        path: bool = True,
        approve: bool | Sequence[bytes] = False,
    ) -> None:
        """Let a member commit, and deliver the commit."""
        device = self.environment.devices[by]
        before = device.state(self.group_id)
        published = device.commit(
            self.group_id, add=add, remove=remove, psks=psks, proposals=proposals, path=path, approve=approve
        )
        self.put_on_the_wire(by, published)
        self.record.write("commit", by, before=before)

    def put_on_the_wire(self, by: str, published: Published) -> None:
        """Put a commit on the wire, and its Welcome if it has one."""
        self.record.publish(Sent("commit", by, published.entry.message))
        if published.welcome is not None:
            self.record.publish(Sent("welcome", by, published.welcome))

    def deliver_proposal(self, by: str, message: bytes, words: str, before: GroupState | None) -> None:
        """Put a proposal on the wire and deliver it; `before` is a state of the group before the proposal."""
        self.record.publish(Sent("proposal", by, message))
        self.record.write("propose", by, words, before=before)

    def describe(self, host: str) -> bytes:
        """Let a member publish a GroupInfo, which everybody can read. It belongs to the next step of the history."""
        group_info = self.environment.devices[host].publish_group_info(self.group_id)
        self.record.publish(Sent("group_info", host, group_info))
        return group_info

    def publish_key_package(self, name: str) -> None:
        """Publish a new key package of a person in the directory of the delivery service."""
        device = self.environment.devices[name]
        had = device.device_state.bundles
        self.attacker.hear(device.publish_key_package(self.suite.id))
        self.environment.bundles[name] = next(
            bundle for reference, bundle in device.device_state.bundles.items() if reference not in had
        )

    def offer_key_packages(self, people: Sequence[str]) -> None:
        """Publish a key package of each person who has none in the directory, and whose device is in this world."""
        for name in people:
            here = name in self.environment.devices
            if here and not self.environment.home.key_packages_left(name, self.suite.id):
                self.publish_key_package(name)
