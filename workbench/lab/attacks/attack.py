"""An attack that was carried out: what the attacker used, what honest people saw, and which signals noticed the attack.

Every attack is tested against all signals. So the result also says which signals did not notice it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import LeakedSecrets, Part
from workbench.adversary.reconstructed_state import leaked_secrets_in
from workbench.client import Event
from workbench.inspect.names import credential_name
from workbench.lab.action_log import PerformedAction
from workbench.lab.actions import repeat
from workbench.lab.actions.network import Content
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.record import ATTACKER
from workbench.lab.sources import entropy_source
from workbench.lab.world import World
from workbench.mls import GroupState, LeafNode, MLSMessage, encode
from workbench.mls.errors import KeyAlreadyUsed, OwnMessage

ALL = ("Alice", "Bob", "Carol", "Dave")


class Signal(Enum):
    """Signs of an attack. A device shows the first four by itself. For the others people must compare or look."""

    REFUSED = "a check of the engine refuses what was sent"
    OWN_MESSAGE = "a device receives a message in its own name that it has not sent"
    KEY_USED_TWICE = "a device refuses a message because the message key was used before"
    REMOVED = "a device is told that it was removed"
    LEFT_BEHIND = "a device cannot follow the group any more"
    AUTHENTICATOR = "members compare their epoch authenticators, and the values differ"
    ROSTER = "members look at the list of members, and it has changed"
    SIGNATURE_KEYS = "members compare signature keys, and one key is not its owner's"
    LEAF_KEY = "a member looks at the group's tree, and its leaf key is not its own"


@dataclass(frozen=True)
class Attack:
    """The result of an attack. `used` are the leaks that the attacker used, `made` the states that it made itself.

    `saw` has the events of honest devices. `noticed` has the signals that noticed the attack, each with the people
    concerned. `remedy` has the actions of honest people that end the attack.
    """

    name: str
    lesson: str
    world: World
    used: Mapping[str, Leak]
    made: tuple[Leak, ...]
    saw: Mapping[str, tuple[Event, ...]]
    noticed: Mapping[Signal, tuple[str, ...]]
    remedy: tuple[PerformedAction, ...] = ()

    @property
    def unnoticed(self) -> tuple[Signal, ...]:
        """The signals that did not notice the attack."""
        return tuple(signal for signal in Signal if signal not in self.noticed)

    @property
    def has_a_way_in(self) -> bool:
        """Whether the attacker can read the current epoch of the group."""
        last = self.world.epoch
        return last in recorded_history(self.world).judge((*self.used.values(), *self.made)).readable_epochs

    def defend(self) -> None:
        """Perform the actions that end the attack."""
        for action in self.remedy:
            repeat(action, self.world.group)


@dataclass
class AttackRun:
    """A running attack on a `victim`. `insiders` are the members who are not honest.

    In a fork, `elsewhere` has the world of the people who are on the other side.
    """

    world: World
    victim: str
    insiders: tuple[str, ...] = ()
    used: dict[str, Leak] = field(default_factory=dict)
    made: list[Leak] = field(default_factory=list)
    elsewhere: dict[str, World] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entropy = entropy_source(self.world.seed, ATTACKER)
        self.begun = len(self.world.history)
        self.roster = self.world.members

    def leak(self, device: str, what: Part = "state") -> LeakedSecrets:
        """Let a part of a device leak after the last step."""
        self.used[f"{what} of {device}"] = taken = leak_of(self.world, device, what=what)
        return taken.leaked_secrets

    def send(self, kind: Content, message: MLSMessage, text: str) -> None:
        """Put a message of the attacker into the log."""
        self.world.inject(kind, encode(message), text)

    def keep_state(self, state: GroupState) -> None:
        """Note a state that the attacker made itself: its secrets count as leaked."""
        self.made.append(Leak(ATTACKER, len(self.world.history) - 1, "state", leaked_secrets_in(state)))

    def finish(self, name: str, lesson: str, *remedy: PerformedAction) -> Attack:
        """End the run, and give the result of the attack."""
        noticed = {signal: tuple(sorted({*who(self)})) for signal, who in SIGNALS.items()}
        events = {name: tuple(self.events(name)) for name in self.honest}
        noticed = {signal: who for signal, who in noticed.items() if who}
        return Attack(name, lesson, self.world, self.used, tuple(self.made), events, noticed, remedy)

    # What people and devices see

    @property
    def honest(self) -> list[str]:
        """The names of the honest people."""
        return [name for name in self.world.devices if name not in self.insiders]

    def events(self, name: str) -> list[Event]:
        """The events of a device since the attack began."""
        history = self.elsewhere.get(name, self.world).history
        return [event for history_step in history[self.begun :] for event in history_step.events.get(name, ())]

    def state(self, name: str) -> GroupState | None:
        """The state of a person's device, on the person's side of a fork."""
        return self.elsewhere.get(name, self.world).state(name)

    def following(self) -> dict[str, GroupState]:
        """The states of the honest people whose devices are active in the group."""
        states = {name: self.state(name) for name in self.honest}
        return {name: state for name, state in states.items() if state is not None and state.active}

    def leaves(self) -> dict[str, list[LeafNode]]:
        """The leaf nodes of the latest tree, by the names in their credentials."""
        latest, leaves = self.world.group.record.latest(), dict[str, list[LeafNode]]()
        for _, leaf_node in () if latest is None else latest.tree.leaves():
            leaves.setdefault(credential_name(leaf_node), []).append(leaf_node)
        return leaves


def _refused(run: AttackRun) -> Iterable[str]:
    """The people whose devices refused something, for a reason that has no signal of its own."""
    for name in run.honest:
        errors = [event.error for event in run.events(name) if event.error is not None]
        if errors and not isinstance(errors[0], OwnMessage | KeyAlreadyUsed):
            yield name


def _own_message(run: AttackRun) -> Iterable[str]:
    return (name for name in run.honest if any(isinstance(each.error, OwnMessage) for each in run.events(name)))


def _key_used_twice(run: AttackRun) -> Iterable[str]:
    return (name for name in run.honest if any(isinstance(each.error, KeyAlreadyUsed) for each in run.events(name)))


def _removed(run: AttackRun) -> Iterable[str]:
    return (name for name in run.honest if any(each.kind == "removed" for each in run.events(name)))


def _left_behind(run: AttackRun) -> Iterable[str]:
    return (name for name, state in run.following().items() if state.epoch != run.world.epoch)


def _authenticator(run: AttackRun) -> Iterable[str]:
    """The people whose epoch authenticator differs from that of most others."""
    seen = {name: state.secrets.epoch_authenticator for name, state in run.following().items()}
    of_most = max(seen.values(), key=list(seen.values()).count, default=None)
    return (name for name, authenticator in seen.items() if authenticator != of_most)


def _roster(run: AttackRun) -> Iterable[str]:
    changed = sorted(run.roster) != sorted(run.world.members)
    return (name for name, state in run.following().items() if changed and state.epoch == run.world.epoch)


def _signature_keys(run: AttackRun) -> Iterable[str]:
    devices = run.world.devices
    return (
        name
        for name, leaf_nodes in run.leaves().items()
        for leaf_node in leaf_nodes
        if name not in devices or leaf_node.signature_key != devices[name].signature_key(run.world.suite.id)
    )


def _leaf_key(run: AttackRun) -> Iterable[str]:
    """The people whose leaf in the tree has a key that is not the leaf key in their own state."""
    for name, leaf_nodes in run.leaves().items():
        state = run.state(name) if name in run.honest else None
        own = set() if state is None else {state.tree.member(state.own_leaf).encryption_key} if state.active else set()
        if name in run.honest and any(leaf_node.encryption_key not in own for leaf_node in leaf_nodes):
            yield name


SIGNALS: Mapping[Signal, Callable[[AttackRun], Iterable[str]]] = MappingProxyType(
    {
        Signal.REFUSED: _refused,
        Signal.OWN_MESSAGE: _own_message,
        Signal.KEY_USED_TWICE: _key_used_twice,
        Signal.REMOVED: _removed,
        Signal.LEFT_BEHIND: _left_behind,
        Signal.AUTHENTICATOR: _authenticator,
        Signal.ROSTER: _roster,
        Signal.SIGNATURE_KEYS: _signature_keys,
        Signal.LEAF_KEY: _leaf_key,
    }
)
"""For each signal, the function that says which people it concerns."""
