"""Messages of epochs that a device has not reached wait in its holding pen, and each is read once (R48, R49)."""

from __future__ import annotations

from dataclasses import replace

from tests.client.devices import GROUP
from tests.client.folder import Folder, deliver, with_bob
from workbench.client import Device
from workbench.client.holding_pen import CAPACITY, EMPTY_PEN, HoldingPen
from workbench.delivery import DeliveryService, Entry
from workbench.mls.wire.code_points import ContentType


def says(device: Device, *lines: bytes) -> None:
    """Bob refreshes his keys, and says something in the new epoch."""
    device.commit(GROUP)
    device.fetch(GROUP)
    for line in lines:
        device.send(GROUP, line)
        device.fetch(GROUP)


def without_commits(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.content_type is ContentType.application)


def heard(folder: Folder) -> list[bytes]:
    return [data for kind, data in folder.said() if kind == "message"]


def test_messages_of_a_later_epoch_wait_through_a_kill_and_are_read_in_order_when_the_commit_comes(
    alice: Folder, service: DeliveryService
) -> None:
    device, bob = with_bob(alice, service)
    says(bob, b"one", b"two")
    says(bob, b"three")
    deliver(alice, without_commits)

    events = device.fetch(GROUP)
    assert [event.kind for event in events] == ["held", "held"]
    assert "A message of epoch 2 waits: 1 commit before it" in events[0].text
    assert "2 commits" in events[1].text
    device = alice.open()
    pen = device.device_state.groups[GROUP].pen
    assert [entry.epoch for entry in pen.entries] == [2, 2, 3]
    assert device.fetch(GROUP) == ()
    assert device.device_state.groups[GROUP].pen == pen

    deliver(alice, None)
    assert [event.kind for event in device.fetch(GROUP)] == ["commit", "message", "message", "commit", "message"]
    assert heard(alice) == [b"one", b"two", b"three"]
    assert alice.open().fetch(GROUP) == ()
    assert device.device_state.groups[GROUP].pen == EMPTY_PEN


def test_what_is_missing_is_not_acknowledged(alice: Folder, service: DeliveryService) -> None:
    device, bob = with_bob(alice, service)
    says(bob, b"one")
    deliver(alice, without_commits)
    missing = device.device_state.groups[GROUP].next_index
    device.fetch(GROUP)
    assert device.device_state.groups[GROUP].first_unread == missing
    with service.store.read() as rows:
        places = {member.next_index for member in rows.members(GROUP)}
    assert min(places) == missing


def test_whatever_the_service_repeats_or_mixes_up_is_read_once_and_in_order(
    alice: Folder, service: DeliveryService
) -> None:
    device, bob = with_bob(alice, service)
    says(bob, b"one", b"two")
    deliver(alice, lambda entries: (*reversed(entries), *entries))
    device.fetch(GROUP)
    device.fetch(GROUP)
    assert heard(alice) == [b"one", b"two"]
    everything = service.entries(GROUP)
    deliver(alice, lambda _: everything)
    assert device.fetch(GROUP) == ()
    assert heard(alice) == [b"one", b"two"]


def test_a_message_that_waits_waits_once_though_it_comes_at_two_places(alice: Folder, service: DeliveryService) -> None:
    device, bob = with_bob(alice, service)
    says(bob, b"one")

    def twice(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        (only,) = without_commits(entries)
        return only, replace(only, index=only.index + 1)

    deliver(alice, twice)
    device.fetch(GROUP)
    assert len(device.device_state.groups[GROUP].pen.entries) == 1


def test_a_message_that_comes_after_its_successor_is_read_too(alice: Folder, service: DeliveryService) -> None:
    device, bob = with_bob(alice, service)
    says(bob, b"one", b"two", b"three")
    deliver(alice, lambda entries: without_commits(entries)[-1:])
    device.fetch(GROUP)
    deliver(alice, lambda entries: entries[:1])
    assert [event.kind for event in device.fetch(GROUP)] == ["commit", "message"]
    deliver(alice, None)
    device.fetch(GROUP)
    assert heard(alice) == [b"three", b"one", b"two"]
    assert device.device_state.groups[GROUP].first_unread == len(service.entries(GROUP))


def test_a_wrong_epoch_beside_a_message_changes_nothing(alice: Folder, service: DeliveryService) -> None:
    device, bob = with_bob(alice, service)
    says(bob, b"one")
    deliver(alice, lambda entries: tuple(replace(each, epoch=0) for each in without_commits(entries)))
    assert [event.kind for event in device.fetch(GROUP)] == ["held"]
    deliver(alice, None)
    device.fetch(GROUP)
    assert heard(alice) == [b"one"]


def test_a_pen_has_a_size(alice: Folder, service: DeliveryService) -> None:
    device, bob = with_bob(alice, service)
    says(bob, b"one")
    full = HoldingPen(tuple(Entry(100 + n, GROUP, 9, ContentType.application, b"%d" % n) for n in range(CAPACITY)))
    membership = device.device_state.groups[GROUP]
    device._journal.put(device.device_state.with_group(replace(membership, pen=full)))
    deliver(alice, without_commits)
    (event,) = device.fetch(GROUP)
    assert (event.kind, device.device_state.groups[GROUP].pen) == ("refused", full)


def test_what_became_void_waits_no_longer() -> None:
    entries = tuple(Entry(n, GROUP, 2, ContentType.application, b"%d" % n) for n in range(3, 7))
    assert HoldingPen(entries).without_void(4, 6).entries == (entries[0], entries[3])
