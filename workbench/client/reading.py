"""How a device reads one entry of a group's log: the membership after it, and the event for its user.

There are five special cases:

- A commit removes the device. The device cannot check all of such a commit (`Removed`), so it keeps its earlier state
  until the user has decided. If another commit of the same epoch comes before that, and the earlier state accepts it as
  a member does, the removal did not hold, and the device goes on.
- A commit needs a pre-shared key that the device does not hold. The device stops before it and names the key.
- A message is of an epoch that the device has not reached. The message waits in the holding pen (`holding_pen`).
- The entry is refused for another reason. The device skips it.
- More than half of the members have refused a commit, so the service has made it void (`delivery.reports`). The device
  skips void entries, and reports it. If it had accepted the commit, its state is useless: it comes back with
  `join_by_commit`, or it is added again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from workbench.client.device_state import Membership
from workbench.client.events import Event, event_of, going_on, held, refusal, reopening, waiting
from workbench.client.holding_pen import EMPTY_PEN
from workbench.delivery import Entry
from workbench.mls import GroupState, Misuse, MLSError, PendingCommit, Received, Removed
from workbench.mls.errors import FutureEpoch, UnknownPreSharedKey
from workbench.mls.wire.code_points import ContentType

Process = Callable[[GroupState, PendingCommit | None], tuple[GroupState, Received]]
"""Processes the entry, given a state and the device's own commit, if the entry is its message."""


class Reading(NamedTuple):
    """The membership after an entry, the event, and whether the device stops before the entry."""

    membership: Membership
    event: Event | None = None
    stops: bool = False


def read(membership: Membership, entry: Entry, process: Process) -> Reading:
    """Read one entry of the log."""
    state, own = membership.state, membership.own - {entry.index}
    following = replace(
        membership,
        next_index=max(membership.next_index, entry.index + 1),
        own=own,
        needs_psk=None,
        pen=membership.pen.having_read(entry.index),
    )
    pending = membership.pending
    if entry.void or entry.content_type is None:
        ahead = pending if pending is not None and pending.index > entry.index else None
        following = replace(following, pending=ahead)
        return Reading(following) if entry.void else _after_reopening(following, entry)
    expected = None if pending is None or pending.index != entry.index else pending.committed
    if expected is None and (entry.index in membership.own or not state.active):
        return _after_removal(following, entry, process)
    try:
        after, received = process(state, expected)
    except UnknownPreSharedKey as missing:
        told = membership.needs_psk == entry.index
        late = tuple(index for index in membership.late if index < entry.index)
        in_pen = entry in membership.pen.entries
        next_index = membership.next_index if in_pen else entry.index
        waits = replace(membership, needs_psk=entry.index, next_index=next_index, late=late)
        return Reading(waits, None if told else waiting(entry, state, missing), stops=True)
    except FutureEpoch as error:
        return _into_the_pen(membership, following, entry, error)
    except MLSError as error:
        return Reading(following, refusal(entry, state, error))
    if after.epoch != state.epoch:
        pending = None
    following = replace(following, state=after, pending=pending)
    if isinstance(received, Removed):
        following = replace(following, before=state, pen=EMPTY_PEN)
    return Reading(following, event_of(state, after, received))


def next_entry(arrived: list[Entry], membership: Membership) -> Entry | None:
    """Take the entry to read next: one that has arrived, or an earlier one in the holding pen whose epoch has come."""
    held = membership.pen.ready(membership.state.epoch)
    if held is not None and (not arrived or held.index < arrived[0].index):
        return held
    return arrived.pop(0) if arrived else None


def _into_the_pen(membership: Membership, following: Membership, entry: Entry, error: FutureEpoch) -> Reading:
    """Keep a message of a later epoch; a full pen refuses it. The user is told of the first message of the epoch."""
    state, pen = membership.state, membership.pen
    if pen.is_full:
        return Reading(following, refusal(entry, state, error))
    told = any(each.epoch == error.epoch for each in pen.entries)
    # The message says its epoch, whatever the service says beside it.
    kept = replace(following, pen=following.pen.holding(replace(entry, epoch=error.epoch), membership.next_index))
    return Reading(kept, None if told else held(entry, state, error))


def _after_reopening(following: Membership, entry: Entry) -> Reading:
    """An epoch goes on; a device that had left it by the void commit has deleted its keys, and has to come back."""
    state = following.state
    if entry.reopens is not None:
        following = replace(following, pen=following.pen.without_void(entry.reopens, entry.index))
    stranded = state.active and state.epoch > entry.epoch
    if stranded:
        earlier = following.void_since
        following = replace(following, void_since=entry.epoch if earlier is None else min(entry.epoch, earlier))
    return Reading(following, reopening(entry, state))


def decided(membership: Membership, *, removed: bool) -> Membership:
    """The membership after the user's decision about a removal; `Misuse` if no removal waits for one."""
    if membership.before is None:
        raise Misuse("§12.4.2", "no removal waits for a decision in this group")
    return replace(membership, state=membership.state if removed else membership.before, before=None)


def _after_removal(following: Membership, entry: Entry, process: Process) -> Reading:
    """Read an entry after the removal of the device: only a commit of the epoch in which it was matters to it."""
    before = following.before
    if before is None or entry.content_type is not ContentType.commit or entry.epoch != before.epoch:
        return Reading(following)
    try:
        after, received = process(before, None)
    except MLSError as error:
        return Reading(following, refusal(entry, before, error))
    if isinstance(received, Removed):
        return Reading(following)
    went_on = replace(following, state=after, pending=None, before=None)
    return Reading(went_on, going_on(event_of(before, after, received)))
