"""Proposals together: which a committer takes, whether they fit, and what they do (RFC 9420 §12.2, §12.3).

Everything here is public: it needs the tree and the group context, and no secret.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.mls.errors import InvalidProposalList, UnknownProposal, Violation
from workbench.mls.group.state import AnyProposal, Policy, ProposalSender, SentProposal
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.tree.tree_validation import check_members
from workbench.mls.wire.messages import (
    Add,
    Commit,
    CustomProposal,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    ProposalByValue,
    ReInit,
    Remove,
    Update,
)
from workbench.mls.wire.tree import Extension, KeyPackage

PATH_NOT_REQUIRED = (Add, PreSharedKey, ReInit)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a list of proposals makes of the tree and of the group's extensions."""

    tree: RatchetTree
    extensions: tuple[Extension, ...]
    added: tuple[tuple[LeafIndex, KeyPackage], ...]
    updated: tuple[LeafIndex, ...]
    removed: tuple[LeafIndex, ...]
    psks: tuple[PreSharedKeyID, ...]
    reinit: ReInit | None = None

    @property
    def joined(self) -> frozenset[LeafIndex]:
        """The leaves of those who were added: their secrets come in the Welcome."""
        return frozenset(leaf for leaf, _ in self.added)


def resolve_proposals(
    commit: Commit, committer: ProposalSender, pending: Mapping[bytes, SentProposal]
) -> tuple[SentProposal, ...]:
    """The proposals of a commit in order, those by reference looked up (RFC 9420 §12.4.2).

    Raises `UnknownProposal` if one was never received.
    """
    resolved = []
    for entry in commit.proposals:
        named = entry.proposal_or_ref
        if isinstance(named, ProposalByValue):
            resolved.append(SentProposal(named.proposal.proposal, committer))
        else:
            resolved.append(pending_proposal(pending, named.reference))
    return tuple(resolved)


def pending_proposal(pending: Mapping[bytes, SentProposal], reference: bytes) -> SentProposal:
    """The proposal that a commit names (RFC 9420 §12.4.2). Raises `UnknownProposal` if it was never received."""
    if reference not in pending:
        reason = f"the commit refers to proposal {reference.hex()[:8]}…, which has not arrived"
        raise UnknownProposal("§12.4.2", reason)
    return pending[reference]


def select_proposals(
    pending: Iterable[SentProposal], by_value: Sequence[SentProposal], committer: LeafIndex
) -> tuple[SentProposal, ...]:
    """The pending proposals that a committer takes along with its own, so that the list is valid.

    A Remove is preferred to any Update of the same leaf, else the newest Update; a ReInit waits while there is
    anything else (RFC 9420 §12.2).
    """
    waiting = [sent for sent in pending if not _is_about(sent, committer)]
    removed = {sent.proposal.removed for sent in (*by_value, *waiting) if isinstance(sent.proposal, Remove)}
    own = set(map(_subject, by_value))
    taken: dict[object, SentProposal] = {}
    for sent in waiting:
        subject = _subject(sent)
        if isinstance(sent.proposal, Update):
            if sent.sender not in removed:
                taken[subject] = sent
        elif subject not in own:
            taken.setdefault(subject, sent)
    alone = len(taken) == 1 and not by_value
    return tuple(sent for sent in taken.values() if alone or not isinstance(sent.proposal, ReInit))


def leave_out_unfit(
    tree: RatchetTree,
    extensions: tuple[Extension, ...],
    pending: tuple[SentProposal, ...],
    by_value: tuple[SentProposal, ...],
) -> tuple[SentProposal, ...]:
    """The pending proposals without those that would make the tree invalid (RFC 9420 §12.2).

    Such a proposal is valid by itself, so it was queued; no member may stop the others' commits with one.
    """
    return _fitting(tree, extensions, (), pending, by_value)


def _fitting(
    tree: RatchetTree,
    extensions: tuple[Extension, ...],
    taken: tuple[SentProposal, ...],
    waiting: tuple[SentProposal, ...],
    by_value: tuple[SentProposal, ...],
) -> tuple[SentProposal, ...]:
    """What is taken, and those waiting that fit with it: these are halved until the unfit ones are found."""
    if not waiting or _fit(tree, extensions, (*taken, *waiting, *by_value)):
        return (*taken, *waiting)
    if len(waiting) == 1:
        return taken
    half = len(waiting) // 2
    for some in (waiting[:half], waiting[half:]):
        taken = _fitting(tree, extensions, taken, some, by_value)
    return taken


def _fit(tree: RatchetTree, extensions: tuple[Extension, ...], proposals: tuple[SentProposal, ...]) -> bool:
    try:
        apply_proposals(tree, extensions, proposals)
    except Violation:
        return False
    return True


