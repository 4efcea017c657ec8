"""Members whose signature keys are in a keystore: nobody can tell, and no state holds the keys."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, Scenario
from workbench.inspect.trace_walk import walk
from workbench.mls import (
    GroupState,
    Renewal,
    Signer,
    cipher_suite,
    create_commit,
    create_group,
    encode,
    group_info,
    process,
    propose_external,
    propose_self_add,
    propose_update,
    read_bundle,
    read_pending_commit,
    read_state,
    write_bundle,
    write_pending_commit,
    write_state,
)
from workbench.mls.crypto.signer import private_key_in
from workbench.mls.errors import DamagedState, Misuse
from workbench.mls.group import stored_state
from workbench.mls.group.stored_state import enclosed
from workbench.mls.wire.proposals import Remove


@dataclass
class ScenarioWithKeystore(Scenario):
    """A scenario in which each member signs by a keystore; `labels` are what was signed."""

    labels: list[str] = field(default_factory=list)

    def signature_private_key(self, name: str) -> Signer:  # type: ignore[override] # who signs is a signer here
        held = super().signature_private_key(name)

        def sign(label: str, content: bytes) -> bytes:
            self.labels.append(label)
            return self.suite.sign_with_label(held, label, content)

        return Signer(self.suite.signature_public_key(held), sign)

    def held(self, name: str) -> bytes:
        """The private key that the keystore holds and never gives away."""
        return super().signature_private_key(name)

    def find(self, public_key: bytes) -> Signer:
        names = ("Alice", "Bob", "Carol", "Dave", "Bob's new key")
        return next(each for each in map(self.signature_private_key, names) if each.public_key == public_key)


def signing_pair() -> ScenarioWithKeystore:
    """Alice and Bob in a group."""
    scenario = ScenarioWithKeystore(cipher_suite(1))
    scenario.states["Alice"] = create_group(
        scenario.bundle("Alice"), b"the group", entropy=next(scenario.entropy), now=NOW
    )
    scenario.commit("Alice", adds=["Bob"])
    return scenario


def life_of(scenario: Scenario) -> list[bytes]:
    """A group in which everything is signed that can be; gives the bytes on the wire."""
    suite = scenario.suite
    first = create_group(scenario.bundle("Alice"), b"the group", entropy=next(scenario.entropy), now=NOW)
    scenario.states["Alice"] = first
    added = scenario.commit("Alice", adds=["Bob", "Carol"])
    assert added.welcome is not None
    newcomer = scenario.bundle("Dave")
    messages = [
        added.message,
        added.welcome,
        scenario.propose_update(
            "Bob", renew=Renewal(signature_private_key=scenario.signature_private_key("Bob's new key"))
        ),
        scenario.commit("Carol").message,
        scenario.send("Bob", b"signed with the new key"),
        group_info(scenario.states["Bob"]),
        scenario.join_by_commit("Dave", via="Alice").message,
        scenario.commit("Dave").message,
        propose_self_add(newcomer.key_package, newcomer.signature_private_key, suite, b"the group", 4, now=NOW),
        propose_external(
            suite,
            b"the group",
            4,
            Remove(0),
            now=NOW,
            sender_index=0,
            signature_private_key=scenario.signature_private_key("Alice"),
        ),
    ]
    return list(map(encode, messages))


@pytest.mark.parametrize("suite", [1, 2])
def test_a_keystore_signs_the_same_bytes_as_a_key_in_bytes(suite: int) -> None:
    signed = ScenarioWithKeystore(cipher_suite(suite))

    assert life_of(signed) == life_of(Scenario(cipher_suite(suite)))
    assert set(signed.labels) == {"LeafNodeTBS", "KeyPackageTBS", "FramedContentTBS", "GroupInfoTBS"}


def test_no_state_holds_a_key_that_is_in_a_keystore() -> None:
    scenario = ScenarioWithKeystore(cipher_suite(1))
    life_of(scenario)
    bob = scenario.states["Bob"]
    renewed = renewing(scenario, bob)
    pending = create_commit(renewed, entropy=next(scenario.entropy), now=NOW)
    bundle = scenario.bundle("Bob")
    held = {scenario.held(name) for name in ("Alice", "Bob", "Carol", "Dave", "Bob's new key")}

    for value in (bob, renewed, pending, bundle):
        assert held.isdisjoint(found.secret for found in walk(value))
        assert not any(key.hex() in repr(value) for key in held)
    for written in (write_state(bob), write_state(renewed), write_pending_commit(pending), write_bundle(bundle)):
        assert not any(key in written for key in held)


def renewing(scenario: ScenarioWithKeystore, state: GroupState) -> GroupState:
    key = scenario.signature_private_key("Alice")
    return propose_update(state, entropy=next(scenario.entropy), now=NOW, renew=Renewal(signature_private_key=key)).next


def test_what_was_written_is_read_with_the_signer_of_its_public_key() -> None:
    scenario = ScenarioWithKeystore(cipher_suite(1))
    life_of(scenario)
    renewed = renewing(scenario, scenario.states["Bob"])
    pending = create_commit(scenario.states["Carol"], entropy=next(scenario.entropy), now=NOW)
    bundle = scenario.bundle("Bob")

    back = read_state(write_state(renewed), signer=scenario.find)
    assert back == renewed
    assert read_bundle(write_bundle(bundle), signer=scenario.find) == bundle
    again = read_pending_commit(write_pending_commit(pending), signer=scenario.find)
    assert again == pending
    bob, _ = process(renewed, again.message, now=NOW)
    assert bob.epoch == pending.next.epoch


def test_a_state_of_nobody_is_refused() -> None:
    scenario = signing_pair()
    state = scenario.states["Bob"]
    written = replace(stored_state.stored_state(state), own_leaf=7)

    with refuses(DamagedState, "§6.3.1", "there is no member at leaf 7"):
        read_state(enclosed(written, 1), signer=scenario.find)


def test_a_signer_does_not_give_its_key_away() -> None:
    scenario = ScenarioWithKeystore(cipher_suite(1))
    signer = scenario.signature_private_key("Bob")

    with refuses(Misuse, "§5.1.2", "is held elsewhere, and is not given away"):
        private_key_in(signer)
    assert private_key_in(scenario.held("Bob")) == scenario.held("Bob")
    assert signer == Signer(signer.public_key, lambda _label, _content: b"")
