"""Named scenarios: histories with leaks, and the epochs that an attacker with these leaks reads.

Each scenario is a real history of four people or more, made by the engine. Lessons, pictures and tests share the
scenarios. `expected` says which epochs are readable under which leaks, and a test compares it with the three oracles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import Part
from workbench.adversary.reconstructed_state import leaked_secrets_in, reconstructed_state
from workbench.adversary.verdict import RecordedHistory, Verdict
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.sources import entropy_source
from workbench.lab.world import World
from workbench.mls import Policy, create_commit, encode

PEOPLE = ("Alice", "Bob", "Carol", "Dave")
"""The people who are in the group from epoch 1 on. Only Alice has committed before the scenario begins."""


@dataclass(frozen=True, repr=False)
class Scenario:
    """A history with named leaks. Its text shows the steps and the leaks.

    `lesson` says in a sentence what the scenario teaches. `expected` has the readable epochs for sets of leaks.
    """

    name: str
    lesson: str
    world: World
    leaks: Mapping[str, Leak]
    expected: Mapping[tuple[str, ...], tuple[int, ...]]

    @cached_property
    def recorded(self) -> RecordedHistory:
        """The recorded history of the scenario."""
        return recorded_history(self.world)

    def verdict(self, *names: str) -> Verdict:
        """The verdict on the leaks with these names, by default on all leaks."""
        return self.recorded.judge(self.leaks[name] for name in names or self.leaks)

    def __repr__(self) -> str:
        lines = [f"{self.name}:"]
        for number, history_step in enumerate(self.world.history):
            lines.append(f"step {number + 1}: {history_step.text}")
            lines.extend(f"        what leaks: {leak}" for leak in self.leaks.values() if leak.at == number)
        return "\n".join(lines)


@dataclass(slots=True)
class _ScenarioBuilder:
    """Builds a scenario: a world, and a list of what leaks from it."""

    world: World = field(default_factory=lambda: World.of(PEOPLE))
    leaking: dict[str, tuple[str, int, Part]] = field(default_factory=dict)
    elsewhere: dict[str, Leak] = field(default_factory=dict)

    def leak(self, device: str, what: Part = "state", *, name: str | None = None) -> None:
        """Note that a part of a device leaks after the last step."""
        self.leaking[name or device] = device, len(self.world.history) - 1, what

    def build(self, name: str, lesson: str, expected: Mapping[tuple[str, ...], tuple[int, ...]]) -> Scenario:
        """Make the scenario, with the bytes that leaked."""
        recorded = recorded_history(self.world)
        leaks = {
            name: leak_of(self.world, device, at=at, what=what, recorded=recorded)
            for name, (device, at, what) in self.leaking.items()
        } | self.elsewhere
        return Scenario(name, lesson, self.world, leaks, expected)


def scenario(name: str) -> Scenario:
    """Make the scenario of this name; raises `KeyError` if there is none."""
    return SCENARIOS[name]()


# Healing


def own_commit() -> Scenario:
    """Bob's device is compromised, and Bob commits."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.commit("Bob")
    builder.world.commit("Alice")
    lesson = "A commit replaces every key on the committer's path: it heals the committer at once."
    return builder.build("own commit", lesson, {("Bob",): (1,)})


def committed_update() -> Scenario:
    """Bob's device is compromised. Bob proposes an update, and Alice commits it."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.update("Bob")
    builder.world.commit("Alice")
    builder.world.commit("Alice")
    lesson = "An update proposal heals when another member commits it, and not before."
    return builder.build("committed update", lesson, {("Bob",): (1,)})


def others_commits() -> Scenario:
    """Bob's device is compromised. Other members commit, and Bob does not."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.commit("Alice")
    builder.world.device("Erin")
    builder.world.add("Carol", "Erin", path=False)
    lesson = (
        "A commit of another member does not heal: its path secrets are sealed to the leaked key too, and a commit"
        " without a path brings no fresh secret."
    )
    return builder.build("others' commits", lesson, {("Bob",): (1, 2, 3)})


