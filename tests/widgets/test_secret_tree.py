"""The secret tree as a widget: what it shows at first, and what it refuses."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from widgets import SecretTree
from workbench.lab import World
from workbench.mls import Policy
from workbench.mls.schedule.secret_tree import RatchetLimits


@cache
def told() -> World:
    world = World.of(["Alice", "Bob"], policy=Policy(ratchets=RatchetLimits(forward=9, behind=5)))
    world.send("Alice", "hello")
    return world


def test_it_opens_at_the_last_step_through_the_first_viewers_eyes() -> None:
    picture = SecretTree.of(told())
    assert repr(picture) == 'SecretTree("Alice\'s group", seen by Alice after step 3 of 3)'
    assert picture.view["limits"] == {"forward": 9, "behind": 5, "past_epochs": 0}, "those of the devices"


@pytest.mark.parametrize("wrong", [{"step": 3}, {"step": -1}, {"viewer": "Eve"}, {"epoch": 7}, {"message": 1}])
def test_what_the_view_does_not_have_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="this view"):
        SecretTree.of(told(), **wrong)


def test_the_words_alone_name_the_key_of_each_message() -> None:
    _, _, rows = SecretTree.of(told())._words()
    assert rows == [["step 3", "application", "epoch 1, leaf 0", "application key 0"]]
