"""What a device does without being asked: key packages, joins in one commit, fresh keys when due, evictions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.client.devices import GROUP
from tests.client.folder import SUITE, Folder, another, before_each_submit, bob, commits, members, with_bob
from workbench.client.care import DAY
from workbench.client.upkeep import Upkeep, UpkeepPolicy
from workbench.delivery import DeliveryService
from workbench.lab.sources import START, Clock
from workbench.mls import Misuse, is_last_resort

POLICY = UpkeepPolicy(key_packages=3, update_messages=4)


# Key packages


def test_key_packages_are_filled_up_renewed_before_they_end_and_deleted_after(
    alice: Folder, service: DeliveryService, clock: Clock
) -> None:
    device = alice.open()
    upkeep = Upkeep(device, clock, POLICY)

    def left() -> int:
        return service.key_packages_left("Alice", SUITE.id)

    assert upkeep.stock(left()) == 4
    assert (left(), upkeep.stock(left())) == (3, 0)
    service.take_key_package("Alice", SUITE.id)
    assert upkeep.stock(left()) == 1
    bundles = device.device_state.bundles.values()
    assert sum(is_last_resort(each.key_package) for each in bundles) == 1
    old = {*device.device_state.bundles}
    ends = max(each.key_package.leaf_node.leaf_node_source.lifetime.not_after for each in bundles)  # type: ignore[union-attr] # of a key package

    clock.now = ends - POLICY.renew_before + 1
    assert upkeep.stock(left()) == 4
    assert old <= device.device_state.bundles.keys()
    clock.now = ends + 1
    upkeep.stock(left())
    assert not old & alice.open().device_state.bundles.keys()


# Joins


def test_joins_within_a_window_are_one_commit_also_through_a_kill(
    alice: Folder, service: DeliveryService, clock: Clock
) -> None:
    device, _ = with_bob(alice, service)
    for name in ("Carol", "Dave"):
        another(service, name)
    Upkeep(device, clock, POLICY).invite(GROUP, "Carol")
    clock.now += POLICY.join_window - 1
    device = alice.open()
    upkeep = Upkeep(device, clock, POLICY)
    upkeep.invite(GROUP, "Dave")
    upkeep.invite(GROUP, "Dave")
    assert (upkeep.run(GROUP), device.state(GROUP).epoch) == ((), 1)
    clock.now += 1
    upkeep.run(GROUP)
    (event,) = device.fetch(GROUP)
    assert event.text == "Alice added Carol and Dave"
    assert members(device) == ["Alice", "Bob", "Carol", "Dave"]
    assert upkeep.run(GROUP) == ()


@pytest.mark.parametrize("admit", [False, True])
def test_requests_of_newcomers_are_admitted_together_if_the_policy_says_so(
    alice: Folder, service: DeliveryService, clock: Clock, *, admit: bool
) -> None:
    device, _ = with_bob(alice, service)
    for name in ("Carol", "Dave"):
        another(service, name).ask_to_be_added(GROUP)
    device.fetch(GROUP)
    upkeep = Upkeep(device, clock, replace(POLICY, admit=admit))
    upkeep.run(GROUP)
    clock.now += POLICY.join_window
    upkeep.run(GROUP)
    device.fetch(GROUP)
    assert members(device) == (["Alice", "Bob", "Carol", "Dave"] if admit else ["Alice", "Bob"])


def test_a_batch_that_lost_a_race_is_made_again(alice: Folder, service: DeliveryService, clock: Clock) -> None:
    device, other = with_bob(alice, service)
    another(service, "Carol")
    upkeep = Upkeep(device, clock, POLICY)
    upkeep.invite(GROUP, "Carol")
    clock.now += POLICY.join_window
    before_each_submit(alice, commits(other))
    assert [event.kind for event in upkeep.run(GROUP)] == ["commit", "again"]
    device.fetch(GROUP)
    assert "Carol" in members(device)


# Fresh keys


def test_keys_are_refreshed_after_so_many_messages_or_so_much_time(
    alice: Folder, service: DeliveryService, clock: Clock
) -> None:
    device, other = with_bob(alice, service)
    for _ in range(POLICY.update_messages - 1):
        other.send(GROUP, b"hello")
    device.fetch(GROUP)
    assert Upkeep(device, clock, POLICY).run(GROUP) == ()
    device.send(GROUP, b"and hello")
    device = alice.open()
    upkeep = Upkeep(device, clock, POLICY)
    epoch = device.state(GROUP).epoch
    upkeep.run(GROUP)
    device.fetch(GROUP)
    assert device.state(GROUP).epoch == epoch + 1
    assert upkeep.run(GROUP) == ()
    clock.now += POLICY.update_after
    upkeep.run(GROUP)
    device.fetch(GROUP)
    assert device.state(GROUP).epoch == epoch + 2


# Evictions


def test_the_idle_are_evicted_only_after_the_group_was_told(
    alice: Folder, service: DeliveryService, clock: Clock
) -> None:
    device, other = with_bob(alice, service)
    carol = another(service, "Carol")
    device.commit(GROUP, add=["Carol"])
    device.fetch(GROUP)
    carol.accept_invitations()
    other.fetch(GROUP)
    assert Upkeep(device, clock, POLICY).announce(GROUP) == ""
    clock.now += POLICY.idle_after + DAY
    device = alice.open()
    upkeep = Upkeep(device, clock, POLICY)
    with pytest.raises(Misuse, match="call `announce`"):
        upkeep.evict(GROUP)
    said = upkeep.announce(GROUP)
    assert said == "Bob and Carol did nothing here for 60 days, and will be removed in 7 days unless heard by then."
    assert [event.data for event in other.fetch(GROUP)] == [said.encode()]
    assert upkeep.announce(GROUP) == ""
    other.send(GROUP, b"I am here")
    device.fetch(GROUP)
    clock.now += POLICY.grace
    device = alice.open()
    Upkeep(device, clock, POLICY).evict(GROUP)
    device.fetch(GROUP)
    assert members(device) == ["Alice", "Bob"]


def test_nobody_is_evicted_without_an_idle_member(alice: Folder, service: DeliveryService) -> None:
    other = bob(service)
    assert other.device_state.care == {}
    with pytest.raises(Misuse):
        Upkeep(alice.open(), lambda: START, POLICY).evict(GROUP)
