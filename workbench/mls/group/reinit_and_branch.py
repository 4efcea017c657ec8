"""Making a new group from an old one: with all members after a ReInit, with some by a branch (RFC 9420 §11.2, §11.3).

Both begin with one member, like any group. Their first commit adds the others and mixes in a resumption PSK of the old
group. The checks of the added members are in `resumption_checks.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.mls.arguments import Entropy, Seconds, checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.crypto.entropy import fresh
from workbench.mls.errors import Misuse
from workbench.mls.group.bundle import KeyPackageBundle
from workbench.mls.group.commit import PendingCommit, commit_proposals
from workbench.mls.group.group import create_group
from workbench.mls.group.public_group import DEFAULT_POLICY, Policy, SentProposal
from workbench.mls.group.resumption_checks import pair_members
from workbench.mls.group.state import GroupState, require_active
from workbench.mls.when import When
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.proposals import Add, PreSharedKey, PreSharedKeyID, ResumptionPSK
from workbench.mls.wire.tree import Extension, KeyPackage


@checks_arguments
def reinit_group(
    old_group: GroupState,
    bundle: KeyPackageBundle,
    key_packages: Sequence[KeyPackage],
    *,
    entropy: Entropy,
    now: Seconds,
    path: bool = True,
    ratchet_tree: bool = True,
    policy: Policy = DEFAULT_POLICY,
    suite: CipherSuite | None = None,
) -> PendingCommit:
    """Make the group that a ReInit has announced; any member of the old group may do so (RFC 9420 §11.2).

    `old_group` is the state after the commit of the ReInit. `bundle` is this member's and `key_packages` are those of
    all others, for the new cipher suite. `entropy` is 32 fresh bytes; `path` and `ratchet_tree` are as in
    `create_commit`.
    """
    reinit = old_group.reinit
    if reinit is None:
        raise Misuse("§11.2", "the group has not ended: no ReInit was committed in it")
    leaf_nodes = [each.leaf_node for each in (bundle.key_package, *key_packages)]
    if missing := pair_members(old_group.tree, leaf_nodes, policy, when=When.at(now)).missing:
        raise Misuse("§11.2", f"{len(missing)} members of the old group have no key package here")
    suite = suite or cipher_suite(reinit.cipher_suite)
    alone = create_group(
        bundle, reinit.group_id, entropy=entropy, now=now, extensions=reinit.extensions, policy=policy, suite=suite
    )
    listed = _first_proposals(old_group, ResumptionPSKUsage.reinit, alone, key_packages, entropy)
    return commit_proposals(
        alone,
        listed,
        entropy=entropy,
        now=now,
        psks=old_group.own_psks,
        path=path,
        ratchet_tree=ratchet_tree,
        usage=ResumptionPSKUsage.reinit,
    )


@checks_arguments
def branch_group(
    old_group: GroupState,
    group_id: bytes,
    bundle: KeyPackageBundle,
    key_packages: Sequence[KeyPackage],
    *,
    entropy: Entropy,
    now: Seconds,
    extensions: Sequence[Extension] = (),
    path: bool = True,
    ratchet_tree: bool = True,
    policy: Policy = DEFAULT_POLICY,
) -> PendingCommit:
    """Make a new group of some members of an old one, which continues to exist (RFC 9420 §11.3).

    `bundle` is a fresh one of this member and `key_packages` are fresh ones of the other members. `entropy` is 32 fresh
    bytes; `path` and `ratchet_tree` are as in `create_commit`.
    """
    require_active(old_group)
    leaf_nodes = [each.leaf_node for each in (bundle.key_package, *key_packages)]
    if strangers := pair_members(old_group.tree, leaf_nodes, policy, when=When.at(now)).strangers:
        raise Misuse("§11.3", f"{len(strangers)} of these key packages are of clients that are not in the old group")
    suite = old_group.suite
    alone = create_group(bundle, group_id, entropy=entropy, now=now, extensions=extensions, policy=policy, suite=suite)
    listed = _first_proposals(old_group, ResumptionPSKUsage.branch, alone, key_packages, entropy)
    return commit_proposals(
        alone,
        listed,
        entropy=entropy,
        now=now,
        psks=old_group.own_psks,
        path=path,
        ratchet_tree=ratchet_tree,
        usage=ResumptionPSKUsage.branch,
    )


def _first_proposals(
    old_group: GroupState,
    usage: ResumptionPSKUsage,
    alone: GroupState,
    key_packages: Sequence[KeyPackage],
    entropy: bytes,
) -> tuple[SentProposal, ...]:
    """The proposals of the first commit in the new group: the PSK that links it to the old one, and the Adds."""
    nonce = fresh(entropy, "psk nonce", alone.suite.hash_length)
    link = PreSharedKey(PreSharedKeyID(ResumptionPSK(usage, old_group.group_id, old_group.epoch), nonce))
    adds = (SentProposal(Add(key_package), alone.own_leaf) for key_package in key_packages)
    return (SentProposal(link, alone.own_leaf), *adds)
