"""The checks of a new group that comes from an old one by ReInit or by a branch (RFC 9420 §11.2, §11.3).

The Welcome of the new group names a resumption PSK of the old group, which links the two: only members of the old group
hold the PSK and can join. The RFC leaves it to the application whether a new leaf belongs to an old member. The rule
here: both leaves have the same credential, or a credential with the same identities that the Authentication Service
accepts as a successor. The keys may differ, since a new cipher suite needs new keys.

The fields of the link and of the new group, and what they must be equal to when a client joins:

    usage     psk_group_id    psk_epoch        epoch   group id, extensions   version, suite   members
    reinit    the old group   its last epoch   1       those announced        those announced  all of the old group
    branch    the old group   its epoch        1       any                    as the old       only of the old group

A resumption PSK with the usage `application` is not a link: it proves only that its holder was a member in that epoch.
An ExternalInit is bound to its epoch by the GroupContext, which the signature of the commit covers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from workbench.mls.crypto.credentials import authenticate, presented_identities
from workbench.mls.errors import InvalidWelcome, Misuse, UnknownPreSharedKey
from workbench.mls.group.public_group import Policy
from workbench.mls.group.state import GroupState, require_active
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.when import When
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.proposals import PreSharedKeyID, ReInit, ResumptionPSK
from workbench.mls.wire.tree import LeafNode


def linking_psk(psks: Sequence[PreSharedKeyID]) -> ResumptionPSK | None:
    """The PSK that links a new group to an old one; None if there is none (RFC 9420 §12.4.3.1).

    Raises `InvalidWelcome` if there are several.
    """
    links = [
        each.psk
        for each in psks
        if isinstance(each.psk, ResumptionPSK) and each.psk.usage != ResumptionPSKUsage.application
    ]
    if len(links) > 1:
        raise InvalidWelcome("§12.4.3.1", "more than one resumption PSK is for reinit or branch")
    return links[0] if links else None


def require_first_commit(state: GroupState, usage: ResumptionPSKUsage, psks: Sequence[PreSharedKeyID]) -> None:
    """Refuse a link to an old group in any but the first commit, and more than one link (RFC 9420 §11.2, §11.3)."""
    if usage == ResumptionPSKUsage.application:
        return
    if state.epoch != 0:
        raise Misuse("§8.6", f"only the first commit of a group names a PSK for {usage.name}, not epoch {state.epoch}")
    if len([each for each in psks if isinstance(each.psk, ResumptionPSK)]) != 1:
        raise Misuse("§12.4.3.1", f"a group that comes from another by {usage.name} names one resumption PSK of it")


def old_group_of(link: ResumptionPSK, old_group: GroupState | None) -> GroupState:
    """The old group, if it is the one that a link names; else `UnknownPreSharedKey` (RFC 9420 §12.4.3.1)."""
    if old_group is None or old_group.group_id != link.psk_group_id:
        name = link.psk_group_id.hex()
        reason = f"the new group comes from group {name} by {link.usage.name}: its last state is needed as old_group"
        raise UnknownPreSharedKey("§12.4.3.1", reason)
    return old_group


def check_announced(link: ResumptionPSK | None, old_group: GroupState, context: GroupContext) -> None:
    """Refuse a group with the id that a ReInit has announced if it has no link to the old group (RFC 9420 §11.2).

    Raises `InvalidWelcome`.
    """
    announced = old_group.reinit is not None and old_group.reinit.group_id == context.group_id
    if announced and (link is None or link.usage != ResumptionPSKUsage.reinit):
        raise InvalidWelcome("§11.2", "the Welcome to the announced group names no resumption PSK for reinit")


def check_link(
    link: ResumptionPSK, old_group: GroupState, context: GroupContext, tree: RatchetTree, policy: Policy, *, when: When
) -> None:
    """Check that a new group fits the ReInit or branch of the old one (RFC 9420 §12.4.3.1).

    `context`, `tree` and `policy` are those of the new group. The members of the old group are those in the epoch of
    the resumption PSK, so a client that has left the old group since cannot make a group in its name. Raises
    `InvalidWelcome`, `GroupInactive` for a branch of a group that this member has left, or what the Authentication
    Service raises about a new credential of an old member.
    """
    if context.epoch != 1:
        reason = f"clients join a group that comes from another in its epoch 1, not in epoch {context.epoch}"
        raise InvalidWelcome("§12.4.3.1", reason)
    if link.psk_epoch != old_group.epoch:
        reason = f"the link is to epoch {link.psk_epoch} of the old group, whose state is of epoch {old_group.epoch}"
        raise InvalidWelcome("§12.4.3.1", reason)
    pairs = pair_members(old_group.tree, [leaf_node for _, leaf_node in tree.leaves()], policy, when=when)
    if link.usage == ResumptionPSKUsage.reinit:
        _check_reinit(old_group, context, pairs)
    else:
        require_active(old_group)
        _check_branch(old_group, context, pairs)


def _check_reinit(old_group: GroupState, context: GroupContext, pairs: Pairs) -> None:
    reinit = old_group.reinit
    if reinit is None:
        raise InvalidWelcome("§12.4.3.1", "the last commit of the old group held no ReInit")
    found = ReInit(context.group_id, context.version, context.cipher_suite, context.extensions)
    if found != reinit:
        raise InvalidWelcome("§12.4.3.1", "the new group is not the one that the ReInit announced")
    if pairs.missing:
        raise InvalidWelcome("§12.4.3.1", f"{len(pairs.missing)} members of the old group are not in the new one")


def _check_branch(old_group: GroupState, context: GroupContext, pairs: Pairs) -> None:
    old = old_group.context
    if (context.version, context.cipher_suite) != (old.version, old.cipher_suite):
        raise InvalidWelcome("§12.4.3.1", "a branch must have the version and cipher suite of the old group")
    if pairs.strangers:
        raise InvalidWelcome("§11.3", f"{len(pairs.strangers)} members of the branch were not in the old group")


class Pairs(NamedTuple):
    """The members of an old group that are not in the new one, and those of the new group that were not in the old."""

    missing: list[LeafNode]
    strangers: list[LeafNode]


def pair_members(old: RatchetTree, leaf_nodes: Sequence[LeafNode], policy: Policy, *, when: When) -> Pairs:
    """Find, for each leaf node, the member of the old group to which it belongs (RFC 9420 §11.3, §12.4.3.1).

    Raises what the Authentication Service raises about a credential that replaces another.
    """
    members = [leaf_node for _, leaf_node in old.leaves()]
    _, members, newcomers = _paired(members, leaf_nodes, lambda leaf_node: leaf_node.credential)
    renewed, missing, strangers = _paired(
        members, newcomers, lambda leaf_node: presented_identities(leaf_node.credential)
    )
    for replaced, leaf_node in renewed:
        authenticate(policy.authentication, leaf_node, when=when, replaced=replaced)
    return Pairs(missing, strangers)


def _paired(
    old: Sequence[LeafNode], new: Sequence[LeafNode], key: Callable[[LeafNode], Hashable]
) -> tuple[list[tuple[LeafNode, LeafNode]], list[LeafNode], list[LeafNode]]:
    """The pairs of an old and a new leaf node with equal keys, the other old ones, and the other new ones."""
    waiting = defaultdict(list)
    for leaf_node in reversed(old):
        waiting[key(leaf_node)].append(leaf_node)
    pairs, strangers = [], []
    for leaf_node in new:
        alike = waiting[key(leaf_node)]
        if alike:
            pairs.append((alike.pop(), leaf_node))
        else:
            strangers.append(leaf_node)
    return pairs, [leaf_node for left in waiting.values() for leaf_node in left], strangers
