"""Which of the pending proposals a member commits (RFC 9420 §12.4.1)."""

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
from workbench.mls.wire.messages import (
    Add,
    CustomProposal,
    GroupContextExtensions,
    PreSharedKey,
    ReInit,
    Remove,
    RequiredCapabilities,
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
    """The pending proposals that the committer may commit and that fit together with those by value (RFC 9420 §12.4.1).

    A proposal for a pre-shared key that is not in `psks` is left to others, and one that has expired while it waited is
    left out: nobody can stop this member's commits with such a proposal.
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
    """Whether this member may still commit a proposal that was valid when it came (RFC 9420 §7.3)."""
    try:
        check_is_current(group, sent, when=When.at(now))
    except (Violation, RevocationUnknown):
        return False
    return True


def _is_held(sent: SentProposal, psks: HeldPSKs) -> bool:
    """Whether this member can commit a proposal: it has the key, if that is for one."""
    psk = sent.proposal.psk if isinstance(sent.proposal, PreSharedKey) else None
    return psk is None or held_psk(psk, psks) is not None


def select_proposals(
    pending: Iterable[SentProposal], by_value: Sequence[SentProposal], committer: LeafIndex
) -> tuple[SentProposal, ...]:
    """The pending proposals that a committer takes along with its own, so that the list is valid.

    A Remove is preferred to any Update of the same leaf, else the newest Update; a ReInit waits while there is
    anything else (RFC 9420 §12.2).
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

    Such a proposal is valid by itself, so it was queued; no member may stop the others' commits with one. If all fit
    together, all are taken. If not, each is looked at once, however many do not fit (`_turn`), and left out if it does
    not fit with those that were looked at before.
    """
    if _fit(tree, extensions, (*pending, *by_value)):
        return pending
    removes = (sent for sent in pending if isinstance(sent.proposal, Remove))
    settings = [sent for sent in by_value if isinstance(sent.proposal, GroupContextExtensions)]
    others = (sent for sent in by_value if not isinstance(sent.proposal, GroupContextExtensions))
    try:
        settled = apply_proposals(tree, extensions, (*removes, *others))
    except Violation:  # of what is given by value: the checks of the commit say what is wrong with it
        return ()
    common = settled.tree.common_capabilities
    if common is None:  # the committer has removed itself: the same
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
    """Updates are looked at before new extensions, for they may bring what these ask for, and Adds come last."""
    return {Update: 1, GroupContextExtensions: 2, Add: 3}.get(type(sent.proposal), 0)


@dataclass(slots=True)
class _Members:
    """Who will be in the group, as far as it is decided: the keys that are theirs, and what all of them can do.

    `demanded` is what the GroupContext asks of each, and `supported` the custom proposals that they list. Keys and
    capabilities of a leaf stay here when an Update replaces that leaf: nobody else has a reason to bring the same key
    in the same commit.
    """

    tree: RatchetTree
    encryption_keys: set[bytes]
    signature_keys: set[bytes]
    common: CommonCapabilities
    demanded: RequiredCapabilities
    supported: frozenset[int]

    def take(self, sent: SentProposal) -> bool:
        """Whether a proposal fits with what has been taken; if so, it is taken too."""
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
        """Whether a leaf node fits with all others, in the place of the one at `leaf` if it comes by an Update."""
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
        """Whether all members can do what new extensions ask of them."""
        can = self.tree.common_capabilities
        if can is None or not can.offer(demanded):
            return False
        self.demanded = demanded
        return True


def _supported_by_all(
    tree: RatchetTree, removed: Collection[LeafIndex], pending: Sequence[SentProposal]
) -> frozenset[int]:
    """The types of the pending custom proposals that all members who stay list (RFC 9420 §12.2)."""
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
    """Whether a proposal updates or removes the committer, which somebody else has to commit."""
    match sent.proposal:
        case Update():
            return sent.sender == committer
        case Remove(removed):
            return removed == committer
        case _:
            return False
