"""A commit that members refuse does not end its epoch for good: more than half of the others reopen it."""

from __future__ import annotations

import pytest

from tests.client.devices import logged_in
from tests.delivery.desk import OpenDesk
from tests.delivery.uploads import ALICE, BOB, CAROL, GROUP, MALLORY, Person, commit, message, welcome
from workbench.client import Device
from workbench.client.admission import check_description
from workbench.delivery import DeliveryService, LateCommit, NotAllowed, Settings, TooFast, WrongOrder
from workbench.delivery.reports import is_void
from workbench.lab.sources import START
from workbench.mls import encode, group_info
from workbench.mls.errors import InvalidGroupInfo
from workbench.mls.group.group_info import group_info_in

DAVE = Person("Dave")


def test_more_than_half_of_the_others_make_a_commit_void() -> None:
    assert [is_void(reports, 3) for reports in range(4)] == [False, False, True, True]
    assert [is_void(reports, 4) for reports in range(5)] == [False, False, False, True, True]
    assert is_void(1, 1)


def test_a_reported_commit_is_void_with_all_that_followed_and_the_epoch_goes_on(open_desk: OpenDesk) -> None:
    desk = open_desk()
    mallory, alice, bob, carol = desk.group(MALLORY, ALICE, BOB, CAROL)
    bad = mallory.submit(GROUP, commit(1, "nobody can process this"))
    mallory.submit(GROUP, commit(2, "to bury it"))
    mallory.submit(GROUP, message(3, "and go on"))
    assert not alice.report(GROUP, bad.index)
    assert not alice.report(GROUP, bad.index)
    assert desk.service.epoch(GROUP) == 3
    assert bob.report(GROUP, bad.index)
    assert desk.service.epoch(GROUP) == 1
    assert carol.report(GROUP, bad.index)
    log = carol.entries(GROUP)
    assert [entry.void for entry in log] == [True, True, True, False]
    assert (log[-1].reopens, log[-1].content_type, log[-1].epoch) == (bad.index, None, 1)
    with pytest.raises(WrongOrder, match="have refused this message"):
        mallory.submit(GROUP, commit(1, "nobody can process this"))
    assert alice.submit(GROUP, commit(1, "a good one")).epoch == 1
    assert desk.service.epoch(GROUP) == 2


def test_devices_that_refused_a_commit_go_on_when_enough_have_reported_it() -> None:
    service = DeliveryService(clock=lambda: START)
    mallory, *others = logged_in(service, "Mallory", "Alice", "Bob", "Carol")
    alice, bob, _ = others
    bad = mallory._service.submit(GROUP, commit(1))
    for device in others:
        assert [event.kind for event in device.fetch(GROUP)] == ["refused"]
    assert not alice._service.report(GROUP, bad.index)
    with pytest.raises(LateCommit):
        alice.commit(GROUP)
    assert bob._service.report(GROUP, bad.index)
    for device in others:
        (event,) = device.fetch(GROUP)
        assert (event.kind, event.advice) == ("reopened", "")
    alice.commit(GROUP, remove=[mallory.state(GROUP).own_leaf])
    for device in others:
        assert [event.kind for event in device.fetch(GROUP)] == ["commit"]
        assert device.state(GROUP).epoch == 2


def stranded() -> tuple[Device, Device]:
    """Alice has accepted her own commit, which Bob has made void: the epoch goes on, and she has deleted its keys."""
    service = DeliveryService(clock=lambda: START)
    alice, bob = logged_in(service, "Alice", "Bob")
    entry = alice.commit(GROUP).entry
    alice.fetch(GROUP)
    assert bob._service.report(GROUP, entry.index)
    assert bob.fetch(GROUP)[-1].advice == ""
    return alice, bob


def test_a_device_that_had_accepted_a_void_commit_is_told_what_to_do() -> None:
    alice, bob = stranded()
    bob.publish_group_info(GROUP)
    with pytest.raises(InvalidGroupInfo, match="is of epoch 1, this device is in epoch 2"):
        alice.join_by_commit(GROUP)
    (event,) = alice.fetch(GROUP)
    assert (event.kind, event.epoch) == ("reopened", 2)
    assert "come back with `join_by_commit`" in event.advice


