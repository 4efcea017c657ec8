"""Named scenarios of compromise: histories with leaks, and what an attacker reads then.

Each is a real history of four people and more, in which everything has its bytes. They are what lessons, pictures and
tests share, so that all of them speak of the same things. `expected` says which epochs are readable under which leaks:
a test holds it against all three oracles.
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
"""They are in the group from epoch 1 on, in which nobody but Alice has committed."""


@dataclass(frozen=True, repr=False)
class Scenario:
    """A history, its leaks by name, and what is expected of them; it is shown as its story.

    `lesson` is what it teaches, in a sentence. `expected` gives the readable epochs for sets of leaks.
    """

    name: str
    lesson: str
    world: World
    leaks: Mapping[str, Leak]
    expected: Mapping[tuple[str, ...], tuple[int, ...]]

    @cached_property
    def recorded(self) -> RecordedHistory:
        """The history, to be judged."""
        return recorded_history(self.world)

    def verdict(self, *names: str) -> Verdict:
        """The verdict under the leaks that are named, by default under all."""
        return self.recorded.judge(self.leaks[name] for name in names or self.leaks)

    def __repr__(self) -> str:
        lines = [f"{self.name}:"]
        for number, history_step in enumerate(self.world.history):
            lines.append(f"step {number + 1}: {history_step.text}")
            lines.extend(f"        what leaks: {leak}" for leak in self.leaks.values() if leak.at == number)
        return "\n".join(lines)


@dataclass(slots=True)
class _ScenarioBuilder:
    """A scenario in the making: a world, and what leaks from it on the way."""

    world: World = field(default_factory=lambda: World.of(PEOPLE))
    leaking: dict[str, tuple[str, int, Part]] = field(default_factory=dict)
    elsewhere: dict[str, Leak] = field(default_factory=dict)

    def leak(self, device: str, what: Part = "state", *, name: str | None = None) -> None:
        """Note that something leaks now."""
        self.leaking[name or device] = device, len(self.world.history) - 1, what

    def build(self, name: str, lesson: str, expected: Mapping[tuple[str, ...], tuple[int, ...]]) -> Scenario:
        """The scenario, with the leaks as they were."""
        recorded = recorded_history(self.world)
        leaks = {
            name: leak_of(self.world, device, at=at, what=what, recorded=recorded)
            for name, (device, at, what) in self.leaking.items()
        } | self.elsewhere
        return Scenario(name, lesson, self.world, leaks, expected)


def scenario(name: str) -> Scenario:
    """A scenario by its name; raises `KeyError` for one that there is not."""
    return SCENARIOS[name]()


# Healing


def own_commit() -> Scenario:
    """Bob heals by a commit of his own."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.commit("Bob")
    builder.world.commit("Alice")
    lesson = "A commit of one's own replaces every key of one's path: it heals at once."
    return builder.build("own commit", lesson, {("Bob",): (1,)})


def committed_update() -> Scenario:
    """Bob proposes an update and Alice commits it."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.update("Bob")
    builder.world.commit("Alice")
    builder.world.commit("Alice")
    lesson = "An update heals once somebody has committed it, and not before."
    return builder.build("committed update", lesson, {("Bob",): (1,)})


def others_commits() -> Scenario:
    """Others commit, and Bob does not."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.commit("Alice")
    builder.world.device("Erin")
    builder.world.add("Carol", "Erin", path=False)
    lesson = "The commits of others are sealed to the leaked key too, and an Add without a path brings nothing fresh."
    return builder.build("others' commits", lesson, {("Bob",): (1, 2, 3)})


def removed_member() -> Scenario:
    """Dave leaves with all that is on his device."""
    builder = _ScenarioBuilder()
    builder.leak("Dave")
    builder.world.remove("Alice", "Dave")
    builder.world.commit("Bob")
    lesson = "Nothing after a removal is sealed to the one who was removed, whatever keys are kept."
    return builder.build("removed member", lesson, {("Dave",): (1,)})


def resync() -> Scenario:
    """Bob comes back by an external commit that removes his old leaf."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.resync("Bob")
    builder.world.commit("Alice")
    lesson = "A member that comes back by a commit of its own leaves its leaked leaf behind."
    return builder.build("resync", lesson, {("Bob",): (1,)})


def resident() -> Scenario:
    """The attacker stays on Bob's device."""
    builder = _ScenarioBuilder()
    for number in range(1, 4):
        builder.leak("Bob", name=f"Bob in epoch {number}")
        builder.world.commit("Bob")
    builder.leak("Bob", name="Bob in epoch 4")
    lesson = "Against an attacker who stays, nothing heals: each fresh key is taken as it is made."
    everything = ("Bob in epoch 1", "Bob in epoch 2", "Bob in epoch 3", "Bob in epoch 4")
    return builder.build("resident", lesson, {everything: (1, 2, 3, 4), everything[:1]: (1,), everything[::2]: (1, 3)})