def _is_about(sent: SentProposal, committer: LeafIndex) -> bool:
    """Whether a proposal updates or removes the committer, which somebody else has to commit."""
    match sent.proposal:
        case Update():
            return sent.sender == committer
        case Remove(removed):
            return removed == committer
        case _:
            return False


def _subject(sent: SentProposal) -> object:
    """What two proposals must not both be about (RFC 9420 §12.2)."""
    match sent.proposal:
        case Update():
            return ("leaf", sent.sender)
        case Remove(removed):
            return ("leaf", removed)
        case Add(key_package):
            return ("client", key_package.leaf_node.signature_key)
        case PreSharedKey(psk):
            return ("psk", psk)
        case CustomProposal():  # any number may stand together: what they are about is the application's to know
            return ("custom", sent.reference)
        case other:
            return type(other)


def validate_proposal_list(proposals: Sequence[SentProposal], committer: LeafIndex) -> None:
    """Check that the proposals of a member's commit are valid together (RFC 9420 §12.2).

    What depends on the tree that results is checked by `apply_proposals`. Raises `InvalidProposalList`.
    """
    for sent in proposals:
        match sent.proposal:
            case Update() if sent.sender == committer:
                raise InvalidProposalList("§12.2", "the committer commits an Update of its own; its path does that")
            case Remove(removed) if removed == committer:
                raise InvalidProposalList("§12.2", "the committer removes itself")
            case ExternalInit():
                raise InvalidProposalList("§12.2", "an ExternalInit stands in a commit by a member")
            case ReInit() if len(proposals) > 1:
                raise InvalidProposalList("§12.2", "a ReInit stands beside other proposals")
    _check_subjects(proposals)


def validate_external_proposal_list(proposals: Sequence[SentProposal]) -> None:
    """Check that the proposals of a newcomer's commit are valid together (RFC 9420 §12.2).

    Whose leaf its Remove removes is checked with the path (`validate_resync`). Raises `InvalidProposalList`.
    """
    count = Counter(type(sent.proposal) for sent in proposals)
    if count[ExternalInit] != 1:
        raise InvalidProposalList("§12.2", f"a newcomer's commit holds {count[ExternalInit]} ExternalInits, not one")
    if count[Remove] > 1:
        raise InvalidProposalList("§12.2", "a newcomer removes more than its own old leaf")
    if others := sorted(each.__name__ for each in count.keys() - {ExternalInit, Remove, PreSharedKey, CustomProposal}):
        raise InvalidProposalList("§12.2", f"a newcomer may not commit {' and '.join(others)}")
    _check_subjects(proposals)


def _check_subjects(proposals: Sequence[SentProposal]) -> None:
    for subject, times in Counter(map(_subject, proposals)).items():
        if times > 1 and subject != ("custom", None):
            raise InvalidProposalList("§12.2", f"{times} proposals are about the same {_named(subject)}")


def _named(subject: object) -> str:
    match subject:
        case ("leaf", leaf):
            return f"leaf, {leaf}"
        case ("client", _):
            return "client: they add one signature key twice"
        case ("psk", _):
            return "pre-shared key"
        case ("custom", _):
            return "thing: one proposal is referred to twice"
        case _:
            return "thing: the group's extensions"


def path_required(proposals: Sequence[SentProposal], policy: Policy) -> bool:
    """Whether a commit of these proposals must have a path (RFC 9420 §12.4)."""
    return not proposals or any(_needs_path(sent.proposal, policy) for sent in proposals)


def _needs_path(proposal: AnyProposal, policy: Policy) -> bool:
    if isinstance(proposal, CustomProposal):
        known = policy.custom_proposal(proposal.proposal_type)
        return known is None or known.path_required
    return not isinstance(proposal, PATH_NOT_REQUIRED)


def apply_proposals(tree: RatchetTree, extensions: tuple[Extension, ...], proposals: Sequence[SentProposal]) -> Applied:
    """Apply a valid list in the RFC's order: extensions, Updates, Removes, Adds (RFC 9420 §12.3).

    Raises `InvalidProposalList` for a custom proposal that a member who stays does not support, and what makes the
    resulting tree invalid: a key held twice, or a member that cannot do what the group or another member needs.
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
    """All who will process a commit list its custom proposals among their capabilities (RFC 9420 §12.2, §13.2)."""
    custom = {sent.proposal.proposal_type for sent in proposals if isinstance(sent.proposal, CustomProposal)}
    if tree.common_capabilities is None or custom <= tree.common_capabilities.proposals:
        return
    removed = {sent.proposal.removed for sent in proposals if isinstance(sent.proposal, Remove)}
    for leaf, leaf_node in tree.leaves():
        if leaf not in removed and (missing := custom - {*leaf_node.capabilities.proposals}):
            raise InvalidProposalList("§12.2", f"member {leaf} does not support proposals of type {min(missing):#06x}")
