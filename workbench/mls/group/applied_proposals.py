"""Applying the proposals of a commit to the tree and to the group's extensions (RFC 9420 §12.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workbench.mls.errors import GroupInactive, InvalidProposalList
from workbench.mls.group.public_group import ProposalSender, PublicGroup, SentProposal
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.tree.tree_validation import check_members
from workbench.mls.value import value
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.proposals import (
    Add,
    CustomProposal,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    ReInit,
    Remove,
    Update,
)
from workbench.mls.wire.tree import Extension, KeyPackage

LAST_EPOCH = (1 << 64) - 1
"""No group commits so often, but a GroupInfo can claim that it is in this epoch (RFC 9420 §8.1)."""


@value
class Applied:
    """The tree and the extensions after a list of proposals, and who was added, updated and removed."""

    tree: RatchetTree
    extensions: tuple[Extension, ...]
    added: tuple[tuple[LeafIndex, KeyPackage], ...]
    updated: tuple[LeafIndex, ...]
    removed: tuple[LeafIndex, ...]
    psks: tuple[PreSharedKeyID, ...]
    reinit: ReInit | None = None

    @property
    def joined(self) -> frozenset[LeafIndex]:
        """The leaves of the members that were added: their secrets come in the Welcome."""
        return frozenset(leaf for leaf, _ in self.added)


def apply_by(
    committer: ProposalSender, group: PublicGroup, proposals: Sequence[SentProposal]
) -> tuple[Applied, LeafIndex]:
    """Apply the proposals of a commit, and return the committer's leaf too (RFC 9420 §12.3, §12.4.3.2).

    A newcomer gets the leftmost blank leaf. Raises what `apply_proposals` raises.
    """
    applied = apply_proposals(group.tree, group.context.extensions, proposals)
    if isinstance(committer, int):
        return applied, committer
    tree, leaf = applied.tree.with_room()
    return replace(applied, tree=tree), leaf


def apply_proposals(tree: RatchetTree, extensions: tuple[Extension, ...], proposals: Sequence[SentProposal]) -> Applied:
    """Apply a valid list in the RFC's order: extensions, Updates, Removes, Adds (RFC 9420 §12.3).

    Raises `InvalidProposalList` for a custom proposal that a remaining member does not support, and
    `InvalidRatchetTree` if two members would share a key, or a member would lack a capability that the group demands.
    """
    _check_support(tree, proposals)
    for sent in proposals:
        if isinstance(sent.proposal, GroupContextExtensions):
            extensions = sent.proposal.extensions
    updates = {
        sent.sender: sent.proposal.leaf_node
        for sent in proposals
        if isinstance(sent.proposal, Update) and isinstance(sent.sender, int)
    }
    for leaf, leaf_node in updates.items():
        tree = tree.update(leaf, leaf_node)
    removed = tuple(LeafIndex(sent.proposal.removed) for sent in proposals if isinstance(sent.proposal, Remove))
    for leaf in removed:
        tree = tree.remove(leaf)
    key_packages = [sent.proposal.key_package for sent in proposals if isinstance(sent.proposal, Add)]
    tree, leaves = tree.add_all([key_package.leaf_node for key_package in key_packages])
    added = tuple(zip(leaves, key_packages, strict=True))
    if updates or added or any(isinstance(sent.proposal, GroupContextExtensions) for sent in proposals):
        check_members(tree, extensions)
    return Applied(
        tree,
        extensions,
        added,
        tuple(updates),
        removed,
        tuple(sent.proposal.psk for sent in proposals if isinstance(sent.proposal, PreSharedKey)),
        next((sent.proposal for sent in proposals if isinstance(sent.proposal, ReInit)), None),
    )


def _check_support(tree: RatchetTree, proposals: Sequence[SentProposal]) -> None:
    """Check that all members that process a commit support its custom proposals (RFC 9420 §12.2, §13.2)."""
    custom = {sent.proposal.proposal_type for sent in proposals if isinstance(sent.proposal, CustomProposal)}
    if tree.common_capabilities is None or custom <= tree.common_capabilities.proposals:
        return
    removed = {sent.proposal.removed for sent in proposals if isinstance(sent.proposal, Remove)}
    for leaf, leaf_node in tree.leaves():
        if leaf not in removed and (missing := custom - {*leaf_node.capabilities.proposals}):
            raise InvalidProposalList("§12.2", f"member {leaf} does not support proposals of type {min(missing):#06x}")


def provisional_context(group: PublicGroup, applied: Applied, tree: RatchetTree) -> GroupContext:
    """The GroupContext of the next epoch, still without its transcript hash (RFC 9420 §12.4.1).

    Raises `GroupInactive` if the present epoch is the last one that has a number.
    """
    if group.epoch == LAST_EPOCH:
        raise GroupInactive("§8.1", "the group is in the last epoch that has a number")
    return replace(group.context, epoch=group.epoch + 1, tree_hash=tree.hash(), extensions=applied.extensions)
