"""A member's state that the attacker puts together from leaked bytes: the engine acts with it as for the member.

It takes a signature key and the secrets of an epoch. They need not come from the same device: all
members have the same secrets.
"""

from __future__ import annotations

from dataclasses import replace

from workbench.adversary.leaked_secrets import (
    EpochKeys,
    LeakedRatchets,
    LeakedSecrets,
    PrivateKey,
    ResumptionKey,
    SignatureKey,
    leaked_secrets_of,
)
from workbench.client.device_state import DeviceState, Membership
from workbench.mls import CipherSuite, GroupState, LeafIndex, NodeIndex, PublicGroup, RatchetTree, cipher_suite
from workbench.mls.errors import InvalidPrivateKey
from workbench.mls.schedule.transcript import confirmation_tag
from workbench.mls.tree.tree_math import direct_path, leaf_to_node


class NotEnoughLeaked(Exception):
    """What leaks does not give what it takes; the message says what is missing."""


def reconstructed_state(
    leaked: LeakedSecrets, leaf: LeafIndex | None = None, *, group_id: bytes | None = None
) -> GroupState:
    """The state of a member in the latest epoch of which there is all that it takes.

    It is whose signature key is in the leaked secrets; with `leaf` it claims to be another member, with a key that does
    not fit. The epoch is one of any group, or of the one with `group_id`. Raises `NotEnoughLeaked`.
    """
    groups = {(item.context.epoch, item.context.group_id): item for item in leaked if isinstance(item, PublicGroup)}
    keys = {(item.epoch, item.group_id): item for item in leaked if isinstance(item, EpochKeys)}
    trees = {(item.epoch, item.group_id): item for item in reversed(leaked) if isinstance(item, LeakedRatchets)}
    there = (at for at in groups.keys() & keys.keys() & trees.keys() if group_id in {None, at[1]})
    at = max(there, default=None)
    if at is None:
        raise NotEnoughLeaked("There is no epoch of which the tree, the secrets and the ratchets are there")
    group, secrets, epoch = groups[at], keys[at].secrets, at[0]
    suite = cipher_suite(group.suite.id)  # not the victim's, which may be watched
    tree = RatchetTree.from_nodes(group.tree.to_nodes(), suite)
    signature_key, own_leaf = _voice(suite, tree, leaked, leaf)
    return GroupState(
        suite=suite,
        context=group.context,
        tree=tree,
        own_leaf=own_leaf,
        private_keys=_private_keys(tree, own_leaf, leaked),
        signature_private_key=signature_key,
        secrets=secrets,
        secret_tree=replace(trees[at].secret_tree, suite=suite),
        interim_transcript_hash=group.interim_transcript_hash,
        confirmation_tag=confirmation_tag(suite, secrets.confirmation_key, group.context.confirmed_transcript_hash),
        proposals=group.proposals,
        update_keys={},
        update_signature_keys={},
        resumption_psks={
            item.epoch: item.psk for item in leaked if isinstance(item, ResumptionKey) and item.group_id == at[1]
        },
        policy=group.policy,
        first_epoch=epoch,
    )


def signature_key_in(leaked: LeakedSecrets) -> bytes:
    """The first signature key in it. Raises `NotEnoughLeaked`."""
    for item in leaked:
        if isinstance(item, SignatureKey):
            return item.private_key
    raise NotEnoughLeaked("There is no signature key")


def leaked_secrets_in(state: GroupState) -> LeakedSecrets:
    """All secrets of a state, as if they had leaked: those of a state that the attacker has made itself."""
    return leaked_secrets_of(DeviceState(state.signature_private_key, groups={state.group_id: Membership(state, 0)}))


def _private_keys(tree: RatchetTree, own_leaf: LeafIndex, leaked: LeakedSecrets) -> dict[NodeIndex, bytes]:
    """Those of the leaked secrets that belong to a leaf, or to a node above it."""
    private_keys = {item.public_key: item.private_key for item in leaked if isinstance(item, PrivateKey)}
    leaf = leaf_to_node(own_leaf)
    contents = {node: tree.node(node) for node in (leaf, *direct_path(leaf, tree.leaf_count))}
    return {
        node: private_keys[content.encryption_key]
        for node, content in contents.items()
        if content is not None and content.encryption_key in private_keys
    }


def _voice(
    suite: CipherSuite, tree: RatchetTree, leaked: LeakedSecrets, claimed: LeafIndex | None
) -> tuple[bytes, LeafIndex]:
    """A signature key of the leaked secrets, and the leaf to which it belongs or that is claimed with it."""
    leaves = {leaf_node.signature_key: leaf for leaf, leaf_node in tree.leaves()}
    for item in leaked:
        if isinstance(item, SignatureKey):
            try:
                leaf = leaves.get(suite.signature_public_key(item.private_key))
            except InvalidPrivateKey:  # a key for cipher suites that sign with another algorithm
                continue
            if leaf is not None:
                return item.private_key, leaf if claimed is None else claimed
    raise NotEnoughLeaked("There is no signature key of a member")
