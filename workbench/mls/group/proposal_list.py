"""The proposals of a commit: looked up, and validated each alone and all together (RFC 9420 §12.2, §12.4.2).

The rules about the resulting tree are checked where the proposals are applied (`applied_proposals.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from workbench.mls.crypto.algorithms import ALGORITHMS
from workbench.mls.crypto.credentials import authenticate
from workbench.mls.errors import InvalidCommit, InvalidProposalList, RefusedByPolicy, UnknownProposal
from workbench.mls.group.proposals import check_new_key, validate_proposal
from workbench.mls.group.public_group import AnyProposal, Policy, ProposalSender, PublicGroup, SentProposal
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.when import When
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.proposals import (
    Add,
    Commit,
    CustomProposal,
    ExternalInit,
    PreSharedKey,
    ProposalByValue,
    ReInit,
    Remove,
    Update,
)
from workbench.mls.wire.tree import KeyPackage, LeafNode

PATH_NOT_REQUIRED = (Add, PreSharedKey, ReInit)


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
    """The pending proposal with a reference (RFC 9420 §12.4.2). Raises `UnknownProposal` if there is none."""
    if reference not in pending:
        reason = f"the commit refers to proposal {reference.hex()[:8]}…, which has not arrived"
        raise UnknownProposal("§12.4.2", reason)
    return pending[reference]


def validate_proposals(
    group: PublicGroup,
    listed: Sequence[SentProposal],
    committer: ProposalSender,
    leaf_node: LeafNode | None,
    *,
    when: When,
    usage: ResumptionPSKUsage = ResumptionPSKUsage.application,
) -> None:
    """Check the proposals of a commit, and the leaf node in its path (RFC 9420 §5.3.1, §12.2, §12.4.2).

    `when` is the time at which the commit was sent. `leaf_node` is None for a commit without a path, and need not be
    signed yet. Proposals by reference were checked when they arrived. Raises `InvalidCommit`, `InvalidProposalList`,
    `RefusedByPolicy`, what `validate_proposal` raises, and what the Authentication Service raises.
    """
    # The list is checked before the signatures in its proposals: a list of many invalid ones costs its sender nothing.
    if isinstance(committer, int):
        validate_proposal_list(listed, committer)
    else:
        if not group.policy.external_commits:
            reason = "a client joins by a commit of its own"
            raise RefusedByPolicy("§12.4.3.2", reason, setting="Policy.external_commits", value=False)
        validate_external_proposal_list(listed)
    for sent in listed:
        if sent.reference is None:
            validate_proposal(group, sent, when=when, usage=usage)
    if leaf_node is not None:
        _validate_leaf_of_path(group, listed, committer, leaf_node, when=when)
    elif path_required(listed, group.policy):
        raise InvalidCommit("§12.4.2", "the UpdatePath is missing though the proposals need one")


def subject_of(sent: SentProposal) -> object:
    """The subject of a proposal: no two proposals of a commit may have the same one (RFC 9420 §12.2)."""
    match sent.proposal:
        case Update():
            return ("leaf", sent.sender)
        case Remove(removed):
            return ("leaf", removed)
        case Add(key_package):
            return ("client", _client(key_package))
        case PreSharedKey(psk):
            return ("psk", psk)
        case CustomProposal():  # any number may stand together: the application decides which exclude each other
            return ("custom", sent.reference)
        case other:
            return type(other)


def _client(key_package: KeyPackage) -> bytes:
    """The signature key of a client in canonical form; as it is, if the cipher suite is unknown."""
    suite, signature_key = ALGORITHMS.get(key_package.cipher_suite), key_package.leaf_node.signature_key
    return signature_key if suite is None else suite.canonical_signature_key(signature_key)


def validate_proposal_list(proposals: Sequence[SentProposal], committer: LeafIndex) -> None:
    """Check that the proposals of a member's commit are valid together (RFC 9420 §12.2).

    `apply_proposals` checks the rules about the resulting tree. Raises `InvalidProposalList`.
    """
    for sent in proposals:
        match sent.proposal:
            case Update() if sent.sender == committer:
                raise InvalidProposalList("§12.2", "the committer commits its own Update; its path replaces its leaf")
            case Remove(removed) if removed == committer:
                raise InvalidProposalList("§12.2", "the committer removes itself")
            case ExternalInit():
                raise InvalidProposalList("§12.2", "an ExternalInit stands in a commit by a member")
            case ReInit() if len(proposals) > 1:
                raise InvalidProposalList("§12.2", "a ReInit stands beside other proposals")
    _check_subjects(proposals)


def validate_external_proposal_list(proposals: Sequence[SentProposal]) -> None:
    """Check that the proposals of an external commit are valid together (RFC 9420 §12.2).

    `_validate_leaf_of_path` checks whose leaf its Remove removes. Raises `InvalidProposalList`.
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
    for subject, times in Counter(map(subject_of, proposals)).items():
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


def _validate_leaf_of_path(
    group: PublicGroup,
    listed: Sequence[SentProposal],
    committer: ProposalSender,
    leaf_node: LeafNode,
    *,
    when: When,
) -> None:
    """Check that the leaf node of a path may replace the old one; `merge_path` checks the rest (RFC 9420 §5.3.1)."""
    if isinstance(committer, int):
        replaced: LeafNode | None = group.tree.member(committer)
    elif (replaced := _replaced_by_newcomer(group, listed)) is not None:
        check_new_key(group.suite, replaced, leaf_node)
    authenticate(group.policy.authentication, leaf_node, when=when, replaced=replaced)


def _replaced_by_newcomer(group: PublicGroup, listed: Sequence[SentProposal]) -> LeafNode | None:
    """The old leaf that a newcomer claims and removes; None if its commit removes none (RFC 9420 §12.4.3.2)."""
    for sent in listed:
        if isinstance(sent.proposal, Remove):
            if not group.policy.resyncs:
                reason = "a newcomer replaces an old leaf"
                raise RefusedByPolicy("§12.4.3.2", reason, setting="Policy.resyncs", value=False)
            return group.tree.member(LeafIndex(sent.proposal.removed))
    return None


def path_required(proposals: Sequence[SentProposal], policy: Policy) -> bool:
    """Whether a commit of these proposals must have a path (RFC 9420 §12.4)."""
    return not proposals or any(_needs_path(sent.proposal, policy) for sent in proposals)


def _needs_path(proposal: AnyProposal, policy: Policy) -> bool:
    if isinstance(proposal, CustomProposal):
        known = policy.custom_proposal(proposal.proposal_type)
        return known is None or known.path_required
    return not isinstance(proposal, PATH_NOT_REQUIRED)
