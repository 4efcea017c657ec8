"""The compromise's Python side: the widget, and the still figure."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.widgets.told import matrix_at
from tests.widgets.views import still_picture
from widgets import SecurityMatrix
from widgets.shared import still
from workbench.lab import World
from workbench.lab.leaks import leak_of
from workbench.lab.scenarios import Scenario, scenario

SVG = "{http://www.w3.org/2000/svg}"


@cache
def story() -> Scenario:
    return scenario("retroactive break")


def html(matrix: SecurityMatrix) -> str:
    return matrix.kept()


def test_its_repr_says_the_verdict() -> None:
    assert repr(SecurityMatrix.of(story(), on=["Bob"])) == (
        'SecurityMatrix("Alice\'s group", after step 6 of 6: The attacker reads epoch 2. Healed so far in epoch 3, '
        "when Bob updated by a commit: the compromise of Dave would reopen epochs 3 to 5. The attacker can sign as "
        "Bob.)"
    )


def test_a_late_compromise_reopens_what_had_healed() -> None:
    said = repr(SecurityMatrix.of(story()))
    assert "Epoch 3 had healed and is open again by what leaked from Dave. The group has not healed." in said


def test_a_world_is_shown_at_its_last_step() -> None:
    world = World.of(["Alice", "Bob"])
    matrix = SecurityMatrix.of(world, on=[])
    assert (matrix.step, matrix.leaks, matrix.selected) == (len(world.history) - 1, [], {})
    assert "Nothing has leaked" in repr(matrix)


def test_a_compromise_that_was_put_on_in_the_browser_is_told_in_python_too() -> None:
    matrix = SecurityMatrix.of(story(), on=[])
    matrix.leaks = [{"device": "Carol", "at": 2}]
    assert "The attacker reads epochs 2 to 4. Healed so far in epoch 5, when Carol updated" in repr(matrix)
    matrix.step = 1
    assert "Nothing has leaked" in repr(matrix)


def test_a_step_or_leak_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="no step 6; its steps are 0 to 5"):
        SecurityMatrix.of(story(), step=6)
    with pytest.raises(ValueError, match="'Eve' is not a leak of this view; its leaks are Bob, Dave"):
        SecurityMatrix.of(story(), on=["Eve"])


def test_a_notebook_keeps_a_figure_and_a_player_and_the_same_ones_each_time() -> None:
    first, second = (html(SecurityMatrix.of(story())) for _ in range(2))
    assert first == second
    assert first.count("<figure") == 1
    assert "data-player=" in first


def test_the_page_is_one_file_that_allows_nothing_from_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "matrix.html"
    SecurityMatrix.of(story()).to_html(path)
    text = path.read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r'(?:src|href)="(?!data:)', text)


def test_the_figure_shows_every_epoch_and_cell() -> None:
    drawing = ET.fromstring(still_picture(SecurityMatrix.of(story())))  # noqa: S314 - our own text
    parts = [part.attrib["class"] for part in drawing.iter(f"{SVG}svg") if part is not drawing]
    told = matrix_at(SecurityMatrix.of(story()))
    columns = [f"mls-column is-{column['standing']}" for column in told["columns"]]
    cells = [
        " ".join(["mls-cell", f"is-{each['state']}", *([f"has-{each['key']}"] if each["key"] else [])])
        for each in told["cells"]
    ]
    assert [name.removesuffix(" is-open") for name in parts] == columns + cells


def test_its_words_stand_beside_it_for_those_who_cannot_see_it() -> None:
    text = SecurityMatrix.of(story())._figure()
    assert 'alt="Security of Alice\'s group after step 6 of 6: 4 members, 6 epochs"' in text
    assert "<figcaption>The attacker reads epochs 2 to 5." in text
    assert text.count("<tr>") == 1 + 6
    assert "<td>had healed, and is open again by what leaked from Dave</td>" in text


def test_the_figure_of_a_long_history_shows_the_end_and_says_so() -> None:
    world = World.of(["Alice", "Bob"])
    for _ in range(30):
        world.commit("Alice")
    matrix = SecurityMatrix.of(world)
    text = matrix._figure()
    assert "; the picture shows epochs 8 to 31, 2 members" in text
    assert still_picture(matrix).count('class="mls-column') == 24
    assert text.count("<tr>") == 1 + 32


def test_the_verdict_is_that_of_what_leaked_by_the_step() -> None:
    matrix = SecurityMatrix.of(story(), step=3)
    assert matrix.verdict().readable_epochs == (2,)
    matrix.step = 5
    assert matrix.verdict().readable_epochs == story().verdict().readable_epochs


def test_its_repr_says_less_without_quickjs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still, "_engine", _missing)
    assert repr(SecurityMatrix.of(story())).endswith("after step 6 of 6: The attacker reads 4 of 6 epochs.)")


def _missing() -> None:
    raise still.NotDrawn("QuickJS is not installed")


def test_a_matrix_starts_with_a_leak_that_is_on() -> None:
    world = World.of(["Alice", "Bob"])
    world.commit("Alice")
    assert SecurityMatrix.of(world).leaks == [{"device": "Alice", "at": 1}]
    assert "The attacker reads" in repr(SecurityMatrix.of(world))
    bob = leak_of(world, "Bob", at=1)
    assert SecurityMatrix(world, {"Bob, early": bob, "Bob, late": leak_of(world, "Bob", at=2)}).leaks == [
        {"name": "Bob, early"}
    ], "the first that is offered"
    world.compromise("Bob")
    world.commit("Bob")
    assert SecurityMatrix.of(world).leaks == [{"device": "Bob", "at": 3}], "what really leaked"
    assert SecurityMatrix.of(world, on=[]).leaks == []
    assert SecurityMatrix.of(world, leaks=[]).leaks == []
