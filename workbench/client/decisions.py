"""The decisions of a person on a device: which other devices are verified, and in which groups it sends nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from workbench.mls import LeafNode


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions of one person on one device.

    `compared` are the devices whose safety codes were equal when they were compared, `rejected` those whose codes were
    not; both by `device_key`. `locked` are the ids of groups in which the device sends no messages.
    """

    compared: frozenset[bytes] = frozenset()
    rejected: frozenset[bytes] = frozenset()
    locked: frozenset[bytes] = frozenset()

    def with_comparison(self, leaf_node: LeafNode, *, equal: bool) -> Decisions:
        """The decisions after a code was compared."""
        key = frozenset({device_key(leaf_node)})
        if equal:
            return replace(self, compared=self.compared | key, rejected=self.rejected - key)
        return replace(self, compared=self.compared - key, rejected=self.rejected | key)

    def with_lock(self, group_id: bytes, *, locked: bool) -> Decisions:
        """The decisions after a group was locked or unlocked."""
        other = self.locked - {group_id}
        return replace(self, locked=other | {group_id} if locked else other)


NO_DECISIONS = Decisions()


def device_key(leaf_node: LeafNode) -> bytes:
    """The public key that stands for a device: its signature key, which no leaf of another device has (§7.3)."""
    return leaf_node.signature_key
