"""The moving picture on the front page is what the present code draws of a real group, and it tells the whole story."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from tests.house.front_page import ACTS, PICTURE, SECONDS, TURN, front_page_picture, scenes

LARGEST = 100_000
"""The most bytes of the picture, so that it appears at once, on a slow line too."""


@pytest.fixture(scope="module")
def stored() -> str:
    return PICTURE.read_text(encoding="utf-8")


def test_the_picture_on_the_front_page_is_up_to_date(stored: str) -> None:
    assert stored == front_page_picture() + "\n", "make docs draws it anew"


def test_it_is_light_and_loads_nothing(stored: str) -> None:
    assert len(stored.encode()) <= LARGEST
    assert not re.search(r"href|src|@import|url\((?!#)", stored)
    ET.fromstring(stored)  # noqa: S314 - our own text


def test_it_takes_forty_seconds_and_stands_still_for_a_reader_who_wants_no_motion(stored: str) -> None:
    assert SECONDS == 40
    assert len(re.findall(r"animation-delay", stored)) == len(ACTS)
    assert f"mls-scene {SECONDS}s step-end infinite" in stored
    assert "prefers-reduced-motion: reduce" in stored
    assert stored.count('class="mls-scene is-standing"') == 1


def test_the_story_is_that_an_idle_phone_opens_what_had_healed() -> None:
    story = list(scenes())
    healed, turn = story[TURN - 1], story[TURN]
    assert "locked out" in story[TURN - 2].lines[1]
    assert "cannot read it" in healed.lines[1]
    assert "At the old mill" not in healed.lines[2]
    assert "At the old mill" in turn.lines[2]
    assert "locked out" in story[TURN + 1].lines[1]
