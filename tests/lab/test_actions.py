"""Each action is told once: the world's methods, the controls, the reasons and the action log read the same table."""

from __future__ import annotations

import inspect

import pytest

from widgets.controls.controls import FREQUENT_ACTIONS, MORE_ACTIONS
from workbench.lab import NotPossible, World
from workbench.lab.action_log import PerformedAction
from workbench.lab.actions import ACTIONS, repeat
from workbench.lab.actions.action import Action


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_every_action_is_a_method_of_the_world_with_the_same_words(action: Action) -> None:  # type: ignore[type-arg]
    method = getattr(World, action.name)
    assert method.__doc__ == action.perform.__doc__
    assert list(inspect.signature(method).parameters)[1:] == list(inspect.signature(action.perform).parameters)[1:]
    assert action.label
    assert action.hint


@pytest.mark.parametrize("name", [*FREQUENT_ACTIONS, *MORE_ACTIONS])
def test_what_a_button_has_to_be_told_is_what_its_action_takes(name: str) -> None:
    action = ACTIONS[name]
    needed = [argument for argument in action.arguments if not argument.is_optional]
    assert all(argument.missing for argument in needed)
    inspect.signature(action.perform).bind("the group", *(argument.name for argument in needed))


def test_an_action_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(NotPossible, match="There is no action 'fly'; there are device, create, commit"):
        World().reason_against("fly", "Alice")
    with pytest.raises(NotPossible, match="There is no action 'fly'"):
        repeat(PerformedAction("fly"), World().group)


def test_of_two_members_with_one_name_that_one_leaves_whose_leaf_is_named() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.remove_leaf("Alice", world.group.leaf("Bob"))
    assert world.members == ("Alice", "Carol")


def test_a_key_is_shared_with_all_members_if_nobody_is_named() -> None:
    world = World.of(["Alice", "Bob"])
    world.device("Carol")
    world.share_psk("tea")
    assert [name for name, device in world.devices.items() if b"tea" in device.device_state.psks] == ["Alice", "Bob"]


def test_a_commit_with_a_key_is_refused_to_a_member_who_does_not_hold_the_key() -> None:
    world = World.of(["Alice", "Bob"])
    reason = "Alice does not hold the pre-shared key “tea”"
    assert world.reason_against("commit_with_psk", "Alice", "tea") == reason
    with pytest.raises(NotPossible, match=reason):
        world.commit_with_psk("Alice", "tea")
    world.share_psk("tea")
    world.commit_with_psk("Alice", "tea")
    assert [str(performed) for performed in world.action_log][-2:] == [
        "share_psk('tea')",
        "commit_with_psk('Alice', 'tea')",
    ]


def test_worlds_of_the_same_group_are_equal() -> None:
    world = World.of(["Alice", "Bob"])
    branch = world.branch("Alice", "Bob")
    assert world.groups == (world, branch)
    assert len({world, branch, *world.groups}) == 2
    assert world != branch
