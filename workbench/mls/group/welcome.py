"""Welcome: the way in for those whom a commit adds (RFC 9420 §12.4.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.crypto.entropy import fresh
from workbench.mls.errors import (
    InvalidGroupInfo,
    InvalidRatchetTree,
    InvalidTag,
    InvalidWelcome,
    Misuse,
    NotForMe,
    Unsupported,
)
from workbench.mls.group.bundle import KeyPackageBundle
from workbench.mls.group.key_package import key_package_ref
from workbench.mls.group.pre_shared_keys import (
    NO_EXTERNAL_PSKS,
    NO_RESUMPTION_PSKS,
    ExternalPSKs,
    ResumptionPSKs,
    find_psks,
)
from workbench.mls.group.state import DEFAULT_POLICY, GroupState, Policy
from workbench.mls.schedule.key_schedule import (
    Epoch,
    epoch_from_joiner_secret,
    external_key_pair,
    welcome_key_and_nonce,
    welcome_secret,
)
from workbench.mls.schedule.psk import psk_secret
from workbench.mls.schedule.transcript import interim_transcript_hash
from workbench.mls.tree.extensions import check_extensions
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, common_ancestor, leaf_to_node
from workbench.mls.tree.tree_validation import validate_tree
from workbench.mls.tree.update_path import private_keys_from
from workbench.mls.wire.code_points import ExtensionType, ResumptionPSKUsage
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.messages import (
    EncryptedGroupSecrets,
    ExternalPub,
    GroupInfo,
    GroupInfoTBS,
    GroupSecrets,
    MLSMessage,
    PathSecret,
    PreSharedKeyID,
    ResumptionPSK,
    Welcome,
)
from workbench.mls.wire.tree import Extension, KeyPackage, RatchetTreeExtension


def sign_group_info(state: GroupState, *, ratchet_tree: bool, external_pub: bool) -> GroupInfo:
    """What those outside need to know of the group in this epoch, signed (RFC 9420 §12.4.3)."""
    extensions = []
    if ratchet_tree:
        tree = RatchetTreeExtension(state.tree.to_nodes())
        extensions.append(Extension(ExtensionType.ratchet_tree, encode(tree)))
    if external_pub:
        keys = external_key_pair(state.suite, state.secrets.external_secret)
        extensions.append(Extension(ExtensionType.external_pub, encode(ExternalPub(keys.public_key))))
    content = GroupInfoTBS(state.context, tuple(extensions), state.confirmation_tag, state.own_leaf)
    signature = state.suite.sign_with_label(state.signature_private_key, "GroupInfoTBS", encode(content))
    return GroupInfo(content.group_context, content.extensions, content.confirmation_tag, content.signer, signature)


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
    """Seal the new epoch to everybody a commit adds (RFC 9420 §12.4.3.1).

    `path_secrets` are the committer's, by node; each joiner gets the one of the lowest node it shares.
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
            entropy=fresh(entropy, f"Welcome to leaf {leaf}", suite.hash_length),
        )
        entries.append(EncryptedGroupSecrets(key_package_ref(suite, key_package), sealed))
    return Welcome(suite.id, tuple(entries), sealed_info)


