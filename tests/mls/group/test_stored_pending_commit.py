"""A pending commit outlives its maker's program: whoever reads it back applies or forgets it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import REINIT, refuses
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.mls.group.test_custom_proposals import CAPABILITIES, LUNCH, POLICY
from workbench.mls import (
    Add,
    Framing,
    PendingCommit,
    Policy,
    Remove,
    cipher_suite,
    create_commit,
    encode,
    join,
    process,
    read_pending_commit,
    read_state,
    write_pending_commit,
    write_state,
)
from workbench.mls import errors as refused


def made(scenario: Scenario, *proposals: Any, **options: Any) -> PendingCommit:
    return create_commit(scenario.states["Alice"], proposals, entropy=next(scenario.entropy), now=NOW, **options)


def again(committed: PendingCommit) -> PendingCommit:
    return read_pending_commit(write_pending_commit(committed), policy=committed.current.policy)


def group(**options: Any) -> Scenario:
    return group_of("Alice", "Bob", "Carol", **options)


def with_proposals_by_value_and_by_reference() -> PendingCommit:
    scenario = group()
    scenario.propose("Bob", Add(scenario.bundle("Dave").key_package))
    scenario.propose_update("Carol")
    return made(scenario, Remove(1), Add(scenario.bundle("Eve").key_package), framing=Framing(private=True))


def without_a_path() -> PendingCommit:
    scenario = group()
    return made(scenario, Add(scenario.bundle("Dave").key_package), path=False)


def that_keeps_a_past_epoch() -> PendingCommit:
    return made(group(policy=Policy(past_epochs=2)))


def that_ends_the_group() -> PendingCommit:
    return made(group(), REINIT)


def with_a_custom_proposal() -> PendingCommit:
    return made(group(policy=POLICY, capabilities=CAPABILITIES), LUNCH)


COMMITS = (
    with_proposals_by_value_and_by_reference,
    without_a_path,
    that_keeps_a_past_epoch,
    that_ends_the_group,
    with_a_custom_proposal,
)


@pytest.mark.parametrize("make", COMMITS, ids=lambda make: make.__name__)
def test_a_staged_commit_is_read_back_exactly(make: Any) -> None:
    committed = make()
    assert again(committed) == committed


def test_a_member_that_stopped_before_its_commit_came_back_adopts_it_all_the_same() -> None:
    scenario = group()
    bundle = scenario.bundle("Dave")
    committed = made(scenario, Add(bundle.key_package), framing=Framing(private=True))
    kept = write_state(committed.current), write_pending_commit(committed)
    scenario.deliver(committed.message, "Alice")
    state, pending = read_state(kept[0]), read_pending_commit(kept[1])
    with pytest.raises(refused.OwnMessage):
        process(state, encode(committed.message), now=NOW)
    scenario.states["Alice"], learned = process(state, encode(committed.message), now=NOW, pending=pending)
    assert learned == committed.advanced
    scenario.states["Dave"] = join(encode(pending.welcome), bundle, now=NOW)
    assert_agreement(scenario)
    scenario.commit("Alice")
    assert_agreement(scenario)


def test_a_staged_commit_is_no_state_and_of_one_suite() -> None:
    data = write_pending_commit(made(group()))
    with refuses(refused.Misuse, "§6.3.1", "a pending_commit, not a group_state"):
        read_state(data)
    with refuses(refused.Misuse, "§6.3.1", "of cipher suite 1, not 2"):
        read_pending_commit(data, suite=cipher_suite(2))
    with refuses(refused.DamagedState, "§6.3.1", "checksum"):
        read_pending_commit(data[:-1] + bytes([data[-1] ^ 1]))


def test_a_staged_commit_is_read_under_the_policy_that_is_given() -> None:
    policy = Policy(past_epochs=1)
    committed = made(group())
    read = read_pending_commit(write_pending_commit(committed), policy=policy)
    assert read.current == with_public(committed.current, policy=policy)
    assert read.next == with_public(committed.next, policy=policy)
