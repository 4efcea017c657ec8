"""Actions of people who look after devices: compare safety codes, lock a group, add a further device of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.client import Device, Event
from workbench.client.alerts import Alert, Situation, alerts
from workbench.client.roster import RosterDevice, roster
from workbench.client.safety_codes import device_code
from workbench.inspect.device_names import user_of
from workbench.inspect.names import credential_name, listed
from workbench.lab.actions.action import DETAIL, NEWCOMER, WHO, action
from workbench.lab.actions.membership import add
from workbench.lab.actions.reasons import against_member
from workbench.lab.group import Group
from workbench.mls import GroupState, LeafIndex, LeafNode


def members_seen(group: Group, name: str) -> tuple[RosterDevice, ...]:
    """The members as a person's device has seen them come; none if the device has never been in the group."""
    device = group.environment.devices[name]
    states = [state for history_step in group.history if (state := history_step.state(name)) is not None]
    return roster(states, device.device_state.decisions)


def alerts_for(group: Group, name: str, members: Sequence[RosterDevice] | None = None) -> tuple[Alert, ...]:
    """The warnings on a person's device now; none if the device has never been in the group.

    `members` may give the members that the device has seen, so that they are not looked for again.
    """
    membership = group.environment.devices[name].device_state.groups.get(group.group_id)
    if membership is None:
        return ()
    state, decisions = membership.state, group.environment.devices[name].device_state.decisions
    situation = Situation(
        state.active,
        state.epoch,
        members_seen(group, name) if members is None else members,
        tuple(_events_since_it_came(group, name)),
        locked=group.group_id in decisions.locked,
        fork=group.environment.devices[name].device_state.alarms.get(group.group_id),
        needs_psk=membership.needs_psk is not None,
        connected=name not in group.environment.held,
    )
    return alerts(situation)


def _events_since_it_came(group: Group, name: str) -> Iterator[Event]:
    """The events of a device since it came into the group, or came back to it."""
    came: int | None = None
    found: list[Event] = []
    for history_step in group.history:
        state = history_step.state(name)
        if state is not None and state.first_epoch != came:
            came = state.first_epoch
            found.clear()
            continue
        found.extend(history_step.events.get(name, ()))
    return iter(found)


def _leaf_node(group: Group, name: str, leaf: LeafIndex) -> LeafNode | None:
    """The leaf node at a leaf, as a person's own device has it."""
    state = _own_state(group, name)
    return None if state is None else state.tree.leaf(leaf)


def _own_state(group: Group, name: str) -> GroupState | None:
    membership = group.environment.devices[name].device_state.groups.get(group.group_id)
    return None if membership is None else membership.state


def _against_verify(group: Group, by: str, leaf: LeafIndex) -> str | None:
    if _own_state(group, by) is None:
        return f"{by} is not in the group"
    return None if _leaf_node(group, by, leaf) is not None else f"Nobody is at leaf {leaf} in the group of {by}"


@action("{who} compares a safety code", WHO, DETAIL, reason=_against_verify)
def verify(group: Group, by: str, leaf: LeafIndex) -> bool:
    """Compare the safety code of the device at a leaf with the code that this device itself shows.

    One person reads from the screen of `by`, the other from the device in hand. The result is whether the codes are
    equal. They are not if the user has no such device.
    """
    seen = _leaf_node(group, by, leaf)
    if seen is None:
        return False
    in_hand = group.environment.devices.get(credential_name(seen))
    shown = None if in_hand is None else device_code(in_hand.credential, in_hand.signature_key(group.suite.id))
    is_equal = shown == device_code(seen.credential, seen.signature_key)
    device = group.environment.devices[by]
    device.decide(device.device_state.decisions.with_comparison(seen, equal=is_equal))
    return is_equal


def _is_locked(group: Group, name: str) -> bool:
    return group.group_id in group.environment.devices[name].device_state.decisions.locked


def _against_lock(group: Group, name: str) -> str | None:
    if _own_state(group, name) is None:
        return f"{name} is not in the group"
    return f"{name} has locked the group already" if _is_locked(group, name) else None


@action("{who} locks the group", WHO, reason=_against_lock)
def lock(group: Group, name: str) -> None:
    """Send no messages from this device until the group is unlocked. Commits are still possible."""
    _set_lock(group.environment.devices[name], group.group_id, locked=True)


def _against_unlock(group: Group, name: str) -> str | None:
    if not _is_locked(group, name):
        return f"{name} has not locked the group"
    waiting = [each.name for each in members_seen(group, name) if each.needs_review]
    return f"First verify or remove {listed(waiting)}" if waiting else None


@action("{who} unlocks the group", WHO, reason=_against_unlock)
def unlock(group: Group, name: str) -> None:
    """Send messages again. This is possible when all devices are verified or removed."""
    _set_lock(group.environment.devices[name], group.group_id, locked=False)


def _set_lock(device: Device, group_id: bytes, *, locked: bool) -> None:
    device.decide(device.device_state.decisions.with_lock(group_id, locked=locked))


def _has_alarm(group: Group, name: str) -> bool:
    return group.group_id in group.environment.devices[name].device_state.alarms


@action(
    "{who} dismisses the alarm",
    WHO,
    reason=lambda group, name: None if _has_alarm(group, name) else f"The group has no alarm on the device of {name}",
)
def dismiss_alarm(group: Group, name: str) -> None:
    """End the alarm of a fork and the lock of the group: people have found that this device is on the right side."""
    group.environment.devices[name].forks.dismiss(group.group_id)


def _chosen(group: Group, numbers: tuple[int, ...]) -> list[Group]:
    """The groups with these numbers, from 1; by default all groups."""
    return [each for each in group.groups if not numbers or each.number + 1 in numbers]


def _against_adding_own(group: Group, by: str, newcomer: str, *numbers: int) -> str | None:
    if user_of(by) != user_of(newcomer):
        return f"{newcomer} is not a device of {user_of(by)}"
    if newcomer not in group.environment.devices:
        return f"There is no device of {newcomer}"
    if unknown := [number for number in numbers if not 1 <= number <= len(group.groups)]:
        return f"There is no group {unknown[0]}: there are {len(group.groups)}"
    reasons = (_against_one(each, by, newcomer) for each in _chosen(group, numbers))
    return next((reason for reason in reasons if reason is not None), None)


def _against_one(group: Group, by: str, newcomer: str) -> str | None:
    return against_member(group, by) or (f"{newcomer} is in the group already" if newcomer in group.members else None)


@action("{who} adds the own device {newcomer}", WHO, NEWCOMER, DETAIL, reason=_against_adding_own)
def add_own_device(group: Group, by: str, newcomer: str, *numbers: int) -> None:
    """Add a further device of the same user to each of these groups, by their numbers from 1; by default to all."""
    for each in _chosen(group, numbers):
        add.perform(each, by, newcomer)
