"""The screens of a class: a page gets what its own device knows, and the projector gets the whole class."""

from __future__ import annotations

import json

from tests.lab.test_classroom import class_of, settle
from workbench.views.own_screen import class_view, held_nodes, own_screen_view, question_view


def test_a_screen_has_the_messages_of_its_device_and_the_names_of_their_senders() -> None:
    room, (ann, ben) = class_of("Ann", "Ben")
    room.say(ann, "hello")
    settle(room)
    view = own_screen_view(room, ben)
    (message,) = view["messages"]
    assert (view["screens"][0]["name"], view["screens"][1]["name"]) == ("Ben", "Ann")
    assert (message["sender"], message["text"], message["epoch"]) == (1, "hello", 1)
    situation = view["screens"][0]["situations"][0]
    assert (situation["status"], situation["people"]) == ("in", 3)
    assert own_screen_view(room, ann)["screens"][0]["lines"][-1]["kind"] == "own"


def test_a_screen_has_nothing_of_what_came_before_or_after_its_membership() -> None:
    room, (ann,) = class_of("Ann")
    room.say(ann, "an early word")
    ben = room.enter("Ben")
    assert own_screen_view(room, ben)["screens"][0]["situations"][0]["status"] == "outside"
    settle(room)
    room.remove("Ben")
    room.say(ann, "a late word")
    settle(room)
    text = json.dumps(own_screen_view(room, ben))
    assert "an early word" not in text
    assert "a late word" not in text


def test_the_counts_of_an_open_question_are_hidden() -> None:
    room, (ann, ben) = class_of("Ann", "Ben")
    assert question_view(room.question, ann) is None
    room.ask("Blank?", ["Yes", "No"])
    room.vote(ann, 1)
    shown = question_view(room.question, ann)
    assert shown is not None
    assert (shown["own"], shown["voters"], shown["counts"]) == (1, 1, None)
    room.close(0)
    other = question_view(room.question, ben)
    assert other is not None
    assert (other["own"], other["counts"], other["answer"]) == (-1, [0, 1], 0)


def test_the_projector_sees_the_class_and_each_device_holds_the_keys_of_its_path() -> None:
    room, (ann, ben) = class_of("Ann", "Ben")
    room.wake(ben, is_awake=False)
    room.compromise("Ben")
    room.say(ann, "hello")
    settle(room)
    view = class_view(room)
    assert (view["members"], view["away"], view["messages"], view["reads"]) == (3, 1, 1, 1)
    assert [line["text"] for line in view["story"]][-2:] == ["Ann: hello", "The attacker has read “hello”"]
    assert [(each["name"], each["is_compromised"]) for each in view["people"]] == [("Ann", False), ("Ben", True)]
    state = room.state_of(ann)
    assert state is not None
    assert 2 * state.own_leaf in held_nodes(state)
