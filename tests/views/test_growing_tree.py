"""The view of a history that goes on is the view of the whole history, and only what is new is made."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from workbench.inspect.trace_format import Trace
from workbench.lab import World
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.views.ratchet_tree import GrowingTree, ratchet_tree_view

ACTIONS: list[Callable[[World], object]] = [
    lambda world: world.device("Carol"),
    lambda world: world.commit("Alice"),
    lambda world: world.join("Carol"),
    lambda world: world.send("Carol", "hello"),
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
