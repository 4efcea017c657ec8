"""What a device writes down, as structs: one record for each group, key package, message that waits, and event.

The states inside are those of `write_state`, with their version and checksum. All of it is in the clear; the database
seals it (`workbench.storage`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from workbench.client.device_state import Membership, Pending, Unsent
from workbench.client.events import Event
from workbench.mls import (
    Extension,
    GroupState,
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
            needs_psk=optional(membership.needs_psk),
            void_since=optional(membership.void_since),
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


def optional(number: int | None) -> StoredNumber | None:
    """A number that may be missing, as it is written."""
    return None if number is None else StoredNumber(number)


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
            late_epochs=optional(unsent.late_epochs),
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
