"""What one device may do: its own queues and nobody else's, on every store, in process and over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from tests.client import devices
from tests.delivery.desk import Desk, OpenDesk
from tests.delivery.uploads import ALICE, BOB, CAROL, GROUP, MALLORY, NOW, Person, commit, message, welcome
from workbench.client import Device
from workbench.delivery import (
    AlreadyThere,
    DeliveryService,
    InvalidKeyPackageUpload,
    LateCommit,
    LateMessage,
    NoKeyPackage,
    NotAllowed,
    QueueFull,
    Settings,
    TooFast,
    WrongOrder,
)
from workbench.delivery.access import DeviceAccess, Upload
from workbench.delivery.client import HttpTransport
from workbench.delivery.errors import DirectoryFull
from workbench.mls.wire.code_points import ContentType

LAPTOP = Person("Bob", "laptop")


def test_a_group_is_founded_people_are_added_and_messages_reach_them_in_order(open_desk: OpenDesk) -> None:
    desk = open_desk()
    alice, bob = desk.group(ALICE, BOB)
    (waiting,) = bob.invitations(BOB.reference(0))
    assert (waiting.group_id, waiting.next_index, waiting.sent_at) == (GROUP, 1, NOW)
    sent = [alice.submit(GROUP, message(1, f"{number}")) for number in range(3)]
    inbox = bob.inbox()
    assert [page.entries for page in inbox.pages] == [tuple(sent)]
    assert inbox.welcomes == ((BOB.reference(0), waiting),)
    bob.accept(BOB.reference(0), GROUP, 1)
    bob.acknowledge(GROUP, 3)
    assert [page.entries for page in bob.inbox().pages] == [(sent[2],)]
    assert bob.inbox().welcomes == ()
    bob.acknowledge(GROUP, 1)
    assert [page.entries for page in bob.inbox().pages] == [(sent[2],)]
    with pytest.raises(WrongOrder, match="place 5 is acknowledged, and the log has 4 entries"):
        bob.acknowledge(GROUP, 5)


def test_nobody_reads_or_writes_where_it_has_no_queue(open_desk: OpenDesk) -> None:
    desk = open_desk()
    alice, bob = desk.group(ALICE, BOB)
    mallory = desk.access(MALLORY)
    before = desk.service.entries(GROUP)
    for forbidden in (
        lambda: mallory.entries(GROUP),
        lambda: mallory.acknowledge(GROUP, 0),
        lambda: mallory.submit(GROUP, message(1, "spam")),
        lambda: mallory.submit(GROUP, commit(1)),
        lambda: mallory.report(GROUP, 0),
        lambda: mallory.leave(GROUP),
        lambda: mallory.publish_key_package("Bob", MALLORY.upload(0)),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    with pytest.raises(InvalidKeyPackageUpload, match="another key"):
        mallory.publish_key_packages([BOB.upload(1)])
    assert (mallory.inbox().pages, mallory.invitations(BOB.reference(0))) == ((), ())
    with pytest.raises(WrongOrder):
        mallory.accept(BOB.reference(0), GROUP, 1)
    assert desk.service.entries(GROUP) == before
    assert bob.inbox().welcomes
    bob.leave(GROUP)
    with pytest.raises(NotAllowed):
        bob.entries(GROUP)
    with pytest.raises(NotAllowed):
        alice.entries(b"a group that is not there")


def test_a_newcomer_sees_nothing_from_before_it_came_in(open_desk: OpenDesk) -> None:
    desk = open_desk()
    _, bob = desk.group(ALICE, BOB)
    assert [entry.index for entry in bob.entries(GROUP, 0)] == []


def test_the_same_message_once_more_makes_no_second_entry(open_desk: OpenDesk) -> None:
    alice, bob = open_desk().group(ALICE, BOB)
    said = message(1, "once")
    first = alice.submit(GROUP, said)
    again = [alice.submit(GROUP, said), bob.submit(GROUP, said)]
    assert again == [first, first]
    accepted = alice.submit(GROUP, commit(1), welcome())
    assert alice.submit(GROUP, commit(1), welcome()) == accepted
    assert len(alice.entries(GROUP)) == 3


def test_the_loser_of_a_race_gets_what_it_needs_to_rebase(open_desk: OpenDesk) -> None:
    alice, bob = open_desk().group(ALICE, BOB)
    won = alice.submit(GROUP, commit(1, "Alice's"))
    later = alice.submit(GROUP, message(2, "after it"))
    with pytest.raises(LateCommit, match="for epoch 1, the group is in epoch 2") as caught:
        bob.submit(GROUP, commit(1, "Bob's"))
    conflict = caught.value.conflict
    assert conflict is not None
    assert (conflict.epoch, conflict.winner, conflict.entries) == (2, won.index, (won, later))
    assert bob.submit(GROUP, commit(2, "Bob's, made again")).epoch == 2


def test_late_application_messages_are_taken_within_a_window_and_handshakes_never(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(late_seconds=60))
    alice, bob = desk.group(ALICE, BOB, late_epochs=2)
    alice.submit(GROUP, commit(1))
    desk.now += 60
    late = bob.submit(GROUP, message(1, "late"))
    assert (late.epoch, desk.service.epoch(GROUP)) == (1, 2)
    with pytest.raises(LateMessage):
        bob.submit(GROUP, message(1, "late proposal", ContentType.proposal))
    desk.now += 1
    with pytest.raises(LateMessage):
        bob.submit(GROUP, message(1, "too late"))
    for epoch in (2, 3):
        alice.submit(GROUP, commit(epoch))
    assert bob.submit(GROUP, message(2, "two epochs late")).epoch == 2
    with pytest.raises(LateMessage):
        bob.submit(GROUP, message(1, "three epochs late"))


def test_a_group_whose_members_keep_no_old_keys_takes_nothing_late() -> None:
    alice, bob = Desk().group(ALICE, BOB)
    alice.submit(GROUP, commit(1))
    with pytest.raises(LateMessage):
        bob.submit(GROUP, message(1, "late"))


def test_a_batch_is_taken_in_order_and_what_is_wrong_in_it_is_refused_alone(open_desk: OpenDesk) -> None:
    desk = open_desk()
    alice, bob = desk.group(ALICE, BOB)
    results = alice.submit_all(
        [
            Upload(GROUP, message(1, "one")),
            Upload(GROUP, commit(1)),
            Upload(GROUP, commit(1, "again")),
            Upload(GROUP, b"no message"),
            Upload(b"another group", message(1, "two")),
            Upload(GROUP, message(2, "three")),
        ]
    )
    kinds = [type(result).__name__ for result in results]
    unreadable = "Unreadable" if desk.over_http else "Malformed"
    assert kinds == ["Entry", "Entry", "LateCommit", unreadable, "UnknownGroup", "Entry"]
    assert [entry.epoch for entry in bob.entries(GROUP)] == [1, 1, 2]


# Key packages


def test_a_key_package_of_a_device_is_handed_out_once_whoever_asks(open_desk: OpenDesk) -> None:
    desk = open_desk()
    alice, bob = desk.access(ALICE), desk.access(BOB)
    bob.publish_key_packages([BOB.upload(1), BOB.upload(2)])
    with pytest.raises(AlreadyThere, match="make a new one"):
        bob.publish_key_packages([BOB.upload(3), BOB.upload(1)])
    assert [alice.take_key_package("Bob", 1) for _ in range(2)] == [BOB.upload(1), BOB.upload(2)]
    with pytest.raises(NoKeyPackage):
        alice.take_key_package("Bob", 1)
    bob.publish_key_package("Bob", BOB.upload(4, last_resort=True))
    assert [alice.take_key_package("Bob", 1) for _ in range(2)] == [BOB.upload(4, last_resort=True)] * 2
    bob.publish_key_package("Bob", BOB.upload(5, last_resort=True))
    assert alice.take_key_package("Bob", 1) == BOB.upload(5, last_resort=True)


def test_each_device_of_a_user_has_key_packages_of_its_own(open_desk: OpenDesk) -> None:
    desk = open_desk()
    phone = desk.access(BOB)
    phone.approve(LAPTOP.row.device)
    laptop = desk.access(LAPTOP)
    phone.publish_key_package("Bob", BOB.upload(1))
    laptop.publish_key_package("Bob", LAPTOP.upload(1))
    alice = desk.access(ALICE)
    assert [row.device for row in alice.devices_of("Bob")] == [BOB.row.device, LAPTOP.row.device]
    assert alice.take_key_package("Bob", 1, LAPTOP.row.device) == LAPTOP.upload(1)
    assert alice.take_key_package("Bob", 1) == BOB.upload(1)


def test_a_device_is_told_when_few_of_its_key_packages_are_left(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(key_packages_per_device=4, key_packages_low=3))
    alice, bob = desk.access(ALICE), desk.access(BOB)
    bob.publish_key_packages([BOB.upload(number) for number in range(4)])
    with pytest.raises(DirectoryFull, match="keeps 4 key packages"):
        bob.publish_key_packages([BOB.upload(9)])
    full = bob.supply()
    alice.take_key_package("Bob", 1)
    assert (full.left, full.publish, bob.supply().left, bob.supply().publish) == (4, 0, 3, 0)
    alice.take_key_package("Bob", 1)
    assert (bob.supply().left, bob.supply().publish, bob.supply().last_resort) == (2, 2, False)
    bob.publish_key_package("Bob", BOB.upload(9, last_resort=True))
    assert bob.supply().last_resort


def test_one_requester_cannot_drain_the_key_packages_of_a_user(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(take_rate=60, take_burst=2))
    bob, alice, mallory = desk.access(BOB), desk.access(ALICE), desk.access(MALLORY)
    bob.publish_key_packages([BOB.upload(number) for number in range(5)])
    for _ in range(2):
        mallory.take_key_package("Bob", 1)
    with pytest.raises(TooFast) as caught:
        mallory.take_key_package("Bob", 1)
    assert caught.value.retry_after == 60
    assert bob.supply().left == 3
    alice.take_key_package("Bob", 1)
    desk.now += 60
    mallory.take_key_package("Bob", 1)
    assert bob.supply().left == 1


def test_what_expires_is_swept_with_its_name(open_desk: OpenDesk) -> None:
    desk = open_desk()
    bob = desk.access(BOB)
    bob.publish_key_packages([BOB.upload(1, days=1), BOB.upload(2)])
    desk.now += 2 * 86_400 + 1
    assert desk.service.sweep()["key packages"] == 1
    assert bob.supply().left == 1


# Limits


def test_a_request_has_room_for_the_largest_commit_with_its_welcome_and_not_for_two() -> None:
    limits = Settings()
    as_base64 = 2 * limits.message_bytes * 4 // 3
    assert as_base64 < limits.request_bytes < 2 * as_base64


def test_a_device_that_floods_is_told_to_wait_and_others_are_not(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(device_rate=60, device_burst=5))
    alice, bob = desk.group(ALICE, BOB)
    for number in range(3):
        alice.submit(GROUP, message(1, f"{number}"))
    with pytest.raises(TooFast, match="this device may do 60 a minute") as caught:
        alice.submit(GROUP, message(1, "one too many"))
    assert caught.value.retry_after == 1
    bob.submit(GROUP, message(1, "from Bob"))
    desk.now += 1
    alice.submit(GROUP, message(1, "one too many"))
    assert len(bob.entries(GROUP)) == 5


CHANGES: dict[str, Callable[[Device], object]] = {
    "publish": lambda alice: alice.publish_key_package(),
    "approve": lambda alice: access_of(alice).approve("b" * 64),
    "open": lambda alice: alice.create_group(b"another"),
    "submit": lambda alice: alice.send(devices.GROUP, b""),
    "describe": lambda alice: alice.publish_group_info(devices.GROUP),
    "report": lambda alice: access_of(alice).report(devices.GROUP, 0),
}


def access_of(device: Device) -> DeviceAccess:
    assert isinstance(device._service, DeviceAccess)
    return device._service


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_each_change_counts_for_the_limit_of_a_device(change: Callable[[Device], object]) -> None:
    now, settings = [NOW], Settings(device_rate=60, device_burst=2)
    alice, _ = devices.logged_in(DeliveryService(clock=lambda: now[0], settings=settings), "Alice", "Bob")
    with pytest.raises(TooFast, match="this device may do 60 a minute"):
        change(alice)
    now[0] += 1
    with suppress(NotAllowed):  # nobody may report its own commit
        change(alice)


def test_a_group_has_a_limit_for_all_members_together(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(group_rate=60, group_burst=3))
    alice, bob = desk.group(ALICE, BOB)
    alice.submit(GROUP, message(1, "one"))
    bob.submit(GROUP, message(1, "two"))
    with pytest.raises(TooFast, match="this group"):
        bob.submit(GROUP, message(1, "three"))
    assert len(bob.entries(GROUP)) == 2


def send(access: DeviceAccess | HttpTransport, count: int, mark: str = "") -> None:
    for number in range(count):
        access.submit(GROUP, message(1, f"{mark}{number}"))


def test_a_full_queue_of_a_device_that_is_connected_slows_its_senders_down(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(queue_messages=3, active_seconds=600))
    alice, bob = desk.group(ALICE, BOB)
    alice.acknowledge(GROUP, 1)
    bob.acknowledge(GROUP, 1)
    send(alice, 3)
    with pytest.raises(QueueFull, match="of a device has 3 messages, and may have 3: it is fetching") as caught:
        send(alice, 1, "more")
    assert caught.value.retry_after == 5
    alice.submit(GROUP, commit(1))
    alice.acknowledge(GROUP, 5)
    bob.acknowledge(GROUP, 5)
    alice.submit(GROUP, message(2, "there is room again"))


def test_a_device_that_is_away_stops_nobody_and_loses_its_oldest_messages_but_no_handshake(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(queue_messages=3, active_seconds=600))
    alice, bob = desk.group(ALICE, BOB)
    alice.submit(GROUP, commit(1))
    desk.now += 601
    for number in range(5):
        alice.acknowledge(GROUP, 2 + number)
        alice.submit(GROUP, message(2, f"{number}"))
    desk.service.sweep()
    (page,) = bob.inbox().pages
    assert [entry.index for entry in page.entries] == [1, 4, 5, 6]
    assert (page.lost, page.left) == (2, 0)


def test_a_group_that_keeps_too_much_takes_no_more_messages_and_still_takes_commits(open_desk: OpenDesk) -> None:
    size = len(message(1, "x"))
    desk = open_desk(Settings(group_bytes=3 * size))
    alice, _ = desk.group(ALICE, BOB)
    send(alice, 1)
    with pytest.raises(QueueFull, match=rf"has \d+ bytes in its log, and may have {3 * size}:") as caught:
        send(alice, 2, "more")
    assert 2 * size < int(str(caught.value).split()[3]) <= 3 * size
    alice.submit(GROUP, commit(1))


def test_retention_deletes_what_all_have_read_and_what_is_too_old(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(delivered_retention=10, application_retention=100, handshake_retention=1000))
    alice, bob = desk.group(ALICE, BOB)
    send(alice, 2)
    alice.submit(GROUP, commit(1))
    for access in (alice, bob):
        access.acknowledge(GROUP, 2)
    desk.now += 11
    freed = desk.service.sweep()["bytes"]
    assert [entry.index for entry in desk.service.entries(GROUP)] == [2, 3]
    desk.now += 100
    freed += desk.service.sweep()["bytes"]
    assert [entry.index for entry in desk.service.entries(GROUP)] == [3]
    assert (bob.inbox().pages[0].lost, bob.inbox().pages[0].left) == (1, 0)
    desk.now += 1000
    freed += desk.service.sweep()["bytes"]
    assert freed == len(commit(0) + message(1, "0") + message(1, "1") + commit(1))
    assert desk.service.entries(GROUP) == ()
    with desk.store.read() as rows:
        head = rows.head(GROUP)
        assert head is not None
        assert (head.size, head.length) == (0, 4)


def test_a_welcome_that_was_read_goes_soon_and_one_that_was_not_stays_as_long_as_a_handshake(
    open_desk: OpenDesk,
) -> None:
    desk = open_desk(Settings(delivered_retention=10, handshake_retention=1000))
    _, bob, carol = desk.group(ALICE, BOB, CAROL)
    bob.accept(BOB.reference(0), GROUP, 1)
    desk.now += 11
    assert desk.service.sweep()["Welcomes"] == 1
    assert len(carol.inbox().welcomes) == 1
    desk.now += 1000
    assert desk.service.sweep()["Welcomes"] == 1
    assert carol.inbox().welcomes == ()


def test_strangers_cannot_fill_a_device_with_welcomes(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(welcomes_per_device=1))
    _, bob = desk.group(ALICE, BOB)
    bob.publish_key_package("Bob", BOB.upload(1))
    carol = desk.access(CAROL)
    carol.open_group(b"spam")
    with pytest.raises(QueueFull, match=r"^1 Welcomes wait for device \w{8}, and no more than 1 may"):
        carol.submit(b"spam", commit(0, group_id=b"spam"), welcome(BOB.reference(1)))
    bob.accept(BOB.reference(0), GROUP, 1)
    carol.submit(b"spam", commit(0, group_id=b"spam"), welcome(BOB.reference(1)))
    assert len(bob.inbox().welcomes) == 1


def test_a_device_is_in_so_many_groups_and_no_more(open_desk: OpenDesk) -> None:
    alice = open_desk(Settings(groups_per_device=1)).access(ALICE)
    alice.open_group(GROUP)
    with pytest.raises(QueueFull, match="is in 1 groups, and may be in no more"):
        alice.open_group(b"another")
    with pytest.raises(AlreadyThere):
        open_desk(replace(Settings(), groups_per_device=2)).access(ALICE).open_group(GROUP)


def test_an_inbox_comes_in_pages(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(page_messages=2))
    alice, bob = desk.group(ALICE, BOB)
    send(alice, 5)
    (page,) = bob.inbox().pages
    assert ([entry.index for entry in page.entries], page.left) == ([1, 2], 3)
    assert [entry.index for entry in bob.entries(GROUP, 2)] == [2, 3, 4, 5]
