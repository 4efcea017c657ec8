"""Adopting a commit of one's own, once the delivery service has accepted it (RFC 9420 §12.4).

A staged commit is a value that was made earlier, perhaps read back from a disk, perhaps by another device. It leads on
from one state of one member alone; in any other it would put back keys that were used, or somebody else's.
"""

from __future__ import annotations

from dataclasses import replace

from workbench.mls.arguments import checks_arguments
from workbench.mls.errors import Misuse
from workbench.mls.group.commit import Committed
from workbench.mls.group.external_commit import ExternallyCommitted
from workbench.mls.group.state import GroupState, PublicGroup, require_active, require_not_ended


@checks_arguments
def adopt(state: GroupState, staged: Committed | ExternallyCommitted) -> GroupState:
    """The state in the epoch to which a commit of one's own leads, now that it has been accepted.

    `state` is what `staged.current` has become since: a key that was used meanwhile must not be back in what the new
    state keeps of the old epoch (RFC 9420 §9.2). For an external commit it is the old state of the client, which may
    lie epochs behind. Raises `GroupInactive` for who was removed by the commit that won, and in a group that has ended;
    `Misuse` for a commit that was made in another group or epoch or by another member.
    """
    if isinstance(staged, Committed):
        require_active(state)
    else:
        require_not_ended(state)
    if reason := why_not_to_adopt(state, staged):
        raise Misuse("§12.4", reason)
    if isinstance(staged, ExternallyCommitted):
        return staged.next
    return replace(staged.next, past_epochs=state.epochs_to_keep())


def why_not_to_adopt(state: GroupState, staged: Committed | ExternallyCommitted) -> str | None:
    """Why a staged commit does not lead on from a state, in a sentence; None if it does."""
    if isinstance(staged, ExternallyCommitted):
        return _why_not_to_come_back(state, staged)
    if not _same_epoch(state.public, staged.current.public):
        made, current = staged.current.epoch, state.epoch
        return f"the commit was made in epoch {made} of its group, not in this epoch {current}"
    if staged.current.own_leaf != state.own_leaf:
        return f"the commit was made by the member at leaf {staged.current.own_leaf}, this is leaf {state.own_leaf}"
    return None


def _why_not_to_come_back(state: GroupState, staged: ExternallyCommitted) -> str | None:
    made_in = staged.made_in
    if state.group_id != made_in.context.group_id:
        return f"the commit joins group {made_in.context.group_id.hex()}, this is group {state.group_id.hex()}"
    if state.epoch > made_in.context.epoch:
        return f"the commit was made in epoch {made_in.context.epoch}, this state is in epoch {state.epoch} already"
    if state.epoch == made_in.context.epoch and not _same_epoch(state.public, made_in):
        return f"the commit was made in epoch {state.epoch} of another group of the same id"
    if state.active and state.own_leaf not in staged.advanced.removed:
        return f"the commit does not replace leaf {state.own_leaf}, so another client made it"
    return None


def _same_epoch(one: PublicGroup, other: PublicGroup) -> bool:
    """Whether two views are of the same epoch of the same group.

    The interim transcript hash tells apart two groups in epoch 0 that have the same founder and id, but other secrets.
    """
    return (one.context, one.interim_transcript_hash) == (other.context, other.interim_transcript_hash)
