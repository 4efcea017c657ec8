"""A pre-shared key that a private proposal names: its nonce goes into the key schedule (RFC 9420 §8.4)."""

from __future__ import annotations

import pytest

from workbench.adversary import Attacker
from workbench.adversary.leak import Leak
from workbench.adversary.recovery import recover
from workbench.lab import World
from workbench.lab.leaks import evidence_of, recorded_history

MEMBERS = ("Alice", "Bob", "Carol", "Dave")


def proposed() -> World:
    """Alice has proposed the pre-shared key "lunch" in a PrivateMessage; everybody has read the proposal."""
    world = World.of(MEMBERS, handshakes="private")
    world.device("Erin")
    world.share_psk("lunch", *MEMBERS, "Erin")
    world.propose_psk("Alice", "lunch")
    return world


def readable(world: World, *leaks: Leak) -> tuple[int, ...]:
    """The epochs that the attacker enters, which are those that follow from the record."""
    entered = tuple(sorted(map(int, recover(evidence_of(world, leaks))["epoch_authenticators"])))
    assert world.judge(*leaks).readable_epochs == entered
    return entered


@pytest.fixture(scope="module")
def removed() -> tuple[World, list[Leak], Leak]:
    """Dave is removed by the commit that mixes in "lunch". The leaks give all that epoch 2 needs but the proposal.

    The last leak is the key with which Carol has read the proposal.
    """
    world = proposed()
    key = world.leak("Carol", what="message keys")
    world.propose_remove("Alice", "Dave")
    world.commit("Bob")
    leaks = [world.leak("Dave", what=what) for what in ("message keys", "state")]
    world.commit("Carol")
    leaks += [world.leak("Alice", what=what) for what in ("backup", "psks")]
    return world, leaks, key


def test_an_epoch_is_closed_to_an_attacker_that_cannot_read_the_proposal(
    removed: tuple[World, list[Leak], Leak],
) -> None:
    world, leaks, key = removed
    assert readable(world, *leaks) == (1, 3)
    assert readable(world, *leaks, key) == (1, 2, 3)


def test_the_attacker_tries_again_when_it_learns_the_proposal_late(removed: tuple[World, list[Leak], Leak]) -> None:
    world, leaks, key = removed
    recorded = evidence_of(world, leaks)
    attacker = Attacker(recorded.suite, recorded.group_id)
    attacker.take((*recorded.public, *recorded.leaked_secrets))
    for message in recorded.wire:
        attacker.hear(message)
    assert [*attacker.epochs()] == [1, 3]
    attacker.take(key.leaked_secrets)
    assert [*attacker.epochs()] == [1, 2, 3]


def test_a_state_in_which_the_proposal_waits_gives_it_away() -> None:
    """Carol has used up the key of the proposal."""
    world = proposed()
    carol = world.leak("Carol")
    world.commit("Bob", path=False)
    assert readable(world, carol) == (1, 2)


def test_a_device_holds_what_the_proposals_say_until_the_next_epoch() -> None:
    world = proposed()
    world.commit("Bob")
    group_history = recorded_history(world).group_history
    (fact,) = group_history.private_proposals.values()
    holders = [{name for name, facts in held.items() if fact in facts} for held in group_history.held[-2:]]
    assert holders == [{*MEMBERS}, set()]


def test_a_welcome_names_the_pre_shared_keys_too() -> None:
    """The attacker can read neither the proposal nor the commit."""
    world = proposed()
    erin = [world.leak("Erin", what=what) for what in ("init keys", "psks")]
    world.add("Bob", "Erin")
    assert readable(world, *erin) == (2,)
