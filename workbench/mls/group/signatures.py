"""The key that verifies each signature within a group (RFC 9420 §6.1, §12.4.3).

This takes no secret, so a delivery service can do it too.
"""

from __future__ import annotations

from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidCommit, InvalidGroupInfo, InvalidMessage
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import (
    ExternalSenderIndex,
    FramedContent,
    GroupContext,
    GroupInfo,
    GroupInfoTBS,
    MemberSender,
)
from workbench.mls.wire.proposals import Add, Commit, Proposal
from workbench.mls.wire.tree import UpdatePath


def signature_key_of(content: FramedContent, context: GroupContext, tree: RatchetTree) -> bytes:
    """The public key with which the signature of a message is verified (RFC 9420 §6.1).

    `read_public` has checked that this kind of sender may send such content.
    """
    match content.sender.sender, content.content:
        case MemberSender(leaf), _:
            sender = tree.leaf(LeafIndex(leaf))
            if sender is None:
                raise InvalidMessage("§6", f"the sender, leaf {leaf}, is no member")
            return sender.signature_key
        case ExternalSenderIndex(index), _:
            allowed = external_senders_in(context.extensions)
            if index >= len(allowed):
                raise InvalidMessage("§12.1.8.1", f"the group knows no external sender {index}")
            return allowed[index].signature_key
        case _, Proposal(Add(key_package)):
            return key_package.leaf_node.signature_key
        case _, Commit(_, UpdatePath(leaf_node)):
            return leaf_node.signature_key
        case _:
            raise InvalidCommit("§12.4.3.2", "an external commit has no path, so no leaf has a key for its signature")


def verify_group_info(suite: Verifier, group_info: GroupInfo, signature_key: bytes) -> None:
    """Check that a GroupInfo was signed with this key (RFC 9420 §12.4.3)."""
    content = GroupInfoTBS(
        group_info.group_context, group_info.extensions, group_info.confirmation_tag, group_info.signer
    )
    if not suite.verify_with_label(signature_key, "GroupInfoTBS", encode(content), group_info.signature):
        raise InvalidGroupInfo("§12.4.3", "the signature of the GroupInfo does not verify")
