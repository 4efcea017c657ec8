"""What happened, in words, with the person first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from workbench.inspect.names import (
    commit_words,
    credential_name,
    identity_name,
    name_of,
    psk_name,
    type_name,
    wanted_of,
)
from workbench.mls import (
    Add,
    ApplicationMessage,
    GroupState,
    LeafIndex,
    PreSharedKey,
    ProposalQueued,
    ProposalSender,
    RatchetTree,
    Received,
    Remove,
    Removed,
    SentProposal,
    Update,
)
from workbench.mls.group.state import AnyProposal
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.wire.messages import ExternalInit, ExternalSenderIndex, NewMemberProposalSender

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


def committed(tree: RatchetTree, committer: str, proposals: Sequence[SentProposal], *, external: bool = False) -> str:
    """What a commit did: "Alice added Bob and took in the update of Carol". `tree` is the one before it."""
    things = [(sent, sent.proposal) for sent in proposals]
    return commit_words(
        committer,
        added=[credential_name(thing.key_package.leaf_node) for _, thing in things if isinstance(thing, Add)],
        removed=[name_of(tree, LeafIndex(thing.removed)) for _, thing in things if isinstance(thing, Remove)],
        updated=[name_of(tree, sent.sender) for sent, thing in things if isinstance(thing, Update)],
        psks=[psk_name(thing.psk) for _, thing in things if isinstance(thing, PreSharedKey)],
        others=[type_name(thing) for _, thing in things if not isinstance(thing, Add | Remove | Update | PreSharedKey)],
        external=external,
    )


def proposer(state: GroupState, sender: ProposalSender, proposal: AnyProposal) -> str:
    """Who proposed something: a member, somebody whom the group listens to, or the newcomer itself."""
    if isinstance(sender, ExternalSenderIndex):
        credential = external_senders_in(state.context.extensions)[sender.sender_index].credential
        return identity_name(credential) or name_of(state.tree, sender)
    if isinstance(proposal, Add) and not isinstance(sender, int):
        return credential_name(proposal.key_package.leaf_node) or name_of(state.tree, sender)
    return name_of(state.tree, sender)


def _asks_for_itself(sender: ProposalSender) -> bool:
    return isinstance(sender, NewMemberProposalSender)


def proposed(tree: RatchetTree, proposal: AnyProposal) -> str:
    """What a proposal asks for: "to add Bob"."""
    match proposal:
        case Add(key_package):
            return f"to add {credential_name(key_package.leaf_node)}"
        case Remove(removed):
            return f"to remove {name_of(tree, LeafIndex(removed))}"
        case PreSharedKey(psk):
            return f"to mix in {psk_name(psk)}"
        case other:
            return wanted_of(type_name(other))
