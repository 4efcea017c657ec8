"""A commit that lost a race is made again on the new epoch, with what still makes sense of it, also after a kill."""

from __future__ import annotations

from typing import Any

import pytest

from tests.client.devices import GROUP
from tests.client.folder import Folder, another, before_each_submit, bob, commits, members
from workbench.client import Device
from workbench.client.change import ATTEMPTS
from workbench.delivery import DeliveryService, Entry, LateCommit, Unavailable
from workbench.mls import LeafIndex, Misuse


def group_of(alice: Folder, service: DeliveryService, *names: str) -> tuple[Device, list[Device]]:
    """Alice, opened again, in a group with Bob and others; more people have published key packages."""
    others = [bob(service), *(another(service, name) for name in names)]
    others[0].publish_key_package()
    device = alice.open()
    device.commit(GROUP, add=["Bob", *names])
    device.fetch(GROUP)
    for each in others:
        each.accept_invitations()
    return device, others


def test_a_change_that_lost_is_made_again_in_the_new_epoch(alice: Folder, service: DeliveryService) -> None:
    device, (other,) = group_of(alice, service)
    carol = another(service, "Carol")
    before_each_submit(alice, commits(other))
    kinds = [(event.kind, event.text) for event in device.change(GROUP, add=["Carol"])]
    assert kinds == [
        ("commit", "Bob updated by a commit"),
        ("again", "Another commit came first, so this device commits again in epoch 2: adding Carol."),
    ]
    device.fetch(GROUP)
    assert members(device) == ["Alice", "Bob", "Carol"]
    carol.accept_invitations()
    other.fetch(GROUP)
    assert len({each.state(GROUP).secrets.epoch_authenticator for each in (device, other, carol)}) == 1
    assert device.device_state.changes == {}


def test_what_makes_no_sense_any_more_is_dropped_and_told(alice: Folder, service: DeliveryService) -> None:
    device, (other, *_) = group_of(alice, service, "Carol", "Dave")
    for name in ("Erin", "Frank", "Grace"):
        another(service, name)
    before_each_submit(alice, commits(other, add=["Frank"], remove=[LeafIndex(2)]))
    events = device.change(GROUP, add=["Erin", "Grace"], remove=[LeafIndex(2), LeafIndex(3)])
    assert events[-1].text == (
        "Another commit came first, so this device commits again in epoch 2: adding Erin, adding Grace and removing"
        " Dave. Dropped: removing Carol, who is not in the group any more."
    )
    device.fetch(GROUP)
    assert sorted(members(device)) == ["Alice", "Bob", "Erin", "Frank", "Grace"]


def test_a_leaf_that_has_another_member_by_then_is_not_removed(alice: Folder, service: DeliveryService) -> None:
    device, (other, *_) = group_of(alice, service, "Carol")
    another(service, "Dave")
    before_each_submit(alice, commits(other, add=["Dave"], remove=[LeafIndex(2)]))
    events = device.change(GROUP, remove=[LeafIndex(2)])
    assert "nothing is left to change. Dropped: removing Carol" in events[-1].text
    assert members(device) == ["Alice", "Bob", "Dave"]
    assert device.device_state.changes == {}


def test_lost_proposals_of_others_are_named(alice: Folder, service: DeliveryService) -> None:
    device, (other, carol) = group_of(alice, service, "Carol")
    carol.propose_remove(GROUP, LeafIndex(1))
    device.fetch(GROUP)

    def without_looking() -> None:
        other.commit(GROUP)

    before_each_submit(alice, without_looking)
    events = device.change(GROUP)
    assert "refreshing its keys. Dropped: the proposal of Carol to remove Bob." in events[-1].text


def test_a_device_that_loses_again_and_again_says_so_and_stops(alice: Folder, service: DeliveryService) -> None:
    device, (other,) = group_of(alice, service)
    before_each_submit(alice, *(commits(other) for _ in range(ATTEMPTS)))
    with pytest.raises(LateCommit):
        device.change(GROUP)
    assert device.state(GROUP).epoch == 1 + ATTEMPTS
    assert device.device_state.changes == {}


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_change_outlives_a_kill(alice: Folder, service: DeliveryService, lost: str) -> None:
    device, (other,) = group_of(alice, service)
    carol = another(service, "Carol")
    before_each_submit(alice, commits(other))
    late = alice.access.submit

    def killed(*arguments: Any) -> Entry:
        if lost == "answer":
            with pytest.raises(LateCommit):
                late(*arguments)
        raise Unavailable("the process ends here")

    alice.access.submit = killed  # type: ignore[method-assign,assignment] # the moment of the kill
    with pytest.raises(Unavailable):
        device.change(GROUP, add=["Carol"])
    del alice.access.submit
    if lost == "request":
        commits(other)()
    device = alice.open()
    with pytest.raises(Misuse, match="another change"):
        device.change(GROUP)

    assert [event.kind for event in device.fetch(GROUP)] == ["unsent", "commit", "again"]
    device = alice.open()
    device.fetch(GROUP)
    assert members(device) == ["Alice", "Bob", "Carol"]
    carol.accept_invitations()
    assert carol.state(GROUP).secrets == device.state(GROUP).secrets


def test_a_change_of_a_device_that_was_removed_meanwhile_ends(alice: Folder, service: DeliveryService) -> None:
    device, (other,) = group_of(alice, service)
    before_each_submit(alice, commits(other, remove=[LeafIndex(0)]))
    events = device.change(GROUP)
    assert [event.kind for event in events] == ["removed", "again"]
    assert "because this device was removed" in events[-1].text


def test_a_change_that_cannot_be_made_any_more_is_told(alice: Folder, service: DeliveryService) -> None:
    device, (other,) = group_of(alice, service)
    another(service, "Carol")
    before_each_submit(alice, commits(other))
    late = alice.access.submit

    def killed(*arguments: Any) -> Entry:
        with pytest.raises(LateCommit):
            late(*arguments)
        raise Unavailable("the process ends here")

    alice.access.submit = killed  # type: ignore[method-assign,assignment] # the moment of the kill
    with pytest.raises(Unavailable):
        device.change(GROUP, psks=[])
    del alice.access.submit
    device = alice.open()
    change = device.device_state.changes[GROUP]
    device._journal.put(device.device_state.with_change(GROUP, type(change)(psks=(b"gone",), attempts=1)))
    events = device.fetch(GROUP)
    assert "The change of this device could not be made" in events[-1].text
    assert device.device_state.changes == {}
