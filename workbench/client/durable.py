"""A device that lasts: its state in a sealed database, its signature keys in a keystore.

    storage = DeviceStorage.create(home, "Alice", cipher_suite(1), passphrase)
    device = storage.device(HttpTransport(url))

`home` is a folder of the device's own. A device that is killed at any moment opens in the state after one of its
transactions, and goes on from there (`journal`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from workbench.client.care import Silence
from workbench.client.decisions import Decisions
from workbench.client.device import Device
from workbench.client.device_state import DeviceState, UsedWelcome
from workbench.client.events import Event
from workbench.client.holding_pen import EMPTY_PEN, HoldingPen
from workbench.client.server_time import UNSEEN, ServerTime
from workbench.client.stored_device import (
    Reader,
    StoredIdentity,
    StoredPlace,
    read_event,
    read_membership,
    read_unsent,
    write_event,
    write_membership,
    write_unsent,
)
from workbench.client.stored_notes import (
    read_alarm,
    read_care,
    read_change,
    read_pen,
    read_silence,
    read_time,
    read_trail,
    read_used,
    write_alarm,
    write_care,
    write_change,
    write_pen,
    write_silence,
    write_time,
    write_trail,
    write_used,
)
from workbench.client.trail import EpochMark
from workbench.delivery import Transport
from workbench.mls import (
    CIPHER_SUITES,
    CipherSuite,
    Policy,
    Signer,
    cipher_suite,
    decode,
    encode,
    read_bundle,
    write_bundle,
)
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.storage import (
    DamagedDatabase,
    Keystore,
    KeystoreClosed,
    RecordChange,
    SealedDatabase,
    create_keystore,
    open_keystore,
)
from workbench.storage.vaults import FILE as KEYSTORE_FILE

FILE = "device.db"
IDENTITY, KEY_PACKAGE, PSK, GROUP, OUTBOX, EVENT = "identity", "key package", "psk", "group", "outbox", "event"
PEN, CHANGE, WELCOME, TRAIL, ALARM, TIME = "pen", "change", "welcome", "trail", "alarm", "time"
CARE, SILENCE = "care", "silence"
KINDS = (IDENTITY, KEY_PACKAGE, PSK, GROUP, OUTBOX, EVENT, PEN, CHANGE, WELCOME, TRAIL, ALARM, TIME, CARE, SILENCE)


NO_PEN, NO_TRAIL, NO_TIME = write_pen(EMPTY_PEN), write_trail(()), write_time(UNSEEN)


NO_SILENCE = write_silence(Silence())


class DeviceStorage:
    """A `StateStorage` in a database: one transaction for each state that a device goes on with."""

    def __init__(
        self, database: SealedDatabase, keystore: Keystore, name: str, suite: CipherSuite, policy: Policy
    ) -> None:
        self.name = name
        self.suite = suite
        self.policy = policy
        self.database = database
        self.keystore = keystore
        self._events = 0

    @classmethod
    def create(
        cls,
        home: Path,
        name: str,
        suite: CipherSuite,
        passphrase: str | None = None,
        *,
        policy: Policy = DEFAULT_POLICY,
    ) -> DeviceStorage:
        """A new device in a folder, which is made; its keystore is under the passphrase, or with the system.

        A device whose making was cut short is finished: its keystore is there, and no database, or an empty one. Raises
        `KeystoreClosed` if a device lives there already.
        """
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        has_keystore = (home / KEYSTORE_FILE).exists()
        keystore = open_keystore(home, passphrase) if has_keystore else create_keystore(home, passphrase)
        database = SealedDatabase(home / FILE, keystore)
        if database.number:
            database.close()
            raise KeystoreClosed(f"{home} is there already: a device lives in this folder")
        storage = cls(database, keystore, name, suite, policy)
        storage.save(None, DeviceState(keystore.signer(suite)), ())
        return storage

    @classmethod
    def open(
        cls,
        home: Path,
        passphrase: str | None = None,
        *,
        policy: Policy = DEFAULT_POLICY,
        timeout: float = 5.0,
    ) -> DeviceStorage:
        """The device in a folder; raises `KeystoreClosed`, `InUse`, `DamagedDatabase`, `UnknownSchema`.

        `timeout` is for how many seconds it waits for another process that has the device open.
        """
        keystore = open_keystore(home, passphrase)
        if not (home / FILE).exists():
            raise DamagedDatabase(f"{home / FILE} is missing: restore a backup of this device (`restore`)")
        database = SealedDatabase(home / FILE, keystore, timeout=timeout)
        try:
            identity = _identity(database)
        except BaseException:
            database.close()
            raise
        return cls(database, keystore, identity.name.decode(), cipher_suite(identity.cipher_suite), policy)

    def device(
        self,
        service: Transport,
        *,
        clock: Callable[[], int] = lambda: int(time.time()),
        private_handshakes: bool = False,
    ) -> Device:
        """The device, on its way to a service."""
        return Device(
            self.name,
            self.suite,
            service,
            entropy=lambda: os.urandom(32),
            clock=clock,
            policy=self.policy,
            private_handshakes=private_handshakes,
            signing_key=self.keystore.signer,
            storage=self,
        )

    def close(self) -> None:
        """Let another process open the device."""
        self.database.close()

    # Reading

    def load(self) -> DeviceState | None:
        """The state that was written last, if any; raises `DamagedDatabase`, and what `read_state` raises."""
        kept = {kind: dict[bytes, bytes]() for kind in KINDS}
        for record in self.database.records():
            kept[record.kind][record.name] = record.content
        reader = Reader(self.policy, self._signer)
        if not kept[IDENTITY]:
            return None
        identity = decode(StoredIdentity, kept[IDENTITY][b""])
        self._events = len(kept[EVENT])
        return DeviceState(
            signature_private_key=self.keystore.signer(self.suite),
            bundles={name: read_bundle(data, signer=self._signer) for name, data in kept[KEY_PACKAGE].items()},
            groups={
                name: replace(
                    read_membership(data, reader),
                    pen=read_pen(name, kept[PEN].get(name, NO_PEN)),
                    server_time=read_time(kept[TIME].get(name, NO_TIME)),
                    trail=read_trail(kept[TRAIL].get(name, NO_TRAIL)),
                )
                for name, data in kept[GROUP].items()
            },
            psks=kept[PSK],
            other_signature_keys={
                number: self.keystore.signer(cipher_suite(number)) for number in identity.other_suites
            },
            accepted=frozenset((place.group_id, place.index) for place in identity.accepted),
            refused=frozenset((place.group_id, place.index) for place in identity.refused),
            decisions=Decisions(*map(frozenset, (identity.compared, identity.rejected, identity.locked))),
            leaf_extensions=tuple(identity.leaf_extensions),
            outbox={name: read_unsent(data, reader) for name, data in kept[OUTBOX].items()},
            changes={name: read_change(data) for name, data in kept[CHANGE].items()},
            alarms={name: read_alarm(data) for name, data in kept[ALARM].items()},
            care={
                name: read_care(data, read_silence(kept[SILENCE].get(name, NO_SILENCE)))
                for name, data in kept[CARE].items()
            },
            unreported=frozenset(map(read_used, kept[WELCOME].values())),
        )

    def events(self) -> tuple[Event, ...]:
        """All that the device has learned, the oldest first."""
        return tuple(read_event(record.content) for record in self.database.records() if record.kind == EVENT)

    def _signer(self, public_key: bytes) -> Signer:
        for suite in CIPHER_SUITES.values():
            signer = self.keystore.signer(suite)
            if signer.public_key == public_key:
                return signer
        raise KeystoreClosed(f"the keystore of this device does not hold the key {public_key.hex()}")

    # Writing

    def save(self, before: DeviceState | None, after: DeviceState, events: Sequence[Event]) -> None:
        """Write what has changed, and what the device has learned, in one transaction."""
        changes = [*self._changes(before, after)]
        for number, event in enumerate(events, start=self._events):
            changes.append(RecordChange(EVENT, number.to_bytes(8, "big"), write_event(event), event.epoch))
        if changes:
            self.database.write(changes)
        self._events += len(events)

    def _changes(self, before: DeviceState | None, after: DeviceState) -> Iterator[RecordChange]:
        if before is None or _identity_of(self.name, self.suite, before) != _identity_of(self.name, self.suite, after):
            yield RecordChange(IDENTITY, b"", encode(_identity_of(self.name, self.suite, after)))
        then = DeviceState(after.signature_private_key) if before is None else before
        yield from _of(KEY_PACKAGE, then.bundles, after.bundles, write_bundle)
        yield from _of(PSK, then.psks, after.psks, bytes)
        yield from _of(OUTBOX, then.outbox, after.outbox, write_unsent)
        yield from _of(CHANGE, then.changes, after.changes, write_change)
        yield from _of(WELCOME, _welcomes(then), _welcomes(after), write_used)
        yield from _of(TRAIL, _trails(then), _trails(after), write_trail)
        yield from _of(ALARM, then.alarms, after.alarms, write_alarm)
        yield from _of(CARE, then.care, after.care, write_care)
        yield from _of(SILENCE, _silences(then), _silences(after), write_silence)
        yield from _of(TIME, _times(then), _times(after), write_time)
        yield from _of(PEN, _pens(then), _pens(after), write_pen)
        epochs = {name: membership.state.epoch for name, membership in after.groups.items()}
        for change in _of(GROUP, then.groups, after.groups, write_membership):
            yield change._replace(epoch=epochs.get(change.name))


def _of(
    kind: str, before: Mapping[bytes, object], after: Mapping[bytes, object], write: Callable[..., bytes]
) -> Iterator[RecordChange]:
    """The records of one kind that are new, changed or gone."""
    for name, value in after.items():
        if before.get(name) is not value:
            yield RecordChange(kind, name, write(value))
    for name in before.keys() - after.keys():
        yield RecordChange(kind, name, None)


def _pens(state: DeviceState) -> Mapping[bytes, HoldingPen]:
    """The holding pens in which something waits."""
    return {name: group.pen for name, group in state.groups.items() if group.pen != EMPTY_PEN}


def _trails(state: DeviceState) -> Mapping[bytes, tuple[EpochMark, ...]]:
    """The trails of all groups."""
    return {name: group.trail for name, group in state.groups.items()}


def _times(state: DeviceState) -> Mapping[bytes, ServerTime]:
    """What the device has seen of the service's time in each group."""
    return {name: group.server_time for name, group in state.groups.items()}


def _silences(state: DeviceState) -> Mapping[bytes, Silence]:
    """When the members of each group were heard."""
    return {name: care.silence for name, care in state.care.items()}


def _welcomes(state: DeviceState) -> Mapping[bytes, UsedWelcome]:
    """The Welcomes of which the service does not know that they were used, by what they are."""
    return {write_used(used): used for used in state.unreported}


def _identity_of(name: str, suite: CipherSuite, state: DeviceState) -> StoredIdentity:
    return StoredIdentity(
        name.encode(),
        suite.id,
        tuple(sorted(state.other_signature_keys)),
        tuple(StoredPlace(*place) for place in sorted(state.accepted)),
        tuple(StoredPlace(*place) for place in sorted(state.refused)),
        tuple(sorted(state.decisions.compared)),
        tuple(sorted(state.decisions.rejected)),
        tuple(sorted(state.decisions.locked)),
        state.leaf_extensions,
    )


def _identity(database: SealedDatabase) -> StoredIdentity:
    for record in database.records():
        if record.kind == IDENTITY:
            return decode(StoredIdentity, record.content)
    raise DamagedDatabase("the database has no device in it: it was not finished when it was made")
