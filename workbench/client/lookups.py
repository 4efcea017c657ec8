"""What a device looks up before it acts: new entries and Welcomes, pre-shared keys, its old leaf, an old group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbench.client.device_state import DeviceState, Membership
from workbench.delivery import Entry, Invitation, Transport
from workbench.mls import (
    CipherSuite,
    ExternalPSK,
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    MLSMessage,
    PreSharedKey,
    PreSharedKeyID,
    ResumptionPSK,
    Welcome,
    decode,
)
from workbench.mls.crypto.entropy import fresh
from workbench.mls.group.resumption_checks import linking_psk
from workbench.mls.group.welcome import open_group_secrets
from workbench.mls.wire.code_points import ContentType, ExtensionType, ResumptionPSKUsage
from workbench.mls.wire.tree import Extension, LeafNode, RatchetTreeExtension


def arrived(
    service: Transport, membership: Membership, *, messages: bool, until: int | None = None
) -> tuple[Membership, tuple[Entry, ...]]:
    """The membership with the late entries noted, and the entries of the log to read now, late ones first.

    Without `messages` all application messages are late. Entries from the place `until` on are left where they are. If
    places before entries in the holding pen are missing, the device asks for them again. It takes each place once, in
    the order of the log, whatever the service repeats.
    """
    missing, pen = membership.pen.first_missing, membership.pen
    start = membership.next_index if missing is None else missing
    came = {
        entry.index: entry
        for entry in service.entries(membership.state.group_id, start)
        if entry.index >= membership.next_index or pen.is_missing(entry.index)
    }
    new = tuple(came[index] for index in sorted(came) if until is None or index < until)
    if pen is not pen.having_asked():
        membership = replace(membership, pen=pen.having_asked())
    late = () if messages else tuple(each.index for each in new if each.content_type is ContentType.application)
    if late:
        next_index = max(membership.next_index, new[-1].index + 1)
        waiting = replace(membership, late=membership.late + late, next_index=next_index)
        return waiting, tuple(entry for entry in new if entry.index not in late)
    if messages and membership.late:
        since = service.entries(membership.state.group_id, membership.late[0])
        return replace(membership, late=()), (*(entry for entry in since if entry.index in membership.late), *new)
    return membership, new


def new_invitations(service: Transport, device_state: DeviceState) -> list[tuple[bytes, KeyPackageBundle, Invitation]]:
    """The Welcomes that have arrived and were not accepted yet, each with its key package."""
    return [
        (reference, bundle, invitation)
        for reference, bundle in device_state.bundles.items()
        for invitation in service.invitations(reference)
        if (invitation.group_id, invitation.next_index) not in device_state.accepted
    ]


def approved_among(state: GroupState, *, approve: bool | Sequence[bytes]) -> tuple[bytes, ...]:
    """The references of the pending proposals that a committer approves: all, none, or those given."""
    if isinstance(approve, bool):
        return tuple(state.proposals) if approve else ()
    return tuple(approve)


def psk_proposal(suite: CipherSuite, group_id: bytes, psk: bytes | int, *, entropy: bytes) -> PreSharedKey:
    """A proposal for an external pre-shared key by its `psk_id`, or for a resumption PSK of the group by its epoch."""
    named: ExternalPSK | ResumptionPSK = (
        ResumptionPSK(ResumptionPSKUsage.application, group_id, psk) if isinstance(psk, int) else ExternalPSK(psk)
    )
    return PreSharedKey(PreSharedKeyID(named, fresh(entropy, "psk nonce", suite.hash_length)))


def leaf_of(signature_key: bytes, extensions: Sequence[Extension]) -> LeafIndex | None:
    """The leaf with this signature key in the tree of a GroupInfo, None if there is none."""
    for extension in extensions:
        if extension.extension_type == ExtensionType.ratchet_tree:
            nodes = decode(RatchetTreeExtension, extension.extension_data).ratchet_tree
            for index, node in enumerate(nodes):
                if node is not None and isinstance(node.node, LeafNode) and node.node.signature_key == signature_key:
                    return LeafIndex(index // 2)
    return None


def old_group(
    suite: CipherSuite, invitation: Invitation, bundle: KeyPackageBundle, groups: Mapping[bytes, Membership]
) -> GroupState | None:
    """The group from which the group of a Welcome comes; None if it comes from none (RFC 9420 §12.4.3.1).

    It is the group that the Welcome names, or else one whose ReInit has announced the group of the Welcome. If the
    device has been in the announced group already, the Welcome adds it again, as in any group.
    """
    message = decode(MLSMessage, invitation.welcome).message
    if not groups or not isinstance(message, Welcome):
        return None
    link = linking_psk(open_group_secrets(suite, message, bundle.key_package, bundle.init_private_key).psks)
    if link is not None:
        membership = groups.get(link.psk_group_id)
        return None if membership is None else membership.state
    if invitation.group_id in groups:
        return None
    for each in groups.values():
        announced = each.state.reinit
        if announced is not None and announced.group_id == invitation.group_id:
            return each.state
    return None
