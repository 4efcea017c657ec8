"""What `explain` works on: a message to a group, the member that processes it, and further knowledge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from workbench.inspect.explanation import Details
from workbench.inspect.forks import OtherSide
from workbench.inspect.names import name_of
from workbench.mls import (
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    MLSMessage,
    PendingCommit,
    PendingExternalCommit,
    ProposalSender,
    RatchetTreeExtension,
)
from workbench.mls.errors import DecryptionFailed, Malformed, MLSError
from workbench.mls.framing.private_message import open_sender_data
from workbench.mls.group.pre_shared_keys import PreSharedKeys
from workbench.mls.group.public_commit import proposal_sender
from workbench.mls.group.state import ReadableEpoch
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import PrivateMessage, PublicMessage, SenderData

NO_OTHER_SIDE = OtherSide()

Framed: TypeAlias = PublicMessage | PrivateMessage


@dataclass(frozen=True, slots=True)
class ExplainKnowledge:
    """What `explain` may know besides the state and the bytes; every field may be left out.

    `psks`, `pending` and `sent_at` are the arguments of `process`. `bundles` are this client's key
    packages with their private keys. `ratchet_tree` is the tree, if a Welcome does not contain it. `other` is what is
    known of the sender's side of a fork. `commits` are the commits that this member has processed, in order.
    """

    psks: PreSharedKeys = field(default_factory=dict, repr=False)
    pending: PendingCommit | PendingExternalCommit | None = None
    bundles: Sequence[KeyPackageBundle] = ()
    ratchet_tree: RatchetTreeExtension | None = None
    other: OtherSide = NO_OTHER_SIDE
    commits: Sequence[MLSMessage | bytes] = ()
    sent_at: int | None = None


NOTHING = ExplainKnowledge()


@dataclass(frozen=True)
class ExplainContext:
    """A message to a group, and the member that tries to process it."""

    state: GroupState
    message: MLSMessage
    framed: Framed
    now: int
    knowledge: ExplainKnowledge

    @property
    def content_type(self) -> ContentType:
        """The content type that the message names."""
        framed = self.framed
        return framed.content_type if isinstance(framed, PrivateMessage) else framed.content.content.TAG

    @property
    def group_id(self) -> bytes:
        """The id of the group that the message names."""
        return self.framed.group_id if isinstance(self.framed, PrivateMessage) else self.framed.content.group_id

    @property
    def epoch(self) -> int:
        """The epoch that the message names."""
        return self.framed.epoch if isinstance(self.framed, PrivateMessage) else self.framed.content.epoch

    @property
    def sender(self) -> ProposalSender | None:
        """The sender that the message names; None if the sender data is encrypted and does not open here."""
        if isinstance(self.framed, PublicMessage):
            return proposal_sender(self.framed.content)
        opened = self.sender_data
        return None if opened is None else LeafIndex(opened.leaf_index)

    @property
    def sender_data(self) -> SenderData | None:
        """The sender data of a PrivateMessage, if it opens here: sender and generation (RFC 9420 §6.3.2)."""
        readable = self.state.readable_in(self.epoch)
        if self.group_id != self.state.group_id or readable is None or not isinstance(self.framed, PrivateMessage):
            return None
        try:
            return open_sender_data(self.state.suite, self.framed, readable.sender_data_secret)
        except (DecryptionFailed, Malformed):
            return None

    @property
    def readable(self) -> ReadableEpoch:
        """The keys of the epoch that the message names, or of the present epoch if those are deleted."""
        return self.state.readable_in(self.epoch) or self.state.readable

    def name(self, sender: ProposalSender) -> str:
        """The name of a sender; "leaf 3" if the tree of the message's epoch is not known here."""
        readable = self.state.readable_in(self.epoch)
        if isinstance(sender, int) and (self.group_id != self.state.group_id or readable is None):
            return f"leaf {sender}"
        return name_of(self.readable.tree, sender)

    @property
    def subject(self) -> str:
        """The message as the subject of a sentence: "The commit of Alice"."""
        name = {ContentType.application: "application message"}.get(self.content_type, self.content_type.name)
        sender = self.sender
        return f"The {name}" if sender is None else f"The {name} of {self.name(sender)}"

    def details(self, error: MLSError | None = None) -> Details:
        """All that is known of the message, and of the error that refused it."""
        sender, opened = self.sender, self.sender_data
        return Details(
            error="" if error is None else type(error).__name__,
            content_type=self.content_type.name,
            group_id=self.group_id,
            own_group_id=self.state.group_id,
            epoch=self.epoch,
            own_epoch=self.state.epoch,
            sender="" if sender is None else self.name(sender),
            leaf=sender if isinstance(sender, int) else None,
            generation=None if opened is None else opened.generation,
        )
