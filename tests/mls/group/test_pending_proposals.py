"""How many proposals may wait for a commit: nobody can fill the memory of the others (RFC 9420 §12.1)."""

from __future__ import annotations

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from workbench.mls import (
    ExternalPSK,
    GroupState,
    MLSMessage,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    process,
    propose,
    propose_self_add,
)
from workbench.mls import errors as refused


def limited(pending_proposals: int, *names: str) -> Scenario:
    return group_of(*names, policy=Policy(pending_proposals=pending_proposals))


def another(scenario: Scenario) -> PreSharedKey:
    return PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), next(scenario.entropy)))


def flood(scenario: Scenario, name: str, count: int) -> list[MLSMessage]:
    """So many proposals of somebody who does not care how many there may be."""
    boundless, messages = with_public(scenario.states[name], policy=Policy()), []
    for _ in range(count):
        made = propose(boundless, another(scenario), entropy=next(scenario.entropy), now=NOW)
        boundless = made.next
        messages.append(made.message)
    return messages


def received(state: GroupState, messages: list[MLSMessage]) -> GroupState:
    for message in messages:
        state, _ = process(state, message, now=NOW)
    return state


def test_a_member_cannot_make_the_others_hold_proposals_without_end() -> None:
    scenario = limited(3, "Alice", "Bob")
    *within, beyond = flood(scenario, "Alice", 4)
    bob = received(scenario.states["Bob"], within)
    with refuses(refused.TooManyProposals, "§12.1", "3 proposals of this sender are pending"):
        process(bob, beyond, now=NOW)
    assert len(bob.proposals) == 3


def test_the_limit_is_for_each_sender_so_that_nobody_stops_the_others() -> None:
    scenario = limited(2, "Alice", "Bob", "Carol")
    bob = received(scenario.states["Bob"], flood(scenario, "Alice", 2))
    bob = received(bob, flood(scenario, "Carol", 2))
    assert len(bob.proposals) == 4


def test_all_who_ask_to_be_added_count_as_one() -> None:
    scenario = limited(2, "Alice", "Bob")
    bob, messages = scenario.states["Bob"], []
    for name in ("Carol", "Dave", "Eve"):
        bundle = scenario.bundle(name)
        messages.append(
            propose_self_add(
                bundle.key_package, bundle.signature_private_key, bob.suite, bob.group_id, bob.epoch, now=NOW
            )
        )
    bob = received(bob, messages[:2])
    with refuses(refused.TooManyProposals, "§12.1", "2 proposals of this sender"):
        process(bob, messages[2], now=NOW)


def test_nobody_proposes_what_the_others_would_refuse() -> None:
    scenario = limited(1, "Alice", "Bob")
    scenario.propose_update("Alice")
    with refuses(refused.Misuse, "§12.1", "1 proposals of this member are pending"):
        propose(scenario.states["Alice"], another(scenario), entropy=next(scenario.entropy), now=NOW)
    scenario.commit("Bob")
    scenario.propose_update("Alice")
    scenario.commit("Bob")
    assert_agreement(scenario)
