"""What a device of a group has witnessed: for each epoch the states before and after, and the message between them."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.client.device_state import DeviceState
from workbench.client.questions import Witnessed
from workbench.delivery import Entry
from workbench.lab.group import Group
from workbench.mls import GroupState, process
from workbench.mls.wire.code_points import ContentType


def witnessed(group: Group, name: str) -> tuple[Witnessed, ...]:
    """What a person's device has seen of the group's epochs, in order.

    Where a device caught up with several epochs in one step, each of them is there. A device that came in anew starts
    anew: an own external commit is the message then, or the Welcome, of which only the result was kept.
    """
    found: list[Witnessed] = []
    before: DeviceState | None = None
    for history_step in group.history:
        now = history_step.device_states.get(name)
        after = history_step.state(name)
        if now is None or after is None:
            continue
        earlier = None if before is None else before.groups.get(group.group_id)
        if before is None or earlier is None or after.first_epoch != earlier.state.first_epoch:
            found.append(Witnessed(None, b"", after, history_step.now))
        elif after.epoch != earlier.state.epoch:
            found.extend(_followed(group, before, after, history_step.now))
        before = now
    return tuple(found)


def _followed(group: Group, before: DeviceState, last: GroupState, now: int) -> Iterator[Witnessed]:
    """The epochs through which a device followed the log in one step."""
    membership = before.groups[group.group_id]
    state = membership.state
    for entry in _handshakes(group, state.epoch, membership.next_index):
        sent_at = now if entry.sent_at is None else entry.sent_at
        is_last = entry.content_type is ContentType.commit and entry.epoch + 1 == last.epoch
        if is_last:
            yield Witnessed(state, entry.message, last, sent_at, before.all_psks)
            return
        after, _ = process(state, entry.message, now=sent_at, sent_at=sent_at, psks=before.all_psks)
        if entry.content_type is ContentType.commit:
            yield Witnessed(state, entry.message, after, sent_at, before.all_psks)
        state = after


def _handshakes(group: Group, epoch: int, start: int) -> Iterator[Entry]:
    """The proposals and commits of a log from a place on, without what is of an earlier epoch or void."""
    for entry in group.environment.service.entries(group.group_id, start):
        if not entry.void and entry.epoch >= epoch and entry.content_type in {ContentType.proposal, ContentType.commit}:
            yield entry
