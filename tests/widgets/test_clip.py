"""Clips: a history as one animated SVG that loads nothing, from Python, from the playground and from a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from widgets.playground.clip import SCENES_AT_MOST, clip
from widgets.playground.session import Session
from workbench.cli import main
from workbench.lab import NotPossible, World
from workbench.lab.shared_history import SharedHistory


@pytest.fixture(scope="module")
def world() -> World:
    made = World.of(["Alice", "<Bob> & Carol's"], seed=3)
    made.compromise("Alice")
    made.send("<Bob> & Carol's", "</text><script>alert(1)</script> " + "a long word " * 20)
    return made


def test_a_clip_has_a_scene_for_each_step_loads_nothing_and_runs_nothing(world: World) -> None:
    made = clip(world, viewer="attacker", seconds=2)
    ET.fromstring(made)  # noqa: S314 - our own text
    assert made.count('class="mls-scene') == len(world.history)
    assert f"mls-scene {2 * len(world.history)}s step-end infinite" in made
    assert not re.search(r"<script|href|src=|@import|url\((?!#)", made)
    assert "The attacker has read: “&lt;/text&gt;&lt;script&gt;" in made


def test_a_clip_stands_still_at_one_step_for_a_reader_who_wants_no_motion(world: World) -> None:
    made = clip(world, standing=1)
    assert "@media (prefers-reduced-motion: reduce)" in made
    assert made.count("is-standing") == 2  # its rule and its scene
    assert made.index('class="mls-scene is-standing"') > made.index('class="mls-scene"')


def test_long_lines_are_broken_and_make_the_picture_higher(world: World) -> None:
    last = len(world.history) - 1
    long, short = clip(world, steps=range(last, last + 1)), clip(world, steps=range(1))
    heights = [int(ET.fromstring(made).attrib["height"]) for made in (long, short)]  # noqa: S314 - our own text
    assert heights[0] > heights[1]
    rows = re.findall(r'<text class="is-line-0"[^>]*>([^<]*)<', long)
    assert len(rows) > 2


@pytest.mark.parametrize("steps", [range(0), range(2, 9), range(-1, 2), range(SCENES_AT_MOST + 1)])
def test_steps_that_are_not_there_or_too_many_are_refused(world: World, steps: range) -> None:
    with pytest.raises(NotPossible, match="steps"):
        clip(world, steps=steps)


def test_the_playground_saves_its_history_as_a_clip(world: World) -> None:
    session = Session(world)
    given = {**session.begin(), "asked": {"number": 7, "do": "clip"}, "viewer": "nobody that there is"}
    changes = session.answer(given)
    assert changes["answer"] == {"number": 7, "words": ""}
    assert changes["saved"]["clip"] == clip(world)


def test_a_terminal_makes_the_clip_of_a_saved_history_and_of_a_link(world: World, tmp_path: Path) -> None:
    history, made = SharedHistory.of(world), tmp_path / "x.svg"
    file = tmp_path / "history.json"
    file.write_text(json.dumps(history.to_json()), encoding="utf-8")
    assert main(["clip", str(file), "-o", str(made), "--steps", "2-3", "--viewer", "server"]) == 0
    assert made.read_text("utf-8") == clip(world, viewer="server", steps=range(1, 3)) + "\n"
    link = f"http://127.0.0.1:8430/playground?history={history.to_text()}&step=2"
    assert main(["clip", link, "-o", str(made)]) == 0
    assert made.read_text("utf-8") == clip(world) + "\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--viewer", "Zoe"], "not a viewer"), (["--steps", "1-9"], "has the steps 1 to"), ([], "")],
)
def test_what_cannot_be_a_clip_is_said_in_one_line(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    file = tmp_path / "history.json"
    file.write_text(json.dumps(SharedHistory.of(world).to_json()) if options else "{", encoding="utf-8")
    assert main(["clip", str(file), *options]) == 2
    said = capsys.readouterr().err
    assert said.startswith("workbench clip: ")
    assert words in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("options", [["--steps", "3"], ["--steps", "3-2"], ["--seconds", "0"], ["--seconds", "x"]])
def test_steps_and_seconds_are_checked(options: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["clip", "history.json", *options])
