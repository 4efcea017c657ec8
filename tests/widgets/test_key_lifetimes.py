"""The lifetimes' Python side."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.widgets.views import still_picture
from widgets.key_lifetimes import KeyLifetimes
from workbench.lab import World
from workbench.lab.scenarios import Scenario, scenario
from workbench.views.lifetimes import key_lifetimes_view


@cache
def story() -> Scenario:
    return scenario("retroactive break")


def html(shown: KeyLifetimes) -> str:
    return shown.kept()


def test_it_opens_with_a_compromise_from_the_first_device_after_the_last_step() -> None:
    shown = KeyLifetimes.of(story())
    assert (shown.device, shown.step, shown.leaks) == ("Alice", 5, [])
    assert shown._shown()["opened"] is None


def test_its_repr_says_what_is_shown_and_is_the_same_each_time() -> None:
    for _ in range(2):
        shown = KeyLifetimes.of(story(), device="Dave", step=4)
        assert repr(shown) == "KeyLifetimes(\"Alice's group\", Dave's device, compromise after step 5 of 6)"


def test_it_shows_a_world_that_is_still_going_on() -> None:
    world = World.of(["Alice", "Bob"])
    assert repr(KeyLifetimes.of(world)).endswith("compromise after step 2 of 2)")


def test_a_device_a_step_or_a_leak_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"'Eve' has no secrets .* Alice, Bob, Carol, Dave"):
        KeyLifetimes.of(story(), device="Eve")
    with pytest.raises(ValueError, match="no step 6; its steps are 0 to 5"):
        KeyLifetimes.of(story(), step=6)
    with pytest.raises(ValueError, match="'Eve' is not a leak of this view; its leaks are Bob, Dave"):
        KeyLifetimes.of(story(), leaks=["Eve"])


def test_a_notebook_keeps_a_figure_and_a_player_and_the_same_ones_each_time() -> None:
    first, second = (html(KeyLifetimes.of(story(), device="Dave")) for _ in range(2))
    assert first == second
    assert first.count("<figure") == 1
    assert "data-player=" in first


def test_the_page_is_one_file_that_allows_nothing_from_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "lifetimes.html"
    KeyLifetimes.of(story()).to_html(path)
    text = path.read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r'(?:src|href)="(?!data:)', text)


def test_in_the_figure_the_line_cuts_what_is_marked_as_leaked() -> None:
    view = key_lifetimes_view(story().recorded, story().leaks)
    for step in range(6):
        shown = KeyLifetimes(view, device="Dave", step=step)
        drawing = ET.fromstring(still_picture(shown))  # noqa: S314 - our own text
        line = next(each for each in drawing.iter() if each.get("class") == "mls-compromise-line")
        at = float(str(line.get("transform")).removeprefix("translate(").split()[0])
        for mark in (each for each in drawing.iter() if str(each.get("class")).startswith("mls-span")):
            body = next((part for part in mark if part.get("class") == "mls-span-body"), None)
            if body is not None:
                first, width = float(str(body.get("x"))), float(str(body.get("width")))
                assert ("is-taken" in str(mark.get("class"))) == (first < at < first + width)


def test_what_is_deleted_ends_with_a_strike() -> None:
    view = key_lifetimes_view(story().recorded)
    (leaf,) = (kind for kind in view["devices"]["Bob"] if kind["kind"] == "leaf")
    deleted = sum(bar["died"] is not None for bar in leaf["lanes"][0]["bars"])
    drawing = still_picture(KeyLifetimes(view, device="Bob", step=5, opened=[]))
    lane = re.search(r'<g class="mls-lane" data-kind="leaf".*?(?=<g class="mls-lane")', drawing)
    assert lane is not None
    assert lane[0].count("mls-strike") == deleted == 1
