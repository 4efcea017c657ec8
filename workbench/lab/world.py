"""The class `World`: one group with its devices, a delivery service, an attacker, and a record of every step.

Nothing is simulated: the devices run the engine, the delivery service transports bytes, and the attacker decrypts. The
world decides only the order of events: who acts, whose device receives nothing, and when time passes.

A world is one group (`group.py`) with the actions that are possible in it (`actions/`). A ReInit or a branch gives
another world in the same environment (`environment.py`).
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
from workbench.client import Device, Event
from workbench.client.alerts import Alert
from workbench.client.questions import Witnessed
from workbench.client.roster import RosterDevice
from workbench.delivery import DeliveryService, Settings
from workbench.inspect.explain import explain
from workbench.inspect.explanation import Explanation
from workbench.inspect.names import brief_names
from workbench.inspect.trace_format import Trace
from workbench.lab.action_log import PerformedAction
from workbench.lab.actions import founding, joining, membership, network, outside, people, psks, reason_against
from workbench.lab.actions.action import Action, P, Result
from workbench.lab.environment import Environment, Handshakes
from workbench.lab.errors import NotPossible
from workbench.lab.export import PassiveClientCase, export_vector
from workbench.lab.group import Group
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.record import HistoryStep, knowledge_of
from workbench.lab.services import OwnService, ServiceElsewhere
from workbench.lab.sources import Clock, MachineClock, names
from workbench.lab.witness import witnessed
from workbench.mls import CipherSuite, GroupState, KeyPackageBundle, Policy, cipher_suite
from workbench.mls.arguments import checks_methods
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.wire.shapes import uint16

ROOM = "MLS Workbench"
GROUP_ID = ROOM.encode()


def _acting(action: Action[P, Result]) -> Callable[Concatenate[World, P], Result]:
    """Make the method of a world that performs an action in its group."""

    @wraps(action.perform)
    def method(world: World, /, *arguments: P.args, **options: P.kwargs) -> Result:
        return action(world.group, *arguments, **options)

    return method


def _founding(action: Action[P, Group]) -> Callable[Concatenate[World, P], World]:
    """Make the method of a world that founds another group. The method returns the world of the new group."""

    @wraps(action.perform)
    def method(world: World, /, *arguments: P.args, **options: P.kwargs) -> World:
        return World(group=action(world.group, *arguments, **options))

    return method


@checks_methods
class World:
    """A group and its people. Each action is delivered at once to all devices that are not held back."""

    def __init__(
        self,
        seed: int | str = 7,
        suite: uint16 = 1,
        handshakes: Handshakes = "public",
        *,
        policy: Policy = DEFAULT_POLICY,
        settings: Settings | None = None,
        service: str | None = None,
        room: str = ROOM,
        keystores: bool = False,
        group: Group | None = None,
    ) -> None:
        """Make a world without a group, or the world of a given `group`, which then decides all the rest.

        With `keystores` the signature keys of all devices are in keystores, so that no compromise leaks one: what is on
        a device is then what the leak "enclave held" has.

        `room` is the name of the group. `settings` are the limits of the world's own delivery service. `service` is the
        URL of another one (`workbench serve`), where devices of several worlds meet in a room of the same name. Such
        a world draws fresh randomness instead of using the seed, its time is that of the machines, and it records its
        own devices only; `fetch` brings what others have sent (docs/delivery.md).
        """
        if group is None:
            home = OwnService(seed, settings) if service is None else ServiceElsewhere(service, settings)
            environment = Environment(seed, handshakes, policy, home, keystores=keystores)
            group = Group(environment, room.encode(), cipher_suite(suite))
        self.group = group

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
        settings: Settings | None = None,
        service: str | None = None,
        room: str = ROOM,
        keystores: bool = False,
    ) -> World:
        """Make a world with a group of so many people, or of people with these names. The first adds all others.

        Each device that joins has work for the whole tree, so that a group of N members costs N² in all. With `awake`,
        only so many members join at once. The other devices are held back, and join when they are released.
        """
        world = cls(
            seed,
            suite,
            handshakes,
            policy=policy,
            settings=settings,
            service=service,
            room=room,
            keystores=keystores,
        )
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
        people, home = brief_names(self.members) or "nobody", self.group.environment.home
        made_by = f"service={home.url!r}" if isinstance(home, ServiceElsewhere) else f"seed={self.seed!r}"
        return f"World({made_by}, {people} in epoch {self.epoch}, {len(self.history)} steps)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, World) and other.group is self.group

    def __hash__(self) -> int:
        return hash(self.group)

    # Looking at the environment

    @property
    def seed(self) -> int | str:
        """The seed of all randomness. The same seed and the same actions give the same bytes."""
        return self.group.environment.seed

    @property
    def handshakes(self) -> Handshakes:
        """Whether devices send proposals and commits as PublicMessages ("public") or PrivateMessages ("private")."""
        return self.group.environment.handshakes

    @property
    def policy(self) -> Policy:
        """The policy of all devices: the decisions that the RFC leaves to the application."""
        return self.group.environment.policy

    @property
    def service(self) -> DeliveryService:
        """The delivery service of all groups. Raises `NotPossible` for one elsewhere, which has another operator."""
        return self.group.environment.service

    @property
    def clock(self) -> Clock | MachineClock:
        """The clock. Each step advances it, and nothing else does; beside a service elsewhere it is the machine's."""
        return self.group.environment.clock

    @property
    def devices(self) -> Mapping[str, Device]:
        """All devices, by the names of their owners."""
        return self.group.environment.devices

    @property
    def action_log(self) -> tuple[PerformedAction, ...]:
        """The actions that were performed in all groups, in order. The same actions give the same history."""
        return tuple(self.group.environment.action_log)

    def is_held(self, name: str) -> bool:
        """Whether a person's device is held back: it receives nothing."""
        return name in self.group.environment.held

    def is_delayed(self, name: str) -> bool:
        """Whether application messages to a person's device are delayed."""
        return name in self.group.environment.delayed

    # Looking at the group

    @property
    def groups(self) -> tuple[World, ...]:
        """The worlds of all groups of these people: the first group, and the groups that were founded from it."""
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
        """The steps of the history of this group, in order."""
        return self.group.history

    @property
    def attacker(self) -> Attacker:
        """The attacker, who hears every message of this group."""
        return self.group.attacker

    @property
    def members(self) -> tuple[str, ...]:
        """The names of the members, in the order of their leaves."""
        return self.group.members

    @property
    def epoch(self) -> int | None:
        """The number of the current epoch; None if the group is not created yet."""
        return self.group.epoch

    def state(self, name: str, step: int = -1) -> GroupState | None:
        """The state that a device had after a step, by default the last step; None if it had no state of the group."""
        return self.group.state(name, step)

    def reads(self) -> tuple[Read, ...]:
        """The application messages that the attacker has decrypted so far, in the order in which they were sent."""
        return self.attacker.reads()

    def trace(self) -> Trace:
        """The trace: everything that was recorded of this group (docs/trace.md)."""
        return self.group.trace()

    def bundle_that_joined(self, name: str) -> KeyPackageBundle | None:
        """The last key package of a person, if the person joined with it. The device has deleted it by then."""
        return self.group.bundle_that_joined(name)

    def explain(self, name: str, message: bytes) -> Explanation:
        """Say whether a device can process a message, given as bytes, and if not, why.

        Raises `NotPossible` if the device has never been in the group.
        """
        membership = self.devices[name].device_state.groups.get(self.group_id) if name in self.devices else None
        if membership is None:
            raise NotPossible(f"{name} has no state of the group, and cannot process its messages")
        knowledge = knowledge_of(self.devices[name].device_state, self.group_id)
        return explain(membership.state, message, now=self.clock.now, knowledge=knowledge)

    def reason_against(self, action: str, *arguments: object) -> str | None:
        """Why an action with these arguments is not possible, in a sentence; None if it is possible."""
        return reason_against(self.group, action, *arguments)

    def witnessed(self, name: str) -> tuple[Witnessed, ...]:
        """What a person's device has seen of the group's epochs: evidence for the answers of `client.questions`."""
        return witnessed(self.group, name)

    def roster(self, name: str) -> tuple[RosterDevice, ...]:
        """The members as a person's device has seen them come, each with its standing and its safety code."""
        self._require_device(name)
        return people.members_seen(self.group, name)

    def alerts(self, name: str) -> tuple[Alert, ...]:
        """The warnings on a person's device now, each with what to do."""
        self._require_device(name)
        return people.alerts_for(self.group, name)

    def leak(self, device: str, *, at: int = -1, what: Part = "state") -> Leak:
        """The leak of a part of a device after a step, by default everything after the last step. Nothing changes."""
        return leak_of(self, device, at=at, what=what)

    def judge(self, *leaks: Leak) -> Verdict:
        """The verdict on these leaks: what an attacker with them and all messages can read so far."""
        return recorded_history(self).judge(leaks)

    def export_vector(self, name: str | None = None) -> PassiveClientCase:
        """Export what a member received as an official passive-client vector; by default the first possible member.

        Raises `NotPossible` for a member who sent proposals or commits, or did not join by a Welcome.
        """
        if name is not None:
            return export_vector(self.group, name)
        for member in self.members:
            try:
                return export_vector(self.group, member)
            except NotPossible:
                continue
        raise NotPossible("No member joined by a Welcome and then sent neither proposals nor commits")

    # Sharing a delivery service with other worlds

    def fetch(self, name: str) -> tuple[Event, ...]:
        """Receive what devices of other worlds have sent; the result is what the device of a person has learned.

        The other devices of this world receive it too, unless they are held back, as with each action. Where the
        service is the world's own, nothing waits: each action is delivered at once.
        """
        self._require_device(name)
        return self.group.fetch(name)

    def _require_device(self, name: str) -> None:
        if name not in self.devices:
            raise NotPossible(f"There is no device of {name}")

    def close(self) -> None:
        """Close the connections to a service elsewhere."""
        self.group.environment.home.close()

    # Acting: each method performs an action (`actions/`) and adds it to the action log

    device = _acting(founding.device)
    create = _acting(founding.create)

    add = _acting(membership.add)
    remove = _acting(membership.remove)
    remove_leaf = _acting(membership.remove_leaf)
    update = _acting(membership.update)
    propose_add = _acting(membership.propose_add)
    propose_remove = _acting(membership.propose_remove)
    commit = _acting(membership.commit)
    approve = _acting(membership.approve)
    send = _acting(membership.send)

    join = _acting(joining.join)
    resync = _acting(joining.resync)
    request_to_join = _acting(joining.request_to_join)

    verify = _acting(people.verify)
    lock = _acting(people.lock)
    unlock = _acting(people.unlock)
    dismiss_alarm = _acting(people.dismiss_alarm)
    add_own_device = _acting(people.add_own_device)

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
    drop = _acting(network.drop)
    compromise = _acting(network.compromise)
    inject = _acting(network.inject)
