"""What of a change makes sense in an epoch (`change`), and what is lost with the epoch before, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from workbench.client.change import Change, Departing
from workbench.inspect.handshake_words import proposed
from workbench.inspect.names import as_name, credential_name, listed, name_of
from workbench.mls import Add, GroupState, KeyPackage, LeafIndex, Remove, SentProposal, Update


class Plan(NamedTuple):
    """What of a change makes sense in an epoch; `wishes` says it in words, and `dropped` what does not."""

    add: tuple[KeyPackage, ...]
    remove: tuple[LeafIndex, ...]
    wishes: tuple[str, ...]
    dropped: tuple[str, ...]

    @property
    def is_needed(self) -> bool:
        """Whether anything is left to commit."""
        return bool(self.wishes)


def change_of(
    state: GroupState, add: Sequence[KeyPackage], remove: Sequence[LeafIndex], psks: Sequence[bytes]
) -> Change:
    """The change that adds the owners of key packages, removes the members at leaves, and mixes in external PSKs."""
    leaving = tuple(Departing(state.tree.member(leaf).signature_key, name_of(state.tree, leaf)) for leaf in remove)
    return Change(tuple(add), leaving, tuple(psks))


def planned(change: Change, state: GroupState) -> Plan:
    """What of a change makes sense in the present epoch of a group."""
    if not state.active:
        return Plan((), (), (), ("the whole change, because this device was removed",))
    present = {leaf_node.signature_key: leaf for leaf, leaf_node in state.tree.leaves()}
    wishes: list[str] = []
    dropped: list[str] = []
    for key_package in change.add:
        is_in = key_package.leaf_node.signature_key in present
        words = f"adding {_newcomer(key_package)}"
        (dropped if is_in else wishes).append(f"{words}, who is in the group already" if is_in else words)
    for each in change.remove:
        is_in, words = each.signature_key in present, f"removing {each.name}"
        (wishes if is_in else dropped).append(words if is_in else f"{words}, who is not in the group any more")
    wishes += [f"mixing in {len(change.psks)} pre-shared keys"] if change.psks else []
    wishes += ["refreshing its keys"] if change.is_refresh else []
    add = tuple(each for each in change.add if each.leaf_node.signature_key not in present)
    remove = tuple(present[each.signature_key] for each in change.remove if each.signature_key in present)
    return Plan(add, remove, tuple(wishes), tuple(dropped))


def lost_proposals(before: GroupState, after: GroupState) -> tuple[str, ...]:
    """The proposals of others that were pending in an epoch and are not in the commit that ended it, in words.

    Proposals are of one epoch. A commit that lost takes those that it referred to with it: their senders have to make
    them again.
    """
    return tuple(_lost(before, after))


def _lost(before: GroupState, after: GroupState) -> Iterator[str]:
    present = {leaf_node.signature_key for _, leaf_node in after.tree.leaves()}
    for sent in before.proposals.values():
        if not _has_happened(sent, before, after, present):
            yield f"the proposal of {name_of(before.tree, sent.sender)} {proposed(before.tree, sent.proposal)}"


def _has_happened(sent: SentProposal, before: GroupState, after: GroupState, present: set[bytes]) -> bool:
    match sent.proposal:
        case Add(key_package):
            return key_package.leaf_node.signature_key in present
        case Remove(removed):
            return before.tree.member(LeafIndex(removed)).signature_key not in present
        case Update(leaf_node):
            return any(leaf_node == each for _, each in after.tree.leaves())
        case _:
            return False


def made_again(plan: Plan, lost: Sequence[str], epoch: int) -> str:
    """The sentence of a device that makes its change anew in an epoch, or does not; `lost` are lost proposals."""
    gone = (*plan.dropped, *lost)
    dropped = f" Dropped: {listed(gone)}." if gone else ""
    if not plan.is_needed:
        return f"Another commit came first, and nothing is left to change.{dropped}"
    return f"Another commit came first, so this device commits again in epoch {epoch}: {listed(plan.wishes)}.{dropped}"


def _newcomer(key_package: KeyPackage) -> str:
    return as_name(credential_name(key_package.leaf_node)) or "somebody without a readable name"
