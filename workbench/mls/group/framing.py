"""Between a state and the wire: framing what a member sends, and opening what it receives (RFC 9420 §6)."""

from __future__ import annotations

from dataclasses import replace

from workbench.mls.errors import Misuse, OwnMessage, Unsupported, WrongEpoch, WrongGroup
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.private_message import open_sender_data, protect_private, unprotect_private
from workbench.mls.framing.public_message import protect_public, unprotect_public
from workbench.mls.group.state import GroupState
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.code_points import ProtocolVersion, WireFormat
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    FramedContent,
    MemberSender,
    MLSMessage,
    PrivateMessage,
    PublicMessage,
)


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

    Raises `WrongGroup`, `WrongEpoch`, `OwnMessage`, `InvalidMessage`, `InvalidTag`, `InvalidSignature`,
    `DecryptionFailed`, `KeyAlreadyUsed` or `GenerationTooFarAhead`.
    """
    suite, secrets = state.suite, state.secrets
    match message.message:
        case PublicMessage() as public:
            _check_address(state, public.content.group_id, public.content.epoch)
            opened = unprotect_public(suite, public, secrets.membership_key, state.context)
            _check_not_own(state, opened.content.sender.sender)
        case PrivateMessage() as private:
            _check_address(state, private.group_id, private.epoch)
            sender_data = open_sender_data(suite, private, secrets.sender_data_secret)
            _check_not_own(state, MemberSender(sender_data.leaf_index))
            opened, secret_tree = unprotect_private(
                suite, private, state.secret_tree, secrets.sender_data_secret, state.policy.ratchets
            )
            state = replace(state, secret_tree=secret_tree)
        case other:
            raise Misuse("§6", f"a {type(other).__name__} is not a message within a group")
    signature_key = state.tree.member(sender_leaf(opened.content)).signature_key
    return verify_content(suite, opened, signature_key, state.context), state


def sender_leaf(content: FramedContent) -> LeafIndex:
    """The leaf of the member who framed content; raises `Unsupported` for senders outside the group."""
    sender = content.sender.sender
    if not isinstance(sender, MemberSender):
        raise Unsupported("§12.1.8", f"messages of a {sender.TAG.name} sender are not built yet")
    return LeafIndex(sender.leaf_index)


def _check_address(state: GroupState, group_id: bytes, epoch: int) -> None:
    if group_id != state.group_id:
        raise WrongGroup("§6", f"the message is for group {group_id.hex()}, this is {state.group_id.hex()}")
    if epoch != state.epoch:
        raise WrongEpoch("§6", f"the message is of epoch {epoch}, this state is in epoch {state.epoch}")


def _check_not_own(state: GroupState, sender: object) -> None:
    if sender == MemberSender(state.own_leaf):
        raise OwnMessage("§12.4.2", "this member sent the message itself: adopt the state that came with it")
