"""Which commits a member refuses: a valid one with one thing changed (RFC 9420 §12.4.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.mls.group.changed_objects import NONCE, PSK, SUITE, refuses
from tests.mls.group.scenario import NOW, Scenario, group_of
from workbench.mls import LeafIndex, MLSMessage, PreSharedKey, PreSharedKeyID, Remove, ResumptionPSK, create_commit
from workbench.mls import errors as refused
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.public_message import unprotect_public
from workbench.mls.group.applied_proposals import LAST_EPOCH
from workbench.mls.group.commit import process_commit
from workbench.mls.group.public_commit import process_public_commit
from workbench.mls.when import When
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    ExternalSenderIndex,
    FramedContentAuthData,
    PublicMessage,
    Sender,
)
from workbench.mls.wire.proposals import Commit, Proposal, ProposalByReference, ProposalOrRef


def authenticated(scenario: Scenario, message: MLSMessage) -> AuthenticatedContent:
    """What Bob has once the frame and the signature of a public message are checked."""
    state, public = scenario.states["Bob"], message.message
    assert isinstance(public, PublicMessage)
    unverified = unprotect_public(SUITE, public, state.secrets.membership_key, state.context)
    return verify_content(SUITE, unverified, state.tree.member(LeafIndex(0)).signature_key, state.context)


def follow(scenario: Scenario, content: AuthenticatedContent) -> None:
    process_commit(scenario.states["Bob"], content, when=When.at(NOW))


def commit_for_bob(*proposals: Any, **options: Any) -> tuple[Scenario, AuthenticatedContent]:
    scenario = group_of("Alice", "Bob", "Carol")
    made = create_commit(scenario.states["Alice"], proposals, entropy=b"c" * 32, now=NOW, **options)
    return scenario, authenticated(scenario, made.message)


def changed(content: AuthenticatedContent, **changes: Any) -> AuthenticatedContent:
    commit = content.content.content
    assert isinstance(commit, Commit)
    return replace(content, content=replace(content.content, content=replace(commit, **changes)))


def test_a_commit_without_the_path_that_its_proposals_need_is_refused() -> None:
    scenario, content = commit_for_bob(Remove(2))
    follow(scenario, content)
    with refuses(refused.InvalidCommit, "§12.4.2", "UpdatePath is missing"):
        follow(scenario, changed(content, path=None))


def test_after_the_last_epoch_that_has_a_number_there_is_no_other() -> None:
    scenario, content = commit_for_bob()
    group = scenario.states["Bob"].public
    process_public_commit(
        replace(group, context=replace(group.context, epoch=LAST_EPOCH - 1)), content, when=When.at(NOW)
    )
    with refuses(refused.GroupInactive, "§8.1", "the last epoch"):
        process_public_commit(
            replace(group, context=replace(group.context, epoch=LAST_EPOCH)), content, when=When.at(NOW)
        )


def test_an_empty_commit_without_a_path_is_refused() -> None:
    scenario, content = commit_for_bob()
    with refuses(refused.InvalidCommit, "§12.4.2", "UpdatePath is missing"):
        follow(scenario, changed(content, path=None))


def test_a_commit_of_a_proposal_that_never_came_is_refused() -> None:
    scenario, content = commit_for_bob()
    unknown = ProposalOrRef(ProposalByReference(b"\7" * 32))
    with refuses(refused.UnknownProposal, "§12.4.2", "0707"):
        follow(scenario, changed(content, proposals=(unknown,)))


def test_a_commit_with_another_confirmation_tag_is_refused() -> None:
    scenario, content = commit_for_bob()
    for tag in (b"\0" * 32, None):
        with refuses(refused.InvalidTag, "§12.4.2", "confirmation tag"):
            follow(scenario, replace(content, auth=FramedContentAuthData(content.auth.signature, tag)))


def test_what_is_no_commit_or_by_nobody_who_may_make_one_is_refused() -> None:
    scenario, content = commit_for_bob()
    outside = replace(content.content, sender=Sender(ExternalSenderIndex(0)))
    with refuses(refused.InvalidCommit, "§12.4.2", "neither a member nor a client that joins"):
        follow(scenario, replace(content, content=outside))
    with refuses(refused.InvalidCommit, "§12.4.2", "not a commit"):
        follow(scenario, replace(content, content=replace(content.content, content=Proposal(Remove(0)))))


def test_a_commit_with_a_key_that_is_not_held_is_refused() -> None:
    scenario, content = commit_for_bob(PSK, psks={b"id": b"secret"})
    with refuses(refused.UnknownPreSharedKey, "§8.4", "external key 6964"):
        follow(scenario, content)
    scenario = group_of("Alice", "Bob")
    forgotten = PreSharedKey(PreSharedKeyID(ResumptionPSK(ResumptionPSKUsage.application, b"the group", 99), NONCE))
    with refuses(refused.UnknownPreSharedKey, "§8.4", "epoch 99"):
        scenario.commit("Alice", forgotten)


def test_a_commit_by_reference_of_what_has_not_arrived_is_refused() -> None:
    with refuses(refused.UnknownProposal, "§12.4.2", "70726f70"):
        group_of("Alice", "Bob").commit("Alice", by_reference=[b"proposal"])


def test_only_so_many_resumption_keys_are_kept() -> None:
    scenario = group_of("Alice", "Bob")
    for _ in range(10):
        scenario.commit("Alice")
    assert sorted(scenario.states["Bob"].resumption_psks) == [4, 5, 6, 7, 8, 9, 10, 11]
