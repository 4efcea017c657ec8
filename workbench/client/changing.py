"""How a device makes a change of a group until it is in the log, or makes no sense any more (`change`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from workbench.client.change import ATTEMPTS, Change
from workbench.client.events import Event
from workbench.client.journal import Journal
from workbench.client.plan import lost_proposals, made_again, planned
from workbench.delivery import LateCommit
from workbench.mls import GroupState, KeyPackage, LeafIndex, MLSError


class Committer(Protocol):
    """What carrying out a change needs of a device."""

    def state(self, group_id: bytes) -> GroupState:
        """The state of a group."""

    def catch_up(self, group_id: bytes) -> tuple[Event, ...]:
        """Read the log of a group."""

    def commit_once(
        self,
        group_id: bytes,
        add: Sequence[KeyPackage],
        remove: Sequence[LeafIndex],
        psks: Sequence[bytes],
        *,
        change: Change,
    ) -> object:
        """Commit, and write the change down with the commit; raises `LateCommit`."""


def carry_out(journal: Journal, device: Committer, group_id: bytes, change: Change) -> tuple[Event, ...]:
    """Make a change, at most `ATTEMPTS` times in all; what the device has learned meanwhile.

    Raises `LateCommit` after the last attempt; the device has caught up by then.
    """
    events, lost = list[Event](), tuple[str, ...]()
    while True:
        state = device.state(group_id)
        plan = planned(change, state)
        if change.attempts:
            told = Event("again", group_id, state.epoch, "", made_again(plan, lost, state.epoch))
            journal.put(journal.state.with_change(group_id, change if plan.is_needed else None), told)
            events.append(told)
        if not plan.is_needed:
            return tuple(events)
        change = change.attempted()
        try:
            device.commit_once(group_id, plan.add, plan.remove, change.psks, change=change)
        except LateCommit:
            events += device.catch_up(group_id)
            lost = lost_proposals(state, device.state(group_id))
            if change.attempts >= ATTEMPTS:
                journal.put(journal.state.with_change(group_id, None))
                raise
        else:
            return tuple(events)


def resume(journal: Journal, device: Committer, group_id: bytes) -> tuple[Event, ...]:
    """Go on with the change of a device that was killed while it made it, if there is one."""
    change, membership = journal.state.changes.get(group_id), journal.state.groups.get(group_id)
    if change is None or membership is None or membership.pending is not None:
        return ()
    try:
        return carry_out(journal, device, group_id, change)
    except (LateCommit, MLSError) as error:
        words = f"The change of this device could not be made: {error}"
        event = Event("again", group_id, device.state(group_id).epoch, "", words, advice="Make the change again.")
        journal.put(journal.state.with_change(group_id, None), event)
        return (event,)
