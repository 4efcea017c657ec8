"""Checks before a device joins a group, which MLS leaves to the application (RFC 9420 §12.4.3.1).

A state belongs to one group and knows no other, so only the device can see that two groups have the same id. A Welcome
from somebody else must not replace a group in which the device is.
"""

from __future__ import annotations

from collections.abc import Mapping

from workbench.client.device_state import Membership
from workbench.delivery import Invitation
from workbench.inspect.names import brief_name, identity_name, shown
from workbench.mls import GroupState, KeyPackage, LeafIndex, Misuse, MLSMessage, decode, presented_identities
from workbench.mls.errors import InvalidGroupInfo, InvalidKeyPackage, InvalidWelcome
from workbench.mls.wire.messages import GroupInfo
from workbench.mls.wire.proposals import ReInit


def require_new_group(groups: Mapping[bytes, Membership], group_id: bytes) -> None:
    """Refuse to make a group with the id of one in which the device is (RFC 9420 §11)."""
    if group_id in groups and groups[group_id].state.active:
        raise Misuse("§11", f"this device already has a group with the id {shown(group_id)}: choose another id")


def announced_group(groups: Mapping[bytes, Membership], old: GroupState) -> ReInit:
    """The ReInit with which a group has ended, which announces a group that the device does not have (§11.2)."""
    if old.reinit is None:
        raise Misuse("§11.2", "the group has not ended: no ReInit was committed in it")
    require_new_group(groups, old.reinit.group_id)
    return old.reinit


def handed_out(message: bytes, user: str) -> KeyPackage:
    """The key package in an answer of the directory; it must be of the user that was asked for (RFC 9420 §5.3.1).

    Raises `InvalidKeyPackage`; `Misuse` for another kind of message.
    """
    key_package = decode(MLSMessage, message).message
    if not isinstance(key_package, KeyPackage):
        raise Misuse("§10", f"the directory gave a {type(key_package).__name__} for a key package")
    credential = key_package.leaf_node.credential
    if user.encode() not in presented_identities(credential):
        name = brief_name(identity_name(credential)) or "a client without a readable name"
        raise InvalidKeyPackage("§5.3.1", f"the directory gave a key package of {name} for {brief_name(user)}")
    return key_package


def check_invitation(groups: Mapping[bytes, Membership], invitation: Invitation, state: GroupState) -> None:
    """Compare the state to which a Welcome leads with the groups of the device (RFC 9420 §12.4.3.1).

    A device that was removed may be added again in a later epoch. An old Welcome must not take it back into an epoch
    that it has seen. A device whose epoch is void may be added again after the epoch that goes on. After a ReInit, only
    the announced group may follow. Raises `InvalidWelcome`.
    """
    if state.group_id != invitation.group_id:
        led, named = shown(state.group_id), shown(invitation.group_id)
        reason = f"the Welcome leads to group {led} and came with the log of group {named}"
        raise InvalidWelcome("§12.4.3.1", reason)
    if state.group_id not in groups:
        return
    known, void_since = groups[state.group_id].state, groups[state.group_id].void_since
    if void_since is not None and state.epoch > void_since:
        return
    if known.active:
        raise InvalidWelcome("§12.4.3.1", f"this device already has a group with the id {shown(state.group_id)}")
    if known.reinit is not None and known.reinit.group_id != state.group_id:
        raise InvalidWelcome("§11.2", "the group has ended by a ReInit: its members go on in the announced one")
    if known.reinit is None and state.epoch <= known.epoch:
        reason = f"the Welcome leads to epoch {state.epoch}, and this device was removed in epoch {known.epoch}"
        raise InvalidWelcome("§12.4.3.1", reason)


def check_description(
    groups: Mapping[bytes, Membership], group_id: bytes, info: GroupInfo, own_leaf: LeafIndex | None
) -> None:
    """Compare a GroupInfo with which the device is to join with the state that it has (RFC 9420 §12.4.3.2).

    `own_leaf` is the device's own in the tree of the GroupInfo. A device whose epoch is void goes back to the epoch
    that goes on, or a later one, and no further. Raises `InvalidGroupInfo`.
    """
    context = info.group_context
    if context.group_id != group_id:
        raise InvalidGroupInfo("§12.4.3", f"it describes group {shown(context.group_id)} instead of {shown(group_id)}")
    if group_id not in groups:
        return
    known, void_since = groups[group_id].state, groups[group_id].void_since
    if void_since is not None and context.epoch >= void_since:
        return
    if known.reinit is not None:
        raise InvalidGroupInfo("§11.2", "the group has ended by a ReInit: nobody joins it any more")
    if context.epoch < known.epoch:
        raise InvalidGroupInfo("§12.4.3.2", f"it is of epoch {context.epoch}, this device is in epoch {known.epoch}")
    if context.epoch == known.epoch and context != known.context:
        raise InvalidGroupInfo("§12.4.3.2", f"it is of another group of the id {shown(group_id)}")
    if known.active and own_leaf is None:
        raise InvalidGroupInfo("§12.4.3.2", "this device is in the group, and its leaf is not in the tree")
