"""The signatures of public handshakes, verified as far as the service knows the keys (RFC 9420 §6.1).

A member describes its group to clients outside by a GroupInfo (§12.4.3). The GroupInfo of the present epoch has the
GroupContext, which most signatures cover, and its ratchet tree has the signature key of each member:

| sender | key |
|---|---|
| a member | in the sender's leaf |
| an external sender | in the extension `external_senders` of the GroupContext |
| a client that joins by a commit | in the leaf of the commit's path |
| a client that asks to be added | in its own key package: this signature is verified without a GroupInfo, too |

The service has to trust the member that signed the GroupInfo: it cannot check the confirmation tag. docs/delivery.md
says what follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from workbench.delivery.errors import InvalidGroupInfoUpload, WrongOrder, WrongSignature
from workbench.mls.crypto.algorithms import ALGORITHMS, algorithms
from workbench.mls.errors import MLSError
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.public_content import read_public
from workbench.mls.group.signatures import signature_key_of, verify_group_info
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.codec import decode
from workbench.mls.wire.messages import GroupContext, GroupInfo, MLSMessage, NewMemberProposalSender, PublicMessage
from workbench.mls.wire.proposals import Add, Proposal
from workbench.mls.wire.tree import RatchetTreeExtension


@dataclass(frozen=True, slots=True)
class DescribedGroup:
    """A group in one epoch, as a member has described it in a GroupInfo with the ratchet tree."""

    context: GroupContext
    tree: RatchetTree


def group_info_in(message: bytes) -> GroupInfo:
    """The GroupInfo in an upload; raises `WrongOrder` for anything else."""
    group_info = decode(MLSMessage, message).message
    if not isinstance(group_info, GroupInfo):
        raise WrongOrder(f"a {type(group_info).__name__} does not describe a group")
    return group_info


@lru_cache(maxsize=16)
def described_group(message: bytes) -> DescribedGroup | None:
    """The group that a GroupInfo describes; None if it has no ratchet tree, or is of an unknown cipher suite.

    The form of the tree, its tree hash and the signature of the GroupInfo are checked; clients that join check the rest
    (RFC 9420 §12.4.3.1). The last results are kept, because each public handshake of a group needs them. Raises
    `InvalidGroupInfoUpload`, and `WrongOrder` for another kind of message.
    """
    info = group_info_in(message)
    context = info.group_context
    encoded = [each.extension_data for each in info.extensions if each.extension_type == ExtensionType.ratchet_tree]
    if not encoded or context.cipher_suite not in ALGORITHMS:
        return None
    suite = algorithms(context.cipher_suite)
    try:
        tree = RatchetTree.from_nodes(decode(RatchetTreeExtension, encoded[0]).ratchet_tree, suite)
        signer = tree.member(LeafIndex(info.signer))
        verify_group_info(suite, info, signer.signature_key)
    except MLSError as error:
        raise InvalidGroupInfoUpload(str(error)) from error
    if tree.hash() != context.tree_hash:
        raise InvalidGroupInfoUpload(
            "the ratchet tree in the GroupInfo does not have the tree hash of its GroupContext"
        )
    return DescribedGroup(context, tree)


def check_signature(message: PublicMessage, group_info: bytes | None) -> bool:
    """Verify the signature of a public handshake of the present epoch; False if the service cannot (RFC 9420 §6.1).

    `group_info` is the GroupInfo that a member has uploaded in this epoch, None if none has. Raises `WrongSignature`
    for a signature that does not verify, and for a sender that is not in the group.
    """
    content = message.content
    if isinstance(content.sender.sender, NewMemberProposalSender):
        return _check_request(message)
    group = None if group_info is None else described_group(group_info)
    if group is None:
        return False
    try:
        unverified = read_public(message)
        key = signature_key_of(content, group.context, group.tree)
        verify_content(algorithms(group.context.cipher_suite), unverified, key, group.context)
    except MLSError as error:
        raise WrongSignature(str(error)) from error
    return True


def _check_request(message: PublicMessage) -> bool:
    """Verify a client's request to be added: it is signed with the key in its key package (RFC 9420 §12.1.8)."""
    try:
        unverified = read_public(message)
        match message.content.content:
            case Proposal(Add(key_package)) if key_package.cipher_suite in ALGORITHMS:
                suite = algorithms(key_package.cipher_suite)
                verify_content(suite, unverified, key_package.leaf_node.signature_key, None)
                return True
    except MLSError as error:
        raise WrongSignature(str(error)) from error
    return False
