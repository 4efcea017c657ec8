"""The picture's own module knows of a compromise what the verdict in Python knows."""

from __future__ import annotations

import pytest

from tests.adversary.histories import history
from tests.widgets.told import device_compromises
from workbench.adversary.leak import Leak
from workbench.lab import World
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.scenarios import scenario
from workbench.views.lifetimes import key_lifetimes_view


def compare(world: World, leaks: dict[str, Leak]) -> None:
    recorded = recorded_history(world)
    view = key_lifetimes_view(recorded, leaks)
    steps = range(len(view["security"]["steps"]))
    asked = [(device, step, list(named)) for device in view["devices"] for step in steps for named in ({}, leaks)]
    for (device, step, named), found in zip(asked, device_compromises(view, asked), strict=True):
        there = device in world.history[step].device_states
        taken = [leak_of(world, device, at=step, recorded=recorded)] if there else []
        verdict = recorded.judge([*taken, *(leaks[name] for name in named)])
        numbers = verdict.recorded.deduction_rules.numbers
        assert found["known"] == sorted(numbers[fact] for fact in verdict.knowledge.facts())
        assert found["epochs"] == list(verdict.readable_epochs)
        read = [view["security"]["messages"][index]["step"] for index in found["messages"]]
        assert read == [message.step for message in verdict.readable_messages]


@pytest.mark.parametrize("name", ["retroactive break", "slowest device", "deletion", "pre-shared key"])
def test_of_a_scenario_with_its_leaks(name: str) -> None:
    story = scenario(name)
    compare(story.world, dict(story.leaks))


@pytest.mark.parametrize("seed", range(3))
def test_of_random_histories(seed: int) -> None:
    compare(history(seed, groups=False), {})
