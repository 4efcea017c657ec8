"""A backup of a device that is bound to the device: sealed by its keystore, and without any state of a group.

It has what a device needs to come back as itself: its groups by their ids, its pre-shared keys, what its owner has
decided, and its history. It has no ratchet and no epoch secret, on purpose. A state that has been gone on from and is
taken up again seals another message with a key that was used (RFC 9420 §6.3.1), so "restore the latest state" breaks
what it is to save. A restored device is in no group: it sends and decrypts nothing until it has come back to each group
with `Device.join_by_commit`, which takes the place of its old leaf for everybody to see. What was said meanwhile stays
unreadable for it.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from workbench.client.decisions import Decisions
from workbench.client.device_state import DeviceState
from workbench.client.durable import FILE, DeviceStorage
from workbench.client.stored_device import read_event, write_event
from workbench.mls import Extension, cipher_suite, decode, encode
from workbench.mls.group.public_group import DEFAULT_POLICY, Policy
from workbench.mls.wire.shapes import Opaque, Secret, Vector, struct, uint16
from workbench.storage import Keystore, SealedDatabase, StorageError

PURPOSE = "backup"


@struct
class BackupKey:
    """A pre-shared key and its id."""

    psk_id: Opaque
    psk: Secret


@struct
class Backup:
    """What a backup holds, before it is sealed."""

    name: Opaque
    cipher_suite: uint16
    group_ids: Vector[Opaque]
    psks: Vector[BackupKey]
    compared: Vector[Opaque]
    rejected: Vector[Opaque]
    locked: Vector[Opaque]
    leaf_extensions: Vector[Extension]
    history: Vector[Opaque]


def write_backup(storage: DeviceStorage, state: DeviceState) -> bytes:
    """The sealed backup of a device in a state."""
    decisions = state.decisions
    content = Backup(
        name=storage.name.encode(),
        cipher_suite=storage.suite.id,
        group_ids=tuple(sorted(state.groups)),
        psks=tuple(BackupKey(*each) for each in sorted(state.psks.items())),
        compared=tuple(sorted(decisions.compared)),
        rejected=tuple(sorted(decisions.rejected)),
        locked=tuple(sorted(decisions.locked)),
        leaf_extensions=state.leaf_extensions,
        history=tuple(map(write_event, storage.events())),
    )
    return storage.keystore.seal(PURPOSE, encode(content))


def restore_backup(
    home: Path, keystore: Keystore, sealed: bytes, *, policy: Policy = DEFAULT_POLICY
) -> tuple[DeviceStorage, tuple[bytes, ...]]:
    """A new database for a device that has lost its own, and the groups to which it has to come back.

    Raises `WrongSeal` for a backup of another keystore, and `StorageError` while there is a database: two would be two
    devices with one key.
    """
    content = decode(Backup, keystore.open(PURPOSE, sealed))
    if (home / FILE).exists():
        raise StorageError(f"{home / FILE} is there: a device is restored only where its database is lost")
    suite = cipher_suite(content.cipher_suite)
    storage = DeviceStorage(SealedDatabase(home / FILE, keystore), keystore, content.name.decode(), suite, policy)
    state = replace(
        DeviceState(keystore.signer(suite)),
        psks={each.psk_id: each.psk for each in content.psks},
        decisions=Decisions(*map(frozenset, (content.compared, content.rejected, content.locked))),
        leaf_extensions=tuple(content.leaf_extensions),
    )
    storage.save(None, state, [read_event(each) for each in content.history])
    return storage, tuple(content.group_ids)
