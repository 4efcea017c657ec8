"""The view of a room: each screen shows what its device has read and was told, and trials are real."""

from __future__ import annotations

from functools import cache

from workbench.lab import World
from workbench.lab.record import ATTACKER, SERVER
from workbench.views.room import room_view
from workbench.views.room_schema import RoomView, ScreenView
from workbench.views.trial import trial


@cache
def talk() -> World:
    """Alice has two devices, an archive comes, Carol is away, and Bob's tablet comes in by itself."""
    world = World.of(["Alice/phone", "Bob/phone", "Carol"], seed=3)
    world.send("Alice/phone", "Shall we meet at noon?")
    world.device("Alice/laptop", approved_by="Alice/phone")
    world.add("Alice/phone", "Alice/laptop")
    world.device("HR/archive", archive=True)
    world.add("Carol", "HR/archive")
    world.hold("Carol")
    world.device("Bob/tablet")
    world.join("Bob/tablet")
    world.send("Bob/phone", "Is that my tablet?")
    world.compromise("Bob/phone")
    world.send("Alice/laptop", "No.")
    return world


@cache
def view() -> RoomView:
    return room_view(talk())


def screen(name: str) -> ScreenView:
    return next(each for each in view()["screens"] if each["id"] == name)


def shown(name: str) -> list[str]:
    """What stands on a screen, line by line."""
    return [
        line["text"] if line["message"] is None else f"{line['kind']}: {view()['messages'][line['message']]['text']}"
        for line in screen(name)["lines"]
    ]


def test_a_screen_shows_what_its_device_has_read_and_was_told() -> None:
    assert shown("Alice/phone") == [
        "Alice's phone created the group.",
        "Alice added Bob's phone and Carol",
        "own: Shall we meet at noon?",
        "Alice added Alice's laptop",
        "Alice's phone has approved Alice's laptop",
        "Carol added HR's archive",
        "HR's archive keeps all that is said from now on. It is an archive and never sends",
        "Bob's tablet joined by itself",
        "No device of Bob has approved Bob's tablet: compare its safety code",
        "message: Is that my tablet?",
        "message: No.",
    ]
    assert shown("Carol")[-1] == "HR's archive keeps all that is said from now on. It is an archive and never sends"


def test_a_newcomers_screen_begins_with_a_line_before_which_it_can_read_nothing() -> None:
    assert shown("Bob/tablet") == [
        "Bob's tablet came in with epoch 4. What was sent before cannot be read here.",
        "message: Is that my tablet?",
        "message: No.",
    ]
    before = trial(talk(), "Bob/tablet", bytes.fromhex(view()["messages"][0]["wire"]))
    assert (before["opened"], before["error"]) == (False, "BeforeJoining")


def test_devices_of_one_user_have_one_colour_and_the_badges_count_people_and_devices() -> None:
    hues = {each["id"]: each["hue"] for each in view()["screens"]}
    assert hues["Alice/phone"] == hues["Alice/laptop"] != hues["Bob/phone"]
    last = screen("Alice/phone")["situations"][-1]
    assert (last["people"], last["devices"], last["epoch"], last["status"]) == (4, 6, 4, "in")
    assert screen("Carol")["situations"][-1]["status"] == "away"
    codes = {each["situations"][-1]["code"] for each in view()["screens"] if each["id"] != "Carol"}
    assert len(codes) == 1


def test_the_list_of_devices_says_who_is_approved_and_when_each_acted_last() -> None:
    devices, members = view()["devices"], screen("Carol")["members"]
    told = {devices[each["device"]]["name"]: (each["standing"], each["approver"]) for each in members}
    assert told["Alice's laptop"] == ("approved", "Alice's phone")
    assert [each["name"] for each in devices if each["archive"]] == ["HR's archive"]
    assert next(each["active"] for each in devices if each["name"] == "HR's archive") is None


def test_messages_wait_in_the_pen_of_who_is_away_for_the_epoch_that_is_missing() -> None:
    assert screen("Carol")["pen"] == [
        {"message": 1, "reason": "waits for epoch 4"},
        {"message": 2, "reason": "waits for epoch 4"},
    ]
    assert screen("Bob/phone")["pen"] == []


def test_late_messages_wait_too_and_messages_of_ones_own_epoch_for_the_connection() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.delay("Bob")
    world.hold("Carol")
    world.send("Alice", "Late")
    pens = {each["id"]: each["pen"] for each in room_view(world)["screens"]}
    assert pens["Bob"] == [{"message": 0, "reason": "is late: the network has not delivered it"}]
    assert pens["Carol"] == [{"message": 0, "reason": "waits for the connection"}]
    world.drop("Bob")
    world.drop("Carol")
    assert [each["pen"] for each in room_view(world)["screens"]] == [[], [], []]


