"""Joining by a commit of one's own: who gets in, and what members refuse (RFC 9420 §8.3, §12.4.3.2)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.mls.tree.people import written_otherwise
from tests.rfc.source import without
from workbench.mls import (
    CIPHER_SUITES,
    Add,
    ApplicationMessage,
    EpochAdvanced,
    Extension,
    ExternalPSK,
    GroupContextExtensions,
    LeafIndex,
    MLSMessage,
    Policy,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTreeExtension,
    Remove,
    Removed,
    ResumptionPSK,
    SentProposal,
    encode,
    external_commit,
    group_info,
    process,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.framing.public_content import from_outside
from workbench.mls.framing.signing import sign_content
from workbench.mls.group.framing import sender_leaf
from workbench.mls.group.group_info import sign_group_info
from workbench.mls.group.proposal_list import validate_external_proposal_list
from workbench.mls.group.proposals import check_new_key
from workbench.mls.group.public_commit import process_public_commit
from workbench.mls.tree.own_leaf import default_capabilities, sign_leaf_node
from workbench.mls.when import When
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion, ResumptionPSKUsage, WireFormat
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    GroupInfo,
    NewMemberCommitSender,
    PublicMessage,
    Sender,
)
from workbench.mls.wire.proposals import (
    Commit,
    ExternalInit,
    Proposal,
    ProposalByReference,
    ProposalByValue,
    ProposalOrRef,
)
from workbench.mls.wire.tree import UpdatePath


def psk(name: bytes, nonce_length: int = 32) -> PreSharedKey:
    return PreSharedKey(PreSharedKeyID(ExternalPSK(name), bytes(nonce_length)))


@pytest.mark.parametrize("suite", sorted(CIPHER_SUITES))
def test_a_client_joins_by_its_own_commit_in_every_suite(suite: int) -> None:
    scenario = group_of("Alice", "Bob", "Carol", suite=suite)
    made = scenario.join_by_commit("Dave", via="Bob")
    assert made.advanced == EpochAdvanced(
        LeafIndex(3), made.advanced.proposals, (LeafIndex(3),), (), (), with_path=True, external=True
    )
    assert_agreement(scenario)
    received = scenario.deliver(scenario.send("Dave", b"hello"), "Dave")
    assert received["Alice"] == ApplicationMessage(LeafIndex(3), b"hello", b"", 2)
    scenario.commit("Alice")
    scenario.commit("Dave", adds=["Eve"])
    assert_agreement(scenario)


def test_members_learn_from_an_external_commit_what_the_joiner_says() -> None:
    scenario = group_of("Alice", "Bob")
    made = scenario.outside("Carol", via="Alice")
    _, learned = process(scenario.states["Bob"], encode(made.message), now=NOW)
    assert learned == made.advanced


def test_a_joiner_takes_the_leftmost_blank_leaf() -> None:
    scenario = group_of("Alice", "Bob", "Carol", "Dave")
    scenario.commit("Alice", Remove(1))
    scenario.join_by_commit("Eve", via="Dave")
    assert scenario.leaf("Eve") == 1
    assert_agreement(scenario)


def test_a_full_tree_grows_for_a_joiner() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.join_by_commit("Carol", via="Alice")
    assert scenario.leaf("Carol") == 2
    assert scenario.states["Alice"].tree.leaf_count == 4
    assert_agreement(scenario)


@pytest.mark.parametrize("name", ["Alice", "Bob", "Carol"])
def test_a_member_that_lost_its_state_comes_back_in_place_of_its_old_leaf(name: str) -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    old = scenario.states[name]
    via = next(each for each in scenario.states if each != name)
    made = scenario.outside(name, via=via, resync=old.own_leaf)
    last, event = process(old, encode(made.message), now=NOW)
    assert event == Removed(made.next.own_leaf, made.advanced.proposals)
    assert not last.active
    del scenario.states[name]
    scenario.deliver(made.message, name)
    scenario.states[name] = made.next
    assert len(scenario.states) == 3
    assert_agreement(scenario)


def test_pre_shared_keys_prove_that_a_joiner_knows_them() -> None:
    scenario = group_of("Alice", "Bob")
    old = scenario.states["Bob"]
    resumption = PreSharedKey(PreSharedKeyID(ResumptionPSK(ResumptionPSKUsage.application, b"the group", 1), bytes(32)))
    made = scenario.outside(
        "Bob",
        via="Alice",
        resync=old.own_leaf,
        proposals=[psk(b"over lunch"), resumption],
        psks={b"over lunch": b"fish", (b"the group", 1): old.resumption_psks[1]},
    )
    alice, _ = process(scenario.states["Alice"], encode(made.message), now=NOW, psks={b"over lunch": b"fish"})
    assert alice.secrets == made.next.secrets
    with pytest.raises(refused.InvalidTag):
        process(scenario.states["Alice"], encode(made.message), now=NOW, psks={b"over lunch": b"meat"})


def test_the_tree_may_come_from_elsewhere() -> None:
    scenario = group_of("Alice", "Bob")
    alice = scenario.states["Alice"]
    info = group_info(alice, ratchet_tree=False)
    keys = scenario.credential("Carol"), scenario.signature_private_key("Carol")
    tree = RatchetTreeExtension(alice.tree.to_nodes())
    made = external_commit(info, *keys, entropy=next(scenario.entropy), now=NOW, ratchet_tree=tree)
    assert process(alice, made.message, now=NOW)[0].secrets == made.next.secrets
    with refuses(refused.Misuse, "§12.4.3.1", "carries no ratchet tree"):
        external_commit(info, *keys, entropy=next(scenario.entropy), now=NOW)


# What a joiner refuses


def joins(scenario: Scenario, info: Any, **options: Any) -> None:
    keys = scenario.credential("Carol"), scenario.signature_private_key("Carol")
    external_commit(info, *keys, entropy=next(scenario.entropy), now=NOW, **options)


def test_without_an_external_key_nobody_joins_by_a_commit() -> None:
    scenario = group_of("Alice", "Bob")
    info = group_info(scenario.states["Alice"]).message
    joins(scenario, info)
    with refuses(refused.InvalidGroupInfo, "§12.4.3.2", "no external_pub"):
        joins(scenario, group_info(scenario.states["Alice"], external_pub=False))


def test_what_is_no_group_info_is_refused_as_one() -> None:
    scenario = group_of("Alice", "Bob")
    message = MLSMessage(ProtocolVersion.mls10, scenario.bundle("Carol").key_package)
    with refuses(refused.Misuse, "§12.4.3", "KeyPackage is not a GroupInfo"):
        joins(scenario, encode(message))


ALICE = group_of("Alice", "Bob").states["Alice"]
OTHER_TREE = group_of("Alice", "Dave").states["Alice"].tree


@pytest.mark.parametrize(
    ("changes", "error", "reason"),
    [
        ({"own_leaf": LeafIndex(3)}, refused.InvalidGroupInfo, "leaf 3, is no member"),
        ({"own_leaf": LeafIndex(1)}, refused.InvalidGroupInfo, "signature of the GroupInfo"),
        ({"public": replace(ALICE.public, tree=OTHER_TREE)}, refused.InvalidRatchetTree, "tree hash"),
    ],
)
def test_a_joiner_checks_the_group_info(changes: dict[str, Any], error: type[MLSError], reason: str) -> None:
    scenario = group_of("Alice", "Bob")
    posing = replace(scenario.states["Alice"], **changes)
    with refuses(error, "§12.4.3(.1)?", reason):
        joins(scenario, sign_group_info(posing, ratchet_tree=True, external_pub=True))


def test_who_cannot_do_what_the_group_needs_does_not_join() -> None:
    scenario = group_of("Alice")
    needs = encode(RequiredCapabilities((), (), (2,)))
    scenario.commit("Alice", GroupContextExtensions((Extension(ExtensionType.required_capabilities, needs),)))
    info = group_info(scenario.states["Alice"])
    joins(scenario, info)
    with refuses(refused.InvalidRatchetTree, "§7.3", "does not list 0x0002"):
        joins(scenario, info, capabilities=replace(default_capabilities(), credentials=(1,)))


def test_a_member_cannot_join_a_second_time_beside_itself() -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidRatchetTree, "§7.3", "same signature key"):
        scenario.outside("Bob", via="Alice")


def test_nobody_makes_a_commit_that_removes_somebody_else() -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidCredential, "§5.3.1", "other identities than the one it replaces"):
        scenario.outside("Carol", via="Alice", resync=LeafIndex(1))
    with refuses(refused.InvalidProposal, "§12.1.3", "no member at leaf 7"):
        scenario.outside("Carol", via="Alice", resync=LeafIndex(7))


# What members refuse: an honest commit with one thing changed, signed again by the joiner


def parts(message: MLSMessage) -> tuple[FramedContent, Commit, UpdatePath]:
    public = message.message
    assert isinstance(public, PublicMessage)
    commit = public.content.content
    assert isinstance(commit, Commit)
    assert commit.path is not None
    return public.content, commit, commit.path


def resigned(scenario: Scenario, message: MLSMessage, name: str, **changes: Any) -> MLSMessage:
    """The commit with some fields replaced, and a signature of `name` that is right for it."""
    content, commit, _ = parts(message)
    public = message.message
    assert isinstance(public, PublicMessage)
    content = replace(content, content=replace(commit, **changes))
    form, context = WireFormat.mls_public_message, scenario.states["Alice"].context
    signature = sign_content(scenario.suite, form, content, scenario.signature_private_key(name), context)
    auth = FramedContentAuthData(signature, public.auth.confirmation_tag)
    return from_outside(AuthenticatedContent(form, content, auth))


def by_value(*proposals: Any) -> tuple[ProposalOrRef, ...]:
    return tuple(ProposalOrRef(ProposalByValue(Proposal(proposal))) for proposal in proposals)


def arrives(scenario: Scenario, message: MLSMessage) -> None:
    process(scenario.states["Alice"], encode(message), now=NOW)


def test_the_honest_commit_signed_again_is_accepted() -> None:
    scenario = group_of("Alice", "Bob")
    made = scenario.outside("Carol", via="Alice")
    arrives(scenario, resigned(scenario, made.message, "Carol"))


def test_a_commit_signed_by_another_than_its_leaf_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    made = scenario.outside("Carol", via="Alice")
    with refuses(refused.InvalidSignature, "§6.1", "does not verify"):
        arrives(scenario, resigned(scenario, made.message, "Dave"))


def test_an_external_commit_without_a_path_has_no_signer() -> None:
    scenario = group_of("Alice", "Bob")
    made = scenario.outside("Carol", via="Alice")
    with refuses(refused.InvalidCommit, "§12.4.3.2", "no leaf has a key"):
        arrives(scenario, resigned(scenario, made.message, "Carol", path=None))


def test_an_external_commit_without_a_path_is_none() -> None:
    scenario = group_of("Alice", "Bob")
    content, commit, _ = parts(scenario.outside("Carol", via="Alice").message)
    bare = replace(content, content=replace(commit, path=None))
    authenticated = AuthenticatedContent(WireFormat.mls_public_message, bare, FramedContentAuthData(b"", b""))
    with refuses(refused.InvalidCommit, "§12.4.3.2", "must have a path"):
        process_public_commit(scenario.states["Alice"].public, authenticated, when=When.at(NOW))


def test_an_external_commit_must_not_refer_to_proposals() -> None:
    scenario = group_of("Alice", "Bob")
    made = scenario.outside("Carol", via="Alice")
    scenario.propose("Bob", psk(b"id"))
    (reference,) = scenario.states["Alice"].proposals
    referred = ProposalOrRef(ProposalByReference(reference))
    with refuses(refused.InvalidCommit, "§12.4.3.2", "by reference"):
        arrives(scenario, resigned(scenario, made.message, "Carol", proposals=(*by_value(ExternalInit(b"")), referred)))


def outside(proposal: Any) -> SentProposal:
    return SentProposal(proposal, NewMemberCommitSender())


INIT, LEAVE, PSK = ExternalInit(b""), Remove(1), psk(b"id")


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ([], "0 ExternalInits"),
        ([INIT, INIT], "2 ExternalInits"),
        ([INIT, LEAVE, Remove(0)], "more than its own old leaf"),
        ([INIT, GroupContextExtensions(())], "may not commit GroupContextExtensions"),
        ([INIT, Add(group_of("Alice").bundle("Eve").key_package)], "may not commit Add"),
        ([INIT, PSK, PSK], "same pre-shared key"),
    ],
)
def test_lists_that_the_rfc_forbids_a_newcomer_are_refused(listed: list[Any], reason: str) -> None:
    with refuses(refused.InvalidProposalList, "§12.2", reason):
        validate_external_proposal_list([outside(each) for each in listed])
    scenario = group_of("Alice", "Bob", "Carol")
    made = scenario.outside("Dave", via="Alice")
    with refuses(refused.InvalidProposalList, "§12.2", reason):
        arrives(scenario, resigned(scenario, made.message, "Dave", proposals=by_value(*listed)))


def test_a_newcomer_may_commit_what_is_its_own_to_commit() -> None:
    validate_external_proposal_list([outside(each) for each in (PSK, LEAVE, INIT, psk(b"other"))])


def test_a_short_nonce_in_an_external_commit_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidPreSharedKey, "§8.4", "31 bytes"):
        scenario.outside("Carol", via="Alice", proposals=[psk(b"id", 31)], psks={b"id": b"secret"})


def test_members_refuse_a_newcomer_that_removes_somebody_else() -> None:
    scenario = group_of("Alice", "Bob")
    made = scenario.outside("Carol", via="Alice")
    _, commit, _ = parts(made.message)
    proposals = (*commit.proposals, *by_value(Remove(1)))
    with refuses(refused.InvalidCredential, "§5.3.1", "other identities than the one it replaces"):
        arrives(scenario, resigned(scenario, made.message, "Carol", proposals=proposals))


def test_a_resync_with_the_keys_of_an_older_commit_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.entropy = itertools.repeat(b"once and again".ljust(32))
    scenario.commit("Bob")
    with without(check_new_key, "InvalidProposal", "another encryption key"):
        made = scenario.outside("Bob", via="Alice", resync=LeafIndex(1))
    with refuses(refused.InvalidProposal, "§7.3", "another encryption key"):
        arrives(scenario, made.message)


def test_a_resync_must_bring_a_new_key() -> None:
    scenario = group_of("Alice", "Bob")
    bob = scenario.states["Bob"]
    made = scenario.outside("Bob", via="Alice", resync=bob.own_leaf)
    _, _, path = parts(made.message)
    old = bob.tree.member(bob.own_leaf).encryption_key
    for key in (old, written_otherwise(old)):
        same = sign_leaf_node(
            scenario.suite,
            replace(path.leaf_node, encryption_key=key),
            scenario.signature_private_key("Bob"),
            group_id=bob.group_id,
            leaf_index=bob.own_leaf,
        )
        with refuses(refused.InvalidProposal, "§7.3", "another encryption key"):
            arrives(scenario, resigned(scenario, made.message, "Bob", path=replace(path, leaf_node=same)))


def test_another_kem_output_leads_to_another_epoch() -> None:
    scenario = group_of("Alice", "Bob")
    made, other = (scenario.outside("Carol", via="Alice") for _ in range(2))
    _, commit, _ = parts(other.message)
    with refuses(refused.InvalidTag, "§12.4.2", "confirmation tag"):
        arrives(scenario, resigned(scenario, made.message, "Carol", proposals=commit.proposals))


@pytest.mark.parametrize(
    ("policy", "setting"),
    [(Policy(external_commits=False), "Policy.external_commits"), (Policy(resyncs=False), "Policy.resyncs")],
)
def test_a_group_may_close_this_door(policy: Policy, setting: str) -> None:
    scenario = group_of("Alice", "Bob")
    scenario.states["Alice"] = with_public(scenario.states["Alice"], policy=policy)
    joined, back = scenario.outside("Carol", via="Bob"), scenario.outside("Bob", via="Bob", resync=LeafIndex(1))
    with refuses(refused.RefusedByPolicy, "§12.4.3.2", rf"our policy refuses that \({setting}=False\)") as caught:
        arrives(scenario, back.message)
    assert caught.value.setting == setting
    if policy.external_commits:
        arrives(scenario, joined.message)


@pytest.mark.parametrize("resync", [None, LeafIndex(1)])
def test_nobody_comes_through_a_door_that_its_own_policy_closes(resync: LeafIndex | None) -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.RefusedByPolicy, "§12.4.3.2", r"our policy refuses that \(Policy.external_commits=False\)"):
        scenario.outside("Bob", via="Alice", resync=resync, policy=Policy(external_commits=False))


def test_an_external_init_has_its_place_in_a_newcomers_commit_only() -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidProposal, "§12.1.6", "outside of an external commit"):
        scenario.propose("Alice", ExternalInit(b""))
    with refuses(refused.InvalidProposalList, "§12.2", "an ExternalInit stands in a commit by a member"):
        scenario.commit("Alice", ExternalInit(b""))


def test_a_newcomer_has_no_leaf_to_speak_from() -> None:
    content = FramedContent(b"the group", 1, Sender(NewMemberCommitSender()), b"", Commit((), None))
    with refuses(refused.InvalidMessage, "§6", "only a member may send this, not a new_member_commit sender"):
        sender_leaf(content)


def test_a_group_info_of_a_past_epoch_lets_nobody_in() -> None:
    scenario = group_of("Alice", "Bob")
    info = group_info(scenario.states["Alice"]).message
    assert isinstance(info, GroupInfo)
    scenario.commit("Bob")
    keys = scenario.credential("Carol"), scenario.signature_private_key("Carol")
    late = external_commit(info, *keys, entropy=next(scenario.entropy), now=NOW)
    with refuses(refused.WrongEpoch, "§6", "of epoch 1"):
        arrives(scenario, late.message)