def removed_member() -> Scenario:
    """Dave's device is compromised, and Dave is removed."""
    builder = _ScenarioBuilder()
    builder.leak("Dave")
    builder.world.remove("Alice", "Dave")
    builder.world.commit("Bob")
    lesson = "After a removal nothing is sealed to the removed member, so that its old keys open nothing new."
    return builder.build("removed member", lesson, {("Dave",): (1,)})


def resync() -> Scenario:
    """Bob comes back by an external commit that removes his old leaf."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.resync("Bob")
    builder.world.commit("Alice")
    lesson = "A member who comes back by an external commit gets a new leaf, and the leaked leaf key is removed."
    return builder.build("resync", lesson, {("Bob",): (1,)})


def resident() -> Scenario:
    """The attacker stays on Bob's device and takes each new key."""
    builder = _ScenarioBuilder()
    for number in range(1, 4):
        builder.leak("Bob", name=f"Bob in epoch {number}")
        builder.world.commit("Bob")
    builder.leak("Bob", name="Bob in epoch 4")
    lesson = "Nothing heals while the attacker stays on the device: it takes each fresh key at once."
    everything = ("Bob in epoch 1", "Bob in epoch 2", "Bob in epoch 3", "Bob in epoch 4")
    return builder.build("resident", lesson, {everything: (1, 2, 3, 4), everything[:1]: (1,), everything[::2]: (1, 3)})


# Epochs that open again


def retroactive_break() -> Scenario:
    """Bob heals. Then the device of Dave is compromised, who has never committed."""
    builder = _ScenarioBuilder()
    builder.world.commit("Alice")
    builder.leak("Bob")
    builder.world.commit("Bob")
    builder.world.commit("Alice")
    builder.leak("Dave")
    builder.world.commit("Carol")
    lesson = (
        "Healing is provisional: if an idle member's old key leaks later, it opens everything that was sealed to it."
    )
    return builder.build(
        "retroactive break",
        lesson,
        {("Bob",): (2,), ("Dave",): (4, 5), ("Bob", "Dave"): (2, 3, 4, 5)},
    )


def late_committer() -> Scenario:
    """Bob heals. Then the device of Alice is compromised, who has committed in the meantime."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.commit("Bob")
    builder.world.commit("Bob")
    builder.world.commit("Alice")
    builder.leak("Alice")
    lesson = (
        "The late compromise of a member who has committed in the meantime opens no healed epoch: its old keys are"
        " deleted."
    )
    return builder.build("late committer", lesson, {("Bob",): (1,), ("Alice",): (4,), ("Bob", "Alice"): (1, 4)})


def two_holders() -> Scenario:
    """Bob's backup is restored on a tablet, which commits. His phone has the same leaf, and falls behind."""
    builder = _ScenarioBuilder()
    world = builder.world
    builder.leak("Bob")
    tablet = reconstructed_state(world.leak("Bob", what="backup").leaked_secrets)
    made = create_commit(tablet, entropy=entropy_source(world.seed, "Bob's tablet")(), now=world.clock.now)
    world.inject("commit", encode(made.message), "Bob's tablet updated by a commit")
    builder.elsewhere["the tablet"] = Leak(
        "Bob's tablet", len(world.history) - 1, "state", leaked_secrets_in(made.next)
    )
    world.commit("Alice")
    builder.leak("Bob", name="the phone")
    lesson = "Two devices with one leaf have the same keys until one of them commits. That commit locks the other out."
    together = ("Bob", "the tablet", "the phone")
    return builder.build(
        "two holders", lesson, {("Bob",): (1,), ("the tablet",): (2, 3), ("the phone",): (1,), together: (1, 2, 3)}
    )


def offline_device() -> Scenario:
    """Dave's device is off while the group continues. At the end it is compromised."""
    builder = _ScenarioBuilder()
    builder.world.hold("Dave")
    for name in ("Alice", "Bob", "Carol", "Alice"):
        builder.world.commit(name)
    builder.leak("Dave")
    lesson = "A device that is off keeps its old keys: its compromise opens all later epochs. Remove idle devices."
    return builder.build("offline device", lesson, {("Dave",): (1, 2, 3, 4, 5)})


# Forward secrecy


