"""The key schedule as a widget: what it shows at first, what it refuses, and its exports."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.widgets.views import still_picture
from widgets import KeySchedule
from widgets.key_schedule.exporter import EXPORTS_AT_MOST
from workbench.lab import World
from workbench.mls import Misuse, export_secret


@cache
def told() -> World:
    world = World.of(["Alice", "Bob"])
    world.commit("Bob")
    return world


def test_it_opens_at_the_last_step_through_the_first_viewers_eyes() -> None:
    assert repr(KeySchedule.of(told())) == 'KeySchedule("Alice\'s group", epoch 2, seen by Alice after step 3 of 3)'
    assert repr(KeySchedule.of(told(), epoch=1, viewer="attacker", step=1)) == (
        'KeySchedule("Alice\'s group", epoch 1, seen by the attacker after step 2 of 3)'
    )


def test_a_pre_shared_key_is_named_beside_its_mark() -> None:
    world = World.of(["Alice", "Bob"])
    world.share_psk("tea", "Alice", "Bob")
    world.commit("Alice", psks=["tea"])
    assert ">psk “tea”</text>" in still_picture(KeySchedule.of(world))


@pytest.mark.parametrize("wrong", [{"step": 3}, {"step": -1}, {"viewer": "Eve"}, {"epoch": 7}])
def test_what_the_view_does_not_have_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="this view"):
        KeySchedule.of(told(), **wrong)


def test_an_export_is_the_one_that_every_member_makes() -> None:
    picture = KeySchedule.of(told())
    state = told().state("Alice")
    assert state is not None
    assert picture.export("call", "with Bob", 20) == export_secret(state, "call", b"with Bob", 20)
    assert picture.exports[-1]["length"] == 20
    assert {each["epoch"] for each in picture.exports[:-1]} == {0, 1, 2}, "a saved page has one export of each epoch"
    assert picture.export("call", "with Bob", 20, epoch=1) != export_secret(state, "call", b"with Bob", 20)


def test_a_reader_gets_an_answer_to_each_wish() -> None:
    picture = KeySchedule.of(told())
    asked: dict[str, object] = {"epoch": 2, "label": "a", "context": "", "length": 16}
    picture.set_trait("asked", asked | {"number": 1})
    assert (picture.answer, len(picture.exports)) == ({"number": 1, "words": ""}, 4)
    wishes: list[dict[str, object]] = [{"length": 9000}, {"length": "ten"}, {"epoch": 9}, {"label": 5}]
    for number, wrong in enumerate(wishes, start=2):
        picture.set_trait("asked", asked | wrong | {"number": number})
        assert picture.answer["number"] == number
        assert str(picture.answer["words"]).endswith(".")
    assert len(picture.exports) == 4
    with pytest.raises(Misuse):
        picture.export("a", "", 70_000)


def test_only_the_latest_exports_are_kept() -> None:
    picture = KeySchedule.of(told())
    for number in range(EXPORTS_AT_MOST + 3):
        picture.export(f"label {number}")
    assert len(picture.exports) == EXPORTS_AT_MOST
    assert picture.exports[-1]["label"] == f"label {EXPORTS_AT_MOST + 2}"
