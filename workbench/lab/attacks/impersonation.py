"""Attacks in the name of a member, with keys leaked from its device or elsewhere."""

from __future__ import annotations

from workbench.adversary.public_tracking import AcceptAllCredentials
from workbench.adversary.reconstructed_state import reconstructed_state, signature_key_in
from workbench.lab.action_log import PerformedAction
from workbench.lab.attacks.attack import ALL, Attack, Scene
from workbench.lab.world import World
from workbench.mls import (
    BasicCredential,
    Credential,
    PendingExternalCommit,
    Policy,
    Remove,
    external_commit,
    process,
    propose,
    propose_update,
    protect,
)


def forged_message() -> Attack:
    """A message in Bob's name, with Bob's signature key and secrets of the epoch that Carol's device gave away."""
    scene = Scene(World.of(ALL), "Bob")
    bob = reconstructed_state((*scene.take("Bob", "signature key"), *scene.take("Carol", "enclave held")))
    said = protect(bob, b"I am leaving the country.", entropy=scene.entropy())
    scene.strike("application", said.message, "The attacker sent a message in Bob's name")
    scene.world.send("Bob", "Are you there?")
    lesson = (
        "With a signature key and the secrets of an epoch the attacker sends as a member. Only Bob can tell, and those"
        " who see one message key used twice."
    )
    return scene.told("forged message", lesson, PerformedAction("commit", ("Carol",)))


def forged_proposal() -> Attack:
    """A public proposal in Bob's name: to remove Dave."""
    scene = Scene(World.of(ALL), "Bob")
    bob = reconstructed_state((*scene.take("Bob", "signature key"), *scene.take("Carol", "enclave held")))
    made = propose(bob, Remove(scene.world.group.leaf("Dave")), entropy=scene.entropy(), now=scene.world.clock.now)
    scene.strike("proposal", made.message, "The attacker proposed in Bob's name to remove Dave")
    scene.world.commit("Alice")
    lesson = "With the membership key a leaked signature key proposes too, and whoever commits next carries it out."
    return scene.told("forged proposal", lesson, PerformedAction("commit", ("Carol",)))


def takeover() -> Attack:
    """An external commit in Bob's name, in place of his leaf: Bob's signature key and a public GroupInfo are enough."""
    scene = Scene(World.of(ALL), "Bob")
    made = _external_commit_as_bob(scene)
    scene.strike("commit", made.message, "The attacker came in by a commit in Bob's name and removed his leaf")
    scene.keep(made.next)
    lesson = "Who has a signature key comes in by itself and puts the member out; its update keys would not help."
    return scene.told("takeover", lesson, PerformedAction("remove", ("Alice", "Bob")))


def takeover_refused() -> Attack:
    """The same, in a group whose members do not let anybody come back by a commit."""
    scene = Scene(World.of(ALL, policy=Policy(resyncs=False)), "Bob")
    made = _external_commit_as_bob(scene)
    scene.strike("commit", made.message, "The attacker tried to come in by a commit in Bob's name")
    lesson = "Where the policy lets nobody replace an old leaf from outside, every member refuses the takeover alike."
    return scene.told("takeover refused", lesson)


def _external_commit_as_bob(scene: Scene) -> PendingExternalCommit:
    return external_commit(
        scene.world.group.describe("Alice"),
        Credential(BasicCredential(b"Bob")),
        signature_key_in(scene.take("Bob", "signature key")),
        entropy=scene.entropy(),
        now=scene.world.clock.now,
        resync=scene.world.group.leaf("Bob"),
        policy=Policy(authentication=AcceptAllCredentials()),
    )


def lock_out() -> Attack:
    """An Update in Bob's name, which Alice commits in good faith."""
    scene = Scene(World.of(ALL), "Bob")
    bob = reconstructed_state(scene.take("Bob"))
    made = propose_update(bob, entropy=scene.entropy(), now=scene.world.clock.now)
    scene.strike("proposal", made.message, "The attacker proposed an update in Bob's name")
    scene.world.commit("Alice")
    commit = scene.world.service.entries(scene.world.group_id)[-1].message
    scene.keep(process(made.next, commit, now=scene.world.clock.now)[0])
    lesson = "An update heals whoever holds its key: in the attacker's hands it locks the member out."
    return scene.told("lock-out", lesson, PerformedAction("remove", ("Alice", "Bob")))


def clone() -> Attack:
    """A backup of Bob's device is restored to another one, and both go on."""
    scene = Scene(World.of(ALL), "Bob")
    restored = reconstructed_state(scene.take("Bob", "backup"))
    scene.world.send("Bob", "From the phone.")
    said = protect(restored, b"From the tablet.", entropy=scene.entropy())
    scene.strike("application", said.message, "The restored device sent a message as Bob")
    lesson = "Two holders of one leaf use the same keys: the second message is refused, and a commit of one ends both."
    return scene.told("clone", lesson, PerformedAction("commit", ("Bob",)))
