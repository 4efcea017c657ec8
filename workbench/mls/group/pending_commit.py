"""Applying a member's own commit, once the delivery service has accepted it (RFC 9420 §12.4).

A pending commit was made earlier; perhaps it was read back from a disk. It belongs to one member in one epoch. Applied
to any other state, it would bring back keys that were used, or give a member the keys of another.
"""

from __future__ import annotations

from dataclasses import replace

from workbench.mls.arguments import checks_arguments
from workbench.mls.errors import Misuse
from workbench.mls.group.commit import PendingCommit
from workbench.mls.group.external_commit import PendingExternalCommit
from workbench.mls.group.public_group import PublicGroup, require_not_ended
from workbench.mls.group.state import GroupState, require_active


@checks_arguments
def apply_pending_commit(state: GroupState, pending: PendingCommit | PendingExternalCommit) -> GroupState:
    """The state in the epoch to which a pending commit leads, after it has been accepted (RFC 9420 §12.4).

    `state` is the member's present state, which followed from `pending.current`. Keys that were used in between must
    not be among the old epoch's keys in the new state (RFC 9420 §9.2). For an external commit, `state` is the old state
    of the client, which may be several epochs behind. Raises `GroupInactive` for a member that another commit has
    removed, and in a group that has ended; `Misuse` for a commit of another group, epoch or member.
    """
    if isinstance(pending, PendingCommit):
        require_active(state)
    else:
        require_not_ended(state.public)
    if reason := reason_against_pending(state, pending):
        raise Misuse("§12.4", reason)
    if isinstance(pending, PendingExternalCommit):
        return pending.next
    return replace(pending.next, past_epochs=state.epochs_to_keep())


def reason_against_pending(state: GroupState, pending: PendingCommit | PendingExternalCommit) -> str | None:
    """Why a pending commit cannot be applied to a state, in a sentence; None if it can."""
    if isinstance(pending, PendingExternalCommit):
        return _reason_against_external(state, pending)
    if not _same_epoch(state.public, pending.current.public):
        made, current = pending.current.epoch, state.epoch
        return f"the commit was made in epoch {made} of its group, not in this epoch {current}"
    if pending.current.own_leaf != state.own_leaf:
        return f"the commit was made by the member at leaf {pending.current.own_leaf}, not at leaf {state.own_leaf}"
    return None


def _reason_against_external(state: GroupState, pending: PendingExternalCommit) -> str | None:
    made_in = pending.made_in
    if state.group_id != made_in.context.group_id:
        return f"the commit joins group {made_in.context.group_id.hex()}, this is group {state.group_id.hex()}"
    if state.epoch > made_in.context.epoch:
        return f"the commit was made in epoch {made_in.context.epoch}, this state is in epoch {state.epoch} already"
    if state.epoch == made_in.context.epoch and not _same_epoch(state.public, made_in):
        return f"the commit was made in epoch {state.epoch} of another group of the same id"
    if state.active and state.own_leaf not in pending.advanced.removed:
        return f"the commit does not replace leaf {state.own_leaf}, so another client made it"
    return None


def _same_epoch(one: PublicGroup, other: PublicGroup) -> bool:
    """Whether two public groups are the same epoch of the same group.

    The interim transcript hash differs even between two groups in epoch 0 that have the same founder and id.
    """
    return (one.context, one.interim_transcript_hash) == (other.context, other.interim_transcript_hash)