def deletion() -> Scenario:
    """Alice's device is compromised after it has read the messages."""
    builder = _ScenarioBuilder()
    builder.world.send("Bob", "First.")
    builder.world.commit("Bob")
    builder.world.send("Carol", "Second.")
    builder.world.commit("Carol")
    builder.leak("Alice")
    builder.world.send("Bob", "Third.")
    lesson = "Deleted keys cannot leak: the past stays closed, and only the epoch of the compromise is open."
    return builder.build("deletion", lesson, {("Alice",): (3,)})


def slowest_device() -> Scenario:
    """In one epoch, Bob has read the first message and Carol has not. Both devices are compromised."""
    builder = _ScenarioBuilder()
    builder.world.hold("Carol")
    builder.world.send("Alice", "First.")
    builder.leak("Bob")
    builder.leak("Carol")
    builder.world.send("Alice", "Second.")
    lesson = "A message is safe only after every device has read it: each device deletes the message key by itself."
    return builder.build("slowest device", lesson, {("Bob",): (1,), ("Carol",): (1,)})


def kept_past_epoch() -> Scenario:
    """A message to Carol is late, and her device keeps the keys of the epoch before for it."""
    builder = _ScenarioBuilder(World.of(PEOPLE, policy=Policy(past_epochs=1)))
    builder.world.delay("Carol")
    builder.world.send("Alice", "Late.")
    builder.world.commit("Bob")
    builder.leak("Bob")
    builder.leak("Carol")
    builder.world.let_through("Carol")
    builder.leak("Carol", name="Carol later")
    lesson = (
        "Keys that a device keeps for late messages can leak. The device deletes them when the messages arrive, or with"
        " the epoch."
    )
    return builder.build("kept past epoch", lesson, {("Bob",): (2,), ("Carol",): (2,), ("Carol later",): (2,)})


# Joining


def kept_init_key() -> Scenario:
    """Dave's init key leaks before he joins, and the attacker records the Welcome to him."""
    builder = _ScenarioBuilder(World.of(PEOPLE[:3]))
    builder.world.device("Dave")
    builder.world.commit("Alice")
    builder.leak("Dave", "init keys")
    builder.world.add("Carol", "Dave")
    builder.world.commit("Alice")
    builder.world.commit("Dave")
    lesson = (
        "A leaked init key opens the Welcome, and the path secret in it opens later epochs. A newcomer should commit"
        " soon after joining."
    )
    return builder.build("kept init key", lesson, {("Dave",): (3, 4)})


def external_join() -> Scenario:
    """Erin joins by an external commit while Bob is compromised."""
    builder = _ScenarioBuilder()
    builder.world.device("Erin")
    builder.leak("Bob")
    builder.world.join("Erin")
    builder.world.commit("Alice")
    lesson = (
        "An external commit does not heal: every member has the external secret, and so has an attacker who compromised"
        " a member."
    )
    return builder.build("external join", lesson, {("Bob",): (1, 2, 3)})


def unmerged_leaf() -> Scenario:
    """Erin is added by a commit without a path, and her device is compromised."""
    builder = _ScenarioBuilder()
    builder.world.device("Erin")
    builder.world.add("Alice", "Erin", path=False)
    builder.leak("Erin")
    builder.world.commit("Alice")
    builder.world.commit("Erin")
    lesson = (
        "Commits seal a path secret to each unmerged leaf separately. This costs one more ciphertext, and the"
        " leaf's compromise gives no key of a parent node."
    )
    return builder.build("unmerged leaf", lesson, {("Erin",): (2, 3)})


# Pre-shared keys


