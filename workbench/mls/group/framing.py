"""Between a state and the wire: framing what a member sends, and opening what it receives (RFC 9420 §6)."""

from __future__ import annotations

from dataclasses import replace

from workbench.mls.errors import InvalidCommit, InvalidMessage, Misuse, OwnMessage, WrongEpoch, WrongGroup
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.private_message import open_sender_data, protect_private, unprotect_private
from workbench.mls.framing.public_message import protect_public, unprotect_public
from workbench.mls.group.state import GroupState, ProposalSender
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.messages import (
    Add,
    AuthenticatedContent,
    Commit,
    ExternalSenderIndex,
    FramedContent,
    GroupContext,
    MemberSender,
    MLSMessage,
    PrivateMessage,
    Proposal,
    PublicMessage,
)
from workbench.mls.wire.tree import UpdatePath


def frame(
    state: GroupState, authenticated: AuthenticatedContent, *, padding: int, entropy: bytes
) -> tuple[MLSMessage, GroupState]:
    """Protect signed content for the wire; the next state lacks the key that a PrivateMessage used up."""
    if authenticated.wire_format is WireFormat.mls_public_message:
        public = protect_public(state.suite, authenticated, state.secrets.membership_key, state.context)
        return MLSMessage(ProtocolVersion.mls10, public), state
    private, secret_tree = protect_private(
        state.suite,
        authenticated,
        state.secret_tree,
        state.secrets.sender_data_secret,
        padding=padding,
        entropy=entropy,
    )
    return MLSMessage(ProtocolVersion.mls10, private), replace(state, secret_tree=secret_tree)


def unframe(state: GroupState, message: MLSMessage) -> tuple[AuthenticatedContent, GroupState]:
    """Open a message of this epoch and verify its tag or seal and its signature (RFC 9420 §6.1).

    Raises `WrongGroup`, `WrongEpoch`, `OwnMessage`, `InvalidMessage`, `InvalidCommit`, `InvalidTag`,
    `InvalidSignature`, `DecryptionFailed`, `KeyAlreadyUsed` or `GenerationTooFarAhead`.
    """
    suite, secrets = state.suite, state.secrets
    match message.message:
        case PublicMessage() as public:
            check_address(state.context, public.content.group_id, public.content.epoch)
            opened = unprotect_public(suite, public, secrets.membership_key, state.context)
            _check_not_own(state, opened.content.sender.sender)
        case PrivateMessage() as private:
            check_address(state.context, private.group_id, private.epoch)
            sender_data = open_sender_data(suite, private, secrets.sender_data_secret)
            _check_not_own(state, MemberSender(sender_data.leaf_index))
            opened, secret_tree = unprotect_private(
                suite, private, state.secret_tree, secrets.sender_data_secret, state.policy.ratchets
            )
            state = replace(state, secret_tree=secret_tree)
        case other:
            raise Misuse("§6", f"a {type(other).__name__} is not a message within a group")
    signature_key = signature_key_of(opened.content, state.context, state.tree)
    return verify_content(suite, opened, signature_key, state.context), state


def signature_key_of(content: FramedContent, context: GroupContext, tree: RatchetTree) -> bytes:
    """The key with which the sender of a message must have signed it (RFC 9420 §6.1).

    That the sender may send such content has been checked where it was read (`read_public`).
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
            raise InvalidCommit("§12.4.3.2", "a commit by a newcomer has no path, and so nobody to have signed it")


def sender_leaf(content: FramedContent) -> LeafIndex:
    """The leaf of the member who framed content; `InvalidMessage` if it was nobody with a leaf (RFC 9420 §6)."""
    sender = content.sender.sender
    if not isinstance(sender, MemberSender):
        raise InvalidMessage("§6", f"only a member may send this, not a {sender.TAG.name} sender")
    return LeafIndex(sender.leaf_index)


def proposal_sender(content: FramedContent) -> ProposalSender:
    """Who framed a proposal or a commit (RFC 9420 §6)."""
    sender = content.sender.sender
    return LeafIndex(sender.leaf_index) if isinstance(sender, MemberSender) else sender


def check_address(context: GroupContext, group_id: bytes, epoch: int) -> None:
    """Raise `WrongGroup` or `WrongEpoch` for a message that is not of the group and epoch of `context`."""
    if group_id != context.group_id:
        raise WrongGroup("§6", f"the message is for group {group_id.hex()}, this is {context.group_id.hex()}")
    if epoch != context.epoch:
        raise WrongEpoch("§6", f"the message is of epoch {epoch}, this state is in epoch {context.epoch}")


def _check_not_own(state: GroupState, sender: object) -> None:
    if sender == MemberSender(state.own_leaf):
        raise OwnMessage("§12.4.2", "this member sent the message itself: adopt the state that came with it")
