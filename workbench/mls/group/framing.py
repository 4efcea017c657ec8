"""Framing the messages that a member sends, and verifying and decrypting those that it receives (RFC 9420 §6)."""

from __future__ import annotations

from dataclasses import replace

from workbench.mls.arguments import check_fields
from workbench.mls.errors import (
    BeforeJoining,
    EpochDeleted,
    FutureEpoch,
    InvalidMessage,
    LateHandshake,
    Misuse,
    OwnMessage,
    PastEpoch,
    WrongGroup,
)
from workbench.mls.framing.content import verify_content
from workbench.mls.framing.padding import Padding
from workbench.mls.framing.private_message import open_content, open_sender_data, protect_private
from workbench.mls.framing.public_message import protect_public, unprotect_public
from workbench.mls.group.signatures import signature_key_of
from workbench.mls.group.state import GroupState, ReadableEpoch
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.value import value
from workbench.mls.wire.code_points import ContentType, ProtocolVersion, WireFormat
from workbench.mls.wire.messages import (
    AuthenticatedContent,
    FramedContent,
    GroupContext,
    MemberSender,
    MLSMessage,
    PrivateMessage,
    PublicMessage,
)


@value
class Framing:
    """How a proposal or a commit is sent: as a PublicMessage or, if `private`, as a PrivateMessage (RFC 9420 §6).

    `authenticated_data` is sent in the clear, covered by the signature. `padding` is for a PrivateMessage; with None
    the policy's padding is used.
    """

    private: bool = False
    authenticated_data: bytes = b""
    padding: Padding | None = None

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def wire_format(self) -> WireFormat:
        """The wire format that the signature covers."""
        return WireFormat.mls_private_message if self.private else WireFormat.mls_public_message


PUBLIC = Framing()


def frame(
    state: GroupState, authenticated: AuthenticatedContent, framing: Framing, *, entropy: bytes
) -> tuple[MLSMessage, GroupState]:
    """Protect signed content for the wire; the next state lacks the key of a PrivateMessage (RFC 9420 §6)."""
    if authenticated.wire_format is WireFormat.mls_public_message:
        public = protect_public(state.suite, authenticated, state.secrets.membership_key, state.context)
        return MLSMessage(ProtocolVersion.mls10, public), state
    private, secret_tree = protect_private(
        state.suite,
        authenticated,
        state.secret_tree,
        state.secrets.sender_data_secret,
        padding=state.policy.padding if framing.padding is None else framing.padding,
        entropy=entropy,
    )
    return MLSMessage(ProtocolVersion.mls10, private), replace(state, secret_tree=secret_tree)


def unframe(state: GroupState, message: MLSMessage) -> tuple[AuthenticatedContent, GroupState]:
    """Verify or decrypt a message of this epoch, and verify its signature (RFC 9420 §6.1).

    An application message may also be of a past epoch whose keys are kept. Raises `WrongGroup`, `WrongEpoch` (one of
    its kinds), `OwnMessage`, `InvalidMessage`, `InvalidCommit`, `InvalidTag`, `InvalidSignature`, `DecryptionFailed`,
    `KeyAlreadyUsed`, `KeyExpired` or `GenerationTooFarAhead`.
    """
    suite, epoch = state.suite, state.readable
    match message.message:
        case PublicMessage() as public:
            _check_handshake_address(state, public.content.group_id, public.content.epoch)
            opened = unprotect_public(suite, public, state.secrets.membership_key, state.context)
            _check_not_own(state, opened.content.sender.sender, opened.content.content.TAG)
        case PrivateMessage() as private:
            epoch = _epoch_of(state, private)
            sender_data = open_sender_data(suite, private, epoch.sender_data_secret)
            _check_not_own(state, MemberSender(sender_data.leaf_index), private.content_type)
            secret_tree, used = epoch.secret_tree.key_for(
                sender_data.leaf_index, private.content_type, sender_data.generation, state.policy.ratchets
            )
            opened = open_content(suite, private, sender_data, used, custom=state.policy.custom)
            state = state.with_secret_tree(epoch.epoch, secret_tree)
        case other:
            raise Misuse("§6", f"a {type(other).__name__} is not a message within a group")
    signature_key = signature_key_of(opened.content, epoch.context, epoch.tree)
    return verify_content(suite, opened, signature_key, epoch.context), state


def sender_leaf(content: FramedContent) -> LeafIndex:
    """The leaf of the sender; `InvalidMessage` for a sender that is not a member (RFC 9420 §6)."""
    sender = content.sender.sender
    if not isinstance(sender, MemberSender):
        raise InvalidMessage("§6", f"only a member may send this, not a {sender.TAG.name} sender")
    return LeafIndex(sender.leaf_index)


def check_address(context: GroupContext, group_id: bytes, epoch: int) -> None:
    """Raise `WrongGroup`, `FutureEpoch` or `PastEpoch` for a message of another group or epoch than `context`."""
    current = context.epoch
    if group_id != context.group_id:
        raise WrongGroup("§6", f"the message is for group {group_id.hex()}, this is {context.group_id.hex()}")
    if epoch > current:
        reason = f"the message is of epoch {epoch}, this state is in epoch {current}: commits are missing"
        raise FutureEpoch("§6", reason, epoch=epoch, current=current)
    if epoch < current:
        reason = f"the message is of epoch {epoch}, this state is in epoch {current}"
        raise PastEpoch("§6", reason, epoch=epoch, current=current)


def _check_handshake_address(state: GroupState, group_id: bytes, epoch: int) -> None:
    """Check that a proposal or a commit is of this group and epoch (RFC 9420 §12.4)."""
    if group_id == state.group_id and epoch < state.epoch:
        reason = f"the message is of epoch {epoch}, this state is in epoch {state.epoch}: it has no effect any more"
        raise LateHandshake("§6", reason, epoch=epoch, current=state.epoch)
    check_address(state.context, group_id, epoch)


def _epoch_of(state: GroupState, private: PrivateMessage) -> ReadableEpoch:
    """The epoch whose keys decrypt a message: for application data it may be a past one (RFC 9420 §15.3)."""
    epoch, current, policy = private.epoch, state.epoch, state.policy
    if private.content_type is not ContentType.application:
        _check_handshake_address(state, private.group_id, epoch)
    elif private.group_id != state.group_id or epoch > current:
        check_address(state.context, private.group_id, epoch)
    readable = state.readable_in(epoch)
    if readable is not None:
        return readable
    behind = f"the message is of epoch {epoch}, this state is in epoch {current}"
    if epoch < state.first_epoch:
        reason = f"{behind}: this member joined in epoch {state.first_epoch} and never had the keys of epoch {epoch}"
        raise BeforeJoining("§15", reason, epoch=epoch, current=current, first_epoch=state.first_epoch)
    reason = f"{behind}: its keys are deleted, the policy keeps those of {policy.past_epochs} past epochs"
    raise EpochDeleted("§9.2", reason, epoch=epoch, current=current, kept=policy.past_epochs)


def _check_not_own(state: GroupState, sender: object, content_type: ContentType) -> None:
    if sender == MemberSender(state.own_leaf):
        section, what_next = _OWN[content_type]
        reason = f"this member sent the message itself: {what_next}"
        raise OwnMessage(section, reason, content=content_type.name)


_OWN = {
    ContentType.application: ("§9.1", "it knows the content, and the key of the message is deleted"),
    ContentType.proposal: ("§12.4", "the proposal has been pending in its state since it was made"),
    ContentType.commit: ("§12.4.2", "give that commit to `process` as `pending`, or call `apply_pending_commit`"),
}
"""What the sender of a message, when it comes back, has to do or know."""