def pre_shared_key() -> Scenario:
    """All members share a pre-shared key, and mix it in by a commit without a path."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.share_psk("lunch", *PEOPLE)
    builder.leak("Carol", "psks", name="the key")
    builder.world.commit("Alice", psks=["lunch"], path=False)
    lesson = "A pre-shared key that the attacker does not have heals even without a path, until that key leaks too."
    return builder.build("pre-shared key", lesson, {("Bob",): (1,), ("the key",): (), ("Bob", "the key"): (1, 2)})


def resumption_psk() -> Scenario:
    """A commit mixes in the resumption PSK of a past epoch. Every device has kept it, also the compromised one."""
    builder = _ScenarioBuilder()
    builder.world.commit("Alice")
    builder.world.commit("Alice")
    builder.leak("Bob")
    builder.world.commit("Alice", psks=[1], path=False)
    lesson = "A resumption PSK shuts out no attacker on a device that has kept it: the PSK leaks with the device."
    return builder.build("resumption PSK", lesson, {("Bob",): (3, 4)})


def resumption_psk_that_heals() -> Scenario:
    """A commit mixes in the resumption PSK of an epoch before Erin joined. Erin's device is compromised."""
    builder = _ScenarioBuilder()
    builder.world.device("Erin")
    builder.world.add("Alice", "Erin")
    builder.leak("Erin")
    builder.world.commit("Alice", psks=[1], path=False)
    builder.world.resync("Erin")
    lesson = (
        "A resumption PSK shuts out an attacker on a device that never had it. It shuts out this device, too, until the"
        " member comes back."
    )
    return builder.build("resumption PSK that heals", lesson, {("Erin",): (2,)})


# Forks: two worlds with the same seed and the same past. The server shows other commits to some of the members.


def fork_with_bob() -> Scenario:
    """The side of a fork with Bob, whose device is compromised before the fork."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    for name in PEOPLE[2:]:
        builder.world.hold(name)
    builder.world.commit("Bob")
    builder.world.commit("Alice")
    lesson = "A fork makes two groups. A commit that heals one side does not exist on the other side."
    return builder.build("fork, with Bob", lesson, {("Bob",): (1,)})


def fork_without_bob() -> Scenario:
    """The other side of the same fork, without Bob."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    for name in PEOPLE[:2]:
        builder.world.hold(name)
    builder.world.commit("Carol")
    builder.world.commit("Dave")
    lesson = "A fork makes two groups. A member who heals on one side still has its leaked leaf key on the other side."
    return builder.build("fork, without Bob", lesson, {("Bob",): (1, 2, 3)})


# Randomness and signatures


def bad_randomness() -> Scenario:
    """The attacker knows the randomness with which Carol invites Erin."""
    builder = _ScenarioBuilder()
    builder.world.device("Erin")
    builder.world.add("Carol", "Erin")
    builder.leak("Carol", "randomness")
    builder.world.commit("Alice")
    builder.world.commit("Carol")
    lesson = (
        "The inviter's leaked randomness opens the Welcome and the inviter's new path. The inviter heals with its next"
        " commit."
    )
    return builder.build("bad randomness", lesson, {("Carol",): (2, 3)})


def signature_key() -> Scenario:
    """Only Bob's signature key leaks."""
    builder = _ScenarioBuilder()
    builder.leak("Bob", "signature key")
    builder.world.commit("Bob")
    builder.world.commit("Bob")
    lesson = (
        "A leaked signature key decrypts nothing. But an update does not replace it, and with it the attacker can join"
        " in Bob's place."
    )
    return builder.build("signature key", lesson, {("Bob",): ()})


SCENARIOS: Mapping[str, Callable[[], Scenario]] = MappingProxyType(
    {
        "own commit": own_commit,
        "committed update": committed_update,
        "others' commits": others_commits,
        "removed member": removed_member,
        "resync": resync,
        "resident": resident,
        "retroactive break": retroactive_break,
        "late committer": late_committer,
        "offline device": offline_device,
        "two holders": two_holders,
        "deletion": deletion,
        "slowest device": slowest_device,
        "kept past epoch": kept_past_epoch,
        "kept init key": kept_init_key,
        "external join": external_join,
        "unmerged leaf": unmerged_leaf,
        "pre-shared key": pre_shared_key,
        "resumption PSK": resumption_psk,
        "resumption PSK that heals": resumption_psk_that_heals,
        "fork, with Bob": fork_with_bob,
        "fork, without Bob": fork_without_bob,
        "bad randomness": bad_randomness,
        "signature key": signature_key,
    }
)
"""The scenarios by name, in a good order to read them."""