def test_it_comes_back_by_a_commit_in_place_of_its_old_leaf() -> None:
    alice, bob = stranded()
    bob.publish_group_info(GROUP)
    alice.fetch(GROUP)
    alice.join_by_commit(GROUP)
    assert [event.kind for event in bob.fetch(GROUP)] == ["commit"]
    assert bob.state(GROUP).epoch == 2
    assert len(list(bob.state(GROUP).tree.leaves())) == 2
    alice.send(GROUP, b"I am back")
    assert [event.data for event in bob.fetch(GROUP)] == [b"I am back"]
    bob.commit(GROUP)
    bob.fetch(GROUP)
    assert [event.kind for event in alice.fetch(GROUP)] == ["commit"]
    assert alice.state(GROUP).secrets == bob.state(GROUP).secrets


def test_it_comes_back_when_it_is_removed_and_added_again() -> None:
    alice, bob = stranded()
    alice.fetch(GROUP)
    alice.publish_key_package()
    bob.commit(GROUP, remove=[alice.state(GROUP).own_leaf], add=["Alice"])
    bob.fetch(GROUP)
    assert [event.kind for event in alice.accept_invitations()] == ["joined"]
    assert alice.state(GROUP).secrets == bob.state(GROUP).secrets


def test_a_void_commit_takes_a_device_back_no_further_than_to_its_epoch() -> None:
    alice, bob = stranded()
    old = encode(group_info(bob.state(GROUP)))
    bob.commit(GROUP)
    bob.fetch(GROUP)
    second = bob.commit(GROUP).entry
    bob.fetch(GROUP)
    assert alice._service.report(GROUP, second.index)
    bob.fetch(GROUP)
    described = group_info_in(old)
    membership = bob.device_state.groups[GROUP]
    assert membership.void_since == 2
    with pytest.raises(InvalidGroupInfo, match="is of epoch 1, this device is in epoch 3"):
        check_description(bob.device_state.groups, GROUP, described, membership.state.own_leaf)


def test_who_came_in_by_a_void_commit_is_out_again(open_desk: OpenDesk) -> None:
    desk = open_desk()
    mallory, alice = desk.group(MALLORY, ALICE)
    dave = desk.access(DAVE)
    dave.publish_key_package("Dave", DAVE.upload(0))
    bad = mallory.submit(GROUP, commit(1), welcome(DAVE.reference(0)))
    assert len(dave.inbox().welcomes) == 1
    with pytest.raises(NotAllowed, match="only devices that were members before"):
        dave.report(GROUP, bad.index)
    assert alice.report(GROUP, bad.index)
    assert dave.inbox().welcomes == ()
    with pytest.raises(NotAllowed):
        dave.entries(GROUP)


def test_its_sender_and_strangers_have_no_vote(open_desk: OpenDesk) -> None:
    desk = open_desk()
    alice, bob = desk.group(ALICE, BOB)
    sent = alice.submit(GROUP, commit(1))
    for access in (alice, desk.access(MALLORY)):
        with pytest.raises(NotAllowed):
            access.report(GROUP, sent.index)
    with pytest.raises(WrongOrder, match="there is no commit at place"):
        bob.report(GROUP, sent.index + 1)
    said = alice.submit(GROUP, message(2, "hello"))
    with pytest.raises(WrongOrder, match="there is no commit at place"):
        bob.report(GROUP, said.index)
    assert desk.service.epoch(GROUP) == 2


def test_an_old_commit_stands(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(report_seconds=60))
    alice, bob = desk.group(ALICE, BOB)
    sent = alice.submit(GROUP, commit(1))
    desk.now += 61
    with pytest.raises(WrongOrder, match="more than 60 seconds ago"):
        bob.report(GROUP, sent.index)


def test_members_who_refuse_everything_hold_a_group_up_only_so_often(open_desk: OpenDesk) -> None:
    desk = open_desk(Settings(reopenings_per_hour=2))
    alice, bob = desk.group(ALICE, BOB)
    for number in range(2):
        assert bob.report(GROUP, alice.submit(GROUP, commit(1, f"{number}")).index)
    third = alice.submit(GROUP, commit(1, "third"))
    with pytest.raises(TooFast, match="was reopened 2 times in the last hour") as caught:
        bob.report(GROUP, third.index)
    assert caught.value.retry_after == 3600
    assert desk.service.epoch(GROUP) == 2
