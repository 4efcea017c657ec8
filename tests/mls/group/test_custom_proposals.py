"""Proposals of types that the RFC does not define: who may send them, who must know them (RFC 9420 §12.2, §13.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.mls.group.test_external_proposals import external, watched
from workbench.inspect import spans
from workbench.mls import (
    Add,
    CustomProposal,
    CustomProposalType,
    Framing,
    MLSMessage,
    Policy,
    ProposalQueued,
    Remove,
    create_commit,
    decode,
    default_capabilities,
    encode,
    group_info,
    observe,
    process,
    propose,
    public_group,
)
from workbench.mls import errors as refused
from workbench.mls.group.proposal_list import validate_proposal_list
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByReference, ProposalByValue, ProposalOrRef

POLL, LIGHT, OPEN = 0xF001, 0xF002, 0xF003
"""A type for members alone, one that needs no path, and one that those outside may use."""

POLICY = Policy(
    custom_proposals=(
        CustomProposalType(POLL),
        CustomProposalType(LIGHT, path_required=False),
        CustomProposalType(OPEN, external_senders=True, external_commits=True),
    )
)
CAPABILITIES = replace(default_capabilities(), proposals=(POLL, LIGHT, OPEN))
LUNCH = CustomProposal(POLL, b"lunch at noon?")


def polling_group(*names: str) -> Scenario:
    """A group whose members all know the three types."""
    return group_of(*names, policy=POLICY, capabilities=CAPABILITIES)


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
def test_a_custom_proposal_by_value_reaches_the_application_with_its_commit(private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = polling_group("Alice", "Bob", "Carol")
    committed = create_commit(
        scenario.states["Alice"],
        [LUNCH, LUNCH],
        entropy=next(scenario.entropy),
        now=NOW,
        framing=Framing(private=private),
    )
    received = scenario.deliver(committed.message, "Alice")
    scenario.states["Alice"] = committed.next
    assert received["Bob"] == received["Carol"] == committed.advanced
    assert [sent.proposal for sent in committed.advanced.proposals] == [LUNCH, LUNCH]
    assert_agreement(scenario)


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
def test_a_custom_proposal_by_reference_waits_for_somebodys_commit(private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = polling_group("Alice", "Bob", "Carol")
    scenario.propose("Bob", LUNCH, framing=Framing(private=private))
    scenario.propose("Carol", LUNCH, framing=Framing(private=private))
    committed = scenario.commit("Alice", LUNCH)
    assert [(sent.proposal, sent.sender) for sent in committed.advanced.proposals] == [
        (LUNCH, 1),
        (LUNCH, 2),
        (LUNCH, 0),
    ]
    assert_agreement(scenario)


def test_an_external_sender_may_send_what_its_type_allows() -> None:
    scenario = watched(polling_group("Alice"), "Bob")
    received = scenario.deliver(external(scenario, CustomProposal(OPEN, b"data")), "")
    queued = received["Bob"]
    assert isinstance(queued, ProposalQueued)
    assert queued.proposal == CustomProposal(OPEN, b"data")
    scenario.commit("Alice")
    assert_agreement(scenario)
    with refuses(refused.InvalidProposal, "§12.1.8", "type 0xf001 cannot come from an external sender"):
        process(scenario.states["Alice"], encode(external(scenario, LUNCH)), now=NOW)


def test_a_newcomer_may_commit_what_its_type_allows() -> None:
    scenario = polling_group("Alice", "Bob")
    made = scenario.join_by_commit("Carol", "Alice", proposals=(CustomProposal(OPEN, b"hello"),))
    assert made.advanced.proposals[-1].proposal == CustomProposal(OPEN, b"hello")
    assert_agreement(scenario)
    forbidding = Policy(custom_proposals=(CustomProposalType(OPEN),))
    scenario.states["Alice"] = with_public(scenario.states["Alice"], policy=forbidding)
    made = scenario.outside("Dave", "Bob", proposals=(CustomProposal(OPEN, b"hello"),))
    with refuses(refused.InvalidProposalList, "§12.2", "newcomer may not commit a proposal of type 0xf003"):
        process(scenario.states["Alice"], encode(made.message), now=NOW)
    process(scenario.states["Bob"], encode(made.message), now=NOW)


def test_a_custom_type_says_whether_its_commit_needs_a_path() -> None:
    scenario = polling_group("Alice", "Bob")
    light = CustomProposal(LIGHT, b"")
    assert not scenario.commit("Alice", light, path=False).advanced.with_path
    assert_agreement(scenario)
    assert scenario.commit("Alice", light, LUNCH, path=False).advanced.with_path
    others = Policy(custom_proposals=(CustomProposalType(POLL, path_required=False),))
    careless = with_public(scenario.states["Alice"], policy=others)
    made = create_commit(careless, [LUNCH], entropy=next(scenario.entropy), now=NOW, path=False)
    with refuses(refused.InvalidCommit, "§12.4.2", "UpdatePath is missing"):
        process(scenario.states["Bob"], encode(made.message), now=NOW)


# Who must know a type


def test_an_unknown_type_is_refused_on_the_wire_by_its_number() -> None:
    scenario = polling_group("Alice", "Bob")
    made = create_commit(scenario.states["Alice"], [LUNCH], entropy=next(scenario.entropy), now=NOW)
    bob = scenario.states["Bob"]
    process(bob, encode(made.message), now=NOW)
    for known in ((), (CustomProposalType(LIGHT),)):
        ignorant = with_public(bob, policy=Policy(custom_proposals=known))
        with refuses(refused.Malformed, "§2.1", f"{POLL} is not a ProposalType") as caught:
            process(ignorant, encode(made.message), now=NOW)
        assert caught.value.path[-2:] == ("proposal", "proposal_type")
        with refuses(refused.Unsupported, "§13.2", "proposals of type 0xf001 are not known here"):
            process(ignorant, made.message, now=NOW)


def test_what_the_own_policy_does_not_know_is_not_sent() -> None:
    scenario = group_of("Alice", "Bob", capabilities=CAPABILITIES)
    with refuses(refused.Unsupported, "§13.2", "0xf001 are not known here"):
        propose(scenario.states["Alice"], LUNCH, entropy=next(scenario.entropy), now=NOW)
    with refuses(refused.Unsupported, "§13.2", "0xf001 are not known here"):
        scenario.commit("Alice", LUNCH)


def group_with_one_who_cannot(*names: str) -> Scenario:
    """A group that knows the types, and Eve in it at the last leaf, who does not list them."""
    scenario = polling_group(*names)
    bundle = scenario.bundle("Eve", capabilities=default_capabilities())
    scenario.commit(names[0], Add(bundle.key_package))
    return scenario


def test_all_who_process_a_commit_must_support_its_custom_proposals() -> None:
    scenario = group_with_one_who_cannot("Alice", "Bob")
    with refuses(refused.InvalidProposalList, "§12.2", "member 2 does not support proposals of type 0xf001"):
        scenario.commit("Alice", LUNCH)


def test_those_who_are_removed_or_added_with_it_need_not_support_a_custom_proposal() -> None:
    scenario = group_with_one_who_cannot("Alice", "Bob")
    newcomer = scenario.bundle("Frank", capabilities=default_capabilities())
    scenario.commit("Alice", LUNCH, Remove(2), Add(newcomer.key_package))
    assert_agreement(scenario)


def test_a_pending_custom_proposal_that_not_all_support_stops_nobodys_commit() -> None:
    scenario = group_with_one_who_cannot("Alice", "Bob")
    scenario.propose("Bob", LUNCH)
    assert scenario.commit("Alice").advanced.proposals == ()


def test_one_custom_proposal_is_not_committed_twice_by_reference() -> None:
    scenario = polling_group("Alice", "Bob")
    scenario.propose("Bob", LUNCH)
    (sent,) = scenario.states["Alice"].proposals.values()
    validate_proposal_list([sent], scenario.leaf("Alice"))
    with refuses(refused.InvalidProposalList, "§12.2", "one proposal is referred to twice"):
        validate_proposal_list([sent, sent], scenario.leaf("Alice"))


@pytest.mark.parametrize("number", [0, 1, 7, 0x0A0A, 0xEAEA])
def test_no_custom_type_takes_a_number_that_the_rfc_gives_away(number: int) -> None:
    CustomProposalType(8)
    with refuses(refused.Misuse, "§17.4", "cannot be the number of a custom proposal type"):
        CustomProposalType(number)


# On the wire


def commit_of(*proposals: Any) -> Commit:
    by_value = (ProposalOrRef(ProposalByValue(Proposal(proposal))) for proposal in proposals)
    return Commit((*by_value, ProposalOrRef(ProposalByReference(b"reference"))), None)


def test_a_custom_proposal_is_its_type_and_a_vector() -> None:
    assert encode(Proposal(CustomProposal(POLL, b"abc"))) == b"\xf0\x01\x03abc"


def test_both_readers_know_what_they_are_told() -> None:
    commit = commit_of(LUNCH, Remove(1), LUNCH)
    data = encode(commit)
    known = frozenset({POLL, LIGHT})
    assert decode(Commit, data, custom=known) == commit
    span, problem = spans.read(Commit, data, custom=known)
    assert (span.value, problem) == (commit, None)
    for cut in range(len(data)):
        with pytest.raises(refused.Malformed):
            decode(Commit, data[:cut], custom=known)


def test_the_rfcs_proposals_are_read_alike_whatever_else_is_known() -> None:
    scenario = group_of("Alice", "Bob")
    message = encode(scenario.commit("Alice", adds=["Carol"]).message)
    assert decode(MLSMessage, message, custom=frozenset({POLL})) == decode(MLSMessage, message)


def test_an_observer_follows_the_custom_types_that_its_policy_knows() -> None:
    scenario = polling_group("Alice", "Bob")
    info = encode(group_info(scenario.states["Alice"]))
    group = public_group(info, now=NOW, policy=POLICY)
    made = scenario.commit("Alice", LUNCH)
    following, seen = observe(group, encode(made.message), now=NOW)
    assert (following.context, seen) == (scenario.states["Bob"].context, made.advanced)
    with refuses(refused.Malformed, "§2.1", f"{POLL} is not a ProposalType"):
        observe(replace(group, policy=Policy()), encode(made.message), now=NOW)
