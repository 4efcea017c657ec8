"""The worlds and cases of the lessons, as they are when their exercises are asked."""

from __future__ import annotations

from functools import cache

from workbench.adversary.attacker import Attacker
from workbench.adversary.evidence import Evidence, read_evidence
from workbench.adversary.leak import Leak
from workbench.inspect.carving import carve
from workbench.inspect.material import pieces_in
from workbench.lab import World
from workbench.lessons import lesson_06, lesson_07
from workbench.lessons.material import material
from workbench.mls import RatchetTree, encode
from workbench.mls.wire.code_points import ContentType
from workbench.review.audit import Audit, audit
from workbench.review.exposure import attacker_with
from workbench.review.known_secrets import read_secrets


@cache
def lesson_00_world() -> World:
    """The world of lesson 00 at its end."""
    world = World.of(4)
    world.commit("Bob")
    world.compromise("Bob")
    world.commit("Alice")
    world.commit("Bob")
    world.compromise("Dave")
    world.remove("Alice", "Dave")
    return world


@cache
def lesson_04_world() -> tuple[World]:
    """The first world of lesson 04."""
    world = World.of(["Alice", "Bob", "Carol"], seed=4)
    world.send("Alice", "Meet me at nine.")
    world.commit("Bob")
    world.send("Carol", "At ten.")
    return (world,)


@cache
def lesson_04_talk() -> tuple[World]:
    """The second world of lesson 04: Dave has not received the message."""
    talk = World.of(["Alice", "Bob", "Carol", "Dave"], seed=4)
    talk.hold("Dave")
    talk.send("Alice", "One.")
    return (talk,)


@cache
def lesson_04_fresh() -> tuple[World]:
    """The third world of lesson 04: Dave has joined in epoch 3."""
    fresh = World.of(["Alice", "Bob"], seed=4)
    fresh.commit("Alice")
    fresh.device("Dave")
    fresh.add("Alice", "Dave")
    return (fresh,)


@cache
def lesson_05_world() -> tuple[World, Leak]:
    """The first world of lesson 05, and the compromise in it."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"], seed=5)
    world.send("Bob", "Yesterday's news.")
    world.commit("Alice")
    world.send("Carol", "Today's news.")
    compromise = world.leak("Alice")
    world.send("Bob", "Tomorrow's news.")
    return world, compromise


@cache
def lesson_05_slow() -> tuple[World]:
    """The second world of lesson 05: Carol has not received the message."""
    slow = World.of(["Alice", "Bob", "Carol", "Dave"], seed=6)
    slow.hold("Carol")
    slow.send("Alice", "The key is under the mat.")
    return (slow,)


@cache
def lesson_06_world() -> tuple[World, Leak]:
    """The world of lesson 06 before Dave's device is compromised, and the compromise of Bob's."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"], seed=6)
    world.commit("Alice")
    bob = world.leak("Bob")
    world.commit("Alice")
    world.commit("Bob")
    world.commit("Alice")
    return world, bob


def lesson_06_reasons() -> dict[str, str]:
    """The right reasons in lesson 06."""
    return {letter: reason for letter, (_, reason) in lesson_06.STORIES.items()}


@cache
def lesson_07_case() -> tuple[Evidence]:
    """The first case of lesson 07."""
    return (read_evidence(lesson_07.hand_over(1)),)


