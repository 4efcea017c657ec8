"""How a device comes into a group: by a Welcome, or by a commit of its own (RFC 9420 §12.4.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from workbench.client.admission import check_description, check_invitation
from workbench.client.device_state import DeviceState, Membership
from workbench.client.events import Event
from workbench.client.fork_watch import ended
from workbench.client.introduction import capabilities_for
from workbench.client.journal import Journal
from workbench.client.lookups import leaf_of, new_invitations, old_group, psk_proposal
from workbench.client.own_keys import OwnKeys
from workbench.delivery import Invitation, Transport
from workbench.inspect.names import name_of
from workbench.mls import (
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    MLSError,
    Policy,
    external_commit,
    join,
)
from workbench.mls.group.external_commit import PendingExternalCommit
from workbench.mls.group.group_info import group_info_in


def join_invited(
    keys: OwnKeys, state: DeviceState, bundle: KeyPackageBundle, invitation: Invitation, *, now: int, policy: Policy
) -> GroupState:
    """The state of the group to which a Welcome leads; raises as `join` and `check_invitation`."""
    suite = keys.suite(bundle.key_package.cipher_suite)
    joined = join(
        invitation.welcome,
        bundle,
        now=now,
        sent_at=invitation.sent_at,
        psks=state.all_psks,
        old_group=old_group(suite, invitation, bundle, state.groups),
        policy=policy,
        suite=suite,
    )
    check_invitation(state.groups, invitation, joined)
    return joined


def accept_invitations(
    journal: Journal, keys: OwnKeys, service: Transport, group_id: bytes | None, *, now: int, policy: Policy
) -> tuple[Event, ...]:
    """Join the groups to which Welcomes have come (`Device.accept_invitations`)."""
    journal.report_joins(service)
    events = []
    for reference, bundle, invitation in new_invitations(service, journal.state):
        if group_id not in {None, invitation.group_id}:
            continue
        try:
            state = join_invited(keys, journal.state, bundle, invitation, now=now, policy=policy)
        except MLSError as error:
            refused = invitation.group_id, invitation.next_index
            if refused not in journal.state.refused:
                epoch = service.epoch(invitation.group_id)
                event = Event("refused", invitation.group_id, epoch, "", str(error), error=error)
                journal.put(replace(journal.state, refused=journal.state.refused | {refused}), event)
                events.append(event)
            continue
        name = name_of(state.tree, state.own_leaf)
        event = Event("joined", state.group_id, state.epoch, name, f"{name} joined the group")
        after = journal.state.having_used(reference, invitation.group_id, invitation.next_index)
        joined = after.with_group(Membership(state, invitation.next_index))
        journal.put(ended(joined, state.group_id), event)
        journal.report_joins(service)
        events.append(event)
    return tuple(events)


def join_described(
    keys: OwnKeys,
    state: DeviceState,
    group_id: bytes,
    message: bytes,
    *,
    entropy: Callable[[], bytes],
    now: int,
    policy: Policy,
    in_place_of: LeafIndex | None = None,
    psks: Sequence[bytes] = (),
) -> PendingExternalCommit:
    """The external commit by which a device joins the group that a GroupInfo, given as bytes, describes.

    The commit replaces the leaf with the signature key of this device, or the leaf `in_place_of`. `entropy` gives 32
    fresh bytes a call. Raises as `external_commit` and `check_description`.
    """
    info = group_info_in(message)
    suite = keys.suite(info.group_context.cipher_suite)
    own = leaf_of(keys.public_key(suite.id), info.extensions)
    check_description(state.groups, group_id, info, own)
    return external_commit(
        info,
        keys.credential,
        keys.private_key(suite),
        entropy=entropy(),
        now=now,
        resync=own if in_place_of is None else in_place_of,
        proposals=[psk_proposal(suite, group_id, psk, entropy=entropy()) for psk in psks],
        psks=state.all_psks,
        capabilities=capabilities_for(state.leaf_extensions),
        leaf_extensions=state.leaf_extensions,
        policy=policy,
        suite=suite,
    )
