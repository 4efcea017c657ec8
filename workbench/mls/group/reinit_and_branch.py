"""Making a new group out of an old one: all of it after a ReInit, a part of it by a branch (RFC 9420 §11.2, §11.3).

Both begin as any group does, with one member, and their first commit adds the others and mixes in a resumption PSK
of the old group. What those who are added check of it is in `resumption_checks.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from workbench.mls.arguments import Entropy, Seconds, checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.crypto.entropy import fresh
from workbench.mls.errors import Misuse
from workbench.mls.group.bundle import KeyPackageBundle
from workbench.mls.group.commit import PendingCommit, create_commit
from workbench.mls.group.group import create_group
from workbench.mls.group.resumption_checks import pair_members, resumption_psks_of
from workbench.mls.group.state import DEFAULT_POLICY, AnyProposal, GroupState, Policy, require_active
from workbench.mls.when import When
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.messages import Add, PreSharedKey, PreSharedKeyID, ResumptionPSK
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
    """The group that a ReInit has announced, made by any member of the old one (RFC 9420 §11.2).

    `old_group` is the last state, in which the ReInit was committed; `bundle` is the maker's own and
    `key_packages` those of all others, for the new cipher suite. `entropy` is 32 fresh bytes; `path` and
    `ratchet_tree` are as in `create_commit`.
    """
    reinit = old_group.reinit
    if reinit is None:
        raise Misuse("§11.2", "the group has not ended: no ReInit was committed in it")
    leaf_nodes = [each.leaf_node for each in (bundle.key_package, *key_packages)]
    if missing := pair_members(old_group.tree, leaf_nodes, policy, when=When.at(now)).missing:
        raise Misuse("§11.2", f"{len(missing)} members of the old group have no key package here")
    return _found(
        old_group,
        ResumptionPSKUsage.reinit,
        bundle,
        key_packages,
        reinit.group_id,
        reinit.extensions,
        entropy=entropy,
        now=now,
        path=path,
        ratchet_tree=ratchet_tree,
        policy=policy,
        suite=suite or cipher_suite(reinit.cipher_suite),
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
    """A new group of some members of the old one, which lives on beside it (RFC 9420 §11.3).

    `bundle` and `key_packages` are fresh ones of the maker and of those who come along. `entropy` is 32 fresh bytes;
    `path` and `ratchet_tree` are as in `create_commit`.
    """
    require_active(old_group)
    leaf_nodes = [each.leaf_node for each in (bundle.key_package, *key_packages)]
    if strangers := pair_members(old_group.tree, leaf_nodes, policy, when=When.at(now)).strangers:
        raise Misuse("§11.3", f"{len(strangers)} of these key packages are of clients that are not in the old group")
    return _found(
        old_group,
        ResumptionPSKUsage.branch,
        bundle,
        key_packages,
        group_id,
        extensions,
        entropy=entropy,
        now=now,
        path=path,
        ratchet_tree=ratchet_tree,
        policy=policy,
        suite=old_group.suite,
    )


def _found(
    old_group: GroupState,
    usage: ResumptionPSKUsage,
    bundle: KeyPackageBundle,
    key_packages: Sequence[KeyPackage],
    group_id: bytes,
    extensions: Sequence[Extension],
    *,
    entropy: bytes,
    now: int,
    path: bool,
    ratchet_tree: bool,
    policy: Policy,
    suite: CipherSuite,
) -> PendingCommit:
    """A group of one, and its first commit with the PSK that links it to the old group."""
    alone = create_group(bundle, group_id, entropy=entropy, now=now, extensions=extensions, policy=policy, suite=suite)
    nonce = fresh(entropy, "psk nonce", suite.hash_length)
    link = PreSharedKey(PreSharedKeyID(ResumptionPSK(usage, old_group.group_id, old_group.epoch), nonce))
    proposals: tuple[AnyProposal, ...] = (link, *map(Add, key_packages))
    return create_commit(
        alone,
        proposals,
        entropy=entropy,
        now=now,
        resumption_psks=resumption_psks_of(old_group),
        usage=usage,
        path=path,
        ratchet_tree=ratchet_tree,
    )
