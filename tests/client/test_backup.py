"""A backup brings a device back without a key that was used; an old copy of its state does not (R73, R74, R75)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.client.devices import GROUP
from tests.client.folder import Folder, with_bob
from workbench.client import Device
from workbench.client.backup import restore_backup, write_backup
from workbench.client.durable import FILE
from workbench.client.safety_codes import group_code
from workbench.delivery import DeliveryService
from workbench.lab.sources import START
from workbench.mls import Add, Misuse, cipher_suite, create_commit
from workbench.mls.errors import KeyAlreadyUsed, OwnMessage
from workbench.storage import SoftwareKeystore, StorageError, WrongSeal

# "Restore the latest state"


def test_a_copy_of_the_latest_state_seals_two_messages_with_one_key(
    tmp_path: Path, alice: Folder, service: DeliveryService
) -> None:
    device, other = with_bob(alice, service)
    alice.close()
    copy = shutil.copy(alice.path, tmp_path / "copy.db")
    device = alice.open()
    device.send(GROUP, b"before the copy came back")
    alice.close()
    shutil.copy(copy, alice.path)
    clone = alice.open()
    clone.send(GROUP, b"after it")

    first, second = other.fetch(GROUP)
    assert first.data == b"before the copy came back"
    assert isinstance(second.error, KeyAlreadyUsed)


def test_a_device_sees_what_its_copy_has_said(tmp_path: Path, alice: Folder, service: DeliveryService) -> None:
    device, _ = with_bob(alice, service)
    alice.close()
    path, original = alice.path, tmp_path / "original.db"
    shutil.copy(path, original)
    alice.open().send(GROUP, b"said by the copy")
    alice.close()
    alice.path = original
    device = alice.open()
    (event,) = device.fetch(GROUP)
    assert isinstance(event.error, OwnMessage)
    assert path != original


# The backup


def restored(tmp_path: Path, folder: Folder, device: Device, keystore: SoftwareKeystore | None = None) -> Folder:
    """Alice's device after its folder was lost, from the backup that was made just before."""
    assert folder.storage is not None
    sealed = write_backup(folder.storage, device.device_state)
    folder.close()
    storage, group_ids = restore_backup(tmp_path, keystore or folder.keystore, sealed)
    storage.close()
    assert group_ids == (GROUP,)
    folder.path = tmp_path / FILE
    return folder


def test_a_restored_device_is_in_no_group_until_it_has_come_back(
    tmp_path: Path, alice: Folder, service: DeliveryService
) -> None:
    device, other = with_bob(alice, service)
    device.install_psk(b"id", b"psk")
    device.send(GROUP, b"before")
    other.fetch(GROUP)
    device = restored(tmp_path, alice, device).open()
    other.send(GROUP, b"meanwhile")
    other.publish_group_info(GROUP)

    with pytest.raises(Misuse, match="is not in the group"):
        device.send(GROUP, b"too early")
    with pytest.raises(Misuse, match="is not in the group"):
        device.fetch(GROUP)
    device.join_by_commit(GROUP)

    assert [event.kind for event in other.fetch(GROUP)] == ["commit"]
    device.send(GROUP, b"I am back")
    other.send(GROUP, b"welcome back")
    assert [event.data for event in other.fetch(GROUP) if event.kind == "message"] == [b"I am back"]
    device.fetch(GROUP)
    assert alice.said() == [("sent", b"before"), ("sent", b"I am back"), ("message", b"welcome back")]
    assert len([*device.state(GROUP).tree.leaves()]) == 2
    assert device.device_state.psks == {b"id": b"psk"}


def test_a_backup_is_bound_to_its_keystore_and_to_a_lost_database(
    tmp_path: Path, alice: Folder, service: DeliveryService
) -> None:
    device, _ = with_bob(alice, service)
    with pytest.raises(WrongSeal):
        restored(tmp_path, alice, device, SoftwareKeystore(bytes(32)))
    device = alice.open()
    (tmp_path / FILE).write_bytes(b"")
    with pytest.raises(StorageError, match="only where its database is lost"):
        restored(tmp_path, alice, device)


def test_a_backup_has_no_secret_of_a_group(alice: Folder, service: DeliveryService) -> None:
    device, _ = with_bob(alice, service)
    assert alice.storage is not None
    content = alice.keystore.open("backup", write_backup(alice.storage, device.device_state))
    state = device.state(GROUP)
    secrets = {*state.private_keys.values(), *state.resumption_psks.values(), state.secrets.epoch_authenticator}
    assert secrets
    assert not any(secret in content for secret in secrets)


# A fork


def test_two_commits_may_lead_to_one_tree_and_to_two_groups(alice: Folder, service: DeliveryService) -> None:
    """The tree hash does not tell the sides of a fork apart; the transcript hash and the authenticator do (R50)."""
    device, other = with_bob(alice, service)
    carol = Device("Carol", cipher_suite(1), service, entropy=lambda: bytes(32), clock=lambda: START)
    carol.publish_key_package()
    add = Add(other.fetch_key_package("Carol"))
    sides = [
        create_commit(each.state(GROUP), [add], entropy=entropy, now=START, path=False).next
        for each, entropy in ((device, b"a" * 32), (other, b"b" * 32))
    ]
    one, two = sides

    assert one.context.tree_hash == two.context.tree_hash
    assert one.context.confirmed_transcript_hash != two.context.confirmed_transcript_hash
    assert one.secrets.epoch_authenticator != two.secrets.epoch_authenticator
    assert group_code(one) != group_code(two)
