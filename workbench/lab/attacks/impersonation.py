"""Attacks in the name of a member, with keys that leaked from the member's device or from other devices."""

from __future__ import annotations

from workbench.adversary.public_tracking import AcceptAllCredentials
from workbench.adversary.reconstructed_state import reconstructed_state, signature_key_in
from workbench.lab.action_log import PerformedAction
from workbench.lab.attacks.attack import ALL, Attack, AttackRun
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
    """The attacker sends a message in Bob's name, with Bob's signature key and epoch secrets from Carol's device."""
    run = AttackRun(World.of(ALL), "Bob")
    bob = reconstructed_state((*run.leak("Bob", "signature key"), *run.leak("Carol", "enclave held")))
    said = protect(bob, b"I am leaving the country.", entropy=run.entropy())
    run.send("application", said.message, "The attacker sent a message in Bob's name")
    run.world.send("Bob", "Are you there?")
    lesson = (
        "With a leaked signature key and the secrets of an epoch the attacker sends messages as a member. Only that"
        " member can notice it, and devices that see one message key used twice."
    )
    return run.finish("forged message", lesson, PerformedAction("commit", ("Carol",)))


def forged_proposal() -> Attack:
    """The attacker proposes in Bob's name to remove Dave."""
    run = AttackRun(World.of(ALL), "Bob")
    bob = reconstructed_state((*run.leak("Bob", "signature key"), *run.leak("Carol", "enclave held")))
    made = propose(bob, Remove(run.world.group.leaf("Dave")), entropy=run.entropy(), now=run.world.clock.now)
    run.send("proposal", made.message, "The attacker proposed in Bob's name to remove Dave")
    run.world.commit("Alice")
    lesson = (
        "With a leaked signature key and the membership key the attacker can send proposals, and the next committer"
        " carries them out."
    )
    return run.finish("forged proposal", lesson, PerformedAction("commit", ("Carol",)))


def takeover() -> Attack:
    """The attacker replaces Bob's leaf by an external commit. It needs Bob's signature key and a public GroupInfo."""
    run = AttackRun(World.of(ALL), "Bob")
    made = _external_commit_as_bob(run)
    run.send("commit", made.message, "The attacker came in by a commit in Bob's name and removed his leaf")
    run.keep_state(made.next)
    lesson = (
        "With a leaked signature key alone the attacker can join and put the member out. An earlier update of the"
        " member does not help."
    )
    return run.finish("takeover", lesson, PerformedAction("remove", ("Alice", "Bob")))


def takeover_refused() -> Attack:
    """The same attack on a group whose policy forbids members to come back by an external commit."""
    run = AttackRun(World.of(ALL, policy=Policy(resyncs=False)), "Bob")
    made = _external_commit_as_bob(run)
    run.send("commit", made.message, "The attacker tried to come in by a commit in Bob's name")
    lesson = "If the policy forbids external commits that replace a leaf, every member refuses the takeover."
    return run.finish("takeover refused", lesson)


def _external_commit_as_bob(run: AttackRun) -> PendingExternalCommit:
    return external_commit(
        run.world.group.describe("Alice"),
        Credential(BasicCredential(b"Bob")),
        signature_key_in(run.leak("Bob", "signature key")),
        entropy=run.entropy(),
        now=run.world.clock.now,
        resync=run.world.group.leaf("Bob"),
        policy=Policy(authentication=AcceptAllCredentials()),
    )


def lock_out() -> Attack:
    """The attacker proposes an Update in Bob's name, and Alice commits it in good faith."""
    run = AttackRun(World.of(ALL), "Bob")
    bob = reconstructed_state(run.leak("Bob"))
    made = propose_update(bob, entropy=run.entropy(), now=run.world.clock.now)
    run.send("proposal", made.message, "The attacker proposed an update in Bob's name")
    run.world.commit("Alice")
    commit = run.world.service.entries(run.world.group_id)[-1].message
    run.keep_state(process(made.next, commit, now=run.world.clock.now)[0])
    lesson = "An update helps the one who has the new private key. If the attacker makes it, the update locks Bob out."
    return run.finish("lock-out", lesson, PerformedAction("remove", ("Alice", "Bob")))


def clone() -> Attack:
    """A backup of Bob's device is restored on another device, and both devices continue."""
    run = AttackRun(World.of(ALL), "Bob")
    restored = reconstructed_state(run.leak("Bob", "backup"))
    run.world.send("Bob", "From the phone.")
    said = protect(restored, b"From the tablet.", entropy=run.entropy())
    run.send("application", said.message, "The restored device sent a message as Bob")
    lesson = (
        "Two devices with one leaf use the same message keys: members refuse the second message. A commit of one device"
        " locks the other out."
    )
    return run.finish("clone", lesson, PerformedAction("commit", ("Bob",)))
