"""The devices of a world use the delivery service as devices do: known by their keys, each with a queue of its own."""

from __future__ import annotations

import pytest

from workbench.delivery import DeliveryService, NotAllowed
from workbench.delivery.access import DeviceAccess
from workbench.delivery.rows import device_id
from workbench.lab import World


def waiting(service: DeliveryService, world: World) -> dict[str, int]:
    """How many messages of the group wait for each user."""
    with service.store.read() as rows:
        head = rows.head(world.group_id)
        assert head is not None
        queues = {rows.device(member.device): member for member in rows.members(world.group_id)}
    return {device.user: head.length - member.next_index for device, member in queues.items() if device}


def test_the_service_knows_which_device_has_sent_a_message() -> None:
    world = World.of(["Alice", "Bob"])
    world.send("Bob", "hello")
    device = world.devices["Bob"]
    assert world.service.entries(world.group_id)[-1].sender == device_id(world.suite.id, device.signature_key())


def test_messages_wait_for_a_device_that_is_held_and_late_ones_until_they_are_read() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.hold("Carol")
    world.delay("Bob")
    world.send("Alice", "hello")
    world.commit("Alice")
    assert waiting(world.service, world) == {"Alice": 0, "Bob": 2, "Carol": 2}
    world.let_through("Bob")
    world.release("Carol")
    assert waiting(world.service, world) == {"Alice": 0, "Bob": 0, "Carol": 0}


def test_a_device_never_reads_what_is_dropped_and_comes_back_after_a_commit_is() -> None:
    world = World.of(["Alice", "Bob"])
    world.delay("Bob")
    assert world.reason_against("drop", "Bob") == "No message of this group waits for Bob"
    world.send("Alice", "dropped")
    world.drop("Bob")
    world.let_through("Bob")
    world.send("Alice", "read")
    assert [event.data for step in world.history for event in step.events.get("Bob", ()) if event.data] == [b"read"]
    world.hold("Bob")
    world.commit("Alice")
    assert world.reason_against("commit", "Bob") == "Bob has missed a commit and has to catch up first"
    world.drop("Bob")
    world.release("Bob")
    lost = "A commit will never reach Bob: Bob has to come back by an external commit"
    assert world.reason_against("commit", "Bob") == lost
    world.commit("Alice")
    assert world.reason_against("commit", "Bob") == lost  # the next commit reaches Bob, and is of no use to Bob
    world.resync("Bob")
    assert world.devices["Bob"].state(world.group_id).epoch == world.epoch == 4
    assert waiting(world.service, world) == {"Alice": 0, "Bob": 0}


def test_a_device_outside_of_the_group_reads_nothing_of_it() -> None:
    world = World.of(["Alice", "Bob"])
    eve = world.device("Eve")
    with world.service.store.read() as rows:
        (row,) = rows.devices_of(eve.name)
    with pytest.raises(NotAllowed, match="does not receive the messages"):
        DeviceAccess(world.service, row).entries(world.group_id)


def test_whoever_asks_to_be_added_receives_the_welcome_for_its_own_key_package() -> None:
    world = World.of(["Alice", "Bob"])
    world.device("Carol")
    world.request_to_join("Carol")
    world.commit("Bob")
    assert world.state("Carol") is not None
    assert waiting(world.service, world) == {"Alice": 0, "Bob": 0, "Carol": 0}