def open_group_secrets(
    suite: CipherSuite, welcome: Welcome, key_package: KeyPackage, init_private_key: bytes
) -> GroupSecrets:
    """The secrets that a Welcome holds for one key package (RFC 9420 §12.4.3.1).

    Entries for others are not touched. Raises `NotForMe` if there is none for this one.
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
    raise NotForMe("§12.4.3.1", "the Welcome holds nothing for this key package")


def open_group_info(suite: CipherSuite, welcome: Welcome, secret: bytes) -> GroupInfo:
    """The GroupInfo in a Welcome, opened with the welcome secret (RFC 9420 §12.4.3.1)."""
    key, nonce = welcome_key_and_nonce(suite, secret)
    return decode(GroupInfo, suite.open(key, nonce, b"", welcome.encrypted_group_info))


def verify_group_info(suite: CipherSuite, group_info: GroupInfo, signature_key: bytes) -> None:
    """Check that a GroupInfo was signed with this key (RFC 9420 §12.4.3)."""
    content = GroupInfoTBS(
        group_info.group_context, group_info.extensions, group_info.confirmation_tag, group_info.signer
    )
    if not suite.verify_with_label(signature_key, "GroupInfoTBS", encode(content), group_info.signature):
        raise InvalidGroupInfo("§12.4.3", "the signature of the GroupInfo does not verify")


def join(
    welcome: Welcome | MLSMessage | bytes,
    bundle: KeyPackageBundle,
    *,
    now: int,
    ratchet_tree: RatchetTreeExtension | None = None,
    psks: ExternalPSKs = NO_EXTERNAL_PSKS,
    resumption_psks: ResumptionPSKs = NO_RESUMPTION_PSKS,
    policy: Policy = DEFAULT_POLICY,
    suite: CipherSuite | None = None,
) -> GroupState:
    """Enter a group by a Welcome (RFC 9420 §12.4.3.1).

    The tree comes in the Welcome, or as `ratchet_tree` when the delivery service keeps it. The caller must see
    to it that it is not yet in a group of the same id. Raises `NotForMe`, `InvalidWelcome`,
    `InvalidGroupInfo`, `InvalidRatchetTree`, `UnknownPreSharedKey` and what the objects inside raise.
    """
    welcome = _welcome_in(welcome)
    suite = suite or cipher_suite(welcome.cipher_suite)
    # open
    secrets = open_group_secrets(suite, welcome, bundle.key_package, bundle.init_private_key)
    _check_psk_ids(secrets.psks)
    mixed_in = psk_secret(suite, find_psks(secrets.psks, psks, resumption_psks))
    group_info = open_group_info(suite, welcome, welcome_secret(suite, secrets.joiner_secret, mixed_in))
    # validate
    context = group_info.group_context
    _check_group_info(group_info, bundle.key_package)
    tree = _tree_of(suite, group_info, ratchet_tree)
    signer = LeafIndex(group_info.signer)
    signer_node = tree.leaf(signer) if signer < tree.leaf_count else None
    if signer_node is None:
        raise InvalidGroupInfo("§12.4.3.1", f"the signer of the GroupInfo, leaf {signer}, is no member")
    verify_group_info(suite, group_info, signer_node.signature_key)
    if tree.hash() != context.tree_hash:
        raise InvalidRatchetTree("§12.4.3.1", "the ratchet tree does not have the tree hash of the GroupInfo")
    validate_tree(tree, context.group_id, context.extensions, now=now, lifetimes=policy.lifetimes)
    own_leaf = _find_own_leaf(tree, bundle.key_package)
    # derive
    private_keys = {leaf_to_node(own_leaf): bundle.encryption_private_key}
    if secrets.path_secret is not None:
        shared = common_ancestor(leaf_to_node(own_leaf), leaf_to_node(signer))
        private_keys |= private_keys_from(suite, tree, signer, shared, secrets.path_secret.path_secret)
    epoch = epoch_from_joiner_secret(suite, secrets.joiner_secret, mixed_in, encode(context), tree.leaf_count)
    # confirm
    if not suite.verify_mac(
        epoch.secrets.confirmation_key, context.confirmed_transcript_hash, group_info.confirmation_tag
    ):
        raise InvalidTag("§12.4.3.1", "the confirmation tag of the GroupInfo is not that of the epoch it leads to")
    return GroupState(
        suite=suite,
        context=context,
        tree=tree,
        own_leaf=own_leaf,
        private_keys=private_keys,
        signature_private_key=bundle.signature_private_key,
        secrets=epoch.secrets,
        secret_tree=epoch.secret_tree,
        interim_transcript_hash=interim_transcript_hash(
            suite, context.confirmed_transcript_hash, group_info.confirmation_tag
        ),
        confirmation_tag=group_info.confirmation_tag,
        proposals={},
        update_keys={},
        resumption_psks={context.epoch: epoch.secrets.resumption_psk},
        policy=policy,
    )


def _welcome_in(message: Welcome | MLSMessage | bytes) -> Welcome:
    if isinstance(message, bytes):
        message = decode(MLSMessage, message)
    if isinstance(message, MLSMessage):
        if not isinstance(message.message, Welcome):
            raise Misuse("§12.4.3.1", f"a {type(message.message).__name__} is not a Welcome")
        return message.message
    return message


def _check_psk_ids(ids: tuple[PreSharedKeyID, ...]) -> None:
    others = [
        each for each in ids if isinstance(each.psk, ResumptionPSK) and each.psk.usage != ResumptionPSKUsage.application
    ]
    if len(others) > 1:
        raise InvalidWelcome("§12.4.3.1", "more than one resumption PSK is for reinit or branch")
    if others:
        raise Unsupported("§11.2", "joining by reinit or branch is not built yet")


def _check_group_info(group_info: GroupInfo, key_package: KeyPackage) -> None:
    context = group_info.group_context
    if context.cipher_suite != key_package.cipher_suite or context.version != key_package.version:
        raise InvalidGroupInfo("§12.4.3.1", "the group has another version or cipher suite than the key package")
    check_extensions(group_info.extensions, "a GroupInfo")
    check_extensions(context.extensions, "a GroupContext")


def _tree_of(suite: CipherSuite, group_info: GroupInfo, given: RatchetTreeExtension | None) -> RatchetTree:
    for extension in group_info.extensions:
        if extension.extension_type == ExtensionType.ratchet_tree:
            given = decode(RatchetTreeExtension, extension.extension_data)
    if given is None:
        raise Misuse("§12.4.3.1", "the Welcome carries no ratchet tree and none was supplied")
    return RatchetTree.from_nodes(given.ratchet_tree, suite)


def _find_own_leaf(tree: RatchetTree, key_package: KeyPackage) -> LeafIndex:
    for leaf, leaf_node in tree.leaves():
        if leaf_node == key_package.leaf_node:
            return leaf
    raise InvalidWelcome("§12.4.3.1", "no leaf of the tree is the one of the key package")
