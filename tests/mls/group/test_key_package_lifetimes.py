"""By which time key packages are judged: ours by the present, others by when they were sent (RFC 9420 §7.3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, WEEKS_8, Scenario, group_of, with_public
from workbench.mls import (
    Add,
    EpochAdvanced,
    KeyPackageBundle,
    Lifetime,
    LifetimePolicy,
    MLSMessage,
    Policy,
    PublicGroup,
    create_commit,
    create_group,
    create_key_package,
    encode,
    external_commit,
    group_info,
    join,
    observe,
    process,
    propose,
    public_group,
)
from workbench.mls import errors as refused
from workbench.mls.group.state import GroupState
from workbench.mls.tree.leaf_node import CATCH_UP, CLOCK_LEEWAY

LAST = NOW + WEEKS_8
"""The last second of a key package."""

DAY = 24 * 3600


def by_a_proposal(state: GroupState, add: Add, now: int) -> MLSMessage:
    return propose(state, add, entropy=b"p" * 32, now=now).message


def by_a_commit(state: GroupState, add: Add, now: int) -> MLSMessage:
    return create_commit(state, [add], entropy=b"c" * 32, now=now).message


ways = pytest.mark.parametrize("way", [by_a_proposal, by_a_commit])


def carol_until(scenario: Scenario, until: int) -> KeyPackageBundle:
    return create_key_package(
        scenario.suite,
        scenario.credential("Carol"),
        scenario.signature_private_key("Carol"),
        lifetime=Lifetime(NOW - DAY, until),
        entropy=next(scenario.entropy),
    )


def by_policy(setting: str) -> pytest.RaisesExc[refused.RefusedByPolicy]:
    found: pytest.RaisesExc[refused.RefusedByPolicy] = refuses(
        refused.RefusedByPolicy, "§7.3", rf"our policy refuses that \(LifetimePolicy.{setting}="
    )
    return found


@ways
def test_nobody_sends_a_key_package_one_second_after_its_end(
    way: Callable[[GroupState, Add, int], MLSMessage],
) -> None:
    scenario = group_of("Alice", "Bob")
    alice, add = scenario.states["Alice"], Add(scenario.bundle("Carol").key_package)
    way(alice, add, LAST)
    with refuses(refused.InvalidLeafNode, "§7.3", f"{LAST + 1} is not within the lifetime"):
        way(alice, add, LAST + 1)


# What others have sent


@ways
def test_who_reads_late_follows_as_long_as_the_policy_lets_it_catch_up(
    way: Callable[[GroupState, Add, int], MLSMessage],
) -> None:
    scenario = group_of("Alice", "Bob")
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    message = encode(way(alice, Add(scenario.bundle("Carol").key_package), LAST))
    latest = LAST + CATCH_UP + CLOCK_LEEWAY
    following, _ = process(bob, message, now=latest)
    assert following == process(bob, message, now=LAST)[0]
    with by_policy("catch_up"):
        process(bob, message, now=latest + 1)


def test_a_member_that_was_away_for_eight_days_follows_past_the_end_of_a_newcomer() -> None:
    scenario = group_of("Alice", "Bob")
    carol = carol_until(scenario, NOW + 7 * DAY)
    committed = create_commit(scenario.states["Alice"], [Add(carol.key_package)], entropy=b"c" * 32, now=NOW)
    following, received = process(scenario.states["Bob"], encode(committed.message), now=NOW + 8 * DAY)
    assert isinstance(received, EpochAdvanced)
    assert following.secrets == committed.next.secrets


@pytest.mark.parametrize("sent_at", [NOW, NOW + DAY, NOW + 7 * DAY + CLOCK_LEEWAY])
def test_a_commit_is_judged_by_the_time_at_which_it_was_sent(sent_at: int) -> None:
    scenario = group_of("Alice", "Bob")
    add = Add(carol_until(scenario, NOW + 7 * DAY).key_package)
    message = create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW).message
    process(scenario.states["Bob"], message, now=NOW + 20 * DAY, sent_at=sent_at)


@pytest.mark.parametrize("sent_at", [NOW + 7 * DAY + CLOCK_LEEWAY + 1, NOW + 20 * DAY, NOW + 10**9])
def test_a_commit_that_was_sent_after_the_end_of_a_newcomer_is_refused(sent_at: int) -> None:
    """A time that is still to come counts as the present: nobody revives a key package with it."""
    scenario = group_of("Alice", "Bob")
    add = Add(carol_until(scenario, NOW + 7 * DAY).key_package)
    message = create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW).message
    with by_policy("catch_up"):
        process(scenario.states["Bob"], message, now=NOW + 20 * DAY, sent_at=sent_at)


def test_a_commit_that_was_sent_before_its_newcomer_was_valid_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    add = Add(carol_until(scenario, NOW + 7 * DAY).key_package)
    message = create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW).message
    first = NOW - DAY - CLOCK_LEEWAY
    process(scenario.states["Bob"], message, now=NOW, sent_at=first)
    with by_policy("leeway"):
        process(scenario.states["Bob"], message, now=NOW, sent_at=first - 1)


@pytest.mark.parametrize("sent_at", [None, NOW, 0, -(10**30), 10**30])
def test_a_server_that_lies_revives_nothing_that_expired_before_the_bound(sent_at: int | None) -> None:
    scenario = group_of("Alice", "Bob")
    add = Add(carol_until(scenario, NOW).key_package)
    message = create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW).message
    bob = scenario.states["Bob"]
    with by_policy("catch_up"):
        process(bob, message, now=NOW + CATCH_UP + CLOCK_LEEWAY + 1, sent_at=sent_at)
    wider = with_public(bob, policy=Policy(lifetimes=LifetimePolicy(catch_up=CATCH_UP + 1)))
    if sent_at is None or sent_at <= NOW:
        process(wider, message, now=NOW + CATCH_UP + CLOCK_LEEWAY + 1, sent_at=sent_at)


def test_without_a_window_what_others_sent_is_judged_by_the_present() -> None:
    scenario = group_of("Alice", "Bob")
    add = Add(carol_until(scenario, NOW).key_package)
    message = create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW).message
    strict = with_public(scenario.states["Bob"], policy=Policy(lifetimes=LifetimePolicy(catch_up=0)))
    process(strict, message, now=NOW + CLOCK_LEEWAY)
    for sent_at in (None, NOW):
        with by_policy("catch_up"):
            process(strict, message, now=NOW + CLOCK_LEEWAY + 1, sent_at=sent_at)


def test_an_observer_that_was_away_follows_as_members_do() -> None:
    scenario = group_of("Alice", "Bob")
    group = public_group(group_info(scenario.states["Alice"]), now=NOW)
    add = Add(carol_until(scenario, NOW + DAY).key_package)
    message = create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW).message
    following, _ = observe(group, message, now=NOW + 8 * DAY)
    assert isinstance(following, PublicGroup)
    assert following == observe(group, message, now=NOW + 8 * DAY, sent_at=NOW)[0]
    with by_policy("catch_up"):
        observe(group, message, now=NOW + 8 * DAY, sent_at=NOW + 2 * DAY)


# Proposals that expire while they wait


def waiting(scenario: Scenario) -> bytes:
    """Bob has proposed a client whose key package is good for a day; the reference of that."""
    proposed = propose(
        scenario.states["Bob"], Add(carol_until(scenario, NOW + DAY).key_package), entropy=b"p" * 32, now=NOW
    )
    scenario.states["Bob"] = proposed.next
    scenario.deliver(proposed.message, "Bob")
    return proposed.reference


def test_a_proposal_that_has_expired_while_it_waited_is_left_out_and_stops_nobodys_commit() -> None:
    scenario = group_of("Alice", "Bob")
    waiting(scenario)
    alice = scenario.states["Alice"]
    assert len(create_commit(alice, entropy=b"c" * 32, now=NOW + DAY).advanced.added) == 1
    late = create_commit(alice, entropy=b"c" * 32, now=NOW + DAY + 1)
    assert late.advanced.added == ()
    assert late.advanced.with_path
    assert isinstance(process(scenario.states["Bob"], late.message, now=NOW + DAY + 1)[1], EpochAdvanced)


def test_a_proposal_that_has_expired_while_it_waited_is_not_committed_by_name() -> None:
    scenario = group_of("Alice", "Bob")
    reference = waiting(scenario)
    alice = scenario.states["Alice"]
    create_commit(alice, by_reference=[reference], entropy=b"c" * 32, now=NOW + DAY)
    with refuses(refused.InvalidLeafNode, "§7.3", "is not within the lifetime"):
        create_commit(alice, by_reference=[reference], entropy=b"c" * 32, now=NOW + DAY + 1)


def test_a_proposal_that_is_still_valid_is_committed_by_name() -> None:
    scenario = group_of("Alice", "Bob")
    reference = waiting(scenario)
    made = create_commit(scenario.states["Alice"], by_reference=[reference], entropy=b"c" * 32, now=NOW + DAY)
    _, received = process(scenario.states["Bob"], made.message, now=NOW + DAY)
    assert isinstance(received, EpochAdvanced)
    assert len(received.added) == 1


def test_the_commit_of_a_proposal_that_has_expired_since_is_followed() -> None:
    scenario = group_of("Alice", "Bob", "Dave")
    waiting(scenario)
    message = create_commit(scenario.states["Alice"], entropy=b"c" * 32, now=NOW + DAY).message
    for name in ("Bob", "Dave"):
        _, received = process(scenario.states[name], message, now=NOW + 2 * DAY)
        assert isinstance(received, EpochAdvanced)
        assert len(received.added) == 1


def test_a_proposal_that_arrives_late_is_kept_for_the_commit_that_comes_after_it() -> None:
    scenario = group_of("Alice", "Bob")
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    proposed = propose(alice, Add(carol_until(scenario, NOW + DAY).key_package), entropy=b"p" * 32, now=NOW)
    committed = create_commit(proposed.next, entropy=b"c" * 32, now=NOW)
    bob, _ = process(bob, proposed.message, now=NOW + 8 * DAY)
    bob, received = process(bob, committed.message, now=NOW + 8 * DAY)
    assert isinstance(received, EpochAdvanced)
    assert len(received.added) == 1


# Groups that one enters


def old_company(scenario: Scenario) -> KeyPackageBundle:
    """Alice adds Carol, whose key package is good for a day; then Erin, who reads her Welcome late."""
    carol = carol_until(scenario, NOW + DAY)
    scenario.commit("Alice", Add(carol.key_package))
    return scenario.bundle("Erin")


def test_a_welcome_is_judged_by_the_time_at_which_it_was_sent() -> None:
    scenario = group_of("Alice", "Bob")
    erin = old_company(scenario)
    made = create_commit(scenario.states["Alice"], [Add(erin.key_package)], entropy=b"e" * 32, now=NOW)
    assert made.welcome is not None
    end = NOW + DAY + CLOCK_LEEWAY
    for now, sent_at in ((end, None), (end + CATCH_UP, None), (end + CATCH_UP, NOW), (end + CATCH_UP, end)):
        assert join(encode(made.welcome), erin, now=now, sent_at=sent_at).secrets == made.next.secrets
    for now, sent_at in ((end + CATCH_UP + 1, None), (end + CATCH_UP + 1, NOW), (end + CATCH_UP, end + 1)):
        with by_policy("in_trees"):
            join(encode(made.welcome), erin, now=now, sent_at=sent_at)
    indifferent = Policy(lifetimes=LifetimePolicy(in_trees=False))
    join(encode(made.welcome), erin, now=end + CATCH_UP + 1, policy=indifferent)


def test_a_group_that_one_joins_by_a_commit_is_judged_by_the_present() -> None:
    scenario = group_of("Alice", "Bob")
    old_company(scenario)
    info = encode(group_info(scenario.states["Alice"]))
    dave = scenario.credential("Dave"), scenario.signature_private_key("Dave")
    end = NOW + DAY + CLOCK_LEEWAY
    external_commit(info, *dave, entropy=b"d" * 32, now=end)
    public_group(info, now=end)
    with by_policy("in_trees"):
        external_commit(info, *dave, entropy=b"d" * 32, now=end + 1)
    with by_policy("in_trees"):
        public_group(info, now=end + 1)
    indifferent = Policy(lifetimes=LifetimePolicy(in_trees=False))
    external_commit(info, *dave, entropy=b"d" * 32, now=end + 1, policy=indifferent)


def test_nobody_makes_a_group_with_a_key_package_that_has_expired() -> None:
    scenario = group_of("Alice")
    carol = carol_until(scenario, NOW)
    create_group(carol, b"another", entropy=b"g" * 32, now=NOW)
    with refuses(refused.InvalidLeafNode, "§7.3", "is not within the lifetime"):
        create_group(carol, b"another", entropy=b"g" * 32, now=NOW + 1)


def test_all_agree_whenever_they_read() -> None:
    scenario = group_of("Alice", "Bob", "Dave")
    carol = carol_until(scenario, NOW + DAY)
    committed = create_commit(scenario.states["Alice"], [Add(carol.key_package)], entropy=b"c" * 32, now=NOW)
    assert committed.welcome is not None
    scenario.states["Alice"] = committed.next
    for name, now in (("Bob", NOW), ("Dave", NOW + CATCH_UP)):
        scenario.states[name], _ = process(scenario.states[name], committed.message, now=now)
    scenario.states["Carol"] = join(committed.welcome, carol, now=NOW + CATCH_UP)
    assert_agreement(scenario)
