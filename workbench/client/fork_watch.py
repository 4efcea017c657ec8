"""Do all members see the same group? Devices compare their epochs, and raise an alarm where they differ (R50, R51).

A server can show one commit of an epoch to some members and another commit to the others. Each side goes on by itself,
in epochs of the same numbers. The tree hash does not tell the sides apart: two commits can lead to equal trees. The
confirmed transcript hash does (RFC 9420 §8.2), and so does the epoch authenticator (§8.7), of which the code of a group
is computed (`safety_codes`).

A *statement* says of some epochs of a group what its sender has there, and is signed with the key of the sender's leaf,
so it can be carried on any way. Which way matters: a server that parts a group delivers no message of one side to the
other, so what is said in the group itself never shows a fork. A statement has to go around the server that parts: in
another group of two members, unless the server parts that group in the same way, or from hand to hand. docs/devices.md
says what each way detects.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from workbench.client.device_state import DeviceState, Membership
from workbench.client.events import Event
from workbench.client.trail import EpochMark, ForkAlarm
from workbench.delivery.ports import Sign
from workbench.inspect.names import name_of, shown
from workbench.mls import GroupState, Misuse, MLSError, decode, encode
from workbench.mls.errors import InvalidSignature
from workbench.mls.wire.shapes import Opaque, Vector, struct, uint64

PREFIX: Final = b"MLS Workbench epoch statement 1\0"
"""How an application message begins that holds a statement."""

LABEL: Final = "MLS Workbench epoch statement"

STATED: Final = 16
"""How many epochs a statement covers: a device that is no further behind finds one to compare."""


@struct
class StatedEpoch:
    """One epoch as the sender has it: the confirmed transcript hash, and the code of the group."""

    epoch: uint64
    confirmed_transcript_hash: Opaque
    code: Opaque


@struct
class EpochStatementTBS:
    """The content that the sender signs, with `SignWithLabel` under `LABEL` (RFC 9420 §5.1.2)."""

    group_id: Opaque
    epochs: Vector[StatedEpoch]


@struct
class EpochStatement:
    """A statement with the public key of its sender."""

    content: EpochStatementTBS
    signature_key: Opaque
    signature: Opaque


def statement(membership: Membership, sign: Sign) -> bytes:
    """What this device states of the last epochs of a group; `sign` signs with the key of its leaf."""
    state = membership.state
    epochs = tuple(
        StatedEpoch(mark.epoch, mark.confirmed_transcript_hash, mark.code.encode())
        for mark in membership.trail[-STATED:]
    )
    content = EpochStatementTBS(state.group_id, epochs)
    key = state.tree.member(state.own_leaf).signature_key
    return PREFIX + encode(EpochStatement(content, key, sign(LABEL, encode(content))))


def judged(state: DeviceState, data: bytes) -> tuple[DeviceState, Event]:
    """The device's state after it has compared a statement with its own epochs, and what it tells its user.

    If the two differ, the group is locked and has an alarm. Raises `Misuse` for a statement about a group that this
    device is not in, `InvalidSignature` if no member here has signed it, and `Malformed`.
    """
    stated = decode(EpochStatement, data.removeprefix(PREFIX))
    content = stated.content
    membership = state.groups.get(content.group_id)
    if membership is None:
        raise Misuse("§8.7", f"the statement is about group {shown(content.group_id)}, which is not here")
    group = membership.state
    who = _sender(group, stated)
    common = _common(membership.trail, content.epochs)
    parted = next((pair for pair in common if not _is_equal(*pair)), None)
    if parted is None:
        words = f"{who} has the same group as this device in {len(common)} epochs"
        words = words if common else f"{who} and this device have no epoch in common yet: nothing was compared"
        return state, Event("compared", group.group_id, group.epoch, who, words)
    own, their = parted
    alarm = ForkAlarm(own.epoch, who, own.code, their.code.decode(errors="replace"))
    return raised(state, group.group_id, alarm), _alarm_event(group, alarm)


def heard(state: DeviceState, told: Event | None) -> tuple[DeviceState, Event | None]:
    """The device's state after it has read an entry, and what its user is told of it.

    A statement is compared, and not shown; one that cannot be compared is refused, and says so.
    """
    if told is None or told.kind != "message" or not told.data.startswith(PREFIX):
        return state, told
    try:
        return judged(state, told.data)
    except MLSError as error:
        words = f"A statement of {told.actor} about a group cannot be compared: {error}"
        return state, replace(told, kind="refused", text=words, data=b"", error=error)


def raised(state: DeviceState, group_id: bytes, alarm: ForkAlarm) -> DeviceState:
    """The device's state with an alarm: the group is locked until its owner has looked at it."""
    decisions = state.decisions.with_lock(group_id, locked=True)
    return replace(state, decisions=decisions, alarms={**state.alarms, group_id: alarm})


