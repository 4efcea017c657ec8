"""What happened, in words, with the person first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from workbench.inspect.deeds import committed, proposed, proposer
from workbench.inspect.names import name_of
from workbench.mls import (
    ApplicationMessage,
    GroupState,
    MLSError,
    ProposalQueued,
    ProposalSender,
    Received,
    Removed,
)
from workbench.mls.wire.messages import ExternalInit, NewMemberProposalSender

EventKind: TypeAlias = Literal["joined", "message", "proposal", "commit", "removed", "refused"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a device learned: who did it, in which epoch the device is now, and a sentence.

    `data` is what an application message says, `error` why something was refused.
    """

    kind: EventKind
    group_id: bytes
    epoch: int
    actor: str
    text: str
    data: bytes = b""
    error: MLSError | None = field(default=None, repr=False, compare=False)


def event_of(before: GroupState, after: GroupState, received: Received) -> Event:
    """What a received message meant, in words."""
    match received:
        case ApplicationMessage(sender, data, epoch=epoch):
            readable = before.readable_in(epoch) or before.readable
            name = name_of(readable.tree, sender)
            return Event("message", after.group_id, after.epoch, name, f"{name} sent a message", data)
        case ProposalQueued(sender, proposal):
            wanted, name = proposed(before.tree, proposal), proposer(before, sender, proposal)
            words = f"{name} asked to be added" if _asks_for_itself(sender) else f"{name} proposed {wanted}"
            return Event("proposal", after.group_id, after.epoch, name, words)
        case Removed(committer, proposals):
            own = name_of(before.tree, before.own_leaf)
            if any(isinstance(sent.proposal, ExternalInit) for sent in proposals):
                name, words = own, committed(before.tree, own, proposals, external=True)
            else:
                name = name_of(before.tree, committer)
                words = f"{name} removed {own}"
            return Event("removed", after.group_id, after.epoch, name, words)
        case advanced:
            name = name_of(after.tree, advanced.committer)
            words = committed(before.tree, name, advanced.proposals, external=advanced.external)
            return Event("commit", after.group_id, after.epoch, name, words)


def _asks_for_itself(sender: ProposalSender) -> bool:
    return isinstance(sender, NewMemberProposalSender)
