"""Selecting the pending proposals for a commit (RFC 9420 §12.4.1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from workbench.mls.errors import RevocationUnknown, Violation
from workbench.mls.group.applied_proposals import apply_proposals
from workbench.mls.group.pre_shared_keys import HeldPSKs, held_psk
from workbench.mls.group.proposal_list import pending_proposal, subject_of
from workbench.mls.group.proposals import check_is_current
from workbench.mls.group.public_group import PublicGroup, SentProposal
from workbench.mls.tree.extensions import demanded_of_members
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.subtree import CommonCapabilities
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.when import When
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.proposals import (
    Add,
    CustomProposal,
    GroupContextExtensions,
    PreSharedKey,
    ReInit,
    Remove,
    Update,
)
from workbench.mls.wire.tree import Extension, LeafNode


def named_proposals(group: PublicGroup, references: Sequence[bytes], *, now: int) -> tuple[SentProposal, ...]:
    """The pending proposals with these references, in their order; all of them must still be valid (RFC 9420 §7.3).

    Raises `UnknownProposal`, and what `check_is_current` raises.
    """
    named = tuple(pending_proposal(group.proposals, reference) for reference in references)
    for sent in named:
        check_is_current(group, sent, when=When.at(now))
    return named


def select_pending(
    group: PublicGroup,
    committer: LeafIndex,
    by_value: tuple[SentProposal, ...],
    *,
    approved: Sequence[bytes],
    psks: HeldPSKs,
    now: int,
) -> tuple[SentProposal, ...]:
    """The pending proposals that can be committed together with those by value (RFC 9420 §12.4.1).

    Proposals for a pre-shared key that is not in `psks` are left out, and so are those that have expired while they
    waited: nobody can stop this member's commits with such a proposal.
    """
    approvals = {pending_proposal(group.proposals, reference).reference for reference in approved}
    able = [
        sent
        for sent in group.proposals.values()
        if (sent.reference in approvals or group.policy.approves_by_default(sent))
        and _is_held(sent, psks)
        and _is_current(group, sent, now)
    ]
    if not able:
        return ()
    selected = select_proposals(able, by_value, committer)
    return select_valid_proposals(group.tree, group.context.extensions, selected, by_value)


def _is_current(group: PublicGroup, sent: SentProposal, now: int) -> bool:
    """Whether a proposal that was valid when it arrived has not expired since (RFC 9420 §7.3)."""
    try:
        check_is_current(group, sent, when=When.at(now))
    except (Violation, RevocationUnknown):
        return False
    return True


def _is_held(sent: SentProposal, psks: HeldPSKs) -> bool:
    """Whether this member holds the pre-shared key that a proposal names, if it names one."""
    psk = sent.proposal.psk if isinstance(sent.proposal, PreSharedKey) else None
    return psk is None or held_psk(psk, psks) is not None


def select_proposals(
    pending: Iterable[SentProposal], by_value: Sequence[SentProposal], committer: LeafIndex
) -> tuple[SentProposal, ...]:
    """The pending proposals that a committer adds to its own so that the list is valid (RFC 9420 §12.2).

    For one leaf, a Remove is preferred to any Update, and the newest Update to older ones. A ReInit is left for a later
    commit if there are other proposals.
    """
    waiting = [sent for sent in pending if not _is_about(sent, committer)]
    removed = {sent.proposal.removed for sent in (*by_value, *waiting) if isinstance(sent.proposal, Remove)}
    own = set(map(subject_of, by_value))
    taken: dict[object, SentProposal] = {}
    for sent in waiting:
        subject = subject_of(sent)
        if isinstance(sent.proposal, Update):
            if sent.sender not in removed:
                taken[subject] = sent
        elif subject not in own:
            taken.setdefault(subject, sent)
    alone = len(taken) == 1 and not by_value
    return tuple(sent for sent in taken.values() if alone or not isinstance(sent.proposal, ReInit))


def select_valid_proposals(
    tree: RatchetTree,
    extensions: tuple[Extension, ...],
    pending: tuple[SentProposal, ...],
    by_value: tuple[SentProposal, ...],
) -> tuple[SentProposal, ...]:
    """The pending proposals without those that would make the tree invalid (RFC 9420 §12.2).

    Such a proposal is valid alone, so it was queued; it must not stop the commits of other members. If all proposals
    are valid together, all are taken. If not, each is tried once, in the order of `_turn`, and left out if it is not
    valid together with those that were taken before. So the cost is linear in the number of proposals.
    """
    if _fit(tree, extensions, (*pending, *by_value)):
        return pending
    removes = (sent for sent in pending if isinstance(sent.proposal, Remove))
    settings = [sent for sent in by_value if isinstance(sent.proposal, GroupContextExtensions)]
    others = (sent for sent in by_value if not isinstance(sent.proposal, GroupContextExtensions))
    try:
        settled = apply_proposals(tree, extensions, (*removes, *others))
    except Violation:  # a proposal by value is invalid: the checks of the commit raise its error
        return ()
    common = settled.tree.common_capabilities
    if common is None:  # the committer has removed itself: the checks of the commit raise that error too
        return ()
    members = _Members(
        settled.tree,
        set().union(*settled.tree.head.encryption_keys),
        set().union(*settled.tree.head.signature_keys),
        common,
        demanded_of_members(extensions),
        _supported_by_all(tree, settled.removed, pending),
    )
    taken = {sent.reference for sent in sorted((*settings, *pending), key=_turn) if members.take(sent)}
    return tuple(sent for sent in pending if sent.reference in taken)


def _turn(sent: SentProposal) -> int:
    """The turn of a proposal. Updates come before extensions, as they may bring what these demand; Adds come last."""
    return {Update: 1, GroupContextExtensions: 2, Add: 3}.get(type(sent.proposal), 0)


@dataclass(slots=True)
class _Members:
    """The members after the proposals that have been taken so far: their keys, and their common capabilities.

    `demanded` are the capabilities that the GroupContext demands, and `supported` the custom proposals that all members
    list. When an Update replaces a leaf, the old keys and capabilities stay here: nobody else has a reason to bring the
    same key in the same commit.
    """

    tree: RatchetTree
    encryption_keys: set[bytes]
    signature_keys: set[bytes]
    common: CommonCapabilities
    demanded: RequiredCapabilities
    supported: frozenset[int]

    def take(self, sent: SentProposal) -> bool:
        """Take a proposal if it is valid together with those taken before; return whether it was taken."""
        match sent.proposal:
            case Update(leaf_node):
                return self._admit(leaf_node, sent.member)
            case Add(key_package):
                return self._admit(key_package.leaf_node, None)
            case GroupContextExtensions(extensions):
                return self._agree(demanded_of_members(extensions))
            case CustomProposal(number):
                return number in self.supported
            case _:
                return True

    def _admit(self, leaf_node: LeafNode, leaf: LeafIndex | None) -> bool:
        """Take a leaf node if its keys are new and its capabilities fit. `leaf` is the leaf that an Update replaces."""
        suite = self.tree.suite
        encryption_key = suite.canonical_encryption_key(leaf_node.encryption_key)
        signature_key = suite.canonical_signature_key(leaf_node.signature_key)
        own = None if leaf is None else suite.canonical_signature_key(self.tree.member(leaf).signature_key)
        if encryption_key in self.encryption_keys or (signature_key in self.signature_keys and signature_key != own):
            return False
        can = CommonCapabilities.of(leaf_node)
        common = self.common & can
        if not can.offer(self.demanded) or not common.credentials_in_use <= common.credentials:
            return False
        self.common = common
        self.encryption_keys.add(encryption_key)
        self.signature_keys.add(signature_key)
        if leaf is not None:
            self.tree = self.tree.update(leaf, leaf_node)
        return True

    def _agree(self, demanded: RequiredCapabilities) -> bool:
        """Take new extensions if all members have the capabilities that these demand."""
        can = self.tree.common_capabilities
        if can is None or not can.offer(demanded):
            return False
        self.demanded = demanded
        return True


def _supported_by_all(
    tree: RatchetTree, removed: Collection[LeafIndex], pending: Sequence[SentProposal]
) -> frozenset[int]:
    """The types of pending custom proposals that all remaining members support (RFC 9420 §12.2)."""
    custom = frozenset(sent.proposal.proposal_type for sent in pending if isinstance(sent.proposal, CustomProposal))
    gone = frozenset(removed)
    return custom.intersection(*(node.capabilities.proposals for leaf, node in tree.leaves() if leaf not in gone))


def _fit(tree: RatchetTree, extensions: tuple[Extension, ...], proposals: tuple[SentProposal, ...]) -> bool:
    try:
        apply_proposals(tree, extensions, proposals)
    except Violation:
        return False
    return True


def _is_about(sent: SentProposal, committer: LeafIndex) -> bool:
    """Whether a proposal updates or removes the committer: another member has to commit it (RFC 9420 §12.2)."""
    match sent.proposal:
        case Update():
            return sent.sender == committer
        case Remove(removed):
            return removed == committer
        case _:
            return False
