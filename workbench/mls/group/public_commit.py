"""The part of processing proposals and commits that takes no secret (RFC 9420 §12.4).

Members and observers both do it. A member then goes on with its secrets (`commit.py`); an observer is done
(`public_observer.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

from workbench.mls.errors import InvalidCommit, InvalidProposal, TooManyProposals
from workbench.mls.framing.content import proposal_ref
from workbench.mls.group.applied_proposals import Applied, apply_by, provisional_context
from workbench.mls.group.proposal_list import resolve_proposals, validate_proposals
from workbench.mls.group.proposal_store import ProposalStore
from workbench.mls.group.proposals import has_room_for_proposal, validate_proposal
from workbench.mls.group.public_group import AnyProposal, ProposalSender, PublicGroup, SentProposal
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.tree.update_path import merge_path
from workbench.mls.value import value
from workbench.mls.when import When
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    FramedContent,
    GroupContext,
    MemberSender,
    NewMemberCommitSender,
)
from workbench.mls.wire.proposals import Commit, ExternalInit, Proposal, ProposalByReference


@value
class ProposalQueued:
    """A valid proposal has arrived and is pending.

    The application decides whether to commit the proposal of a sender from outside (`Policy.needs_approval`). To drop
    one, call `drop_proposal` (RFC 9420 §12.1.8).
    """

    sender: ProposalSender
    proposal: AnyProposal
    reference: bytes


@value
class EpochAdvanced:
    """A commit was processed: its committer, its proposals, and the leaves that it added, updated and removed.

    `committer` is a leaf of the new tree; in an external commit it is the newcomer's, and also in `added`
    (RFC 9420 §12.4.3.2).
    """

    committer: LeafIndex
    proposals: tuple[SentProposal, ...]
    added: tuple[LeafIndex, ...]
    updated: tuple[LeafIndex, ...]
    removed: tuple[LeafIndex, ...]
    with_path: bool
    external: bool = False


@value
class ProcessedPublicCommit:
    """A commit without its secrets: `tree` and `context` of the next epoch, still without its transcript hash.

    `kem_output` encrypts a newcomer's init secret; it is None in a commit by a member.
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
    """A function with the results of `process_public_commit`, for example one with a cache."""

    def __call__(self, group: PublicGroup, authenticated: AuthenticatedContent, *, when: When) -> ProcessedPublicCommit:
        """Return or raise what `process_public_commit` returns or raises for these arguments."""


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
    """Make all checks of a commit that take no secret, and apply it (RFC 9420 §12.4.2).

    The signature has been verified before. Raises `InvalidCommit`, `InvalidProposalList`, `InvalidUpdatePath`,
    `UnknownProposal` and the errors of the objects inside.
    """
    commit, sender = authenticated.content.content, proposal_sender(authenticated.content)
    if not isinstance(commit, Commit):
        raise InvalidCommit("§12.4.2", "the content is not a commit")
    if isinstance(sender, NewMemberCommitSender):
        _check_external(commit)
    elif not isinstance(sender, int):
        raise InvalidCommit("§12.4.2", "the sender of the commit is neither a member nor a client that joins with it")
    # validate
    listed = resolve_proposals(commit, sender, group.proposals)
    leaf_node = None if commit.path is None else commit.path.leaf_node
    validate_proposals(group, listed, sender, leaf_node, when=when)
    # apply
    applied, committer = apply_by(sender, group, listed)
    # path
    tree = applied.tree
    if commit.path is not None:
        tree = merge_path(
            group.suite,
            tree,
            committer,
            commit.path,
            group_id=group.group_id,
            joined=applied.joined,
            extensions=applied.extensions,
        )
    return ProcessedPublicCommit(
        commit=commit,
        committer=committer,
        applied=applied,
        tree=tree,
        context=provisional_context(group, applied, tree),
        advanced=advanced_by(committer, listed, applied, with_path=commit.path is not None),
        kem_output=next((sent.proposal.kem_output for sent in listed if isinstance(sent.proposal, ExternalInit)), None),
    )


def proposal_sender(content: FramedContent) -> ProposalSender:
    """The sender of a proposal or a commit (RFC 9420 §6)."""
    sender = content.sender.sender
    return LeafIndex(sender.leaf_index) if isinstance(sender, MemberSender) else sender


def advanced_by(
    committer: LeafIndex, listed: Sequence[SentProposal], applied: Applied, *, with_path: bool
) -> EpochAdvanced:
    """The effects of a commit, for the application."""
    external = any(isinstance(sent.proposal, ExternalInit) for sent in listed)
    added = (*(leaf for leaf, _ in applied.added), *((committer,) if external else ()))
    return EpochAdvanced(committer, tuple(listed), added, applied.updated, applied.removed, with_path, external)


def _check_external(commit: Commit) -> None:
    """Refuse an external commit with a proposal by reference, or without a path (RFC 9420 §12.4.3.2)."""
    if any(isinstance(each.proposal_or_ref, ProposalByReference) for each in commit.proposals):
        raise InvalidCommit("§12.4.3.2", "an external commit holds a proposal by reference; it may hold them by value")
    if commit.path is None:
        raise InvalidCommit("§12.4.3.2", "an external commit must have a path")
