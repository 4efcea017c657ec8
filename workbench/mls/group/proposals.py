"""Validating one proposal alone (RFC 9420 §12.1)."""

from __future__ import annotations

from workbench.mls.crypto.algorithms import Verifier, algorithms
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.credentials import authenticate
from workbench.mls.errors import InvalidProposal, InvalidProposalList, Misuse, Unsupported
from workbench.mls.group.authentication import authenticate_external_senders
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.group.proposal_store import ProposalStore
from workbench.mls.group.public_group import AnyProposal, ProposalSender, PublicGroup, SentProposal
from workbench.mls.schedule.psk import check_psk_nonce
from workbench.mls.tree.extensions import check_extension_keys, check_extensions
from workbench.mls.tree.grease import refuse_grease
from workbench.mls.tree.leaf_node import validate_leaf_node
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.when import When
from workbench.mls.wire.code_points import ProtocolVersion, ResumptionPSKUsage, is_grease
from workbench.mls.wire.messages import ExternalSenderIndex, NewMemberCommitSender
from workbench.mls.wire.proposals import (
    Add,
    CustomProposal,
    ExternalInit,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    ReInit,
    Remove,
    ResumptionPSK,
    Update,
)
from workbench.mls.wire.tree import KeyPackage, KeyPackageSource, LeafNode, UpdateSource


def validate_proposal(
    group: PublicGroup,
    sent: SentProposal,
    *,
    when: When,
    usage: ResumptionPSKUsage = ResumptionPSKUsage.application,
) -> None:
    """Check one proposal against the epoch in which it was sent (RFC 9420 §12.1).

    `usage` is the usage that a resumption PSK must have: `application`, except in the first commit of a group that
    comes from an old one. `read_public` checks which of the RFC's proposals a sender from outside may send. Raises
    `InvalidProposal`, `Unsupported` for an unknown type, or the error of the object inside.
    """
    suite, tree = group.suite, group.tree
    match sent.proposal:
        case Add(key_package):
            validate_key_package(suite, key_package, now=None, lifetimes=group.policy.lifetimes)
        case Update(leaf_node):
            _validate_update(group, leaf_node, sent)
        case Remove(removed):
            if tree.leaf(LeafIndex(removed)) is None:
                raise InvalidProposal("§12.1.3", f"there is no member at leaf {removed} to remove")
        case PreSharedKey(psk):
            validate_psk(suite, psk, usage)
        case ReInit() as reinit:
            _validate_reinit(group, reinit)
        case ExternalInit() if not isinstance(sent.sender, NewMemberCommitSender):
            raise InvalidProposal("§12.1.6", "an ExternalInit stands outside of an external commit")
        case GroupContextExtensions(extensions):
            check_extensions(extensions, "a GroupContext")
            check_extension_keys(suite, extensions)
        case CustomProposal(number):
            _validate_custom(group, number, sent)
    check_is_current(group, sent, when=when)


def check_is_current(group: PublicGroup, sent: SentProposal, *, when: When) -> None:
    """Check the lifetime and the credentials in a proposal, which can expire while it waits (RFC 9420 §5.3.2, §7.3).

    Raises what `LifetimePolicy.verify` and the Authentication Service raise.
    """
    policy = group.policy
    match sent.proposal:
        case Add(KeyPackage(leaf_node=LeafNode(leaf_node_source=KeyPackageSource(lifetime)) as leaf_node)):
            policy.lifetimes.verify(lifetime, when)
            authenticate(policy.authentication, leaf_node, when=when)
        case Update(leaf_node) if isinstance(sent.sender, int):
            authenticate(policy.authentication, leaf_node, when=when, replaced=group.tree.member(sent.sender))
        case GroupContextExtensions(extensions) | ReInit(extensions=extensions):
            authenticate_external_senders(policy, extensions, when=when, present=group.context.extensions)


def refuse_grease_in(proposal: AnyProposal) -> None:
    """Raise `Misuse` for our own proposal with GREASE in a field that all members must support (RFC 9420 §13.5)."""
    if isinstance(proposal, GroupContextExtensions | ReInit):
        refuse_grease(proposal.extensions)
    if isinstance(proposal, CustomProposal) and is_grease(proposal.proposal_type):
        raise Misuse("§13.5", f"{proposal.proposal_type:#06x} is GREASE, not the type of a proposal")


def validate_psk(
    suite: CipherSuite, psk: PreSharedKeyID, usage: ResumptionPSKUsage = ResumptionPSKUsage.application
) -> None:
    """Check the usage of a resumption PSK and the length of the nonce (RFC 9420 §12.1.4)."""
    check_psk_nonce(suite, psk)
    if isinstance(psk.psk, ResumptionPSK) and psk.psk.usage != usage:
        raise InvalidProposal("§12.1.4", f"a resumption PSK for {psk.psk.usage.name} has no place here")


def _validate_custom(group: PublicGroup, number: int, sent: SentProposal) -> None:
    known = group.policy.custom_proposal(number)
    if known is None:
        raise Unsupported("§13.2", f"proposals of type {number:#06x} are not known here")
    if isinstance(sent.sender, ExternalSenderIndex) and not known.external_senders:
        raise InvalidProposal("§12.1.8", f"a proposal of type {number:#06x} cannot come from an external sender")
    if isinstance(sent.sender, NewMemberCommitSender) and not known.external_commits:
        raise InvalidProposalList("§12.2", f"a newcomer may not commit a proposal of type {number:#06x}")


def has_room_for_proposal(group: PublicGroup, sender: ProposalSender) -> bool:
    """Whether this sender has fewer pending proposals than the policy allows for each sender."""
    return ProposalStore.of(group.proposals).number_from(sender) < group.policy.pending_proposals


def _validate_reinit(group: PublicGroup, reinit: ReInit) -> None:
    if reinit.version < group.context.version:
        raise InvalidProposal("§12.1.5", f"a ReInit goes back to version {reinit.version}")
    # A committed ReInit ends the group for good (§11.2). So refuse one to a version or suite that we do not support.
    if reinit.version > ProtocolVersion.mls10:
        raise Unsupported("§12.1.5", f"a ReInit asks for protocol version {reinit.version}; only 1 is supported")
    check_extensions(reinit.extensions, "a GroupContext")
    check_extension_keys(algorithms(reinit.cipher_suite), reinit.extensions)


def _validate_update(group: PublicGroup, leaf_node: LeafNode, sent: SentProposal) -> None:
    if not isinstance(sent.sender, int):
        raise InvalidProposal("§12.1.2", "the sender of an Update is not a member")
    if not isinstance(leaf_node.leaf_node_source, UpdateSource):
        raise InvalidProposal("§7.3", "the leaf node of an Update has the source of a key package or a commit")
    check_new_key(group.suite, group.tree.member(sent.sender), leaf_node)
    validate_leaf_node(group.suite, leaf_node, group_id=group.context.group_id, leaf_index=sent.sender)


def check_new_key(suite: Verifier, replaced: LeafNode, leaf_node: LeafNode) -> None:
    """Check that a leaf node has another encryption key than the one that it replaces (RFC 9420 §7.3, §12.2)."""
    canonical = suite.canonical_encryption_key
    if canonical(replaced.encryption_key) == canonical(leaf_node.encryption_key):
        raise InvalidProposal("§7.3", "an Update must bring another encryption key than the leaf it replaces")
