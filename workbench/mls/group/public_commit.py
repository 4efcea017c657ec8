"""What a proposal and a commit do in public: all who see them can tell the next tree, members or not (RFC 9420 §12.4).

A member goes on from here with its secrets (`commit.py`); an observer stays (`public_observer.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from workbench.mls.crypto.credentials import authenticate
from workbench.mls.errors import GroupInactive, InvalidCommit, InvalidProposal, RefusedByPolicy, TooManyProposals
from workbench.mls.framing.content import proposal_ref
from workbench.mls.group.framing import proposal_sender
from workbench.mls.group.proposal_list import (
    Applied,
    apply_proposals,
    path_required,
    resolve_proposals,
    validate_external_proposal_list,
    validate_proposal_list,
)
from workbench.mls.group.proposal_store import ProposalStore
from workbench.mls.group.proposals import check_new_key, has_room_for_proposal, validate_proposal
from workbench.mls.group.state import AnyProposal, ProposalSender, PublicGroup, SentProposal
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.tree.update_path import merge_path
from workbench.mls.when import When
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    Commit,
    ExternalInit,
    GroupContext,
    NewMemberCommitSender,
    Proposal,
    ProposalByReference,
    Remove,
)
from workbench.mls.wire.tree import LeafNode

LAST_EPOCH = (1 << 64) - 1
"""Nobody commits so often; but who makes a group can say that it is there (RFC 9420 §8.1)."""


@dataclass(frozen=True, slots=True)
class ProposalQueued:
    """A proposal has arrived, is valid, and waits for a commit.

    Whether a sender from outside may ask for it is for the application to say, by committing it or not
    (`Policy.needs_approval`): call `drop_proposal` for one that nobody here should commit (RFC 9420 §12.1.8).
    """

    sender: ProposalSender
    proposal: AnyProposal
    reference: bytes


@dataclass(frozen=True, slots=True)
class EpochAdvanced:
    """A commit was processed: who made it, what it did, and who came and went.

    `committer` is a leaf of the new tree; a newcomer's is its own, and in `added` (RFC 9420 §12.4.3.2).
    """

    committer: LeafIndex
    proposals: tuple[SentProposal, ...]
    added: tuple[LeafIndex, ...]
    updated: tuple[LeafIndex, ...]
    removed: tuple[LeafIndex, ...]
    with_path: bool
    external: bool = False


@dataclass(frozen=True, slots=True)
class ProcessedPublicCommit:
    """The public half of a commit: `tree` and `context` are the next ones, but for the confirmed transcript hash.

    `kem_output` is what a newcomer sealed its init secret in; None in a commit by a member.
    """

    commit: Commit
    committer: LeafIndex
    applied: Applied
    tree: RatchetTree
    context: GroupContext
    advanced: EpochAdvanced
    kem_output: bytes | None


@runtime_checkable
class ProcessPublicCommit(Protocol):
    """Something that does what `process_public_commit` does, for a caller that has done it already."""

    def __call__(self, group: PublicGroup, authenticated: AuthenticatedContent, *, when: When) -> ProcessedPublicCommit:
        """What `process_public_commit` returns or raises for these arguments."""


def process_public_proposal(
    group: PublicGroup, authenticated: AuthenticatedContent, *, when: When
) -> tuple[Mapping[bytes, SentProposal], ProposalQueued]:
    """Check a proposal whose signature has been verified, and queue it with the others (RFC 9420 §12.1).

    Raises `InvalidProposal`, the error of the object inside it, or `TooManyProposals`.
    """
    content, sender = authenticated.content.content, proposal_sender(authenticated.content)
    if not isinstance(content, Proposal):
        raise InvalidProposal("§12.1", "the content is not a proposal")
    if not has_room_for_proposal(group, sender):
        waiting = group.policy.pending_proposals
        reason = f"{waiting} proposals of this sender are pending, and this is one more"
        raise TooManyProposals("§12.1", reason, setting="Policy.pending_proposals", value=waiting)
    reference = proposal_ref(group.suite, authenticated)
    sent = SentProposal(content.proposal, sender, reference)
    validate_proposal(group, sent, when=when)
    queued = ProposalStore.of(group.proposals).having(reference, sent)
    return queued, ProposalQueued(sender, content.proposal, reference)


def process_public_commit(
    group: PublicGroup, authenticated: AuthenticatedContent, *, when: When
) -> ProcessedPublicCommit:
    """Check all of a commit that takes no secret, its signature apart, and apply it (RFC 9420 §12.4.2).

    Raises `InvalidCommit`, `InvalidProposalList`, `InvalidUpdatePath`, `UnknownProposal` and what the objects
    inside raise.
    """
    commit, sender = authenticated.content.content, proposal_sender(authenticated.content)
    if not isinstance(commit, Commit):
        raise InvalidCommit("§12.4.2", "the content is not a commit")
    if isinstance(sender, NewMemberCommitSender):
        return _process_newcomers_commit(group, commit, sender, when)
    if not isinstance(sender, int):
        raise InvalidCommit("§12.4.2", "the commit is neither by a member nor by somebody who joins with it")
    listed = resolve_proposals(commit, sender, group.proposals)
    leaf_node = None if commit.path is None else commit.path.leaf_node
    applied = validate_and_apply(group, listed, sender, leaf_node, when=when)
    if commit.path is None and path_required(listed, group.policy):
        raise InvalidCommit("§12.4.2", "the UpdatePath is missing though the proposals need one")
    return _merged(group, commit, sender, listed, applied)


def validate_and_apply(
    group: PublicGroup,
    listed: Sequence[SentProposal],
    committer: LeafIndex,
    leaf_node: LeafNode | None,
    *,
    when: When,
    usage: ResumptionPSKUsage = ResumptionPSKUsage.application,
) -> Applied:
    """Check and apply the proposals of a member's commit; those by reference were checked when they arrived.

    `when` is the time at which the commit was sent, and `leaf_node` the one in its path, which need not be signed yet
    (RFC 9420 §5.3.1, §12.4.2).
    """
    validate_proposal_list(listed, committer)  # before the signatures in each of them: many can be sent at no cost
    if leaf_node is not None:
        authenticate(group.policy.authentication, leaf_node, when=when, replaced=group.tree.member(committer))
    for sent in listed:
        if sent.reference is None:
            validate_proposal(group, sent, when=when, usage=usage)
    return apply_proposals(group.tree, group.context.extensions, listed)


def validate_and_make_room(
    group: PublicGroup, listed: Sequence[SentProposal], leaf_node: LeafNode, *, when: When
) -> tuple[Applied, LeafIndex]:
    """Check and apply the proposals of a newcomer's commit, and find it a leaf (RFC 9420 §12.4.3.2).

    `leaf_node` is the one in its path, which need not be signed yet. The newcomer's own policy counts when it makes the
    commit, that of each member when it receives the commit.
    """
    if not group.policy.external_commits:
        reason = "a client joins by a commit of its own"
        raise RefusedByPolicy("§12.4.3.2", reason, setting="Policy.external_commits", value=False)
    validate_external_proposal_list(listed)  # before the signatures in each of them: many can be sent at no cost
    for sent in listed:
        validate_proposal(group, sent, when=when)
    replaced = _replaced_by_newcomer(group, listed)
    if replaced is not None:
        check_new_key(group.suite, replaced, leaf_node)
    authenticate(group.policy.authentication, leaf_node, when=when, replaced=replaced)
    applied = apply_proposals(group.tree, group.context.extensions, listed)
    tree, leaf = applied.tree.with_room()
    return replace(applied, tree=tree), leaf


def _replaced_by_newcomer(group: PublicGroup, listed: Sequence[SentProposal]) -> LeafNode | None:
    """The old leaf that a newcomer says is its own; None if it comes for the first time."""
    for sent in listed:
        if isinstance(sent.proposal, Remove):
            if not group.policy.resyncs:
                reason = "a newcomer replaces an old leaf"
                raise RefusedByPolicy("§12.4.3.2", reason, setting="Policy.resyncs", value=False)
            return group.tree.member(LeafIndex(sent.proposal.removed))
    return None


def provisional_context(group: PublicGroup, applied: Applied, tree: RatchetTree) -> GroupContext:
    """The context of the next epoch before its transcript hash is known (RFC 9420 §12.4.1).

    Raises `GroupInactive` if there is no next one.
    """
    if group.context.epoch == LAST_EPOCH:
        raise GroupInactive("§8.1", "the group is in the last epoch that has a number")
    return replace(group.context, epoch=group.context.epoch + 1, tree_hash=tree.hash(), extensions=applied.extensions)


def advanced_by(
    committer: LeafIndex, listed: Sequence[SentProposal], applied: Applied, *, with_path: bool, external: bool = False
) -> EpochAdvanced:
    """What a commit did, as it is told to the application."""
    added = (*(leaf for leaf, _ in applied.added), *((committer,) if external else ()))
    return EpochAdvanced(committer, tuple(listed), added, applied.updated, applied.removed, with_path, external)


def _process_newcomers_commit(
    group: PublicGroup, commit: Commit, sender: ProposalSender, when: When
) -> ProcessedPublicCommit:
    if any(isinstance(each.proposal_or_ref, ProposalByReference) for each in commit.proposals):
        raise InvalidCommit("§12.4.3.2", "a newcomer commits a proposal by reference, which it cannot have checked")
    if commit.path is None:
        raise InvalidCommit("§12.4.3.2", "a commit by a newcomer must have a path")
    listed = resolve_proposals(commit, sender, group.proposals)
    applied, committer = validate_and_make_room(group, listed, commit.path.leaf_node, when=when)
    return _merged(group, commit, committer, listed, applied)


def _merged(
    group: PublicGroup, commit: Commit, committer: LeafIndex, listed: tuple[SentProposal, ...], applied: Applied
) -> ProcessedPublicCommit:
    """The end of both: the path merged into the tree, if there is one."""
    tree = applied.tree
    if commit.path is not None:
        tree = merge_path(
            group.suite,
            tree,
            committer,
            commit.path,
            group_id=group.context.group_id,
            joined=applied.joined,
            extensions=applied.extensions,
        )
    init = next((sent.proposal for sent in listed if isinstance(sent.proposal, ExternalInit)), None)
    return ProcessedPublicCommit(
        commit=commit,
        committer=committer,
        applied=applied,
        tree=tree,
        context=provisional_context(group, applied, tree),
        advanced=advanced_by(committer, listed, applied, with_path=commit.path is not None, external=init is not None),
        kem_output=None if init is None else init.kem_output,
    )