# What opens again


def retroactive_break() -> Scenario:
    """Bob has healed, then the idle Dave is compromised."""
    builder = _ScenarioBuilder()
    builder.world.commit("Alice")
    builder.leak("Bob")
    builder.world.commit("Bob")
    builder.world.commit("Alice")
    builder.leak("Dave")
    builder.world.commit("Carol")
    lesson = "Healing is provisional: an idle member's old key opens what was sealed to it, however late it leaks."
    return builder.build(
        "retroactive break",
        lesson,
        {("Bob",): (2,), ("Dave",): (4, 5), ("Bob", "Dave"): (2, 3, 4, 5)},
    )


def late_committer() -> Scenario:
    """The late compromise hits Alice, who has committed since."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.commit("Bob")
    builder.world.commit("Bob")
    builder.world.commit("Alice")
    builder.leak("Alice")
    lesson = (
        "A late compromise from somebody who has committed meanwhile opens nothing again: path secrets were not kept."
    )
    return builder.build("late committer", lesson, {("Bob",): (1,), ("Alice",): (4,), ("Bob", "Alice"): (1, 4)})


def two_holders() -> Scenario:
    """Bob's backup is restored to a tablet, which commits; his phone has the same leaf and learns of it too late."""
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
    lesson = "Two devices with one leaf leak the same keys until one of them commits: that locks the other out."
    together = ("Bob", "the tablet", "the phone")
    return builder.build(
        "two holders", lesson, {("Bob",): (1,), ("the tablet",): (2, 3), ("the phone",): (1,), together: (1, 2, 3)}
    )


def offline_device() -> Scenario:
    """Dave's device is off while the group goes on, and is seized at the end."""
    builder = _ScenarioBuilder()
    builder.world.hold("Dave")
    for name in ("Alice", "Bob", "Carol", "Alice"):
        builder.world.commit(name)
    builder.leak("Dave")
    lesson = "A device that was off still holds the past: all since it went off is open. Evict the idle."
    return builder.build("offline device", lesson, {("Dave",): (1, 2, 3, 4, 5)})


# Forward secrecy


def deletion() -> Scenario:
    """Alice's device is compromised when the messages have been read."""
    builder = _ScenarioBuilder()
    builder.world.send("Bob", "First.")
    builder.world.commit("Bob")
    builder.world.send("Carol", "Second.")
    builder.world.commit("Carol")
    builder.leak("Alice")
    builder.world.send("Bob", "Third.")
    lesson = "What was deleted cannot leak: the past stays closed, and the epoch of the compromise is open."
    return builder.build("deletion", lesson, {("Alice",): (3,)})


def slowest_device() -> Scenario:
    """Within an epoch: Bob has read the first message, Carol has not."""
    builder = _ScenarioBuilder()
    builder.world.hold("Carol")
    builder.world.send("Alice", "First.")
    builder.leak("Bob")
    builder.leak("Carol")
    builder.world.send("Alice", "Second.")
    lesson = "A message is safe when the last device has read it: each deletes its key by itself."
    return builder.build("slowest device", lesson, {("Bob",): (1,), ("Carol",): (1,)})


def kept_past_epoch() -> Scenario:
    """A message is late for Carol, whose device keeps the keys of the epoch before."""
    builder = _ScenarioBuilder(World.of(PEOPLE, policy=Policy(past_epochs=1)))
    builder.world.delay("Carol")
    builder.world.send("Alice", "Late.")
    builder.world.commit("Bob")
    builder.leak("Bob")
    builder.leak("Carol")
    builder.world.let_through("Carol")
    builder.leak("Carol", name="Carol later")
    lesson = (
        "Keys kept for late messages are keys to compromise, until each message has come or its epoch is forgotten."
    )
    return builder.build("kept past epoch", lesson, {("Bob",): (2,), ("Carol",): (2,), ("Carol later",): (2,)})


# Joining


def kept_init_key() -> Scenario:
    """Dave's init key was kept, and the Welcome to him was recorded."""
    builder = _ScenarioBuilder(World.of(PEOPLE[:3]))
    builder.world.device("Dave")
    builder.world.commit("Alice")
    builder.leak("Dave", "init keys")
    builder.world.add("Carol", "Dave")
    builder.world.commit("Alice")
    builder.world.commit("Dave")
    lesson = "An init key that was kept opens the Welcome, and with its path secret what follows: join, then commit."
    return builder.build("kept init key", lesson, {("Dave",): (3, 4)})


