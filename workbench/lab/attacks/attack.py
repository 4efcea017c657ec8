"""An attack that was really made: what went into it, what honest people saw, which signals it set off and which not.

All signals are asked of every attack, so that what does not notice it is known as well as what does.
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
    """What may give an attack away. All but the first four take more than a device: people who compare or look."""

    REFUSED = "a check of the engine refuses what was sent"
    OWN_MESSAGE = "somebody receives a message in its own name that it has not sent"
    KEY_USED_TWICE = "a message is refused, for its key has been used already"
    REMOVED = "the victim is told that it was removed"
    LEFT_BEHIND = "a device can follow the group no longer"
    AUTHENTICATOR = "members compare their epoch authenticators, and these differ"
    ROSTER = "members look at who is in the group, and it is not who was"
    SIGNATURE_KEYS = "members compare each other's signature keys, and one is not its owner's"
    LEAF_KEY = "the victim is shown the group's tree, and its leaf is not the one that it made"


@dataclass(frozen=True)
class Attack:
    """A real run. `used` is what the attacker had before, `made` what it has got for itself by acting.

    `saw` are the events of honest devices, `noticed` the signals that went off, with the people for whom they did.
    `remedy` is what the honest can do against it.
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
        """The signals that did not go off."""
        return tuple(signal for signal in Signal if signal not in self.noticed)

    @property
    def has_a_way_in(self) -> bool:
        """Whether the attacker can read the group as it is now."""
        last = self.world.epoch
        return last in recorded_history(self.world).judge((*self.used.values(), *self.made)).readable_epochs

    def defend(self) -> None:
        """Do what ends the attack."""
        for action in self.remedy:
            repeat(action, self.world.group)


@dataclass
class AttackRun:
    """An attack in the making. `victim` is whom it hits, `insiders` are those who are not honest.

    `elsewhere` is on which side of a fork people are who are not where the attack is told.
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
        """Let something leak now."""
        self.used[f"{what} of {device}"] = taken = leak_of(self.world, device, what=what)
        return taken.leaked_secrets

    def send(self, kind: Content, message: MLSMessage, text: str) -> None:
        """Put a message into the log."""
        self.world.inject(kind, encode(message), text)

    def keep_state(self, state: GroupState) -> None:
        """Note what the attacker has made for itself."""
        self.made.append(Leak(ATTACKER, len(self.world.history) - 1, "state", leaked_secrets_in(state)))

    def finish(self, name: str, lesson: str, *remedy: PerformedAction) -> Attack:
        """The attack, with what came of it."""
        noticed = {signal: tuple(sorted({*who(self)})) for signal, who in SIGNALS.items()}
        events = {name: tuple(self.events(name)) for name in self.honest}
        noticed = {signal: who for signal, who in noticed.items() if who}
        return Attack(name, lesson, self.world, self.used, tuple(self.made), events, noticed, remedy)

    # What is to be seen

    @property
    def honest(self) -> list[str]:
        """The people who are deceived."""
        return [name for name in self.world.devices if name not in self.insiders]

    def events(self, name: str) -> list[Event]:
        """What a device has learned since the attack began."""
        history = self.elsewhere.get(name, self.world).history
        return [event for history_step in history[self.begun :] for event in history_step.events.get(name, ())]

    def state(self, name: str) -> GroupState | None:
        """The state of somebody, wherever it is."""
        return self.elsewhere.get(name, self.world).state(name)

    def following(self) -> dict[str, GroupState]:
        """The states of the honest people who take themselves for members."""
        states = {name: self.state(name) for name in self.honest}
        return {name: state for name, state in states.items() if state is not None and state.active}

    def leaves(self) -> dict[str, list[LeafNode]]:
        """The leaves of the group's latest tree by the names that they bear."""
        latest, leaves = self.world.group.record.latest(), dict[str, list[LeafNode]]()
        for _, leaf_node in () if latest is None else latest.tree.leaves():
            leaves.setdefault(credential_name(leaf_node), []).append(leaf_node)
        return leaves


def _refused(run: AttackRun) -> Iterable[str]:
    """Of what was sent: not of what comes back, nor of what a device that is behind cannot read any more."""
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
    """Whoever has another one than most."""
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
    """Everybody knows which leaf key it made last; what was proposed and not committed is not in the tree yet."""
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
"""Who notices, if anybody does."""
