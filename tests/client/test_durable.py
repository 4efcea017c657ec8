"""A device that lasts: it goes on where it was, and what it sends is written down before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.client.devices import GROUP
from tests.client.folder import SUITE, Folder, bob, with_bob
from workbench.client.durable import FILE, DeviceStorage
from workbench.delivery import DeliveryService, LateMessage, Unavailable
from workbench.mls import Misuse, Signer
from workbench.storage import (
    DamagedDatabase,
    InUse,
    KeystoreClosed,
    SealedDatabase,
    SoftwareKeystore,
    create_keystore,
)


def test_a_device_goes_on_where_it_was(alice: Folder, service: DeliveryService) -> None:
    device, other = with_bob(alice, service)
    device.publish_key_package()
    device.install_psk(b"id", b"psk")
    device.publish_key_package(3)
    device.propose_update(GROUP)
    device.commit(GROUP)
    before = device.device_state

    again = alice.open()

    assert again.device_state == before
    assert isinstance(again.device_state.signature_private_key, Signer)
    again.fetch(GROUP)
    again.send(GROUP, b"here I am")
    assert [event.data for event in other.fetch(GROUP) if event.kind == "message"] == [b"here I am"]


def test_what_it_reads_and_says_is_in_its_history(alice: Folder, service: DeliveryService) -> None:
    device, other = with_bob(alice, service)
    other.send(GROUP, b"hello")
    device.fetch(GROUP)
    device.send(GROUP, b"hello, Bob")
    alice.open()
    assert alice.said() == [("message", b"hello"), ("sent", b"hello, Bob")]


@pytest.mark.parametrize("lost", ["request", "answer"])
@pytest.mark.parametrize("process", ["the same process", "another process"])
def test_a_message_without_an_answer_is_sent_again_with_the_same_bytes(
    alice: Folder, service: DeliveryService, lost: str, process: str
) -> None:
    device, other = with_bob(alice, service)
    alice.access.lost = lost
    with pytest.raises(Unavailable):
        device.send(GROUP, b"once")
    with pytest.raises(Misuse, match="waits in the outbox"):
        device.send(GROUP, b"something else")
    sealed = device.device_state.outbox[GROUP].message
    alice.access.lost = ""
    device = alice.open() if process == "another process" else device
    device.fetch(GROUP)

    assert service.entries(GROUP)[-1].message == sealed
    assert [event.data for event in other.fetch(GROUP) if event.kind == "message"] == [b"once"]
    assert alice.said() == [("sent", b"once")]


def test_a_commit_without_an_answer_is_applied_when_it_was_taken(alice: Folder, service: DeliveryService) -> None:
    device, other = with_bob(alice, service)
    alice.access.lost = "answer"
    with pytest.raises(Unavailable):
        device.commit(GROUP)
    alice.access.lost = ""
    device = alice.open()
    assert [event.kind for event in device.fetch(GROUP)] == ["commit"]
    other.fetch(GROUP)
    assert device.state(GROUP).secrets == other.state(GROUP).secrets


def test_what_comes_too_late_is_told_and_its_key_is_used_up(alice: Folder, service: DeliveryService) -> None:
    device, other = with_bob(alice, service)
    alice.access.lost = "request"
    with pytest.raises(Unavailable):
        device.send(GROUP, b"too late")
    other.commit(GROUP)
    alice.access.lost = ""
    device = alice.open()
    events = device.fetch(GROUP)
    assert [event.kind for event in events] == ["unsent", "commit"]
    assert events[0].text.startswith("What waited in the outbox was not taken: the application is for epoch 1")


def test_a_key_that_has_sealed_a_refused_message_seals_no_other(alice: Folder, service: DeliveryService) -> None:
    device, other = with_bob(alice, service)
    before = device.state(GROUP).secret_tree
    other.commit(GROUP)
    with pytest.raises(LateMessage):
        device.send(GROUP, b"too late")
    assert device.state(GROUP).secret_tree != before
    assert device.device_state.outbox == {}


def test_a_log_that_was_opened_without_an_answer_is_its_own(tmp_path: Path, service: DeliveryService) -> None:
    folder = Folder(tmp_path, service, "Carol")
    device = folder.open()
    folder.access.lost = "answer"
    with pytest.raises(Unavailable):
        device.create_group(b"tea")
    folder.access.lost = ""
    device = folder.open()
    assert device.fetch(b"tea") == ()
    assert device.state(b"tea").epoch == 0
    device.send(b"tea", b"alone")
    folder.close()


def test_a_log_that_somebody_else_has_opened_meanwhile_is_not_its_own(tmp_path: Path, service: DeliveryService) -> None:
    folder = Folder(tmp_path, service, "Carol")
    device = folder.open()
    folder.access.lost = "request"
    with pytest.raises(Unavailable):
        device.create_group(b"tea")
    folder.access.lost = ""
    bob(service).create_group(b"tea")
    device = folder.open()
    assert [event.kind for event in device._journal.send_again(folder.access, b"tea")] == ["unsent"]
    assert device.device_state.groups == {}
    folder.close()


def test_an_invitation_is_answered_once(alice: Folder, service: DeliveryService, tmp_path: Path) -> None:
    folder = Folder(tmp_path, service, "Carol")
    folder.open().publish_key_package()
    device, _ = with_bob(alice, service)
    device.commit(GROUP, add=["Carol"])
    device.fetch(GROUP)
    carol = folder.open()
    assert [event.kind for event in carol.accept_invitations()] == ["joined"]
    assert folder.open().device_state.groups[GROUP].state == carol.state(GROUP)
    assert folder.open().accept_invitations() == ()
    folder.close()


# The folder


def test_a_device_is_made_once_and_opened_with_its_passphrase(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = DeviceStorage.create(home, "Alice", SUITE, "correct horse")
    with pytest.raises(InUse):
        DeviceStorage.open(home, "correct horse", timeout=0.01)
    made.close()
    with pytest.raises(KeystoreClosed, match="a device lives in this folder"):
        DeviceStorage.create(home, "Alice", SUITE, "correct horse")
    opened = DeviceStorage.open(home, "correct horse")
    assert (opened.name, opened.suite) == ("Alice", SUITE)
    opened.close()


@pytest.mark.parametrize("left", ["a keystore", "a keystore and an empty database"])
def test_a_device_whose_making_was_cut_short_is_finished(tmp_path: Path, left: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    keystore = create_keystore(home, "correct horse")
    with pytest.raises(DamagedDatabase, match="is missing"):
        DeviceStorage.open(home, "correct horse")
    if "database" in left:
        SealedDatabase(home / FILE, keystore).close()
    with pytest.raises(KeystoreClosed, match="passphrase is wrong"):
        DeviceStorage.create(home, "Alice", SUITE, "wrong horse")
    made = DeviceStorage.create(home, "Alice", SUITE, "correct horse")
    made.close()
    opened = DeviceStorage.open(home, "correct horse")
    assert opened.keystore.signer(SUITE).public_key == keystore.signer(SUITE).public_key
    opened.close()


@pytest.mark.parametrize("lost", ["request", "answer"])
@pytest.mark.parametrize("last_resort", [False, True])
def test_a_device_that_is_killed_between_joining_and_saying_so_says_so_when_it_is_back(
    alice: Folder, service: DeliveryService, tmp_path: Path, lost: str, *, last_resort: bool
) -> None:
    folder = Folder(tmp_path, service, "Carol")
    folder.open().publish_key_package(last_resort=last_resort)
    device, _ = with_bob(alice, service)
    device.commit(GROUP, add=["Carol"])
    device.fetch(GROUP)
    carol = folder.open()
    folder.access.lost = lost
    with pytest.raises(Unavailable):
        carol.accept_invitations()
    folder.access.lost = ""
    carol = folder.open()
    assert carol.state(GROUP).epoch == 2
    assert len(carol.device_state.unreported) == 1
    assert carol.accept_invitations() == ()
    assert folder.access.welcomes() == ()
    assert folder.open().device_state.unreported == frozenset()
    folder.close()


def test_a_database_of_another_keystore_is_refused(tmp_path: Path, service: DeliveryService) -> None:
    folder = Folder(tmp_path, service, "Carol")
    folder.open()
    folder.close()
    folder.keystore = SoftwareKeystore(bytes(32))
    with pytest.raises(DamagedDatabase, match="changed by somebody else"):
        folder.open()
    folder.close()