def test_warnings_have_steps_with_the_reason_why_one_is_not_possible() -> None:
    (alert,) = screen("Alice/phone")["alerts"]
    assert [(step["act"], step["reason"]) for step in alert["steps"]] == [
        ("review", ""),
        ("verify", ""),
        ("remove_leaf", ""),
        ("lock", ""),
    ]
    world = World.of(["Alice", "Bob"])
    world.remove("Alice", "Bob")
    world.hold("Bob")
    (removed,) = next(each for each in room_view(world)["screens"] if each["id"] == "Bob")["alerts"]
    assert [step["reason"] for step in removed["steps"]] == ["Bob is held back"]


def test_who_could_read_a_message_and_who_can_now_is_computed_from_keys() -> None:
    names = [each["id"] for each in view()["screens"]]
    second = view()["messages"][1]
    assert [names[index] for index in second["now"]] == ["Carol"]
    assert {names[index] for index in second["then"]} == {*names}
    first = view()["messages"][0]
    assert [names[index] for index in first["ever"]] == ["Alice/phone", "Bob/phone", "Carol"]
    assert first["now"] == []


def test_a_trial_is_the_real_result_of_the_device_the_server_and_the_attacker() -> None:
    world, (first, _, last) = talk(), view()["messages"]
    wire = bytes.fromhex(last["wire"])
    own = trial(world, "Alice/laptop", wire)
    assert (own["opened"], own["error"]) == (False, "OwnMessage")
    twice = trial(world, "Alice/phone", wire)
    assert (twice["opened"], twice["error"], twice["section"]) == (False, "KeyAlreadyUsed", "§9.2")
    away = trial(world, "Carol", wire)
    assert (away["opened"], away["error"]) == (False, "FutureEpoch")
    server = trial(world, SERVER, wire)
    assert not server["opened"]
    assert "it holds no key at all" in server["said"]
    robbed = trial(world, ATTACKER, wire)
    assert (robbed["opened"], robbed["text"]) == (True, "No.")
    earlier = trial(world, ATTACKER, bytes.fromhex(first["wire"]))
    assert not earlier["opened"]
    assert "everything from 1 device" in earlier["said"]
    assert room_view(world)["triers"][-2:] == ["The server", "The attacker"]
    assert [last["outcomes"][number] for number in last["trials"][-2:]] == [server, robbed]


def test_a_device_that_has_not_read_a_message_of_its_epoch_opens_it() -> None:
    world = World.of(["Alice", "Bob"])
    world.hold("Bob")
    world.send("Alice", "Hello")
    found = room_view(world)["messages"][0]
    bob = found["outcomes"][found["trials"][1]]
    assert (bob["opened"], bob["text"]) == (True, "Hello")
    assert found["text"] == "Hello"  # nobody has read it: it is what Alice has written
    assert not trial(world, ATTACKER, bytes.fromhex(found["wire"]))["opened"]
    world.device("Carol")
    assert trial(world, "Carol", bytes.fromhex(found["wire"]))["error"] == "NotPossible"


def test_what_comes_of_trying_is_told_once_for_all_to_whom_it_happens() -> None:
    world = World.of(["Alice", "Bob", "Carol", "Dave"])
    world.send("Alice", "Hello")
    world.commit("Alice")
    found = room_view(world)["messages"][0]
    assert found["trials"] == [0, 0, 0, 0, 1, 2]
    assert [each["error"] for each in found["outcomes"]] == ["EpochDeleted", "", ""]


def test_whoever_comes_back_has_a_line_that_says_what_was_missed() -> None:
    world = World.of(["Alice", "Bob"])
    world.hold("Bob")
    world.commit("Alice")
    world.send("Alice", "Missed")
    world.resync("Bob")
    bob = next(each for each in room_view(world)["screens"] if each["id"] == "Bob")
    assert bob["lines"][-1]["text"] == (
        "Bob's device came back in epoch 3. What was sent after epoch 1 cannot be read here."
    )


def test_a_refused_message_is_a_line_with_its_reason_and_a_removal_ends_the_screen() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.send("Bob", "Once")
    world.inject("application", world.service.entries(world.group_id)[-1].message, "The server repeats a message")
    world.remove("Alice", "Carol")
    screens = {each["id"]: each for each in room_view(world)["screens"]}
    assert [line["kind"] for line in screens["Alice"]["lines"]].count("refused") == 1
    assert screens["Carol"]["lines"][-1]["kind"] == "end"
    assert screens["Carol"]["situations"][-1]["status"] == "removed"
