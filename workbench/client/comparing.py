"""How a device compares its groups with other members, and what its owner decides after an alarm (`fork_watch`)."""

from __future__ import annotations

from collections.abc import Callable

from workbench.client.events import Event
from workbench.client.fork_watch import ended, given_up, judged, others_to_tell, statement
from workbench.client.introduction import is_archive
from workbench.client.journal import Journal
from workbench.client.own_keys import OwnKeys
from workbench.delivery import Entry
from workbench.mls import Misuse


class ForkWatch:
    """The comparisons of one device. `say(group, data, says=b"")` sends an application message that is no chat."""

    def __init__(self, journal: Journal, keys: OwnKeys, say: Callable[..., Entry]) -> None:
        self._journal = journal
        self._keys = keys
        self._say = say

    def statement(self, group_id: bytes) -> bytes:
        """What this device states of its last epochs of a group, signed, for another member to `compare`."""
        membership = self._journal.state.groups.get(group_id)
        if membership is None or not membership.state.active:
            raise Misuse("§8.7", "this device is not in the group, and can state nothing of it")
        return statement(membership, self._keys.sign(membership.state.suite))

    def tell(self, group_id: bytes) -> tuple[Entry, ...]:
        """State the epochs of a group in all other groups with a common member; their devices compare it when it comes.

        A server that has parted the group would have to part each of them in the same way. An archive tells nothing.
        """
        state = self._journal.state
        if is_archive(state.leaf_extensions):
            return ()
        stated = self.statement(group_id)
        return tuple(self._say(other, stated, says=b"") for other in [*others_to_tell(state, group_id)])

    def compare(self, stated: bytes) -> Event:
        """Compare the statement of another member with the epochs of this device; if they differ, there is an alarm.

        Raises as `fork_watch.judged`.
        """
        after, event = judged(self._journal.state, stated)
        self._journal.put(after, event)
        return event

    def dismiss(self, group_id: bytes) -> None:
        """End the alarm of a group, and its lock: its owner has found that this device is on the right side."""
        self._journal.put(ended(self._journal.state, group_id))

    def give_up_side(self, group_id: bytes) -> None:
        """Allow this device to join the other side of a fork, by `join_by_commit` or by a Welcome."""
        self._journal.put(given_up(self._journal.state, group_id))
