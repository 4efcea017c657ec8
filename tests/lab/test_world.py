"""A world is real, repeatable, and says why something is not possible."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.lab import NotPossible, World, replay
from workbench.lab.world import GROUP_ID
from workbench.mls import Policy
from workbench.vectors import FileResult, check_file


def busy_world(seed: int = 7, suite: int = 1) -> World:
    """A group to which most things have happened."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"], seed=seed, suite=suite)
    world.send("Alice", "hello")
    world.update("Bob")
    world.commit("Carol")
    world.device("Erin")
    world.add("Carol", "Erin")
    world.remove("Alice", "Dave")
    world.compromise("Erin")
    world.commit("Alice")
    world.send("Bob", "bye")
    return world


def wire(world: World) -> list[str]:
    return [message["wire"] for step in world.trace()["steps"] for message in step["messages"]]


@pytest.mark.parametrize("suite", range(1, 8))
def test_the_same_seed_gives_the_same_bytes(suite: int) -> None:
    one, same, other = busy_world(1, suite), busy_world(1, suite), busy_world(2, suite)
    assert one.trace() == same.trace()
    assert wire(one) != wire(other)


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import hashlib, json; from tests.lab.test_world import busy_world;"
        "print(hashlib.sha256(json.dumps(busy_world().trace()).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_everybody_ends_in_the_same_epoch_with_the_same_secrets() -> None:
    world = busy_world()
    states = [world.devices[name].state(GROUP_ID) for name in world.members]
    assert world.members == ("Alice", "Bob", "Carol", "Erin")
    assert {state.epoch for state in states} == {world.epoch} == {5}
    assert len({state.secrets for state in states}) == 1


def test_going_back_in_time_is_an_index() -> None:
    world = busy_world()
    texts = [history_step.text for history_step in world.history]
    assert texts == [
        "Alice created the group",
        "Alice added Bob, Carol and Dave",
        "Alice sent a message",
        "Bob proposed an update",
        "Carol took in the update of Bob",
        "Carol added Erin",
        "Alice removed Dave",
        "The attacker took all that is on Erin's device",
        "Alice updated by a commit",
        "Bob sent a message",
    ]
    epochs = [None if (state := world.state("Dave", step)) is None else state.epoch for step in range(len(texts))]
    assert epochs == [None, 1, 1, 1, 2, 3, 3, 3, 3, 3]
    last = world.state("Dave")
    assert last is not None
    assert not last.active


def test_time_passes_with_the_steps_and_not_otherwise() -> None:
    times = [history_step.now for history_step in busy_world().history]
    assert times == [times[0] + 60 * step for step in range(len(times))]


@pytest.mark.parametrize(
    ("action", "people", "reason"),
    [
        ("add", ("Alice", "Bob"), "Bob is in the group already"),
        ("add", ("Alice", "Nobody"), "There is no device of Nobody"),
        ("add", ("Erin", "Dave"), "Erin is not in the group"),
        ("remove", ("Alice", "Alice"), "Alice cannot commit its own removal: another member has to commit it"),
        ("remove", ("Alice", "Erin"), "Erin is not in the group"),
        ("update", ("Erin",), "Erin is not in the group"),
        ("commit", ("Dave",), "Dave is no longer in the group"),
        ("send", ("Dave",), "Dave is no longer in the group"),
        ("create", ("Erin",), "The group exists already"),
        ("compromise", ("Carol",), "The attacker already has all secrets of Carol's device"),
        ("release", ("Alice",), "Alice is not held back"),
        ("hold", ("Bob",), "Bob is held back already"),
        ("commit", ("Bob",), "Bob is held back"),
        ("send", ("Bob",), "Bob is held back"),
        ("update", ("Bob",), "Bob is held back"),
        ("add", ("Alice", "Erin", "Erin"), "Erin is named twice"),
        ("remove", ("Alice", "Bob", "Bob"), "Bob is named twice"),
        ("commit", (), "The action needs the name of the person who acts"),
    ],
)
def test_what_is_not_possible_is_refused_with_the_reason(action: str, people: tuple[str, ...], reason: str) -> None:
    world = World.of(["Alice", "Bob", "Carol", "Dave"])
    world.device("Erin")
    world.remove("Alice", "Dave")
    world.compromise("Carol")
    world.hold("Bob")
    before = len(world.history)
    assert world.reason_against(action, *people) == reason
    if people:
        with pytest.raises(NotPossible) as caught:
            getattr(world, action)(*people, *(["text"] if action == "send" else []))
        assert str(caught.value) == reason
    assert len(world.history) == before


def test_what_is_possible_has_no_reason_against_it() -> None:
    world = World.of(["Alice", "Bob"])
    world.device("Carol")
    actions: list[tuple[str, tuple[str, ...]]] = [
        ("add", ("Alice", "Carol")),
        ("add", ("Alice",)),
        ("remove", ("Alice", "Bob")),
        ("remove", ("Alice",)),
        ("update", ("Alice",)),
        ("commit", ("Bob",)),
        ("send", ("Bob",)),
        ("compromise", ("Carol",)),
        ("hold", ("Bob",)),
    ]
    assert [world.reason_against(action, *people) for action, people in actions] == [None] * len(actions)


def test_nothing_can_be_said_while_a_proposal_waits() -> None:
    world = World.of(["Alice", "Bob"])
    world.update("Bob")
    assert world.reason_against("send", "Alice") == "Proposals are pending: a member has to commit them first"
    world.commit("Alice")
    assert world.reason_against("send", "Alice") is None


