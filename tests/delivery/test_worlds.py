"""Worlds of several notebooks share a room at one delivery service: each has its own devices, and records those."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count

import pytest

from tests.delivery.live import Live
from tests.delivery.notebook import Notebook
from tests.delivery.postgresql import Cluster
from tests.widgets.views import still_picture
from widgets import KeyLifetimes, RatchetTree, SecurityMatrix
from workbench.delivery import LateCommit, NoKeyPackage, Settings
from workbench.lab import NotPossible, World
from workbench.lab.counterfactual import counterfactual

pytestmark = pytest.mark.slow

ROOMS = count(1)


@pytest.fixture(scope="module")
def live(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    made = Live(cluster.create(), tmp_path_factory.mktemp("worlds"), "--set", "logins_rate=10000")
    yield made
    made.stop()


@pytest.fixture
def notebooks() -> Iterator[tuple[Notebook, Notebook]]:
    made = Notebook(), Notebook()
    yield made
    for each in made:
        each.close()


def test_two_notebooks_on_two_kernels_talk_through_the_service(
    live: Live, notebooks: tuple[Notebook, Notebook]
) -> None:
    hers, his = notebooks
    for notebook in notebooks:
        notebook.run(f"from workbench.lab import World\nworld = World(service={live.url!r}, room='kernels')")
    his.run("world.device('Bob')")
    hers.run("world.device('Alice'); world.create('Alice'); world.add('Alice', 'Bob'); world.send('Alice', 'Lunch?')")
    heard = his.run("for event in world.fetch('Bob'): print(event.text, event.data.decode())")
    assert heard == "Bob joined the group \nAlice sent a message Lunch?"
    his.run("world.commit('Bob'); world.send('Bob', 'At noon.')")
    heard = hers.run("for event in world.fetch('Alice'): print(event.text, event.data.decode())")
    assert heard == "Bob updated by a commit \nBob sent a message At noon."
    where = "print(world.epoch, world.state({!r}).secrets.epoch_authenticator.hex())"
    seen = hers.run(where.format("Alice"))
    assert seen == his.run(where.format("Bob"))
    assert seen.startswith("2 ")
    processes = {notebook.run("import os; print(os.getpid())") for notebook in notebooks}
    assert len(processes) == 2
    steps = json.loads(hers.run("import json; print(json.dumps([step.text for step in world.history]))"))
    assert steps[-2:] == ["Bob updated by a commit", "Bob sent a message"]


@pytest.fixture
def worlds(live: Live) -> Iterator[tuple[World, World]]:
    """Two worlds in a room of their own, with people whom no other test knows."""
    number = next(ROOMS)
    made = World(service=live.url, room=f"Room {number}"), World(service=live.url, room=f"Room {number}")
    made[0].device(f"Alice {number}")
    made[1].device(f"Bob {number}")
    yield made
    for each in made:
        each.close()


def people(worlds: tuple[World, World]) -> tuple[str, str]:
    return next(iter(worlds[0].devices)), next(iter(worlds[1].devices))


def met(worlds: tuple[World, World]) -> tuple[str, str]:
    """Alice has created the group and added Bob, whose device is in the other world."""
    alice, bob = people(worlds)
    worlds[0].create(alice)
    worlds[0].add(alice, bob)
    worlds[1].fetch(bob)
    return alice, bob


def test_what_others_send_is_recorded_step_by_step_and_read_by_an_attacker_with_a_device_here(
    worlds: tuple[World, World],
) -> None:
    here, there = worlds
    alice, bob = met(worlds)
    here.send(alice, "before")
    there.fetch(bob)
    there.compromise(bob)
    here.commit(alice)
    here.send(alice, "after the compromise")
    assert [event.kind for event in there.fetch(bob)] == ["commit", "message"]
    there.commit(bob)
    here.fetch(alice)
    here.send(alice, "healed")
    there.fetch(bob)
    assert [read.epoch for read in there.reads()] == [2]
    kinds = ["join", "message", "compromise", "commit", "message", "commit", "message"]
    assert [step.kind for step in there.history] == kinds
    assert {step.actor for step in there.history} == {alice, bob, "attacker"}
    trace = there.trace()
    senders = [[message["sender"] for message in step["messages"]] for step in trace["steps"]]
    elsewhere = next(holder for holder in trace["holders"] if holder["name"] == alice)
    assert not elsewhere["recorded"]
    assert senders == [[elsewhere["id"]], [elsewhere["id"]], [], *[[elsewhere["id"]]] * 2, [bob], [elsewhere["id"]]]
    assert trace["steps"][3]["commit"] is not None
    for picture in (RatchetTree, KeyLifetimes, SecurityMatrix):
        assert "<svg" in still_picture(picture.of(there))


def test_the_loser_of_a_race_is_told_and_goes_on_after_it_has_fetched(worlds: tuple[World, World]) -> None:
    here, there = worlds
    alice, bob = met(worlds)
    here.commit(alice)
    with pytest.raises(LateCommit):
        there.commit(bob)
    assert [event.kind for event in there.fetch(bob)] == ["commit"]
    assert there.fetch(bob) == ()
    there.commit(bob)
    here.fetch(alice)
    assert here.epoch == there.epoch == 3


def test_a_person_elsewhere_is_added_named_and_removed_and_does_not_act_here(worlds: tuple[World, World]) -> None:
    here, there = worlds
    alice, bob = people(worlds)
    here.create(alice)
    with pytest.raises(NoKeyPackage):
        here.add(alice, "Nobody")
    here.add(alice, bob)
    assert here.reason_against("send", bob, "hello") == f"There is no device of {bob}"
    assert here.reason_against("compromise", bob) == f"There is no device of {bob}"
    assert here.reason_against("external_sender", alice, bob) == f"There is no device of {bob}"
    there.fetch(bob)
    here.remove(alice, bob)
    assert [event.kind for event in there.fetch(bob)] == ["removed"]
    assert here.members == (alice,)


def test_a_device_that_is_held_back_misses_what_others_send_until_it_is_released(worlds: tuple[World, World]) -> None:
    here, there = worlds
    alice, bob = met(worlds)
    there.hold(bob)
    here.send(alice, "one")
    here.commit(alice)
    assert there.fetch(bob) == ()
    there.release(bob)
    assert there.epoch == 2
    assert [event.data for step in there.history for event in step.events[bob] if event.kind == "message"] == [b"one"]


def test_what_only_an_operator_can_do_is_not_possible(worlds: tuple[World, World], live: Live) -> None:
    here, _ = worlds
    alice, _ = met(worlds)
    for impossible in (
        lambda: here.service,
        lambda: here.inject("commit", b"", "a forgery"),
        lambda: counterfactual(here),
        lambda: World(service=live.url, settings=Settings()),
        lambda: here.fetch("Nobody"),
    ):
        with pytest.raises(NotPossible):
            impossible()
    assert repr(here) == f"World(service={live.url!r}, {alice} and {here.members[1]} in epoch 1, 2 steps)"


def test_a_world_with_its_own_service_has_nothing_to_fetch() -> None:
    world = World.of(["Alice", "Bob"])
    steps = len(world.history)
    assert world.fetch("Bob") == ()
    assert len(world.history) == steps
    world.close()


def test_who_knows_the_seed_does_not_know_the_keys(live: Live) -> None:
    worlds = [World(seed=7, service=live.url, room=f"seeds {number}") for number in range(2)]
    keys = {world.device(f"Dave {number}").signature_key() for number, world in enumerate(worlds)}
    psks = {world.group.environment.home.new_psk("lunch") for world in worlds}
    assert (len(keys), len(psks)) == (2, 2)
    assert World(7).device("Dave 0").signature_key() not in keys
    for world in worlds:
        world.close()
