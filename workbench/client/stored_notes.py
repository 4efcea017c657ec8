"""What a device writes down beside its groups: what waits, what it wants to change, its trails, alarms and care.

Each is a record of its own (`durable`). All of it is in the clear here; the database seals it.
"""

from __future__ import annotations

from workbench.client.care import Care, Silence
from workbench.client.change import Change, Departing
from workbench.client.device_state import UsedWelcome
from workbench.client.holding_pen import HoldingPen
from workbench.client.server_time import ServerTime
from workbench.client.stored_device import StoredNumber, optional
from workbench.client.trail import EpochMark, ForkAlarm
from workbench.delivery import Entry
from workbench.mls import KeyPackage, decode, encode
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.shapes import Opaque, Vector, struct, uint8, uint64


@struct
class StoredEntry:
    """An entry of the log that waits in the holding pen."""

    index: uint64
    epoch: uint64
    content_type: uint8
    message: Opaque
    sent_at: StoredNumber | None
    sender: Opaque


@struct
class StoredDeparting:
    """A member who is to be removed (`Departing`)."""

    signature_key: Opaque
    name: Opaque


@struct
class StoredChange:
    """A change that the device makes in a group (`Change`)."""

    add: Vector[KeyPackage]
    remove: Vector[StoredDeparting]
    psks: Vector[Opaque]
    attempts: uint8


@struct
class StoredWelcome:
    """A Welcome that was used, and of which the service does not know it (`UsedWelcome`)."""

    reference: Opaque
    group_id: Opaque
    next_index: uint64


@struct
class StoredTime:
    """What the device has seen of the service's time in a group (`ServerTime`)."""

    latest: StoredNumber | None
    is_named: uint8


@struct
class StoredCare:
    """What the device keeps in mind of a group (`Care`), without the times of its members."""

    refreshed_at: StoredNumber | None
    messages: uint64
    joins: Vector[Opaque]
    joins_since: StoredNumber | None


@struct
class StoredMember:
    """When a member was heard last, and when its eviction was announced."""

    signature_key: Opaque
    heard: uint64
    announced: StoredNumber | None


@struct
class StoredSilence:
    """The times of the members of a group (`Silence`)."""

    members: Vector[StoredMember]


@struct
class StoredMark:
    """What identifies one epoch (`EpochMark`)."""

    epoch: uint64
    confirmed_transcript_hash: Opaque
    code: Opaque


@struct
class StoredTrail:
    """The trail of a group."""

    marks: Vector[StoredMark]


@struct
class StoredAlarm:
    """The alarm of a group (`ForkAlarm`)."""

    epoch: uint64
    who: Opaque
    own_code: Opaque
    their_code: Opaque


@struct
class StoredGap:
    """Places of the log that have not come: the first, and the one after the last."""

    start: uint64
    end: uint64


@struct
class StoredPen:
    """The holding pen of a group (`HoldingPen`)."""

    entries: Vector[StoredEntry]
    gaps: Vector[StoredGap]


def write_pen(pen: HoldingPen) -> bytes:
    """The holding pen of a group. A notice of the service has no content type, and never waits."""
    entries = tuple(
        StoredEntry(
            entry.index,
            entry.epoch,
            entry.content_type or 0,
            entry.message,
            optional(entry.sent_at),
            entry.sender.encode(),
        )
        for entry in pen.entries
    )
    return encode(StoredPen(entries, tuple(StoredGap(*gap) for gap in pen.gaps)))


def read_pen(group_id: bytes, data: bytes) -> HoldingPen:
    """The holding pen that was written."""
    stored = decode(StoredPen, data)
    entries = tuple(
        Entry(
            entry.index,
            group_id,
            entry.epoch,
            ContentType(entry.content_type),
            entry.message,
            None if entry.sent_at is None else entry.sent_at.number,
            entry.sender.decode(),
        )
        for entry in stored.entries
    )
    return HoldingPen(entries, tuple((gap.start, gap.end) for gap in stored.gaps))


def write_change(change: Change) -> bytes:
    """A change that the device makes in a group."""
    remove = tuple(StoredDeparting(each.signature_key, each.name.encode()) for each in change.remove)
    return encode(StoredChange(change.add, remove, change.psks, change.attempts))


def read_change(data: bytes) -> Change:
    """The change that was written."""
    stored = decode(StoredChange, data)
    remove = tuple(Departing(each.signature_key, each.name.decode()) for each in stored.remove)
    return Change(tuple(stored.add), remove, tuple(stored.psks), stored.attempts)


def write_used(used: UsedWelcome) -> bytes:
    """A Welcome that was used."""
    return encode(StoredWelcome(*used))


def read_used(data: bytes) -> UsedWelcome:
    """The Welcome that was written."""
    stored = decode(StoredWelcome, data)
    return UsedWelcome(stored.reference, stored.group_id, stored.next_index)


def write_trail(trail: tuple[EpochMark, ...]) -> bytes:
    """The trail of a group."""
    marks = tuple(StoredMark(each.epoch, each.confirmed_transcript_hash, each.code.encode()) for each in trail)
    return encode(StoredTrail(marks))


def read_trail(data: bytes) -> tuple[EpochMark, ...]:
    """The trail that was written."""
    marks = decode(StoredTrail, data).marks
    return tuple(EpochMark(each.epoch, each.confirmed_transcript_hash, each.code.decode()) for each in marks)


def write_alarm(alarm: ForkAlarm) -> bytes:
    """The alarm of a group."""
    words = (each.encode() for each in (alarm.who, alarm.own_code, alarm.their_code))
    return encode(StoredAlarm(alarm.epoch, *words))


def read_alarm(data: bytes) -> ForkAlarm:
    """The alarm that was written."""
    stored = decode(StoredAlarm, data)
    return ForkAlarm(stored.epoch, *(each.decode() for each in (stored.who, stored.own_code, stored.their_code)))


def write_time(time: ServerTime) -> bytes:
    """What the device has seen of the service's time."""
    return encode(StoredTime(optional(time.latest), int(time.is_named)))


def read_time(data: bytes) -> ServerTime:
    """The time that was written."""
    stored = decode(StoredTime, data)
    return ServerTime(None if stored.latest is None else stored.latest.number, bool(stored.is_named))


def write_care(care: Care) -> bytes:
    """What the device keeps in mind of a group, without the times of its members."""
    joins = tuple(user.encode() for user in care.joins)
    return encode(StoredCare(optional(care.refreshed_at), care.messages, joins, optional(care.joins_since)))


def read_care(data: bytes, silence: Silence) -> Care:
    """What was written, with the times of the members."""
    stored = decode(StoredCare, data)
    refreshed_at, joins_since = _number(stored.refreshed_at), _number(stored.joins_since)
    return Care(refreshed_at, stored.messages, tuple(each.decode() for each in stored.joins), joins_since, silence)


def write_silence(silence: Silence) -> bytes:
    """The times of the members of a group."""
    members = tuple(
        StoredMember(key, heard, optional(silence.announced.get(key))) for key, heard in silence.heard.items()
    )
    return encode(StoredSilence(members))


def read_silence(data: bytes) -> Silence:
    """The times that were written."""
    members = decode(StoredSilence, data).members
    heard = {each.signature_key: each.heard for each in members}
    announced = {each.signature_key: each.announced.number for each in members if each.announced is not None}
    return Silence(heard, announced)


def _number(stored: StoredNumber | None) -> int | None:
    return None if stored is None else stored.number