def test_before_there_is_a_group_there_is_little_to_do() -> None:
    world = World()
    world.device("Alice")
    assert [world.reason_against(action, "Alice") for action in ("create", "commit", "compromise", "hold")] == [
        None,
        "There is no group yet",
        "There is no group yet",
        "There is no group yet",
    ]
    world.create("Alice")
    assert world.reason_against("update", "Alice") == "Alice is alone in the group: nobody else could commit the update"
    assert world.reason_against("remove", "Alice") == "Alice is alone in the group"
    assert repr(world) == "World(seed=7, Alice in epoch 0, 1 steps)"


def test_whoever_is_held_back_misses_everything_until_released() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.hold("Bob")
    world.send("Alice", "hello")
    world.commit("Carol")
    assert world.reason_against("commit", "Bob") == "Bob has missed a commit and has to catch up first"
    assert world.devices["Bob"].state(GROUP_ID).epoch == 1
    world.release("Bob")
    assert world.devices["Bob"].state(GROUP_ID).epoch == 2
    assert [event.text for event in world.history[-1].events["Bob"]] == [
        "Alice sent a message",
        "Carol updated by a commit",
    ]


def test_messages_to_a_device_can_be_late_while_commits_come_at_once() -> None:
    world = World.of(["Alice", "Bob"], policy=Policy(past_epochs=1))
    world.delay("Bob")
    assert world.reason_against("delay", "Bob") == "Messages to Bob are delayed already"
    world.send("Alice", "one")
    world.commit("Alice")
    assert [event.kind for event in world.history[-1].events["Bob"]] == ["commit"]
    world.let_through("Bob")
    assert [event.data for event in world.history[-1].events["Bob"]] == [b"one"]
    assert world.reason_against("let_through", "Bob") == "Messages to Bob are not delayed"


def test_what_was_done_is_written_down_and_what_was_not_possible_is_not() -> None:
    world = World.of(["Alice", "Bob"])
    with pytest.raises(NotPossible):
        world.commit("Carol")
    world.commit("Bob", path=False)
    assert [str(act) for act in world.action_log] == [
        "device('Alice')",
        "device('Bob')",
        "create('Alice')",
        "add('Alice', 'Bob')",
        "commit('Bob', path=False)",
    ]


def test_whoever_sleeps_while_being_added_joins_when_released() -> None:
    world = World.of(6, awake=2)
    assert world.state("Bob") is not None
    assert world.state("Frank") is None
    world.commit("Bob")
    world.release("Frank")
    assert (world.history[-1].kind, world.devices["Frank"].state(GROUP_ID).epoch) == ("join", 2)


def test_a_removed_member_can_be_added_again() -> None:
    world = World.of(["Alice", "Bob"])
    world.remove("Alice", "Bob")
    world.add("Alice", "Bob")
    world.send("Bob", "back again")
    assert world.members == ("Alice", "Bob")
    assert [event.data for event in world.history[-1].events["Alice"]] == [b"back again"]


def test_a_name_must_be_one_of_a_person() -> None:
    for name in ("attacker", "server", " "):
        with pytest.raises(NotPossible):
            World().device(name)


def check(tmp_path: Path, case: object) -> FileResult:
    path = tmp_path / "passive-client-lab.json"
    path.write_text(json.dumps([case]))
    return check_file(path, lambda *_: None)


@pytest.mark.parametrize("suite", range(1, 8))
def test_what_a_member_received_is_a_passive_client_vector(tmp_path: Path, suite: int) -> None:
    world = World.of(["Alice", "Bob", "Carol"], suite=suite)
    world.update("Carol")
    world.commit("Alice")
    world.send("Bob", "in between")
    world.device("Dave")
    world.add("Carol", "Dave")
    world.remove("Alice", "Carol")
    case = world.export_vector()
    assert len(case["epochs"]) == 3
    assert check(tmp_path, case).failures == []


def test_an_exported_vector_with_a_wrong_authenticator_fails(tmp_path: Path) -> None:
    world = World.of(["Alice", "Bob"])
    world.commit("Alice")
    case = world.export_vector("Bob")
    case["epochs"][0]["epoch_authenticator"] = bytes(32).hex()
    assert len(check(tmp_path, case).failures) == 1


def test_a_vector_ends_where_its_member_was_removed(tmp_path: Path) -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.commit("Alice")
    world.remove("Alice", "Carol")
    world.commit("Bob")
    case = world.export_vector("Carol")
    assert len(case["epochs"]) == 1
    assert check(tmp_path, case).failures == []


def test_whoever_did_more_than_to_listen_makes_no_vector() -> None:
    world = World.of(["Alice", "Bob"])
    world.commit("Bob")
    with pytest.raises(NotPossible, match="Bob has sent proposals or commits"):
        world.export_vector("Bob")
    with pytest.raises(NotPossible, match="Alice has not joined by a Welcome"):
        world.export_vector("Alice")
    with pytest.raises(NotPossible, match="No member joined by a Welcome and then sent neither"):
        world.export_vector()


def test_a_world_can_be_replayed_from_what_one_member_received() -> None:
    world = busy_world()
    case = world.export_vector("Erin")
    trace = replay(case)
    assert [step["epoch"] for step in trace["steps"]] == [3, 4, 5]
    recorded = [step["commit"] for step in world.trace()["steps"] if step["commit"] is not None]
    assert [step["commit"] for step in trace["steps"][1:]] == recorded[-2:]


def test_what_leaks_can_be_judged_and_nothing_happens_in_the_world() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    before, heard = len(world.history), len(world.attacker.findings)
    bob = world.leak("Bob")
    world.commit("Bob")
    assert world.judge(bob).readable_epochs == (1,)
    assert world.judge(bob, world.leak("Carol", what="signature key")).readable_epochs == (1,)
    assert (len(world.history), len(world.attacker.findings)) == (before + 1, heard)