def ended(state: DeviceState, group_id: bytes) -> DeviceState:
    """The device's state without an alarm, after its owner has decided or the device has joined again."""
    if group_id not in state.alarms:
        return state
    others = {key: alarm for key, alarm in state.alarms.items() if key != group_id}
    return replace(state, decisions=state.decisions.with_lock(group_id, locked=False), alarms=others)


def given_up(state: DeviceState, group_id: bytes) -> DeviceState:
    """The device's state after its owner has given up its side of a fork.

    The epochs since the parting are void for it, so it may join the other side (`admission`). The group stays locked.
    """
    alarm = state.alarms.get(group_id)
    if alarm is None:
        raise Misuse("§8.7", "the group has no alarm: there is no side to give up")
    return state.with_group(replace(state.groups[group_id], void_since=max(alarm.epoch - 1, 0)))


def others_to_tell(state: DeviceState, group_id: bytes) -> Iterator[bytes]:
    """The groups that have a member in common with a group, in which this device can say something."""
    members = _keys(state.groups[group_id].state)
    for other, membership in sorted(state.groups.items()):
        group = membership.state
        own = group.tree.leaf(group.own_leaf) if group.active else None
        if other == group_id or own is None or other in state.decisions.locked or other in state.outbox:
            continue
        if not group.proposals and (_keys(group) - {own.signature_key}) & members:
            yield other


def _keys(group: GroupState) -> set[bytes]:
    return {leaf_node.signature_key for _, leaf_node in group.tree.leaves()}


def _sender(group: GroupState, stated: EpochStatement) -> str:
    """The name of the member that has signed a statement."""
    leaf = next((leaf for leaf, node in group.tree.leaves() if node.signature_key == stated.signature_key), None)
    if leaf is None:
        raise InvalidSignature(
            "§5.1.2", f"the statement is signed with {stated.signature_key.hex()}, the key of no member"
        )
    if not group.suite.verify_with_label(stated.signature_key, LABEL, encode(stated.content), stated.signature):
        raise InvalidSignature("§5.1.2", f"the statement is not signed by {name_of(group.tree, leaf)}")
    return name_of(group.tree, leaf)


def _common(trail: Sequence[EpochMark], epochs: Sequence[StatedEpoch]) -> list[tuple[EpochMark, StatedEpoch]]:
    """The epochs that both have, in order."""
    stated = {each.epoch: each for each in epochs}
    return [(mark, stated[mark.epoch]) for mark in trail if mark.epoch in stated]


def _is_equal(own: EpochMark, their: StatedEpoch) -> bool:
    return (own.confirmed_transcript_hash, own.code.encode()) == (their.confirmed_transcript_hash, their.code)


def _alarm_event(group: GroupState, alarm: ForkAlarm) -> Event:
    words = (
        f"{alarm.who} sees another group than this device from epoch {alarm.epoch} on: the server shows different"
        f" commits to different members. The code is {alarm.own_code} here and {alarm.their_code} there"
    )
    advice = (
        "The group is locked on this device. Compare the code of the group with the other members, over a call or face"
        " to face. If this device is on the wrong side, give up its side and join again, or let another member remove"
        " and add it. If it is on the right side, dismiss the alarm, and tell the others."
    )
    return Event("fork", group.group_id, group.epoch, alarm.who, words, advice=advice)
