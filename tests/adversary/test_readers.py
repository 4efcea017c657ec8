"""Who can read a message with the keys of each device: as the verdict says of a leak of that device, at each time."""

from __future__ import annotations

import pytest

from workbench.adversary.readers import message_readers
from workbench.lab import World
from workbench.lab.environment import Handshakes
from workbench.lab.leaks import recorded_history


def talk(handshakes: Handshakes) -> World:
    """A message before Dave is in, one while Carol is away, and one after Bob is out."""
    world = World.of(["Alice", "Bob", "Carol"], seed=9, handshakes=handshakes)
    world.send("Alice", "Before Dave")
    world.device("Dave")
    world.add("Alice", "Dave")
    world.hold("Carol")
    world.commit("Bob")
    world.send("Bob", "While Carol is away")
    world.remove("Dave", "Bob")
    world.send("Alice", "Without Bob")
    return world


@pytest.mark.parametrize("handshakes", ["public", "private"])
def test_it_is_the_verdict_on_a_leak_of_each_device_at_each_time(handshakes: Handshakes) -> None:
    world = talk(handshakes)
    recorded, names = recorded_history(world), tuple(world.devices)
    for reader in message_readers(recorded, names):
        for name in names:
            now = recorded.judge([world.leak(name)]).readable_messages
            assert (reader.message in now) == (name in reader.now), (name, reader)
            there = name in world.history[reader.message.step - 1].device_states
            then = recorded.judge([world.leak(name, at=reader.message.step - 1)] if there else []).readable_messages
            assert (reader.message in then) == (name in reader.then), (name, reader)


def test_members_could_read_what_was_sent_and_only_who_was_away_can_now() -> None:
    world = talk("public")
    before, away, without = message_readers(recorded_history(world), tuple(world.devices))
    assert before.then == frozenset({"Alice", "Bob", "Carol"})
    assert before.now == frozenset()
    assert before.ever == before.then
    assert away.then == frozenset({"Alice", "Bob", "Carol", "Dave"})
    assert away.now == frozenset({"Carol"})
    assert without.then == without.ever == frozenset({"Alice", "Carol", "Dave"})


def test_nobody_is_asked_about_a_group_without_messages() -> None:
    assert message_readers(recorded_history(World.of(["Alice", "Bob"])), ("Alice", "Bob")) == ()
