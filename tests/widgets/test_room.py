"""The picture of a room: its buttons act in the world, and it says what came of it."""

from __future__ import annotations

import pytest

from widgets import Room
from workbench.lab import World
from workbench.views.room import room_view


def with_tablet() -> World:
    world = World.of(["Alice", "Bob/phone"], seed=3)
    world.send("Alice", "Hello")
    world.device("Bob/tablet")
    world.join("Bob/tablet")
    return world


def act(room: Room, number: int, name: str, **more: object) -> str:
    """Press a button on the first screen; the sentence that comes of it."""
    room.request = {"kind": "act", "screen": 0, "act": name, "leaf": None, "number": number, **more}
    return str(room.answer["said"])


def test_a_button_of_a_warning_acts_and_the_picture_shows_the_new_step() -> None:
    world = with_tablet()
    room = Room.of(world, step=1)
    assert len(room.view["screens"][0]["alerts"]) == 1
    assert act(room, 1, "remove_leaf", leaf=2) == ""
    assert "Bob/tablet" not in world.members
    assert room.view["screens"][0]["alerts"] == []
    assert (len(room.view["steps"]), room.step) == (5, -1)


def test_a_comparison_says_whether_the_codes_are_equal() -> None:
    room = Room.of(with_tablet())
    assert act(room, 1, "verify", leaf=2) == "The codes are equal."
    assert room.view["screens"][0]["alerts"] == []


def test_what_is_not_possible_is_said_and_changes_nothing() -> None:
    world = with_tablet()
    room = Room.of(world)
    assert act(room, 1, "lock") == ""
    assert act(room, 2, "lock") == "Alice has locked the group already."
    assert act(room, 3, "unlock") == "First verify or remove Bob's tablet."
    assert len(world.history) == 4


def test_a_trial_is_made_anew_with_the_state_of_now() -> None:
    world = with_tablet()
    room = Room.of(world)
    room.request = {"kind": "try", "message": 0, "who": 1, "number": 1}
    assert room.answer["trial"]["error"] == "EpochDeleted"
    who = len(room.view["screens"]) + 1
    room.request = {"kind": "try", "message": 0, "who": who, "number": 2}
    assert room.view["triers"][who] == "The attacker"
    assert "The attacker hears all messages" in room.answer["trial"]["said"]


def test_a_page_without_a_kernel_asks_nobody() -> None:
    room = Room(room_view(with_tablet()))
    assert not room.live
    room.request = {"kind": "try", "message": 0, "who": 0, "number": 1}
    assert room.answer == {}
    assert room._shown()["live"] is False


def test_its_repr_says_how_much_there_is() -> None:
    assert repr(Room.of(with_tablet())) == "Room(3 screens, 1 messages, 4 steps)"


@pytest.mark.parametrize("count", [2, 8])
def test_its_lighter_form_is_without_the_bytes_of_messages(count: int) -> None:
    world = World.of(count)
    world.send("Alice", "Hello")
    full, light = Room.of(world)._versions()
    assert "bytes" in light[1]
    assert len(str(light[0])) < len(str(full[0]))
