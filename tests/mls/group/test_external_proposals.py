"""Proposals from outside: who may ask for what, and what members make of it (RFC 9420 §12.1.8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, Scenario, group_of
from workbench.mls import (
    Add,
    Extension,
    ExternalPSK,
    GroupContextExtensions,
    LeafIndex,
    MLSMessage,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    ProposalQueued,
    Remove,
    SentProposal,
    Update,
    create_commit,
    create_group,
    decode,
    drop_proposal,
    encode,
    join,
    process,
    propose_external,
    propose_self_add,
)
from workbench.mls import errors as refused
from workbench.mls.framing.public_content import from_outside
from workbench.mls.framing.signing import sign_content
from workbench.mls.group.proposals import validate_proposal
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.when import When
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion, SenderType, WireFormat
from workbench.mls.wire.extensions import ExternalSender, ExternalSenders
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    ExternalSenderIndex,
    FramedContent,
    FramedContentAuthData,
    NewMemberCommitSender,
    NewMemberProposalSender,
    Sender,
)
from workbench.mls.wire.proposals import Commit, ExternalInit, Proposal, ReInit


def watched_group(*names: str) -> Scenario:
    """A group that takes proposals from two services outside: `HR` at index 0 and `ops` at 1."""
    return watched(group_of(names[0]), *names[1:])


def watched(scenario: Scenario, *added: str) -> Scenario:
    """A group of one, made to take proposals from outside, and then with others in it."""
    (first,) = scenario.states
    senders = ExternalSenders(
        tuple(
            ExternalSender(
                scenario.suite.signature_public_key(scenario.signature_private_key(name)), scenario.credential(name)
            )
            for name in ("HR", "ops")
        )
    )
    extension = Extension(ExtensionType.external_senders, encode(senders))
    scenario.commit(first, GroupContextExtensions((extension,)))
    scenario.commit(first, adds=added)
    return scenario


def external(scenario: Scenario, proposal: Any, index: int = 0, signer: str = "HR") -> MLSMessage:
    state = next(iter(scenario.states.values()))
    return propose_external(
        scenario.suite,
        state.group_id,
        state.epoch,
        proposal,
        now=NOW,
        sender_index=index,
        signature_private_key=scenario.signature_private_key(signer),
    )


def arrives(scenario: Scenario, message: MLSMessage) -> None:
    process(scenario.states["Alice"], encode(message), now=NOW)


def test_an_external_sender_has_members_added_and_removed() -> None:
    scenario = watched_group("Alice", "Bob")
    bundle = scenario.bundle("Carol")
    received = scenario.deliver(external(scenario, Add(bundle.key_package)), "")
    queued = received["Alice"]
    assert isinstance(queued, ProposalQueued)
    assert queued.sender == ExternalSenderIndex(0)
    scenario.deliver(external(scenario, Remove(scenario.leaf("Bob")), 1, "ops"), "")
    committed = scenario.commit("Alice")
    assert committed.welcome is not None
    scenario.states["Carol"] = join(committed.welcome, bundle, now=NOW)
    assert set(scenario.states) == {"Alice", "Carol"}
    assert committed.advanced.proposals[1].sender == ExternalSenderIndex(1)
    assert committed.advanced.proposals[1].member is None
    assert_agreement(scenario)


@pytest.mark.parametrize(
    "proposal",
    [
        PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), bytes(32))),
        ReInit(b"another", ProtocolVersion.mls10, 1, ()),
        GroupContextExtensions(()),
    ],
)
def test_an_external_sender_may_propose_what_no_member_has_to_sign(proposal: Any) -> None:
    scenario = watched_group("Alice", "Bob")
    received = scenario.deliver(external(scenario, proposal), "")
    assert [event.proposal for event in received.values() if isinstance(event, ProposalQueued)] == [proposal] * 2


def test_a_client_asks_to_be_added_itself() -> None:
    scenario = group_of("Alice", "Bob")
    bundle, state = scenario.bundle("Carol"), scenario.states["Alice"]
    asks = propose_self_add(
        bundle.key_package, bundle.signature_private_key, scenario.suite, state.group_id, state.epoch, now=NOW
    )
    received = scenario.deliver(asks, "")
    assert [event.sender for event in received.values() if isinstance(event, ProposalQueued)] == [
        NewMemberProposalSender()
    ] * 2
    (reference,) = scenario.states["Bob"].proposals
    committed = scenario.commit("Bob", approved=[reference])
    assert committed.welcome is not None
    scenario.states["Carol"] = join(committed.welcome, bundle, now=NOW)
    assert_agreement(scenario)


def asked(policy: Policy = DEFAULT_POLICY) -> Scenario:
    """A group that takes proposals from outside, with a self-add and one of an external sender pending."""
    scenario = watched(group_of("Alice", policy=policy), "Bob")
    bundle, alice = scenario.bundle("Mallory"), scenario.states["Alice"]
    key = bundle.signature_private_key
    scenario.deliver(
        propose_self_add(bundle.key_package, key, scenario.suite, alice.group_id, alice.epoch, now=NOW), ""
    )
    scenario.deliver(external(scenario, Add(scenario.bundle("Carol").key_package)), "")
    return scenario


SELF_ADD, EXTERNAL = SenderType.new_member_proposal, SenderType.external


@pytest.mark.parametrize(
    ("policy", "added"),
    [
        (DEFAULT_POLICY, [EXTERNAL]),
        (Policy(needs_approval=frozenset()), [SELF_ADD, EXTERNAL]),
        (Policy(needs_approval=frozenset({EXTERNAL})), [SELF_ADD]),
        (Policy(needs_approval=frozenset({EXTERNAL, SELF_ADD})), []),
    ],
)
def test_what_the_policy_says_waits_for_an_approval(policy: Policy, added: list[SenderType]) -> None:
    scenario = asked(policy)
    alice = scenario.states["Alice"]
    references = tuple(alice.proposals)

    def committed(**options: Any) -> list[SenderType]:
        made = create_commit(alice, entropy=next(scenario.entropy), now=NOW, **options)
        process(scenario.states["Bob"], made.message, now=NOW)
        return [sent.sender.TAG for sent in made.advanced.proposals if not isinstance(sent.sender, int)]

    assert committed() == added
    assert committed(approved=references) == [SELF_ADD, EXTERNAL]
    assert committed(by_reference=references[:1]) == [SELF_ADD]
    assert set(committed(approved=references[:1])) == {*added, SELF_ADD}
    with refuses(refused.UnknownProposal, "§12.4.2", "has not arrived"):
        committed(approved=[b"no such proposal"])


def test_a_proposal_of_a_member_needs_no_approval() -> None:
    everyone = frozenset(SenderType)
    scenario = group_of("Alice", "Bob", "Carol", policy=Policy(needs_approval=everyone))
    scenario.propose("Bob", Remove(2))
    assert scenario.commit("Alice").advanced.removed == (2,)


def test_a_proposal_that_nobody_wants_is_dropped() -> None:
    scenario = group_of("Alice", "Bob")
    bundle, alice = scenario.bundle("Mallory"), scenario.states["Alice"]
    asks = propose_self_add(
        bundle.key_package, bundle.signature_private_key, scenario.suite, alice.group_id, alice.epoch, now=NOW
    )
    waiting, queued = process(alice, encode(asks), now=NOW)
    assert isinstance(queued, ProposalQueued)
    dropped = drop_proposal(waiting, queued.reference)
    assert dropped == alice
    assert create_commit(dropped, entropy=next(scenario.entropy), now=NOW).welcome is None


# What members refuse


def test_an_external_sender_that_the_group_does_not_list_is_refused() -> None:
    scenario = watched_group("Alice", "Bob")
    arrives(scenario, external(scenario, Remove(1), 1, "ops"))
    with refuses(refused.InvalidMessage, "§12.1.8.1", "knows no external sender 2"):
        arrives(scenario, external(scenario, Remove(1), 2))
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidMessage, "§12.1.8.1", "knows no external sender 0"):
        arrives(scenario, external(scenario, Remove(1)))


def test_an_external_proposal_signed_by_another_is_refused() -> None:
    scenario = watched_group("Alice", "Bob")
    with refuses(refused.InvalidSignature, "§6.1", "does not verify"):
        arrives(scenario, external(scenario, Remove(1), 1, "HR"))


def signed_outside(scenario: Scenario, sender: Any, content: Any, signer: str = "HR") -> MLSMessage:
    """Anything at all, signed by somebody outside."""
    state = scenario.states["Alice"]
    framed = FramedContent(state.group_id, state.epoch, Sender(sender), b"", content)
    form = WireFormat.mls_public_message
    signature = sign_content(scenario.suite, form, framed, scenario.signature_private_key(signer), None)
    tag = b"" if isinstance(content, Commit) else None
    return from_outside(AuthenticatedContent(form, framed, FramedContentAuthData(signature, tag)))


def test_an_external_sender_may_not_propose_what_is_for_members() -> None:
    scenario = watched_group("Alice", "Bob")
    update = Update(scenario.states["Bob"].tree.member(LeafIndex(1)))
    arrives(scenario, signed_outside(scenario, ExternalSenderIndex(0), Proposal(Remove(1))))
    for proposal in (update, ExternalInit(b"")):
        name = type(proposal).__name__
        with refuses(refused.InvalidMessage, "§12.1.8", f"type {name} cannot come from an external"):
            arrives(scenario, signed_outside(scenario, ExternalSenderIndex(0), Proposal(proposal)))
        with refuses(refused.Misuse, "§12.1.8", f"type {name} cannot come from an external"):
            external(scenario, proposal)
    with refuses(refused.InvalidMessage, "§6.1", "proposals only, not a commit"):
        arrives(scenario, signed_outside(scenario, ExternalSenderIndex(0), Commit((), None)))


def test_a_newcomer_may_propose_nothing_but_its_own_add() -> None:
    scenario = watched_group("Alice", "Bob")
    add = Proposal(Add(scenario.bundle("Carol").key_package))
    arrives(scenario, signed_outside(scenario, NewMemberProposalSender(), add, "Carol"))
    with refuses(refused.InvalidSignature, "§6.1", "does not verify"):
        arrives(scenario, signed_outside(scenario, NewMemberProposalSender(), add, "HR"))
    with refuses(refused.InvalidMessage, "§6.1", "only its own Add"):
        arrives(scenario, signed_outside(scenario, NewMemberProposalSender(), Proposal(Remove(1))))
    with refuses(refused.InvalidMessage, "§6.1", "sent a proposal"):
        arrives(scenario, signed_outside(scenario, NewMemberCommitSender(), add))


def test_an_update_from_somebody_without_a_leaf_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    alice = scenario.states["Alice"]
    update = Update(alice.tree.member(LeafIndex(0)))
    with refuses(refused.InvalidProposal, "§12.1.2", "is not a member"):
        validate_proposal(alice.public, SentProposal(update, NewMemberProposalSender()), when=When.at(NOW))


def test_an_external_proposal_of_another_epoch_or_group_is_refused() -> None:
    scenario = watched_group("Alice", "Bob")
    message = external(scenario, Remove(1))
    scenario.commit("Bob")
    with refuses(refused.WrongEpoch, "§6", "of epoch 2"):
        arrives(scenario, message)
    other = create_group(scenario.bundle("Alice"), b"elsewhere", entropy=next(scenario.entropy), now=NOW)
    with refuses(refused.WrongGroup, "§6", "for group"):
        process(other, encode(message), now=NOW)


def test_external_proposals_travel_in_the_clear_and_carry_no_tag() -> None:
    message = external(watched_group("Alice", "Bob"), Remove(1))
    assert decode(MLSMessage, encode(message)) == message
    assert message.message.membership_tag is None  # type: ignore[union-attr] # a PublicMessage


def test_a_group_without_the_extension_knows_nobody_outside() -> None:
    assert external_senders_in(()) == ()
    assert external_senders_in((Extension(0x0A0A, b""),)) == ()