def external_join() -> Scenario:
    """Erin joins by a commit of her own while Bob is compromised."""
    builder = _ScenarioBuilder()
    builder.world.device("Erin")
    builder.leak("Bob")
    builder.world.join("Erin")
    builder.world.commit("Alice")
    lesson = "A newcomer's commit needs the external secret, which every member has: so has who compromised one."
    return builder.build("external join", lesson, {("Bob",): (1, 2, 3)})


def unmerged_leaf() -> Scenario:
    """Erin was added without a path, and is compromised."""
    builder = _ScenarioBuilder()
    builder.world.device("Erin")
    builder.world.add("Alice", "Erin", path=False)
    builder.leak("Erin")
    builder.world.commit("Alice")
    builder.world.commit("Erin")
    lesson = (
        "An unmerged leaf is sealed to by itself: it costs a ciphertext more, and its compromise gives its leaf alone."
    )
    return builder.build("unmerged leaf", lesson, {("Erin",): (2, 3)})


# Pre-shared keys


def pre_shared_key() -> Scenario:
    """All share a key over lunch, and mix it in without a path."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    builder.world.share_psk("lunch", *PEOPLE)
    builder.leak("Carol", "psks", name="the key")
    builder.world.commit("Alice", psks=["lunch"], path=False)
    lesson = "A pre-shared key that the attacker lacks heals even without a path, until that key leaks too."
    return builder.build("pre-shared key", lesson, {("Bob",): (1,), ("the key",): (), ("Bob", "the key"): (1, 2)})


def resumption_psk() -> Scenario:
    """The key of a past epoch is mixed in, of which every device has kept a copy."""
    builder = _ScenarioBuilder()
    builder.world.commit("Alice")
    builder.world.commit("Alice")
    builder.leak("Bob")
    builder.world.commit("Alice", psks=[1], path=False)
    lesson = "A key of the past shuts out only who came after it and found no copy: devices that keep it give it away."
    return builder.build("resumption PSK", lesson, {("Bob",): (3, 4)})


def resumption_psk_that_heals() -> Scenario:
    """Erin came after the epoch whose key is mixed in, and so did the attacker on her device."""
    builder = _ScenarioBuilder()
    builder.world.device("Erin")
    builder.world.add("Alice", "Erin")
    builder.leak("Erin")
    builder.world.commit("Alice", psks=[1], path=False)
    builder.world.resync("Erin")
    lesson = (
        "A key of the past shuts out the attacker on a device that never had it; and the device, until it comes back."
    )
    return builder.build("resumption PSK that heals", lesson, {("Erin",): (2,)})


# Forks: two worlds with the same seed and past, in which the server shows different commits to different people


def fork_with_bob() -> Scenario:
    """The side of a fork that Bob is on."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    for name in PEOPLE[2:]:
        builder.world.hold(name)
    builder.world.commit("Bob")
    builder.world.commit("Alice")
    lesson = "A fork is two groups: the commit that heals one side has never happened on the other."
    return builder.build("fork, with Bob", lesson, {("Bob",): (1,)})


def fork_without_bob() -> Scenario:
    """The other side of the same fork."""
    builder = _ScenarioBuilder()
    builder.leak("Bob")
    for name in PEOPLE[:2]:
        builder.world.hold(name)
    builder.world.commit("Carol")
    builder.world.commit("Dave")
    lesson = "A fork is two groups: who was compromised before it and healed on one side has its old leaf on the other."
    return builder.build("fork, without Bob", lesson, {("Bob",): (1, 2, 3)})


# Randomness and signatures


def bad_randomness() -> Scenario:
    """Carol's random generator is known to the attacker when she invites Erin."""
    builder = _ScenarioBuilder()
    builder.world.device("Erin")
    builder.world.add("Carol", "Erin")
    builder.leak("Carol", "randomness")
    builder.world.commit("Alice")
    builder.world.commit("Carol")
    lesson = "Who knows the inviter's randomness opens the Welcome, and the inviter's new path, until its next commit."
    return builder.build("bad randomness", lesson, {("Carol",): (2, 3)})


def signature_key() -> Scenario:
    """Only Bob's signature key leaks."""
    builder = _ScenarioBuilder()
    builder.leak("Bob", "signature key")
    builder.world.commit("Bob")
    builder.world.commit("Bob")
    lesson = "A signature key reads nothing, and no update replaces it: whoever has it can speak as Bob, and come in."
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
"""The scenarios by name, in the order in which they are best met."""
