"""Whether a proposal is valid by itself (RFC 9420 §12.1)."""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.errors import InvalidProposal, Unsupported
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.group.state import AnyProposal, SentProposal
from workbench.mls.schedule.psk import check_psk_nonce
from workbench.mls.tree.extensions import check_extensions
from workbench.mls.tree.leaf_node import LifetimePolicy, validate_leaf_node
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.messages import (
    Add,
    ExternalInit,
    GroupContext,
    GroupContextExtensions,
    PreSharedKey,
    ReInit,
    Remove,
    ResumptionPSK,
    Update,
)
from workbench.mls.wire.tree import UpdateSource


def validate_proposal(
    suite: CipherSuite,
    context: GroupContext,
    tree: RatchetTree,
    sent: SentProposal,
    *,
    now: int,
    lifetimes: LifetimePolicy,
) -> None:
    """Check one proposal against the epoch it was sent in (RFC 9420 §12.1).

    Raises `InvalidProposal`, or the error of the object inside it.
    """
    match sent.proposal:
        case Add(key_package):
            validate_key_package(suite, key_package, now=now, lifetimes=lifetimes)
        case Update():
            _validate_update(suite, context, tree, sent.proposal, sent.sender)
        case Remove(removed):
            if removed >= tree.leaf_count or tree.leaf(LeafIndex(removed)) is None:
                raise InvalidProposal("§12.1.3", f"there is no member at leaf {removed} to remove")
        case PreSharedKey(psk):
            check_psk_nonce(suite, psk)
            if isinstance(psk.psk, ResumptionPSK) and psk.psk.usage != ResumptionPSKUsage.application:
                raise InvalidProposal("§12.1.4", f"a resumption PSK for {psk.psk.usage.name} has no place in a commit")
        case GroupContextExtensions(extensions):
            check_extensions(extensions, "a GroupContext")
        case _:
            raise Unsupported(section_of(sent.proposal), f"{type(sent.proposal).__name__} is not built yet")


def _validate_update(
    suite: CipherSuite, context: GroupContext, tree: RatchetTree, update: Update, sender: LeafIndex
) -> None:
    leaf_node = update.leaf_node
    if not isinstance(leaf_node.leaf_node_source, UpdateSource):
        raise InvalidProposal("§7.3", "the leaf node of an Update has the source of a key package or a commit")
    replaced = tree.leaf(sender)
    if replaced is not None and replaced.encryption_key == leaf_node.encryption_key:
        raise InvalidProposal("§7.3", "an Update must bring another encryption key than the leaf it replaces")
    validate_leaf_node(suite, leaf_node, group_id=context.group_id, leaf_index=sender)


def section_of(proposal: AnyProposal) -> str:
    """The section of RFC 9420 that defines a proposal."""
    order = (Add, Update, Remove, PreSharedKey, ReInit, ExternalInit, GroupContextExtensions)
    return f"§12.1.{order.index(type(proposal)) + 1}"
