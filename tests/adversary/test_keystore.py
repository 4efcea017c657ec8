"""A device with its signature key in a keystore: its state leaks the part "enclave held", and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.client.devices import GROUP
from workbench.adversary.leaked_secrets import SignatureKey, leaked_secrets_of
from workbench.adversary.reconstructed_state import NotEnoughLeaked, reconstructed_state
from workbench.client import Device
from workbench.delivery import DeliveryService
from workbench.lab import World
from workbench.lab.counterfactual import counterfactual
from workbench.lab.sources import START, entropy_source
from workbench.mls import CipherSuite, Signer, SigningKey, cipher_suite
from workbench.mls.crypto.signer import private_key_in


def pair(*, keystore: bool) -> tuple[Device, Device]:
    """Alice and Bob in a group; the keystore draws the same key that Alice would draw without one."""
    service, draw = DeliveryService(), entropy_source(0, "Alice")

    def new_key(suite: CipherSuite) -> SigningKey:
        key = suite.signature_key_pair(draw()).private_key
        held = Signer(suite.signature_public_key(key), lambda *signed: suite.sign_with_label(key, *signed))
        return held if keystore else key

    alice = Device("Alice", cipher_suite(1), service, entropy=draw, clock=lambda: START, signing_key=new_key)
    bob = Device("Bob", cipher_suite(1), service, entropy=entropy_source(0, "Bob"), clock=lambda: START)
    bob.publish_key_package()
    alice.signature_key(2)
    alice.create_group(GROUP)
    alice.commit(GROUP, add=["Bob"])
    alice.fetch(GROUP)
    bob.accept_invitations()
    alice.publish_key_package()
    alice.send(GROUP, b"hello")
    return alice, bob


def test_the_leak_of_its_state_is_all_but_the_signature_keys() -> None:
    (held, _), (bare, _) = pair(keystore=True), pair(keystore=False)

    assert leaked_secrets_of(held.device_state) == leaked_secrets_of(bare.device_state, "enclave held")
    assert leaked_secrets_of(held.device_state, "enclave held") == leaked_secrets_of(held.device_state)
    assert leaked_secrets_of(held.device_state, "signature key") == ()
    assert len(leaked_secrets_of(bare.device_state, "signature key")) == 2


def test_the_leak_reads_the_group_and_cannot_sign_messages_in_it() -> None:
    alice, bob = pair(keystore=True)
    leaked = leaked_secrets_of(alice.device_state)

    with pytest.raises(NotEnoughLeaked):
        reconstructed_state(leaked)
    assert reconstructed_state((*leaked, *leaked_secrets_of(bob.device_state, "signature key"))).epoch == 1


def test_the_leak_and_the_key_from_the_keystore_give_the_state_of_the_member() -> None:
    (held, _), (bare, _) = pair(keystore=True), pair(keystore=False)
    key = SignatureKey(private_key_in(bare.device_state.signature_private_key))

    spoken = reconstructed_state((key, *leaked_secrets_of(held.device_state)))
    own = bare.state(GROUP)
    assert replace(spoken, first_epoch=own.first_epoch) == own


# A world whose devices have keystores


def of_three(*, keystores: bool) -> World:
    world = World.of(["Alice", "Bob", "Carol"], keystores=keystores)
    world.send("Alice", "before")
    world.compromise("Bob")
    world.send("Alice", "after")
    return world


def test_a_world_with_keystores_has_the_same_history_and_leaks_no_signature_key() -> None:
    held, bare = of_three(keystores=True), of_three(keystores=False)
    assert held.attacker.heard == bare.attacker.heard
    assert [read.data for read in held.reads()] == [read.data for read in bare.reads()] == [b"after"]
    (_, stolen), (_, whole) = held.attacker.compromised[0], bare.attacker.compromised[0]
    assert leaked_secrets_of(stolen) == leaked_secrets_of(whole, "enclave held")
    with pytest.raises(NotEnoughLeaked):
        reconstructed_state(leaked_secrets_of(stolen))
    assert reconstructed_state(leaked_secrets_of(whole)).epoch == 1


def test_what_would_have_happened_otherwise_has_keystores_too() -> None:
    held = of_three(keystores=True)
    other = counterfactual(held).world
    assert other.group.environment.keystores
    assert other.attacker.heard == held.attacker.heard
