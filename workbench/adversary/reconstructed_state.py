"""The state of a member, built by the attacker from leaked bytes. With it the attacker acts as the member.

The attacker needs a signature key and the secrets of an epoch. They may come from two devices, because all members of
an epoch have the same epoch secrets.
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
    """The leaked secrets are not enough to build a member's state; the message says what is missing."""


def reconstructed_state(
    leaked: LeakedSecrets, leaf: LeafIndex | None = None, *, group_id: bytes | None = None
) -> GroupState:
    """The state of a member in the latest epoch for which enough leaked.

    The member is the owner of the leaked signature key. With `leaf` the state claims to be the member at that leaf,
    though the signature key does not fit. With `group_id` only that group counts. Raises `NotEnoughLeaked`.
    """
    groups = {(item.context.epoch, item.context.group_id): item for item in leaked if isinstance(item, PublicGroup)}
    keys = {(item.epoch, item.group_id): item for item in leaked if isinstance(item, EpochKeys)}
    trees = {(item.epoch, item.group_id): item for item in reversed(leaked) if isinstance(item, LeakedRatchets)}
    there = (at for at in groups.keys() & keys.keys() & trees.keys() if group_id in {None, at[1]})
    at = max(there, default=None)
    if at is None:
        raise NotEnoughLeaked("No epoch has all that is needed among the leaked secrets: tree, secrets and ratchets")
    group, secrets, epoch = groups[at], keys[at].secrets, at[0]
    suite = cipher_suite(group.suite.id)  # The victim's suite would record the attacker's operations as the victim's.
    tree = RatchetTree.from_nodes(group.tree.to_nodes(), suite)
    signature_key, own_leaf = _signer(suite, tree, leaked, leaf)
    return GroupState(
        public=replace(group, suite=suite, tree=tree, reinit=None),
        own_leaf=own_leaf,
        private_keys=_private_keys(tree, own_leaf, leaked),
        signature_private_key=signature_key,
        secrets=secrets,
        secret_tree=replace(trees[at].secret_tree, suite=suite),
        confirmation_tag=confirmation_tag(suite, secrets.confirmation_key, group.context.confirmed_transcript_hash),
        resumption_psks={
            item.epoch: item.psk for item in leaked if isinstance(item, ResumptionKey) and item.group_id == at[1]
        },
        first_epoch=epoch,
    )


def signature_key_in(leaked: LeakedSecrets) -> bytes:
    """The first signature key among leaked secrets. Raises `NotEnoughLeaked` if there is none."""
    for item in leaked:
        if isinstance(item, SignatureKey):
            return item.private_key
    raise NotEnoughLeaked("There is no signature key among the leaked secrets")


def leaked_secrets_in(state: GroupState) -> LeakedSecrets:
    """All secrets of a state, in the form of leaked secrets. The attacker uses it for a state that it built itself."""
    return leaked_secrets_of(DeviceState(state.signature_private_key, groups={state.group_id: Membership(state, 0)}))


def _private_keys(tree: RatchetTree, own_leaf: LeafIndex, leaked: LeakedSecrets) -> dict[NodeIndex, bytes]:
    """The leaked private keys of a leaf and of the nodes above it."""
    private_keys = {item.public_key: item.private_key for item in leaked if isinstance(item, PrivateKey)}
    leaf = leaf_to_node(own_leaf)
    contents = {node: tree.node(node) for node in (leaf, *direct_path(leaf, tree.leaf_count))}
    return {
        node: private_keys[content.encryption_key]
        for node, content in contents.items()
        if content is not None and content.encryption_key in private_keys
    }


def _signer(
    suite: CipherSuite, tree: RatchetTree, leaked: LeakedSecrets, claimed: LeafIndex | None
) -> tuple[bytes, LeafIndex]:
    """A leaked signature key of a member, and the member's leaf, or the `claimed` leaf instead."""
    leaves = {leaf_node.signature_key: leaf for leaf, leaf_node in tree.leaves()}
    for item in leaked:
        if isinstance(item, SignatureKey):
            try:
                leaf = leaves.get(suite.signature_public_key(item.private_key))
            except InvalidPrivateKey:  # The key is for another signature algorithm.
                continue
            if leaf is not None:
                return item.private_key, leaf if claimed is None else claimed
    raise NotEnoughLeaked("There is no signature key of a member among the leaked secrets")
