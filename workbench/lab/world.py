"""A world: devices, a delivery service, an attacker, and a record of everything that happened.

Nothing in it is a model. Devices run the engine, messages go through the delivery service as bytes, the attacker
decrypts. What the world adds is the order of things: who acts, who is out of reach, when time passes.

A world shows one group and its people (`group.py`) and offers what can be done in it (`actions/`). Groups that come
from it by ReInit or by a branch are worlds of their own, in the same environment (`environment.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from itertools import islice
from typing import Concatenate

from workbench.adversary import Attacker, Read
from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import Part
from workbench.adversary.verdict import Verdict
from workbench.client import Device
from workbench.delivery import DeliveryService
from workbench.inspect.explain import explain
from workbench.inspect.explanation import Explanation
from workbench.inspect.names import listed
from workbench.inspect.trace_format import Trace
from workbench.lab.action_log import PerformedAction
from workbench.lab.actions import founding, joining, membership, network, outside, psks, reason_against
from workbench.lab.actions.action import Action, P, Result
from workbench.lab.environment import Environment, Handshakes
from workbench.lab.errors import NotPossible
from workbench.lab.export import PassiveClientCase, export_vector
from workbench.lab.group import Group
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.record import HistoryStep, knowledge_of
from workbench.lab.sources import Clock, names
from workbench.mls import CipherSuite, GroupState, KeyPackageBundle, Policy, cipher_suite
from workbench.mls.arguments import checks_methods
from workbench.mls.group.state import DEFAULT_POLICY
from workbench.mls.wire.shapes import uint16

GROUP_ID = b"MLS Workbench"


def _acting(action: Action[P, Result]) -> Callable[Concatenate[World, P], Result]:
    """The method of a world that performs an action in its group."""

    @wraps(action.perform)
    def method(world: World, /, *arguments: P.args, **options: P.kwargs) -> Result:
        return action(world.group, *arguments, **options)

    return method


def _founding(action: Action[P, Group]) -> Callable[Concatenate[World, P], World]:
    """The method of a world that founds another group, and gives its world."""

    @wraps(action.perform)
    def method(world: World, /, *arguments: P.args, **options: P.kwargs) -> World:
        return World(group=action(world.group, *arguments, **options))

    return method


@checks_methods
class World:
    """A group and its people. Each action is delivered to everybody at once, but for those who are held back."""

    def __init__(
        self,
        seed: int | str = 7,
        suite: uint16 = 1,
        handshakes: Handshakes = "public",
        *,
        policy: Policy = DEFAULT_POLICY,
        group: Group | None = None,
    ) -> None:
        """A world without a group as yet, or the world of a `group`, which has all the rest already."""
        self.group = group or Group(Environment(seed, handshakes, policy), GROUP_ID, cipher_suite(suite))

    @classmethod
    def of(
        cls,
        people: int | Sequence[str],
        seed: int | str = 7,
        suite: uint16 = 1,
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
        chosen = [*islice(names(), max(people, 0))] if isinstance(people, int) else people
        if not chosen:
            raise NotPossible("A world needs at least one person")
        first, *others = chosen
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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, World) and other.group is self.group

    def __hash__(self) -> int:
        return hash(self.group)

    # Looking at the environment

    @property
    def seed(self) -> int | str:
        """Where all randomness comes from: the same seed and history give the same bytes."""
        return self.group.environment.seed

    @property
    def handshakes(self) -> Handshakes:
        """Whether devices send their proposals and commits as public or as private messages."""
        return self.group.environment.handshakes

    @property
    def policy(self) -> Policy:
        """What the RFC leaves to the application, the same for all devices."""
        return self.group.environment.policy

    @property
    def service(self) -> DeliveryService:
        """The delivery service."""
        return self.group.environment.service

    @property
    def clock(self) -> Clock:
        """The time, which passes with the steps and not otherwise."""
        return self.group.environment.clock

    @property
    def devices(self) -> Mapping[str, Device]:
        """All devices, by the person whose they are."""
        return self.group.environment.devices

    @property
    def action_log(self) -> tuple[PerformedAction, ...]:
        """What was done to these people's groups, action by action: the same actions give the same history again."""
        return tuple(self.group.environment.action_log)

    def is_held(self, name: str) -> bool:
        """Whether a device receives nothing for the time being."""
        return name in self.group.environment.held

    def is_delayed(self, name: str) -> bool:
        """Whether application messages to a device are late for the time being."""
        return name in self.group.environment.delayed

    # Looking at the group

    @property
    def groups(self) -> tuple[World, ...]:
        """All groups of these people: the first one, and those that came from it."""
        return tuple(World(group=group) for group in self.group.groups)

    @property
    def group_id(self) -> bytes:
        """The id of the group."""
        return self.group.group_id

    @property
    def suite(self) -> CipherSuite:
        """The cipher suite of the group."""
        return self.group.suite

    @property
    def history(self) -> list[HistoryStep]:
        """What has happened to this group, step by step."""
        return self.group.history

    @property
    def attacker(self) -> Attacker:
        """Whoever it compromises, it has heard every message of this group."""
        return self.group.attacker

    @property
    def members(self) -> tuple[str, ...]:
        """Who is in the group, in the order of the leaves."""
        return self.group.members

    @property
    def epoch(self) -> int | None:
        """The epoch of the group; None as long as there is no group."""
        return self.group.epoch

    def state(self, name: str, step: int = -1) -> GroupState | None:
        """The state of a device after a step, by default the last one; None if it had none."""
        return self.group.state(name, step)

    def reads(self) -> tuple[Read, ...]:
        """What the attacker has decrypted so far, in the order in which it was sent."""
        return self.attacker.reads()

    def trace(self) -> Trace:
        """Everything that was recorded (docs/trace.md)."""
        return self.group.trace()

    def bundle_that_joined(self, name: str) -> KeyPackageBundle | None:
        """The last key package of a person, if it has been used: the world remembers what the device forgot."""
        return self.group.bundle_that_joined(name)

    def explain(self, name: str, message: bytes) -> Explanation:
        """Why a device cannot process some bytes, or that it can, with all that the device knows.

        Raises `NotPossible` if it is not in the group, and has not been.
        """
        membership = self.devices[name].device_state.groups.get(self.group_id) if name in self.devices else None
        if membership is None:
            raise NotPossible(f"{name} has no state of the group to hold the bytes against")
        knowledge = knowledge_of(self.devices[name].device_state, self.group_id)
        return explain(membership.state, message, now=self.clock.now, knowledge=knowledge)

    def reason_against(self, action: str, *arguments: object) -> str | None:
        """Why an action is not possible, in a sentence; None if it is. It is given what its method is given."""
        return reason_against(self.group, action, *arguments)

    def leak(self, device: str, *, at: int = -1, what: Part = "state") -> Leak:
        """What leaks from a device as it was after a step, by default all of it and now; nothing happens by that."""
        return leak_of(self, device, at=at, what=what)

    def judge(self, *leaks: Leak) -> Verdict:
        """What an attacker can read so far who has these leaks and hears every message."""
        return recorded_history(self).judge(leaks)

    def export_vector(self, name: str | None = None) -> PassiveClientCase:
        """What a member received, as an official passive-client vector; by default the first who only listened.

        Raises `NotPossible` for a member who sent proposals or commits, or was there from the beginning.
        """
        if name is not None:
            return export_vector(self.group, name)
        for member in self.members:
            try:
                return export_vector(self.group, member)
            except NotPossible:
                continue
        raise NotPossible("nobody has joined and then only listened")

    # Acting: each of these is an action, told in `actions/` and written down in the action log

    device = _acting(founding.device)
    create = _acting(founding.create)

    add = _acting(membership.add)
    remove = _acting(membership.remove)
    remove_leaf = _acting(membership.remove_leaf)
    update = _acting(membership.update)
    propose_add = _acting(membership.propose_add)
    propose_remove = _acting(membership.propose_remove)
    commit = _acting(membership.commit)
    send = _acting(membership.send)

    join = _acting(joining.join)
    resync = _acting(joining.resync)
    request_to_join = _acting(joining.request_to_join)

    external_sender = _acting(outside.external_sender)
    ask_to_add = _acting(outside.ask_to_add)
    ask_to_remove = _acting(outside.ask_to_remove)

    share_psk = _acting(psks.share_psk)
    propose_psk = _acting(psks.propose_psk)
    commit_with_psk = _acting(psks.commit_with_psk)

    reinit = _acting(founding.reinit)
    successor = _founding(founding.successor)
    branch = _founding(founding.branch)

    hold = _acting(network.hold)
    release = _acting(network.release)
    delay = _acting(network.delay)
    let_through = _acting(network.let_through)
    compromise = _acting(network.compromise)
    inject = _acting(network.inject)
