"""The views of a history that goes on are those of the whole history, and only what is new is made."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from workbench.inspect.trace_format import Trace
from workbench.lab import World
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.views.playground import GrowingPlayground
from workbench.views.ratchet_tree import GrowingTree, ratchet_tree_view
from workbench.views.timeline import GrowingTimeline
from workbench.views.timeline_sources import world_line

ACTIONS: list[Callable[[World], object]] = [
    lambda world: world.device("Carol"),
    lambda world: world.commit("Alice"),
    lambda world: world.join("Carol"),
    lambda world: world.send("Carol", "hello"),
    lambda world: (world.hold("Alice"), world.hold("Bob")),
    lambda world: world.send("Carol", "Nobody hears this yet."),
    lambda world: (world.release("Alice"), world.release("Bob")),
    lambda world: world.compromise("Bob"),
    lambda world: world.device("Dave"),
    lambda world: world.add("Alice", "Dave"),
    lambda world: world.remove("Dave", "Carol"),
    lambda world: world.commit("Dave"),
]


def test_after_each_action_the_view_is_that_of_the_whole_history() -> None:
    world, growing = World.of(["Alice", "Bob"]), GrowingTree()
    earlier = growing.view(world.trace())
    for act in ACTIONS:
        kept = json.dumps(earlier)
        act(world)
        view = growing.view(world.trace())
        assert view == ratchet_tree_view(world.trace())
        assert json.dumps(earlier) == kept, "a view that was given out has changed"
        earlier = view


def test_after_each_action_all_views_of_a_playground_are_those_of_the_whole_history() -> None:
    world, growing = World.of(["Alice", "Bob"]), GrowingPlayground()
    earlier = growing.view(world)
    for act in ACTIONS:
        kept = json.dumps(earlier)
        act(world)
        view = growing.view(world)
        assert view == GrowingPlayground().view(world)
        assert json.dumps(earlier) == kept, "a view that was given out has changed"
        earlier = view


def test_another_world_is_shown_from_its_beginning() -> None:
    growing = GrowingPlayground()
    for names in (["Alice", "Bob"], ["Carol", "Dave", "Erin"], ["Alice", "Bob"]):
        world = World.of(names)
        world.send(names[0], "hello")
        world.remove(names[1], names[0])
        assert growing.view(world) == GrowingPlayground().view(world)


def test_a_signature_that_the_timeline_has_checked_is_not_checked_again() -> None:
    world, growing = World.of(["Alice", "Bob"]), GrowingTimeline()
    world.commit("Bob")
    before = growing.view([world_line(world)], "growing")["branches"][0]["steps"]
    world.commit("Alice")
    after = growing.view([world_line(world)], "growing")["branches"][0]["steps"]
    assert all(one["signatures"] is other["signatures"] for one, other in zip(before, after, strict=False))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_that_is_shown_step_by_step_is_shown_as_the_whole(name: str) -> None:
    trace, growing = scenario(name).world.trace(), GrowingTree()
    for count in range(1, len(trace["steps"]) + 1):
        until = _until(trace, count)
        assert growing.view(until) == ratchet_tree_view(until)


def test_only_new_steps_are_made() -> None:
    world, growing = World.of(["Alice", "Bob"]), GrowingTree()
    before = growing.view(world.trace())
    world.commit("Alice")
    after = growing.view(world.trace())
    assert all(one is other for one, other in zip(before["steps"], after["steps"], strict=False))
    assert after["keyframe"] is before["keyframe"]


def test_another_history_is_shown_from_its_beginning() -> None:
    growing = GrowingTree()
    for names in (["Alice", "Bob"], ["Carol", "Dave", "Erin"]):
        trace = World.of(names).trace()
        assert growing.view(trace) == ratchet_tree_view(trace)


def _until(trace: Trace, count: int) -> Trace:
    """The trace as it was after some steps: the holders who came later are not in it."""
    steps = trace["steps"][:count]
    seen = {holder for step in steps for holder in (*step["places"], *step["keys_learned"], step["actor"])}
    last = max(number for number, holder in enumerate(trace["holders"]) if holder["id"] in seen)
    return {**trace, "holders": trace["holders"][: last + 1], "steps": steps}
