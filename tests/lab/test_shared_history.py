"""Histories as links and files: the same world comes out, and what a stranger sends is refused in words."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.lab import SCENARIOS, NotPossible, World, scenario
from workbench.lab.actions import ACTIONS
from workbench.lab.shared_history import (
    MOST_ACTIONS,
    MOST_BYTES,
    MOST_PEOPLE,
    HistoryTooLarge,
    InvalidHistory,
    SharedHistory,
)
from workbench.mls import Policy

ADDRESS = 2000


def small() -> World:
    world = World.of(["Alice", "Bob"], seed="a seed")
    world.commit("Bob")
    return world


SMALL = SharedHistory.of(small()).to_json()


def as_json(**changes: object) -> dict[str, Any]:
    return SMALL | changes


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_link_opens_the_same_world(name: str) -> None:
    world = scenario(name).world
    text = SharedHistory.of(world).to_text()
    assert len(text) < ADDRESS
    assert text.replace("-", "").replace("_", "").isalnum()
    opened = SharedHistory.of_text(text).play()
    assert [each.trace() for each in opened.groups] == [each.trace() for each in world.groups]


def test_actions_in_a_second_group_are_performed_in_the_second_group() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.branch("Alice", "Bob").commit("Bob")
    world.commit("Carol")
    opened = SharedHistory.of_text(SharedHistory.of(world).to_text()).play()
    assert [each.trace() for each in opened.groups] == [each.trace() for each in world.groups]


def test_a_history_opens_with_the_group_of_which_it_is() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    beside = world.branch("Alice", "Bob")
    history = SharedHistory.of_text(SharedHistory.of(beside).to_text())
    assert history.play().trace() == beside.trace()
    made: dict[str, Any] = {}
    exec(history.as_python(), made)  # noqa: S102 - our own program
    assert made["world"].trace() == beside.trace()


def test_a_history_until_a_step_is_what_had_happened_then() -> None:
    world = small()
    world.hold("Alice")
    world.send("Bob", "one")
    world.send("Bob", "two")
    past = SharedHistory.of(world, until=3).play()
    assert past.trace()["steps"] == world.trace()["steps"][:4]
    assert past.is_held("Alice")
    past.send("Bob", "another")
    assert [each.text for each in past.history[:4]] == [each.text for each in world.history[:4]]


def test_the_program_of_a_history_makes_the_same_world() -> None:
    world = World.of(["Alice", "Bob", 'Carol "C"'], seed="s", handshakes="private", policy=Policy(past_epochs=2))
    world.update("Bob")
    world.commit("Alice")
    world.remove_leaf("Alice", world.group.leaf("Bob"))
    world.branch("Alice", 'Carol "C"').send("Alice", "hello")
    program = SharedHistory.of(world).as_python()
    assert "World.of(['Alice', 'Bob', 'Carol \"C\"'], seed='s'" in program
    made: dict[str, Any] = {}
    exec(program, made)  # noqa: S102 - our own program
    assert [each.trace() for each in made["world"].groups] == [each.trace() for each in world.groups]


def test_a_world_that_begins_otherwise_is_a_program_too() -> None:
    world = World(seed=3)
    world.device("Alice")
    program = SharedHistory.of(world).as_python()
    assert program == "from workbench.lab import World\n\nworld = World(seed=3)\nworld.device('Alice')\n"


def test_the_step_is_kept_and_a_file_is_json() -> None:
    history = SharedHistory.of_file(json.dumps(as_json(step=2)).encode())
    assert history.step == 2
    assert SharedHistory.of_text(history.to_text()).step == 2


def test_a_policy_of_its_own_is_not_shared() -> None:
    with pytest.raises(NotPossible, match="policy of their own"):
        SharedHistory.of(World.of(["Alice"], policy=Policy(padding=256)))


REFUSED: dict[str, tuple[object, str]] = {
    "another format": (as_json(format="else"), "not a history of the workbench"),
    "no object": ([1], "not a history of the workbench"),
    "a later version": (as_json(version=2), "has version 2, and this workbench reads version 1"),
    "an unknown field": (as_json(more=1), "a field that version 1 does not have: 'more'"),
    "a seed that is a list": (as_json(seed=[1]), "The seed has to be"),
    "a seed beyond 64 bits": (as_json(seed=2**64), "The seed has to be"),
    "other handshakes": (as_json(handshakes="hidden"), '\'hidden\'; it has to be "public" or "private"'),
    "a suite that is a text": (as_json(suite="1"), "\"suite\" is '1'; it has to be a number from 0 to 65535"),
    "a step before the first": (as_json(step=-1), '"step" is -1'),
    "no actions": (as_json(actions=None), '"actions" has to be a list'),
    "an action that is a text": (as_json(actions=["commit"]), "Action 1 has to be a list"),
    "an unknown action": (as_json(actions=[["play", ["Bob"]]]), "Action 1 is 'play', which does not exist"),
    "a method that is no action": (as_json(actions=[["judge", []]]), "'judge', which does not exist"),
    "too few arguments": (as_json(actions=[["device", []]]), "device, has wrong arguments: missing"),
    "an unknown option": (as_json(actions=[["commit", ["A"], {"as": 1}]]), "wrong arguments: got an unexpected"),
    "a number as a fraction": (as_json(actions=[["device", [1.5]]]), "a value that no action takes: 1.5"),
    "bytes that are none": (as_json(actions=[["inject", ["commit", {"bytes": "x"}, ""]]]), "not hexadecimal"),
    "a list in a list": (as_json(actions=[["commit", ["A"], {"psks": [[1]]}]]), "no action takes"),
}
NOT_PLAYED: dict[str, tuple[object, str]] = {
    "a suite that does not exist": (as_json(suite=999), "cannot begin"),
    "an unknown person": (as_json(actions=[["commit", ["Zoe"]]]), "Action 1, commit, is not possible: There is no"),
    "a person who is a number": (as_json(actions=[["device", [7]]]), "Action 1, device, is not possible"),
    "a group that does not exist": (as_json(actions=[["device", ["A"], {}, 3]]), "there is no group 3"),
    "a group that is never founded": (as_json(group=1), "opens with group 1, which nobody has founded"),
    "bytes that are no message": (
        as_json(actions=[*as_json()["actions"], ["inject", ["commit", {"bytes": "00"}, "x"]]]),
        "The delivery service refuses",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_history_is_refused_in_words(case: str) -> None:
    content, words = REFUSED[case]
    with pytest.raises(InvalidHistory) as refused:
        SharedHistory.of_json(content)
    assert words in str(refused.value)


@pytest.mark.parametrize("case", NOT_PLAYED)
def test_what_cannot_be_performed_is_refused_in_words(case: str) -> None:
    content, words = NOT_PLAYED[case]
    history = SharedHistory.of_json(content)
    with pytest.raises(InvalidHistory) as refused:
        history.play()
    assert words in str(refused.value)


def test_a_damaged_link_is_refused() -> None:
    text = SharedHistory.of(small()).to_text()
    for damaged in (text[:-9], text[:10] + "AAAA" + text[14:], "%%%", "", "é"):
        with pytest.raises(InvalidHistory, match="damaged"):
            SharedHistory.of_text(damaged)
    with pytest.raises(InvalidHistory, match="not JSON"):
        SharedHistory.of_file(b"[" * 100_000)


def test_a_history_beyond_a_bound_is_refused() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b" " * 50_000_000)).decode()
    for text in (bomb, "A" * (MOST_BYTES + 1)):
        with pytest.raises(HistoryTooLarge):
            SharedHistory.of_text(text)
    with pytest.raises(HistoryTooLarge, match="501 actions; at most 500"):
        SharedHistory.of_json(as_json(actions=[["commit", ["A"]]] * (MOST_ACTIONS + 1)))
    people = [["device", [f"P{number}"]] for number in range(MOST_PEOPLE + 1)]
    with pytest.raises(HistoryTooLarge, match="49 people; at most 48"):
        SharedHistory.of_json(as_json(actions=people))


def test_a_history_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(HistoryTooLarge, match="longer than 0 seconds: 0 of 5 actions"):
        SharedHistory.of(small()).play(seconds=0)


VALUES = st.one_of(
    st.sampled_from(["Alice", "Bob", "Zoe", "", "commit", "server"]),
    st.integers(-2, 3),
    st.booleans(),
    st.just({"bytes": "0001"}),
    st.lists(st.sampled_from(["Alice", "key", 1]), max_size=2),
)
OPTIONS = st.dictionaries(st.sampled_from(["path", "psks", "approve", "suite"]), VALUES, max_size=2)
CALLS = st.tuples(st.sampled_from(sorted(ACTIONS)), st.lists(VALUES, max_size=3), OPTIONS, st.integers(0, 1))


@settings(max_examples=60, derandomize=True)
@given(st.lists(CALLS.map(list), max_size=4))
def test_any_list_of_actions_is_performed_or_refused_with_one_kind_of_error(calls: list[object]) -> None:
    try:
        SharedHistory.of_json(as_json(actions=[*as_json()["actions"], *calls])).play()
    except InvalidHistory:
        return
