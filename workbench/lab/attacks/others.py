"""Attacks of a server, which has no member's keys, and of insiders, who use their own keys."""

from __future__ import annotations

from dataclasses import dataclass, replace

from typing_extensions import override

from workbench.adversary.reconstructed_state import reconstructed_state, signature_key_in
from workbench.lab.action_log import PerformedAction
from workbench.lab.attacks.attack import ALL, Attack, AttackRun
from workbench.lab.counterfactual import counterfactual
from workbench.lab.world import World
from workbench.mls import (
    BasicCredential,
    CipherSuite,
    Credential,
    KeyPackageBundle,
    MLSMessage,
    create_commit,
    create_key_package,
    decode,
    encode,
    external_commit,
    join,
    key_package_ref,
    new_lifetime,
    protect,
)
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.tree import HPKECiphertext

# The server


def replay() -> Attack:
    """The server puts a message of Bob into the log a second time."""
    run = AttackRun(World.of(ALL), "Bob")
    run.world.send("Bob", "Yes.")
    said = decode(MLSMessage, run.world.service.entries(run.world.group_id)[-1].message)
    run.send("application", said, "The attacker put Bob's message into the log again")
    lesson = (
        "A device reads a message only once, because it deletes the message key. The sender refuses its own message."
    )
    return run.finish("replay", lesson)


def fork() -> Attack:
    """The server shows one commit to Alice and Bob, and another to Carol and Dave. Then it mixes their messages."""
    run = AttackRun(World.of(ALL), "Carol")
    elsewhere = counterfactual(run.world).world
    for name in ALL[2:]:
        run.world.hold(name)
        run.elsewhere[name] = elsewhere
    for name in ALL[:2]:
        elsewhere.hold(name)
    run.world.commit("Alice")
    elsewhere.commit("Carol")
    elsewhere.send("Dave", "Who is there?")
    said = decode(MLSMessage, elsewhere.service.entries(elsewhere.group_id)[-1].message)
    run.send("application", said, "The server showed Dave's message to the other side")
    lesson = (
        "A fork shows when the two sides communicate: one side cannot read the messages of the other, and their epoch"
        " authenticators differ."
    )
    return run.finish("fork", lesson)


def ghost_device() -> Attack:
    """The attacker joins by an external commit as a second device of Bob, with a signature key that nobody knows."""
    run = AttackRun(World.of(ALL), "Bob")
    made = external_commit(
        run.world.group.describe("Alice"),
        Credential(BasicCredential(b"Bob")),
        run.world.suite.signature_key_pair(run.entropy()).private_key,
        entropy=run.entropy(),
        now=run.world.clock.now,
    )
    run.send("commit", made.message, "The attacker came in by a commit as one more device of Bob's")
    run.keep_state(made.next)
    lesson = (
        "A name proves nothing if no Authentication Service confirms the key of that name. People must look at the list"
        " of members and compare keys."
    )
    return run.finish("ghost device", lesson, PerformedAction("remove_leaf", ("Alice", made.next.own_leaf)))


def fake_key_package() -> Attack:
    """Erin's signature key leaks before she joins, and the directory hands out the attacker's key package for her."""
    world = World.of(ALL)
    world.device("Erin")
    world.commit("Alice")
    run = AttackRun(world, "Erin")
    bundle = create_key_package(
        world.suite,
        Credential(BasicCredential(b"Erin")),
        signature_key_in(run.leak("Erin", "signature key")),
        lifetime=new_lifetime(world.clock.now),
        entropy=run.entropy(),
    )
    _hand_out(run, bundle)
    world.add("Alice", "Erin")
    (invitation,) = world.service.invitations(key_package_ref(world.suite, bundle.key_package))
    run.keep_state(join(invitation.welcome, bundle, now=world.clock.now))
    lesson = (
        "A key package is only as safe as the signature key that signs it. With a leaked signature key the attacker is"
        " invited in the owner's place."
    )
    return run.finish("fake key package", lesson, PerformedAction("remove", ("Alice", "Erin")))


def _hand_out(run: AttackRun, bundle: KeyPackageBundle) -> None:
    """Take all key packages of the victim from the directory, and publish this one instead."""
    service, suite = run.world.service, run.world.suite.id
    while service.key_packages_left(run.victim, suite):
        service.take_key_package(run.victim, suite)
    service.publish_key_package(run.victim, encode(MLSMessage(ProtocolVersion.mls10, bundle.key_package)))


# Insiders


def colluding_insider() -> Attack:
    """Dave gives his secrets to the attacker. He does nothing that other members could see."""
    run = AttackRun(World.of(ALL), "Dave", insiders=("Dave",))
    run.leak("Dave", "enclave held")
    run.world.commit("Alice")
    run.world.send("Bob", "Between us.")
    lesson = "Members cannot notice that one of them passes on secrets. Only the removal of that member ends it."
    return run.finish("colluding insider", lesson, PerformedAction("remove", ("Alice", "Dave")))


def forging_insider() -> Attack:
    """Dave sends a message as Bob. Every member has the keys to encrypt it, but only Bob has the key to sign it."""
    run = AttackRun(World.of(ALL), "Bob", insiders=("Dave",))
    dave = reconstructed_state(run.leak("Dave"), leaf=run.world.group.leaf("Bob"))
    said = protect(dave, b"I agree.", entropy=run.entropy())
    run.send("application", said.message, "Dave sent a message as Bob")
    lesson = "The secrets of a group prove that a member sent a message. Only the signature proves which member it was."
    return run.finish("forging insider", lesson, PerformedAction("remove", ("Alice", "Dave")))


@dataclass(frozen=True, eq=False, repr=False)
class Liar(CipherSuite):
    """A cipher suite that seals zeros instead of the secret to one public key, and is correct otherwise."""

    deceived: bytes = b""

    @override
    def encrypt_with_label(
        self, public_key: bytes, label: str, context: bytes, plaintext: bytes, *, entropy: bytes
    ) -> HPKECiphertext:
        said = bytes(len(plaintext)) if public_key == self.deceived else plaintext
        return super().encrypt_with_label(public_key, label, context, said, entropy=entropy)


def malicious_path() -> Attack:
    """Dave commits, and seals a wrong path secret to Carol."""
    run = AttackRun(World.of(ALL), "Carol", insiders=("Dave",))
    dave = reconstructed_state(run.leak("Dave"))
    carol = dave.tree.member(run.world.group.leaf("Carol")).encryption_key
    liar = Liar(dave.suite.algorithms, carol)
    lying = replace(dave, public=replace(dave.public, suite=liar))
    made = create_commit(lying, entropy=run.entropy(), now=run.world.clock.now)
    run.send("commit", made.message, "Dave committed, with nonsense for Carol")
    run.keep_state(made.next)
    lesson = (
        "Members cannot check what is sealed to others. So one member can cut another off from the group, who then has"
        " to come back by an external commit."
    )
    return run.finish(
        "malicious path", lesson, PerformedAction("remove", ("Alice", "Dave")), PerformedAction("resync", ("Carol",))
    )
