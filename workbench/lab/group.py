"""One group of a world: who is in it, its record, and what all actions in it are made of.

Groups that come from it by ReInit or by a branch are groups of their own, in the same environment.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.adversary import Attacker
from workbench.client.device import Published
from workbench.inspect.names import credential_name
from workbench.inspect.trace_format import Trace
from workbench.inspect.trace_writer import Sent
from workbench.lab.environment import Environment
from workbench.lab.errors import NotPossible
from workbench.lab.record import GroupRecord, HistoryStep
from workbench.mls import CipherSuite, GroupState, KeyPackageBundle, LeafIndex
from workbench.mls.group.state import AnyProposal


class Group:
    """One group. `groups` are all of these people, this one too, in the order in which they came to be."""

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
        """Whoever it compromises, it has heard every message of this group."""
        return self.record.attacker

    @property
    def history(self) -> list[HistoryStep]:
        """What has happened, step by step."""
        return self.record.history

    def trace(self) -> Trace:
        """Everything that was recorded (docs/trace.md)."""
        return self.record.trace()

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
        if self.history and not -len(self.history) <= step < len(self.history):
            raise NotPossible(f"There is no step {step}: the history has {len(self.history)}")
        return self.history[step].state(name) if self.history else None

    def leaf(self, name: str) -> LeafIndex:
        """Where a member stands in the tree."""
        latest = self.record.latest()
        return next(
            leaf for leaf, leaf_node in (latest.tree.leaves() if latest else ()) if credential_name(leaf_node) == name
        )

    def hosts(self, newcomer: str) -> list[str]:
        """The members who can describe the group as it is now to somebody outside."""
        held = self.environment.held
        states = {name: self.state(name) for name in self.members if name != newcomer and name not in held}
        return [name for name, state in states.items() if state and state.active and state.epoch == self.epoch]

    def bundle_that_joined(self, name: str) -> KeyPackageBundle | None:
        """The last key package of a person, if it has been used: the device has forgotten it."""
        bundle, device = self.environment.bundles.get(name), self.environment.devices.get(name)
        return None if device is None or bundle in device.device_state.bundles.values() else bundle

    # Acting

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
        device = self.environment.devices[by]
        before = device.state(self.group_id)
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

    def deliver_proposal(self, by: str, message: bytes, words: str, before: GroupState | None) -> None:
        """Put a proposal on the wire and deliver it; `before` is a state from before it was sent."""
        self.record.publish(Sent("proposal", by, message))
        self.record.write("propose", by, words, before=before)

    def describe(self, host: str) -> bytes:
        """A member's description of the group for those outside, for everybody to read; part of the next step."""
        group_info = self.environment.devices[host].publish_group_info(self.group_id)
        self.record.publish(Sent("group_info", host, group_info))
        return group_info

    def publish_key_package(self, name: str) -> None:
        """Leave one more key package of a person with the delivery service."""
        device = self.environment.devices[name]
        had = device.device_state.bundles
        self.attacker.hear(device.publish_key_package(self.suite.id))
        self.environment.bundles[name] = next(
            bundle for reference, bundle in device.device_state.bundles.items() if reference not in had
        )

    def offer_key_packages(self, people: Sequence[str]) -> None:
        """See to it that the directory has a key package of each of them."""
        for name in people:
            if not self.environment.service.key_packages_left(name, self.suite.id):
                self.publish_key_package(name)
