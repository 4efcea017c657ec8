"""What a proposal and a commit do in public: all who see them can tell the next tree, members or not (RFC 9420 §12.4).

A member goes on from here with its secrets (`commit.py`); an observer stays (`public_observer.py`).
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
    Commit,
    ExternalInit,
    FramedContent,
    GroupContext,
    MemberSender,
    NewMemberCommitSender,
    Proposal,
    ProposalByReference,
)


@value
class ProposalQueued:
    """A proposal has arrived, is valid, and waits for a commit.

    Whether a sender from outside may ask for it is for the application to say, by committing it or not
    (`Policy.needs_approval`): call `drop_proposal` for one that nobody here should commit (RFC 9420 §12.1.8).
    """

    sender: ProposalSender
    proposal: AnyProposal
    reference: bytes


@value
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


@value
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
        _check_external(commit)
    elif not isinstance(sender, int):
        raise InvalidCommit("§12.4.2", "the commit is neither by a member nor by somebody who joins with it")
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
    """Who framed a proposal or a commit (RFC 9420 §6)."""
    sender = content.sender.sender
    return LeafIndex(sender.leaf_index) if isinstance(sender, MemberSender) else sender


def advanced_by(
    committer: LeafIndex, listed: Sequence[SentProposal], applied: Applied, *, with_path: bool
) -> EpochAdvanced:
    """What a commit did, as it is told to the application."""
    external = any(isinstance(sent.proposal, ExternalInit) for sent in listed)
    added = (*(leaf for leaf, _ in applied.added), *((committer,) if external else ()))
    return EpochAdvanced(committer, tuple(listed), added, applied.updated, applied.removed, with_path, external)


def _check_external(commit: Commit) -> None:
    """Refuse what a newcomer's commit must not be, whatever its proposals are (RFC 9420 §12.4.3.2)."""
    if any(isinstance(each.proposal_or_ref, ProposalByReference) for each in commit.proposals):
        raise InvalidCommit("§12.4.3.2", "a newcomer commits a proposal by reference, which it cannot have checked")
    if commit.path is None:
        raise InvalidCommit("§12.4.3.2", "a commit by a newcomer must have a path")