@cache
def lesson_08_world() -> World:
    """The world of lesson 08: a talk, and Dave, who does not fetch."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"], seed=8)
    world.hold("Dave")
    world.send("Alice", "Lunch?")
    world.send("Bob", "Yes.")
    world.send("Carol", "No, sorry, I have a train to catch at noon.")
    return world


@cache
def lesson_09_world() -> World:
    """The world of lesson 09 after Alice has added her laptop."""
    world = World.of(["Alice/phone", "Bob/phone", "Carol"], seed=9)
    world.send("Carol", "The party for Alice is on Friday.")
    world.device("Alice/laptop", approved_by="Alice/phone")
    world.add_own_device("Alice/phone", "Alice/laptop")
    return world


@cache
def lesson_03_world() -> World:
    """The world of lesson 03."""
    world = World.of(["Alice", "Bob", "Carol"], seed=3)
    world.send("Alice", "Lunch at noon?")
    world.update("Bob")
    world.commit("Carol")
    return world


def lesson_03_values() -> dict[str, bytes]:
    """Values that a learner may compute in place of those that lesson 03 asks for."""
    world = lesson_03_world()
    suite, old, new, held = world.suite, world.state("Bob", 3), world.state("Bob", 4), world.state("Bob", 1)
    carol, bob = world.bundle_that_joined("Carol"), world.bundle_that_joined("Bob")
    assert old
    assert new
    assert held
    assert carol
    assert bob
    data, tree, hashed = encode(carol.key_package), held.secret_tree, new.context.confirmed_transcript_hash
    keys = [tree.key_for(leaf, ContentType.application, 0)[1] for leaf in (0, 1)]
    return {
        "bare hash": suite.hash(data),
        "framed": suite.ref_hash("MLS 1.0 KeyPackage Reference", bytes.fromhex("00010005") + data),
        "bob": suite.ref_hash("MLS 1.0 KeyPackage Reference", encode(bob.key_package)),
        "old tag": suite.mac(old.secrets.confirmation_key, old.context.confirmed_transcript_hash),
        "old key": suite.mac(old.secrets.confirmation_key, hashed),
        "membership": suite.mac(new.secrets.membership_key, hashed),
        "hash": suite.hash(hashed),
        "nonce": keys[0].nonce,
        "handshake": tree.key_for(0, ContentType.commit, 0)[1].key,
        "next": tree.key_for(0, ContentType.application, 1)[1].key,
        "another": keys[1].key,
    }


@cache
def lesson_12_world() -> World:
    """The world of lesson 12 before Dave's device is compromised."""
    world = World.of(["Alice", "Bob", "Carol"], seed=12)
    world.device("Dave")
    world.add("Alice", "Dave")
    world.device("Erin")
    world.join("Erin")
    world.compromise("Bob")
    world.hold("Bob")
    world.commit("Alice")
    world.resync("Bob")
    world.device("HR")
    world.external_sender("Alice", "HR")
    world.ask_to_remove("HR", "Carol")
    world.device("Frank")
    world.request_to_join("Frank")
    world.commit("Dave")
    world.compromise("Erin")
    world.share_psk("tea", *world.members)
    world.commit("Alice", psks=["tea"])
    world.commit("Frank")
    return world


@cache
def lesson_12_groups() -> tuple[World, World]:
    """A group, and the one that it goes on as."""
    world = World.of(3)
    world.reinit("Bob", suite=2)
    return world, world.successor("Alice")


@cache
def lesson_15_audit() -> Audit:
    """The audit of the transcript of lesson 15."""
    return audit(list(pieces_in(material("transcript.jsonl"), "transcript.jsonl")))


@cache
def lesson_15_attacker() -> Attacker:
    """The attacker who has copied the storage of Olaf's phone in lesson 15."""
    heard = carve(pieces_in(material("conversation.jsonl"), "conversation.jsonl"))
    return attacker_with(read_secrets(material("olaf.openmls")).states[0], [each.data for each in heard])


def tree_of(world: World) -> RatchetTree:
    state = world.state("Alice")
    assert state is not None
    return state.tree


@cache
def full_world() -> World:
    world = World.of(8)
    for name in ("Carol", "Erin", "Grace"):
        world.commit(name)
    return world


@cache
def around_a_removal() -> tuple[RatchetTree, RatchetTree]:
    world = full_world()
    before = tree_of(world)
    world.remove("Alice", "Frank")
    return before, tree_of(world)
