"""Each attack is really made: what gives it away, what does not and what ends it is as it came out, not as told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from workbench.adversary.impersonation import Impersonation
from workbench.adversary.reconstructed_state import NotEnoughLeaked, reconstructed_state
from workbench.adversary.recovery import recover
from workbench.adversary.theorem import allowed_by_theorem
from workbench.lab import NotPossible, World
from workbench.lab.attacks import ATTACKS, Attack, Signal, attack
from workbench.lab.attacks.attack import ALL
from workbench.lab.leaks import evidence_of, leak_of, recorded_history
from workbench.mls import errors as refused
from workbench.mls import protect

made = cache(attack)

NOTICED: Mapping[str, Mapping[Signal, tuple[str, ...]]] = {
    "forged message": {Signal.OWN_MESSAGE: ("Bob",), Signal.KEY_USED_TWICE: ("Alice", "Carol", "Dave")},
    "forged proposal": {
        Signal.OWN_MESSAGE: ("Bob",),
        Signal.REMOVED: ("Dave",),
        Signal.LEFT_BEHIND: ("Bob",),
        Signal.AUTHENTICATOR: ("Bob",),
        Signal.ROSTER: ("Alice", "Carol"),
    },
    "takeover": {Signal.REMOVED: ("Bob",), Signal.LEAF_KEY: ("Bob",)},
    "takeover refused": {Signal.REFUSED: ALL},
    "lock-out": {
        Signal.OWN_MESSAGE: ("Bob",),
        Signal.LEFT_BEHIND: ("Bob",),
        Signal.AUTHENTICATOR: ("Bob",),
        Signal.LEAF_KEY: ("Bob",),
    },
    "clone": {Signal.OWN_MESSAGE: ("Bob",), Signal.KEY_USED_TWICE: ("Alice", "Carol", "Dave")},
    "fake key package": {Signal.ROSTER: ALL, Signal.LEAF_KEY: ("Erin",)},
    "ghost device": {Signal.ROSTER: ALL, Signal.SIGNATURE_KEYS: ("Bob",), Signal.LEAF_KEY: ("Bob",)},
    "replay": {Signal.OWN_MESSAGE: ("Bob",), Signal.KEY_USED_TWICE: ("Alice", "Carol", "Dave")},
    "fork": {
        Signal.REFUSED: ("Alice", "Bob"),
        Signal.AUTHENTICATOR: ("Carol", "Dave"),
        Signal.LEAF_KEY: ("Carol",),
    },
    "colluding insider": {},
    "forging insider": {Signal.REFUSED: ("Alice", "Carol"), Signal.OWN_MESSAGE: ("Bob",)},
    "malicious path": {
        Signal.REFUSED: ("Carol",),
        Signal.LEFT_BEHIND: ("Carol",),
        Signal.AUTHENTICATOR: ("Carol",),
    },
}
"""Who notices what."""

REFUSALS: Mapping[str, tuple[str, type[refused.MLSError], str]] = {
    "forged message": ("Alice", refused.KeyAlreadyUsed, "§9.2"),
    "forged proposal": ("Bob", refused.UnknownProposal, "§12.4.2"),
    "takeover refused": ("Carol", refused.RefusedByPolicy, "§12.4.3.2"),
    "lock-out": ("Bob", refused.UnknownProposal, "§12.4.2"),
    "clone": ("Alice", refused.KeyAlreadyUsed, "§9.2"),
    "replay": ("Alice", refused.KeyAlreadyUsed, "§9.2"),
    "fork": ("Alice", refused.DecryptionFailed, "§6.3.2"),
    "forging insider": ("Alice", refused.InvalidSignature, "§6.1"),
    "malicious path": ("Carol", refused.InvalidUpdatePath, "§7.5"),
}
"""The check that refuses something last, and of whom."""


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_noticed_by_these_signals_and_by_no_others(name: str) -> None:
    assert made(name).noticed == NOTICED[name]
    assert {*made(name).unnoticed} == {*Signal} - {*NOTICED[name]}


@pytest.mark.parametrize("name", ATTACKS)
def test_what_refuses_is_a_check_of_the_engine_with_its_section(name: str) -> None:
    errors = {who: [event.error for event in events if event.error] for who, events in made(name).saw.items()}
    if name not in REFUSALS:
        assert not any(errors.values())
        return
    who, kind, section = REFUSALS[name]
    last = errors[who][-1]
    assert (type(last), last.section) == (kind, section)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_says_what_it_teaches(name: str) -> None:
    assert made(name).name == name
    assert made(name).lesson.endswith(".")


WITHIN = {name for name in ATTACKS if name not in {"takeover refused", "replay", "fork"}}
"""The attacks after which the attacker reads the group."""


@pytest.mark.parametrize("name", ATTACKS)
def test_the_remedy_shuts_the_attacker_out(name: str) -> None:
    again = attack(name)
    assert again.has_a_way_in == (name in WITHIN)
    again.defend()
    assert not again.has_a_way_in


def agreed(attacked: Attack) -> tuple[int, ...]:
    """The epochs that the attacker reads, after all three oracles have been asked."""
    leaks = (*attacked.used.values(), *attacked.made)
    case = recorded_history(attacked.world)
    epochs = case.judge(leaks).readable_epochs
    authenticators = {
        str(epoch): case.group_history.secrets[case.group_history.epochs[epoch].secrets["epoch_authenticator"]]["value"]
        for epoch in epochs
    }
    assert recover(evidence_of(attacked.world, leaks))["epoch_authenticators"] == authenticators
    assert {*epochs} <= {*allowed_by_theorem(case.group_history, leaks)}
    return epochs


@pytest.mark.parametrize("name", ATTACKS)
def test_the_three_oracles_agree_on_what_the_attacker_reads_until_it_is_shut_out(name: str) -> None:
    attacked = attack(name)
    before = agreed(attacked)
    if name == "takeover refused":  # the log has had the commit of this epoch, which nobody follows
        return
    attacked.world.commit("Alice")
    going_on = agreed(attacked)
    assert going_on == (*before, *([attacked.world.epoch] if name in WITHIN else []))
    attacked.defend()
    assert agreed(attacked) == going_on


# In whose name an attacker can act

NOBODY = Impersonation()
BOB = ("Bob",)


def test_a_signature_key_and_epoch_secrets_of_another_member_impersonate_until_the_epoch_ends() -> None:
    world = World.of(ALL)
    leaks = [world.leak("Bob", what="signature key"), world.leak("Carol", what="enclave held")]
    world.commit("Carol")
    assert world.judge(*leaks).impersonation() == {0: NOBODY, 1: Impersonation(BOB, BOB, BOB, BOB), 2: NOBODY}
    assert world.judge(leaks[0]).impersonation()[1] == world.judge(leaks[1]).impersonation()[1] == NOBODY


def test_members_accept_exactly_the_impersonations_that_are_predicted() -> None:
    for name, how in (("forged message", "private"), ("forged proposal", "public"), ("takeover", "takeovers")):
        done = made(name)
        assert "Bob" in getattr(recorded_history(done.world).judge(done.used.values()).impersonation()[1], how)
        believed = [event for event in done.saw["Alice"] if event.kind in {"message", "proposal", "commit"}]
        assert believed[0].actor == "Bob"


def test_nobody_can_be_taken_over_where_the_policy_lets_nobody_back_in() -> None:
    done = made("takeover refused")
    verdict = recorded_history(done.world).judge(done.used.values())
    assert verdict.impersonation(done.world.policy)[1] == NOBODY
    assert verdict.impersonation()[1].takeovers == BOB


def test_a_late_leak_of_a_signature_key_impersonates_from_then_on_despite_updates() -> None:
    world = World.of(ALL)
    world.commit("Alice")
    leaks = [world.leak("Bob")]
    world.commit("Bob")
    world.device("Erin")
    world.join("Erin")
    found = world.judge(*leaks).impersonation()
    assert found == {
        0: NOBODY,
        1: NOBODY,
        2: Impersonation(BOB, BOB, BOB, BOB),
        3: Impersonation(takeovers=BOB),
        4: NOBODY,
    }


def test_ratchets_alone_impersonate_only_members_whose_ratchets_are_left() -> None:
    world = World.of(ALL)
    world.send("Bob", "hello")
    leaks = [world.leak("Carol", what=what) for what in ("signature key", "ratchets")]
    assert world.judge(*leaks).impersonation()[1] == NOBODY
    with_sender_data = [*leaks, world.leak("Carol", what="enclave held")]
    assert world.judge(*with_sender_data).impersonation()[1].private == ("Carol",)


# A reconstructed state


def test_a_state_is_put_together_from_leaked_bytes_and_acts_as_its_owner() -> None:
    world = World.of(ALL)
    restored = reconstructed_state(leak_of(world, "Bob", what="backup").leaked_secrets)
    state = world.state("Bob")
    assert state is not None
    assert (restored.own_leaf, restored.secrets, restored.private_keys) == (1, state.secrets, state.private_keys)
    said = protect(restored, b"hello", entropy=bytes(32)).message
    assert said == protect(state, b"hello", entropy=bytes(32)).message


@pytest.mark.parametrize("suite", [2, 4])
def test_a_state_of_a_group_in_another_cipher_suite_is_put_together_with_the_key_that_signs_there(suite: int) -> None:
    """A device has a signature key for each cipher suite, and all of them leak."""
    world = World.of(ALL)
    world.reinit("Alice", suite)
    after = world.successor("Alice")
    restored, state = (
        reconstructed_state(leak_of(after, "Bob").leaked_secrets, group_id=after.group_id),
        after.state("Bob"),
    )
    assert state is not None
    assert (restored.context, restored.secrets, restored.private_keys) == (
        state.context,
        state.secrets,
        state.private_keys,
    )
    assert restored.signature_private_key == state.signature_private_key
    assert restored.resumption_psks == state.resumption_psks


def test_too_few_leaked_secrets_build_no_state() -> None:
    world = World.of(ALL)
    with pytest.raises(NotEnoughLeaked, match="no signature key of a member"):
        reconstructed_state(leak_of(world, "Bob", what="enclave held").leaked_secrets)
    with pytest.raises(NotEnoughLeaked, match="No epoch has all that is needed"):
        reconstructed_state(leak_of(world, "Bob", what="signature key").leaked_secrets)


def test_what_the_delivery_service_does_not_take_is_not_in_the_history() -> None:
    world = World.of(ALL)
    world.send("Bob", "hello")
    old = world.service.entries(world.group_id)[-1].message
    world.commit("Alice")
    steps = len(world.history)
    with pytest.raises(NotPossible, match="The delivery service refuses the message: the application is for epoch 1"):
        world.inject("application", old, "again")
    assert len(world.history) == steps
