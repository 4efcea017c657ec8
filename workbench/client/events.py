"""Events: sentences about what happened, which begin with the name of the person who acted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from workbench.client.narrator import narrated
from workbench.delivery import Entry
from workbench.inspect.handshake_words import committed, proposed, proposer
from workbench.inspect.names import counted, name_of
from workbench.mls import (
    ApplicationMessage,
    GroupState,
    MLSError,
    ProposalQueued,
    ProposalSender,
    Received,
    Removed,
)
from workbench.mls.errors import FutureEpoch, UnknownPreSharedKey
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.messages import NewMemberProposalSender
from workbench.mls.wire.proposals import ExternalInit

_Received: TypeAlias = Literal["joined", "message", "proposal", "commit", "removed", "refused", "waiting", "held"]
_Own: TypeAlias = Literal["sent", "unsent", "again", "reopened", "compared", "fork", "clock"]
EventKind: TypeAlias = Literal[_Received, _Own]


@dataclass(frozen=True, slots=True)
class Event:
    """One event on a device: who acted, the epoch in which the device is now, and a sentence.

    `data` is the content of an application message, `error` the reason of a refusal, and `advice` what the user can do.
    `readable` says the same as `text`, in words for people who do not know the protocol. `member` is the signature key
    of the member that has sent a message or a commit.
    """

    kind: EventKind
    group_id: bytes
    epoch: int
    actor: str
    text: str
    data: bytes = b""
    error: MLSError | None = field(default=None, repr=False, compare=False)
    advice: str = field(default="", repr=False, compare=False)
    readable: tuple[str, ...] = field(default=(), repr=False, compare=False)
    member: bytes = field(default=b"", repr=False, compare=False)


def having_sent(state: GroupState, said: bytes) -> Event:
    """The service has taken what this device has said to the group."""
    name = name_of(state.tree, state.own_leaf)
    return Event("sent", state.group_id, state.epoch, name, f"{name} sent a message", said)


REMOVED_BY_CLAIM = (
    "A removed device cannot check all of the commit, so it keeps its state of before. Ask the others. If they followed"
    " the commit, call `confirm_removal`, which deletes that state. If they refused it, call `reject_removal`: the"
    " device goes on in its epoch as they do. Who was removed by mistake comes back with `join_by_commit`, or is added"
    " again."
)
"""What the user of a removed device can do: the device cannot check its removal (`Removed`)."""


def refusal(entry: Entry, state: GroupState, error: MLSError) -> Event:
    """The device refuses an entry of the log; the event says what its user can do.

    After a commit, the log goes on in the next epoch, even if a device cannot process the commit.
    """
    advice = ""
    if entry.content_type is ContentType.commit and state.active and entry.epoch == state.epoch:
        advice = (
            f"The log goes on in epoch {entry.epoch + 1}, and this device stays in epoch {state.epoch}: it reads"
            " nothing new and can send nothing. Come back with `join_by_commit`, or be removed and added again. If"
            " all others have refused the commit too, go on together in another group (`branch`)."
        )
    return Event("refused", entry.group_id, state.epoch, "", str(error), error=error, advice=advice)


def waiting(entry: Entry, state: GroupState, missing: UnknownPreSharedKey) -> Event:
    """The device stops before a commit, because it lacks a pre-shared key."""
    advice = (
        f"The device reads nothing after entry {entry.index} of the log until it has this key. Give it the key with"
        " `install_psk`, then call `fetch` again. Where nobody can give it the key, it comes back with"
        " `join_by_commit`, or is removed and added again."
    )
    return Event("waiting", entry.group_id, state.epoch, "", str(missing), error=missing, advice=advice)


def held(entry: Entry, state: GroupState, error: FutureEpoch) -> Event:
    """A message waits in the holding pen, because the device has not reached its epoch."""
    missing = counted(error.missing, "commit")
    words = f"A message of epoch {error.epoch} waits: {missing} before it, and this device is in epoch {state.epoch}"
    return Event("held", entry.group_id, state.epoch, "", words, error=error)


def reopening(entry: Entry, state: GroupState) -> Event:
    """The service has made a commit void that members refused: the epoch before it goes on.

    A device that has refused the commit goes on in that epoch. A device that has accepted it has deleted its keys.
    """
    words = f"More than half of the members refused the commit that ended epoch {entry.epoch}: the epoch goes on"
    stranded = (
        f"This device is in epoch {state.epoch}, which is void, and has deleted the keys of epoch {entry.epoch}. Let a"
        " member who refused the commit call `publish_group_info`, and come back with `join_by_commit`, which replaces"
        " the old leaf; or be removed and added again."
    )
    advice = stranded if state.epoch > entry.epoch else ""
    return Event("reopened", entry.group_id, state.epoch, "", words, advice=advice)


def going_on(event: Event) -> Event:
    """The device has processed another commit of the epoch in which it was removed."""
    return replace(event, text=f"{event.text}; the removal of this device did not hold")


def event_of(before: GroupState, after: GroupState, received: Received) -> Event:
    """The event of a message that a device has processed."""
    match received:
        case ApplicationMessage(sender, data, epoch=epoch):
            readable = before.readable_in(epoch) or before.readable
            name = name_of(readable.tree, sender)
            member = readable.tree.member(sender).signature_key
            return Event("message", after.group_id, after.epoch, name, f"{name} sent a message", data, member=member)
        case ProposalQueued(sender, proposal):
            wanted, name = proposed(before.tree, proposal), proposer(before, sender, proposal)
            words = f"{name} asked to be added" if _asks_for_itself(sender) else f"{name} proposed {wanted}"
            sentences = narrated(before, after, received)
            return Event("proposal", after.group_id, after.epoch, name, words, readable=sentences)
        case Removed(committer, proposals):
            own = name_of(before.tree, before.own_leaf)
            if any(isinstance(sent.proposal, ExternalInit) for sent in proposals):
                name, words = own, committed(before.tree, own, proposals, external=True)
            else:
                name = name_of(before.tree, committer)
                words = f"{name} removed {own}"
            sentences = narrated(before, after, received)
            return Event(
                "removed", after.group_id, after.epoch, name, words, advice=REMOVED_BY_CLAIM, readable=sentences
            )
        case advanced:
            name = name_of(after.tree, advanced.committer)
            words = committed(before.tree, name, advanced.proposals, external=advanced.external)
            sentences = narrated(before, after, received)
            member = after.tree.member(advanced.committer).signature_key
            return Event("commit", after.group_id, after.epoch, name, words, readable=sentences, member=member)


def _asks_for_itself(sender: ProposalSender) -> bool:
    return isinstance(sender, NewMemberProposalSender)
