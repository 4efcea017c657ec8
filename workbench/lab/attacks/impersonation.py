"""Attacks in the name of a member, with keys leaked from its device or elsewhere."""

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
    """A message in Bob's name, with Bob's signature key and secrets of the epoch that Carol's device gave away."""
    run = AttackRun(World.of(ALL), "Bob")
    bob = reconstructed_state((*run.leak("Bob", "signature key"), *run.leak("Carol", "enclave held")))
    said = protect(bob, b"I am leaving the country.", entropy=run.entropy())
    run.send("application", said.message, "The attacker sent a message in Bob's name")
    run.world.send("Bob", "Are you there?")
    lesson = (
        "With a signature key and the secrets of an epoch the attacker sends as a member. Only Bob can tell, and those"
        " who see one message key used twice."
    )
    return run.finish("forged message", lesson, PerformedAction("commit", ("Carol",)))


def forged_proposal() -> Attack:
    """A public proposal in Bob's name: to remove Dave."""
    run = AttackRun(World.of(ALL), "Bob")
    bob = reconstructed_state((*run.leak("Bob", "signature key"), *run.leak("Carol", "enclave held")))
    made = propose(bob, Remove(run.world.group.leaf("Dave")), entropy=run.entropy(), now=run.world.clock.now)
    run.send("proposal", made.message, "The attacker proposed in Bob's name to remove Dave")
    run.world.commit("Alice")
    lesson = "With the membership key a leaked signature key proposes too, and whoever commits next carries it out."
    return run.finish("forged proposal", lesson, PerformedAction("commit", ("Carol",)))


def takeover() -> Attack:
    """An external commit in Bob's name, in place of his leaf: Bob's signature key and a public GroupInfo are enough."""
    run = AttackRun(World.of(ALL), "Bob")
    made = _external_commit_as_bob(run)
    run.send("commit", made.message, "The attacker came in by a commit in Bob's name and removed his leaf")
    run.keep_state(made.next)
    lesson = "Who has a signature key comes in by itself and puts the member out; its update keys would not help."
    return run.finish("takeover", lesson, PerformedAction("remove", ("Alice", "Bob")))


def takeover_refused() -> Attack:
    """The same, in a group whose members do not let anybody come back by a commit."""
    run = AttackRun(World.of(ALL, policy=Policy(resyncs=False)), "Bob")
    made = _external_commit_as_bob(run)
    run.send("commit", made.message, "The attacker tried to come in by a commit in Bob's name")
    lesson = "Where the policy lets nobody replace an old leaf from outside, every member refuses the takeover alike."
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
    """An Update in Bob's name, which Alice commits in good faith."""
    run = AttackRun(World.of(ALL), "Bob")
    bob = reconstructed_state(run.leak("Bob"))
    made = propose_update(bob, entropy=run.entropy(), now=run.world.clock.now)
    run.send("proposal", made.message, "The attacker proposed an update in Bob's name")
    run.world.commit("Alice")
    commit = run.world.service.entries(run.world.group_id)[-1].message
    run.keep_state(process(made.next, commit, now=run.world.clock.now)[0])
    lesson = "An update heals whoever holds its key: in the attacker's hands it locks the member out."
    return run.finish("lock-out", lesson, PerformedAction("remove", ("Alice", "Bob")))


def clone() -> Attack:
    """A backup of Bob's device is restored to another one, and both go on."""
    run = AttackRun(World.of(ALL), "Bob")
    restored = reconstructed_state(run.leak("Bob", "backup"))
    run.world.send("Bob", "From the phone.")
    said = protect(restored, b"From the tablet.", entropy=run.entropy())
    run.send("application", said.message, "The restored device sent a message as Bob")
    lesson = "Two holders of one leaf use the same keys: the second message is refused, and a commit of one ends both."
    return run.finish("clone", lesson, PerformedAction("commit", ("Bob",)))
