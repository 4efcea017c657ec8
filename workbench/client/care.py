"""What a device keeps in mind of a group to look after it (`upkeep`): fresh keys, who is to join, who is silent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from workbench.mls import GroupState, LeafNode

DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Silence:
    """When each member was heard last, and when its eviction was announced to the group: by signature keys."""

    heard: Mapping[bytes, int] = field(default_factory=dict)
    announced: Mapping[bytes, int] = field(default_factory=dict)

    def among(self, members: Collection[bytes], now: int) -> Silence:
        """The times of these members. A member that is seen for the first time counts as heard."""
        if self.heard.keys() == set(members):
            return self
        heard = {key: self.heard.get(key, now) for key in members}
        return Silence(heard, {key: at for key, at in self.announced.items() if key in heard})

    def hearing(self, member: bytes, now: int) -> Silence:
        """The times after a member was heard: once a day, so that not each message writes the times of all members."""
        if member not in self.heard or (now - self.heard[member] < DAY and member not in self.announced):
            return self
        return Silence({**self.heard, member: now}, {key: at for key, at in self.announced.items() if key != member})


@dataclass(frozen=True, slots=True)
class Care:
    """`refreshed_at` is when the own leaf got its keys, `messages` how many messages of the group came since then.

    `joins` are the users who are to be added together, `joins_since` is when the first of them was noted.
    """

    refreshed_at: int | None = None
    messages: int = 0
    joins: tuple[str, ...] = ()
    joins_since: int | None = None
    silence: Silence = Silence()

    def wanting(self, user: str, now: int) -> Care:
        """The care with one more user to add."""
        if user in self.joins:
            return self
        since = now if self.joins_since is None else self.joins_since
        return replace(self, joins=(*self.joins, user), joins_since=since)

    def having_added(self) -> Care:
        """The care once all have been added."""
        return replace(self, joins=(), joins_since=None)

    def with_silence(self, silence: Silence) -> Care:
        """The care with other times of the members."""
        return replace(self, silence=silence)

    def after(
        self, before: GroupState | None, after: GroupState, *, member: bytes = b"", messages: int = 0, now: int
    ) -> Care:
        """The care after the device has read or sent something; `member` has sent it, b"" if that is not known."""
        care = replace(self, messages=self.messages + messages) if messages else self
        if self.refreshed_at is None or _own_leaf(before) != _own_leaf(after):
            care = replace(care, refreshed_at=now, messages=0)
        silence = care.silence
        if before is None or before.epoch != after.epoch:
            silence = silence.among([leaf_node.signature_key for _, leaf_node in after.tree.leaves()], now)
        silence = silence.hearing(member, now)
        return care if silence is care.silence else replace(care, silence=silence)


def _own_leaf(state: GroupState | None) -> LeafNode | None:
    return None if state is None or not state.active else state.tree.leaf(state.own_leaf)


NO_CARE = Care()
