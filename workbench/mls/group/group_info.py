"""GroupInfo: a description of a group in one epoch, signed by a member, for clients outside (RFC 9420 §12.4.3)."""

from __future__ import annotations

from workbench.mls.arguments import Seconds, checks_arguments
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.errors import InvalidGroupInfo, InvalidRatchetTree, Misuse
from workbench.mls.group.authentication import authenticate_group
from workbench.mls.group.public_group import DEFAULT_POLICY, Policy, PublicGroup, public_epoch
from workbench.mls.group.signatures import verify_group_info
from workbench.mls.group.state import GroupState
from workbench.mls.schedule.key_schedule import external_key_pair
from workbench.mls.tree.extensions import check_extension_keys, check_extensions
from workbench.mls.tree.grease import grease_extension
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.tree.tree_validation import validate_tree
from workbench.mls.when import When
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.extensions import ExternalPub
from workbench.mls.wire.messages import GroupInfo, GroupInfoTBS, MLSMessage
from workbench.mls.wire.tree import Extension, RatchetTreeExtension


def sign_group_info(
    state: GroupState, *, ratchet_tree: bool, external_pub: bool, grease: bytes | None = None
) -> GroupInfo:
    """Sign a description of the group in this epoch for clients outside (RFC 9420 §12.4.3).

    `grease` is the entropy of a GREASE extension, None for a GroupInfo without one (§13.5).
    """
    extensions = [] if grease is None else [grease_extension("a GroupInfo", grease)]
    if ratchet_tree:
        tree = RatchetTreeExtension(state.tree.to_nodes())
        extensions.append(Extension(ExtensionType.ratchet_tree, encode(tree)))
    if external_pub:
        keys = external_key_pair(state.suite, state.secrets.external_secret)
        extensions.append(Extension(ExtensionType.external_pub, encode(ExternalPub(keys.public_key))))
    content = GroupInfoTBS(state.context, tuple(extensions), state.confirmation_tag, state.own_leaf)
    signature = state.suite.sign_with_label(state.signature_private_key, "GroupInfoTBS", encode(content))
    return GroupInfo(content.group_context, content.extensions, content.confirmation_tag, content.signer, signature)


@checks_arguments
def public_group(
    group_info: GroupInfo | MLSMessage | bytes,
    *,
    now: Seconds,
    ratchet_tree: RatchetTreeExtension | None = None,
    policy: Policy = DEFAULT_POLICY,
    suite: CipherSuite | None = None,
) -> PublicGroup:
    """Check a GroupInfo, and return the public group with which a newcomer or observer begins (RFC 9420 §12.4.3).

    The tree comes in the GroupInfo, or as `ratchet_tree`. Only members can verify the confirmation tag; others have to
    trust the signer. Raises what `verified_tree` raises.
    """
    info = group_info_in(group_info)
    context = info.group_context
    suite = suite or cipher_suite(context.cipher_suite)
    tree = verified_tree(suite, info, ratchet_tree, when=When.at(now), policy=policy)
    return public_epoch(suite, context, tree, info.confirmation_tag, policy)


def verified_tree(
    suite: CipherSuite,
    group_info: GroupInfo,
    given: RatchetTreeExtension | None,
    *,
    when: When,
    policy: Policy,
) -> RatchetTree:
    """Check a GroupInfo and its ratchet tree, and return the tree (RFC 9420 §12.4.3.1).

    The tree is the one in the GroupInfo or, if it has none, the one `given`. The confirmation tag is not verified: that
    takes a secret. Raises `InvalidGroupInfo`, `InvalidRatchetTree` and the errors of the objects inside; `Misuse` if
    there is no tree.
    """
    context = group_info.group_context
    check_extensions(group_info.extensions, "a GroupInfo")
    check_extensions(context.extensions, "a GroupContext")
    check_extension_keys(suite, (*group_info.extensions, *context.extensions))
    tree = _tree_of(suite, group_info, given)
    signer = tree.leaf(LeafIndex(group_info.signer))
    if signer is None:
        raise InvalidGroupInfo("§12.4.3.1", f"the signer of the GroupInfo, leaf {group_info.signer}, is no member")
    verify_group_info(suite, group_info, signer.signature_key)
    validate_tree(tree, context.group_id, context.extensions, when=when, lifetimes=policy.lifetimes)
    if tree.hash() != context.tree_hash:  # takes all nodes, and so comes last
        raise InvalidRatchetTree("§12.4.3.1", "the ratchet tree does not have the tree hash of the GroupInfo")
    authenticate_group(policy, tree, context.extensions, when=when)
    return tree


def external_pub_of(group_info: GroupInfo) -> bytes:
    """The external key of a group, to which a newcomer encrypts its init secret (RFC 9420 §12.4.3.2).

    Raises `InvalidGroupInfo` if the GroupInfo has none.
    """
    for extension in group_info.extensions:
        if extension.extension_type == ExtensionType.external_pub:
            return decode(ExternalPub, extension.extension_data).external_pub
    raise InvalidGroupInfo("§12.4.3.2", "the GroupInfo has no external_pub: no external commit can be made with it")


def group_info_in(message: GroupInfo | MLSMessage | bytes) -> GroupInfo:
    """The GroupInfo in a message or its bytes; `Misuse` for another kind of message."""
    if isinstance(message, bytes):
        message = decode(MLSMessage, message)
    if isinstance(message, MLSMessage):
        if not isinstance(message.message, GroupInfo):
            raise Misuse("§12.4.3", f"a {type(message.message).__name__} is not a GroupInfo")
        return message.message
    return message


def _tree_of(suite: CipherSuite, group_info: GroupInfo, given: RatchetTreeExtension | None) -> RatchetTree:
    for extension in group_info.extensions:
        if extension.extension_type == ExtensionType.ratchet_tree:
            given = decode(RatchetTreeExtension, extension.extension_data)
    if given is None:
        raise Misuse("§12.4.3.1", "the GroupInfo carries no ratchet tree and none was supplied")
    return RatchetTree.from_nodes(given.ratchet_tree, suite)
