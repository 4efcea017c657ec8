"""Welcome: the message by which the clients that a commit adds join the group (RFC 9420 §12.4.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.mls.arguments import Seconds, checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.errors import (
    InvalidGroupInfo,
    InvalidTag,
    InvalidWelcome,
    Misuse,
    NotForMe,
)
from workbench.mls.group.bundle import KeyPackageBundle
from workbench.mls.group.epoch import first_state
from workbench.mls.group.group_info import verified_tree
from workbench.mls.group.key_package import key_package_ref
from workbench.mls.group.pre_shared_keys import NO_PSKS, PreSharedKeys, all_psks, find_psks
from workbench.mls.group.public_group import DEFAULT_POLICY, Policy, public_epoch
from workbench.mls.group.resumption_checks import check_announced, check_link, linking_psk, old_group_of
from workbench.mls.group.state import GroupState
from workbench.mls.schedule.key_schedule import (
    Epoch,
    epoch_from_joiner_secret,
    welcome_key_and_nonce,
    welcome_secret,
)
from workbench.mls.schedule.psk import check_psk_nonce, psk_secret
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, common_ancestor, direct_path, leaf_to_node
from workbench.mls.tree.update_path import private_keys_from
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.messages import EncryptedGroupSecrets, GroupInfo, GroupSecrets, MLSMessage, PathSecret, Welcome
from workbench.mls.wire.proposals import PreSharedKeyID
from workbench.mls.wire.tree import KeyPackage, ParentNode, RatchetTreeExtension


def create_welcome(
    suite: CipherSuite,
    group_info: GroupInfo,
    epoch: Epoch,
    joiners: Sequence[tuple[LeafIndex, KeyPackage]],
    path_secrets: Mapping[NodeIndex, bytes],
    psks: tuple[PreSharedKeyID, ...],
    *,
    entropy: bytes,
) -> Welcome:
    """Encrypt the secrets of the new epoch to all clients that a commit adds (RFC 9420 §12.4.3.1).

    `path_secrets` are those of the commit, by node. Each joiner gets that of the lowest node above both it and the
    committer.
    """
    key, nonce = welcome_key_and_nonce(suite, epoch.welcome_secret)
    sealed_info = suite.seal(key, nonce, b"", encode(group_info))
    committer = leaf_to_node(LeafIndex(group_info.signer))
    entries = []
    for leaf, key_package in joiners:
        shared = path_secrets.get(common_ancestor(leaf_to_node(leaf), committer))
        secrets = GroupSecrets(epoch.joiner_secret, None if shared is None else PathSecret(shared), psks)
        sealed = suite.encrypt_with_label(
            key_package.init_key,
            "Welcome",
            sealed_info,
            encode(secrets),
            entropy=suite.fresh(entropy, f"Welcome to leaf {leaf}"),
        )
        entries.append(EncryptedGroupSecrets(key_package_ref(suite, key_package), sealed))
    return Welcome(suite.id, tuple(entries), sealed_info)


def open_group_secrets(
    suite: CipherSuite, welcome: Welcome, key_package: KeyPackage, init_private_key: bytes
) -> GroupSecrets:
    """Decrypt the secrets that a Welcome holds for one key package (RFC 9420 §12.4.3.1).

    Raises `NotForMe` if no entry is for this key package.
    """
    if key_package.cipher_suite != welcome.cipher_suite:
        raise InvalidWelcome(
            "§12.4.3.1",
            f"the Welcome is for cipher suite {welcome.cipher_suite}, the key package for {key_package.cipher_suite}",
        )
    reference = key_package_ref(suite, key_package)
    for entry in welcome.secrets:
        if entry.new_member == reference:
            opened = suite.decrypt_with_label(
                init_private_key, "Welcome", welcome.encrypted_group_info, entry.encrypted_group_secrets
            )
            return decode(GroupSecrets, opened)
    raise NotForMe("§12.4.3.1", "no entry of the Welcome is for this key package")


def open_group_info(suite: CipherSuite, welcome: Welcome, secret: bytes) -> GroupInfo:
    """Decrypt the GroupInfo in a Welcome with the welcome secret (RFC 9420 §12.4.3.1)."""
    key, nonce = welcome_key_and_nonce(suite, secret)
    return decode(GroupInfo, suite.open(key, nonce, b"", welcome.encrypted_group_info))


@checks_arguments
def join(
    welcome: Welcome | MLSMessage | bytes,
    bundle: KeyPackageBundle,
    *,
    now: Seconds,
    sent_at: int | None = None,
    ratchet_tree: RatchetTreeExtension | None = None,
    psks: PreSharedKeys = NO_PSKS,
    old_group: GroupState | None = None,
    policy: Policy = DEFAULT_POLICY,
    suite: CipherSuite | None = None,
) -> GroupState:
    """Join a group with a Welcome (RFC 9420 §12.4.3.1).

    `now` is in seconds since 1970. `sent_at` is the time at which the Welcome was sent, if it is known: lifetimes and
    credentials are judged by it, as in `process`. The tree comes in the Welcome, or as `ratchet_tree` when the delivery
    service keeps it. `old_group` is needed for a group that comes from another: its last state for a ReInit, and for a
    branch its state in the epoch of the branch. A caller that already has a group of the same id should refuse the
    result, as `client.Device` does. Raises `NotForMe`, `InvalidWelcome`, `InvalidGroupInfo`, `InvalidRatchetTree`,
    `UnknownPreSharedKey` and the errors of the objects inside.
    """
    welcome = _welcome_in(welcome)
    suite = suite or cipher_suite(welcome.cipher_suite)
    # open
    secrets = open_group_secrets(suite, welcome, bundle.key_package, bundle.init_private_key)
    for psk_id in secrets.psks:
        check_psk_nonce(suite, psk_id)
    link = linking_psk(secrets.psks)
    of_old_group = NO_PSKS if link is None else old_group_of(link, old_group).own_psks
    mixed_in = psk_secret(suite, find_psks(secrets.psks, all_psks(psks, of_old_group)))
    group_info = open_group_info(suite, welcome, welcome_secret(suite, secrets.joiner_secret, mixed_in))
    # validate
    context = group_info.group_context
    _check_suite(group_info, bundle.key_package)
    when = policy.lifetimes.received(now, sent_at)
    tree = verified_tree(suite, group_info, ratchet_tree, when=when, policy=policy)
    if old_group is not None:
        check_announced(link, old_group, context)
    if link is not None:
        check_link(link, old_group_of(link, old_group), context, tree, policy, when=when)
    own_leaf = _find_own_leaf(tree, bundle.key_package)
    # derive
    private_keys = {leaf_to_node(own_leaf): bundle.encryption_private_key}
    if secrets.path_secret is not None:
        signer = LeafIndex(group_info.signer)
        shared = common_ancestor(leaf_to_node(own_leaf), leaf_to_node(signer))
        private_keys |= private_keys_from(suite, tree, signer, shared, secrets.path_secret.path_secret)
    _check_parent_keys(tree, own_leaf, private_keys)
    epoch = epoch_from_joiner_secret(suite, secrets.joiner_secret, mixed_in, encode(context), tree.leaf_count)
    # confirm
    if not suite.verify_mac(
        epoch.secrets.confirmation_key, context.confirmed_transcript_hash, group_info.confirmation_tag
    ):
        raise InvalidTag("§12.4.3.1", "the confirmation tag of the GroupInfo is not that of its epoch")
    public = public_epoch(suite, context, tree, group_info.confirmation_tag, policy)
    signing = bundle.signature_private_key
    return first_state(public, own_leaf, private_keys, signing, epoch, group_info.confirmation_tag)


def _welcome_in(message: Welcome | MLSMessage | bytes) -> Welcome:
    if isinstance(message, bytes):
        message = decode(MLSMessage, message)
    if isinstance(message, MLSMessage):
        if not isinstance(message.message, Welcome):
            raise Misuse("§12.4.3.1", f"a {type(message.message).__name__} is not a Welcome")
        return message.message
    return message


def _check_suite(group_info: GroupInfo, key_package: KeyPackage) -> None:
    context = group_info.group_context
    if context.cipher_suite != key_package.cipher_suite or context.version != key_package.version:
        raise InvalidGroupInfo("§12.4.3.1", "the group has another version or cipher suite than the key package")


def _check_parent_keys(tree: RatchetTree, own_leaf: LeafIndex, private_keys: Mapping[NodeIndex, bytes]) -> None:
    """Check that the newcomer has the private key of each parent above it that others encrypt to (RFC 9420 §7.5).

    After a commit without a path, the newcomer is unmerged in all filled parents above it. A commit with a path fills
    the parents above both the committer and the newcomer, and the path secret gives their keys. A newcomer that lacks
    one of these keys could not process the commits that are encrypted to it.
    """
    for x in direct_path(leaf_to_node(own_leaf), tree.leaf_count):
        parent = tree.node(x)
        if isinstance(parent, ParentNode) and own_leaf not in parent.unmerged_leaves and x not in private_keys:
            raise InvalidWelcome("§12.4.3.1", f"the Welcome lacks the path secret that opens parent {x}")


def _find_own_leaf(tree: RatchetTree, key_package: KeyPackage) -> LeafIndex:
    for leaf, leaf_node in tree.leaves():
        if leaf_node == key_package.leaf_node:
            return leaf
    raise InvalidWelcome("§12.4.3.1", "no leaf of the tree is the one of the key package")
