"""Proposals together: which a committer takes, whether they fit, and what they do (RFC 9420 §12.2, §12.3).

Everything here is public: it needs the tree and the group context, and no secret.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from workbench.mls.crypto.algorithms import ALGORITHMS
from workbench.mls.errors import InvalidProposalList, UnknownProposal, Violation
from workbench.mls.group.state import AnyProposal, Policy, ProposalSender, SentProposal
from workbench.mls.tree.extensions import demanded_of_members
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.subtree import CommonCapabilities
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
    RequiredCapabilities,
    Update,
)
from workbench.mls.wire.tree import Extension, KeyPackage, LeafNode

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


def _subject(sent: SentProposal) -> object:
    """What two proposals must not both be about (RFC 9420 §12.2)."""
    match sent.proposal:
        case Update():
            return ("leaf", sent.sender)
        case Remove(removed):
            return ("leaf", removed)
        case Add(key_package):
            return ("client", _client(key_package))
        case PreSharedKey(psk):
            return ("psk", psk)
        case CustomProposal():  # any number may stand together: what they are about is the application's to know
            return ("custom", sent.reference)
        case other:
            return type(other)


def _client(key_package: KeyPackage) -> bytes:
    """The signature key of a client, in the one form for all its encodings; a suite that nobody knows has none."""
    suite, signature_key = ALGORITHMS.get(key_package.cipher_suite), key_package.leaf_node.signature_key
    return signature_key if suite is None else suite.canonical_signature_key(signature_key)


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
