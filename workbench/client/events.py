"""What happened, in words, with the person first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from workbench.inspect.names import commit_words, credential_name, name_of
from workbench.mls import (
    Add,
    ApplicationMessage,
    CustomProposal,
    GroupState,
    LeafIndex,
    ProposalQueued,
    RatchetTree,
    Received,
    Remove,
    Removed,
    SentProposal,
    Update,
)
from workbench.mls.group.state import AnyProposal

EventKind: TypeAlias = Literal["joined", "message", "proposal", "commit", "removed", "refused"]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a device learned: who did it, in which epoch the device is now, and a sentence.

    `data` is what an application message says.
    """

    kind: EventKind
    group_id: bytes
    epoch: int
    actor: str
    text: str
    data: bytes = b""


def event_of(before: GroupState, after: GroupState, received: Received) -> Event:
    """What a received message meant, in words."""
    match received:
        case ApplicationMessage(sender, data, epoch=epoch):
            readable = before.readable_in(epoch) or before.readable
            name = name_of(readable.tree, sender)
            return Event("message", after.group_id, after.epoch, name, f"{name} sent a message", data)
        case ProposalQueued(sender, proposal):
            name = name_of(before.tree, sender)
            words = f"{name} proposed {proposed(before.tree, proposal)}"
            return Event("proposal", after.group_id, after.epoch, name, words)
        case Removed(committer):
            name = name_of(before.tree, committer)
            words = f"{name} removed {name_of(before.tree, before.own_leaf)}"
            return Event("removed", after.group_id, after.epoch, name, words)
        case advanced:
            name = name_of(before.tree, advanced.committer)
            words = committed(before.tree, advanced.committer, advanced.proposals)
            return Event("commit", after.group_id, after.epoch, name, words)


def committed(tree: RatchetTree, committer: LeafIndex, proposals: Sequence[SentProposal]) -> str:
    """What a commit did: "Alice added Bob and took Carol's update". `tree` is the one before it."""
    things = [(sent, sent.proposal) for sent in proposals]
    return commit_words(
        name_of(tree, committer),
        added=[credential_name(thing.key_package.leaf_node) for _, thing in things if isinstance(thing, Add)],
        removed=[name_of(tree, LeafIndex(thing.removed)) for _, thing in things if isinstance(thing, Remove)],
        updated=[name_of(tree, sent.sender) for sent, thing in things if isinstance(thing, Update)],
        others=[_other(thing) for _, thing in things if not isinstance(thing, Add | Remove | Update)],
    )


def proposed(tree: RatchetTree, proposal: AnyProposal) -> str:
    """What a proposal asks for: "to add Bob"."""
    match proposal:
        case Add(key_package):
            return f"to add {credential_name(key_package.leaf_node)}"
        case Remove(removed):
            return f"to remove {name_of(tree, LeafIndex(removed))}"
        case Update():
            return "a fresh leaf key"
        case other:
            return f"a {_other(other)}"


def _other(proposal: AnyProposal) -> str:
    if isinstance(proposal, CustomProposal):
        return f"proposal of type {proposal.proposal_type:#06x}"
    return type(proposal).__name__
