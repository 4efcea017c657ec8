"""What a device writes down, as structs: one record for each group, key package, message that waits, and event.

The states inside are those of `write_state`, with their version and checksum. All of it is in the clear; the database
seals it (`workbench.storage`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workbench.client.change import Change, Departing
from workbench.client.device_state import Membership, Pending, Unsent, UsedWelcome
from workbench.client.events import Event
from workbench.client.holding_pen import HoldingPen
from workbench.client.trail import EpochMark, ForkAlarm
from workbench.delivery import Entry
from workbench.mls import (
    Extension,
    GroupState,
    KeyPackage,
    PendingCommit,
    Policy,
    Signer,
    decode,
    encode,
    read_pending_commit,
    read_state,
    write_pending_commit,
    write_state,
)
from workbench.mls.wire.code_points import ContentType
from workbench.mls.wire.shapes import Opaque, Secret, Vector, struct, uint8, uint16, uint64


@struct
class StoredNumber:
    """A number that may be missing."""

    number: uint64


@struct
class StoredPlace:
    """A place in the log of a group."""

    group_id: Opaque
    index: uint64


@struct
class StoredIdentity:
    """Who the device is, and which Welcomes it has answered; its keys are in the keystore."""

    name: Opaque
    cipher_suite: uint16
    other_suites: Vector[uint16]
    accepted: Vector[StoredPlace]
    refused: Vector[StoredPlace]
    compared: Vector[Opaque]
    rejected: Vector[Opaque]
    locked: Vector[Opaque]
    leaf_extensions: Vector[Extension]


@struct
class StoredOwnCommit:
    """A commit of the device's own that is in the log, and has not been read there (`Pending`)."""

    index: uint64
    committed: Secret


@struct
class StoredMembership:
    """One group of the device (`Membership`); `before` is empty if no removal waits for a decision."""

    state: Secret
    next_index: uint64
    own: Vector[uint64]
    pending: StoredOwnCommit | None
    late: Vector[uint64]
    before: Secret
    needs_psk: StoredNumber | None
    void_since: StoredNumber | None


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


@struct
class StoredMessage:
    """A message as it goes on the wire."""

    message: Opaque


@struct
class StoredUnsent:
    """A message that the service has not acknowledged (`Unsent`); `commits` says what `accepted` is."""

    message: StoredMessage | None
    welcome: StoredMessage | None
    commits: uint8
    accepted: Secret
    enters: uint8
    late_epochs: StoredNumber | None
    says: Secret


@struct
class StoredEvent:
    """What the device has learned (`Event`), with what was said."""

    kind: Opaque
    group_id: Opaque
    epoch: uint64
    actor: Opaque
    text: Opaque
    said: Secret
    advice: Opaque
    readable: Vector[Opaque]


class Reader(NamedTuple):
    """What it takes to read states: the policy of the device, and its signers by their public keys."""

    policy: Policy
    signer: Callable[[bytes], Signer]

    def state(self, data: bytes) -> GroupState:
        """A state that was written."""
        return read_state(data, policy=self.policy, signer=self.signer)

    def pending(self, data: bytes) -> PendingCommit:
        """A pending commit that was written."""
        return read_pending_commit(data, policy=self.policy, signer=self.signer)


def write_membership(membership: Membership) -> bytes:
    """One group of the device."""
    pending = membership.pending
    own = None if pending is None else StoredOwnCommit(pending.index, write_pending_commit(pending.committed))
    return encode(
        StoredMembership(
            state=write_state(membership.state),
            next_index=membership.next_index,
            own=tuple(sorted(membership.own)),
            pending=own,
            late=membership.late,
            before=b"" if membership.before is None else write_state(membership.before),
            needs_psk=_optional(membership.needs_psk),
            void_since=_optional(membership.void_since),
        )
    )


def read_membership(data: bytes, reader: Reader) -> Membership:
    """The group that was written."""
    stored = decode(StoredMembership, data)
    pending = stored.pending
    return Membership(
        state=reader.state(stored.state),
        next_index=stored.next_index,
        own=frozenset(stored.own),
        pending=None if pending is None else Pending(pending.index, reader.pending(pending.committed)),
        late=tuple(stored.late),
        before=reader.state(stored.before) if stored.before else None,
        needs_psk=None if stored.needs_psk is None else stored.needs_psk.number,
        void_since=None if stored.void_since is None else stored.void_since.number,
    )


def _optional(number: int | None) -> StoredNumber | None:
    return None if number is None else StoredNumber(number)


def write_pen(pen: HoldingPen) -> bytes:
    """The holding pen of a group. A notice of the service has no content type, and never waits."""
    entries = tuple(
        StoredEntry(
            entry.index,
            entry.epoch,
            entry.content_type or 0,
            entry.message,
            _optional(entry.sent_at),
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


def write_unsent(unsent: Unsent) -> bytes:
    """A message that waits in the outbox."""
    accepted = unsent.accepted
    commits = isinstance(accepted, PendingCommit)
    return encode(
        StoredUnsent(
            message=None if unsent.message is None else StoredMessage(unsent.message),
            welcome=None if unsent.welcome is None else StoredMessage(unsent.welcome),
            commits=int(commits),
            accepted=write_pending_commit(accepted) if isinstance(accepted, PendingCommit) else write_state(accepted),
            enters=int(unsent.enters),
            late_epochs=_optional(unsent.late_epochs),
            says=unsent.says,
        )
    )


def read_unsent(data: bytes, reader: Reader) -> Unsent:
    """The message that was written."""
    stored = decode(StoredUnsent, data)
    return Unsent(
        message=None if stored.message is None else stored.message.message,
        welcome=None if stored.welcome is None else stored.welcome.message,
        accepted=reader.pending(stored.accepted) if stored.commits else reader.state(stored.accepted),
        enters=bool(stored.enters),
        late_epochs=None if stored.late_epochs is None else stored.late_epochs.number,
        says=stored.says,
    )


def write_event(event: Event) -> bytes:
    """What the device has learned; why something was refused is in its text."""
    readable = tuple(each.encode() for each in event.readable)
    words = (event.kind.encode(), event.group_id, event.epoch, event.actor.encode(), event.text.encode())
    return encode(StoredEvent(*words, event.data, event.advice.encode(), readable))


def read_event(data: bytes) -> Event:
    """The event that was written."""
    stored = decode(StoredEvent, data)
    kind, actor, text, advice = (each.decode() for each in (stored.kind, stored.actor, stored.text, stored.advice))
    readable = tuple(each.decode() for each in stored.readable)
    return Event(kind, stored.group_id, stored.epoch, actor, text, stored.said, advice=advice, readable=readable)  # type: ignore[arg-type] # written from one
