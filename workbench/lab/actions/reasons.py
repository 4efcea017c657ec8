"""Common reasons why actions are not possible, as sentences. Each function returns None if there is no such reason."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.inspect.names import psk_name
from workbench.lab.group import Group
from workbench.mls import ExternalPSK, PreSharedKeyID
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.wire.code_points import ContentType

NO_GROUP = "There is no group yet"
ENDED = "The group has ended by a ReInit: its members continue in the next group"
STUCK = "The delivery service has accepted a commit that every member refuses: it accepts nothing more for this epoch"
PENDING = "Proposals are pending: a member has to commit them first"


def against_member(group: Group, name: str) -> str | None:
    """Why a person cannot act as a member."""
    if not group.members:
        return NO_GROUP
    state = group.state(name)
    if state is None:
        return f"{name} is not in the group"
    if state.reinit is not None:
        return ENDED
    if not state.active:
        return f"{name} is no longer in the group"
    if state.epoch != group.epoch:
        return _against_missing(group, name, state.epoch)
    return STUCK if _is_stuck(group) else against_held(group, name)


def _against_missing(group: Group, name: str, epoch: int) -> str:
    """Why a device in a past epoch cannot act: the next commit has not reached the device yet, or never will.

    Only the delivery service knows whether the commit was dropped; a service elsewhere does not say it.
    """
    environment = group.environment
    can_come = environment.home.is_shared or any(
        each.epoch == epoch and each.content_type is ContentType.commit
        for each in environment.waiting(name, group.group_id)
    )
    if can_come:
        return f"{name} has missed a commit and has to catch up first"
    return f"A commit will never reach {name}: {name} has to come back by an external commit"


def against_outsider(group: Group) -> str | None:
    """Why no outsider can join, or propose anything."""
    if not group.members:
        return NO_GROUP
    if has_ended(group):
        return ENDED
    return STUCK if _is_stuck(group) else None


def _is_stuck(group: Group) -> bool:
    """Whether the server has accepted a forged commit, which ends the epoch for the server but for no member.

    A service that other worlds share may be ahead for another reason: their commits have not been fetched yet.
    """
    environment = group.environment
    if group.epoch is None or environment.home.is_shared:
        return False
    return environment.service.epoch(group.group_id) > group.epoch


def against_held(group: Group, name: str) -> str | None:
    """Why a person's device cannot be reached."""
    return f"{name} is held back" if name in group.environment.held else None


def against_removing(group: Group, names: Sequence[str]) -> str | None:
    """Why these people cannot all be removed or invited to a branch: one is not a member, or is named twice."""
    return next((f"{name} is not in the group" for name in names if name not in group.members), _against_twice(names))


def against_adding(group: Group, names: Sequence[str]) -> str | None:
    """Why these people cannot all be newcomers: one is a member already, or is named twice."""
    members = group.members
    return next((f"{name} is in the group already" for name in names if name in members), _against_twice(names))


def _against_twice(names: Sequence[str]) -> str | None:
    return next((f"{name} is named twice" for name in names if names.count(name) > 1), None)


def against_psks(group: Group, name: str, *psks: str | int) -> str | None:
    """Why a person cannot mix in these PSKs: external PSKs by their name, resumption PSKs by their epoch."""
    return next(filter(None, (_against_psk(group, name, psk) for psk in psks)), None)


def _against_psk(group: Group, name: str, psk: str | int) -> str | None:
    state = group.environment.devices[name].device_state
    if isinstance(psk, int) and (group.group_id, psk) not in state.resumption_psks:
        return f"{name} does not hold the resumption PSK of epoch {psk}"
    if isinstance(psk, str) and psk.encode() not in state.psks:
        return f"{name} does not hold {psk_words(psk)}"
    return None


def psk_words(psk: str) -> str:
    """The name of an external PSK in sentences."""
    return psk_name(PreSharedKeyID(ExternalPSK(psk.encode()), b""))


def has_ended(group: Group) -> bool:
    """Whether the group has ended by a ReInit."""
    latest = group.record.latest()
    return latest is not None and latest.reinit is not None


def has_pending(group: Group, name: str) -> bool:
    """Whether a member knows of pending proposals that its next commit contains; not those that need an approval."""
    state = group.state(name)
    return state is not None and any(map(state.policy.approves_by_default, state.proposals.values()))


def sender_index(group: Group, name: str) -> int | None:
    """The index of a person among the group's external senders; None if the person is not an external sender."""
    latest, device = group.record.latest(), group.environment.devices.get(name)
    senders = () if latest is None else external_senders_in(latest.context.extensions)
    keys = [each.signature_key for each in senders]
    key = None if device is None else device.signature_key(group.suite.id)
    return keys.index(key) if key in keys else None
