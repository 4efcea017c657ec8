"""The compromise's Python side: the widget, and the still figure."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.widgets.views import node
from widgets import SecurityMatrix
from widgets.matrix_figure import cell_shapes, head_shapes, matrix_figure, matrix_picture, width_for
from workbench.lab import World
from workbench.lab.scenarios import Scenario, scenario
from workbench.views.security_frame import Column
from workbench.views.security_words import cell_label, column_label

SVG = "{http://www.w3.org/2000/svg}"


@cache
def story() -> Scenario:
    return scenario("retroactive break")


def html(matrix: SecurityMatrix) -> str:
    bundle: Any = matrix._repr_mimebundle_()
    return str(bundle[0]["text/html"])


def test_its_repr_says_the_verdict() -> None:
    assert repr(SecurityMatrix.of(story(), on=["Bob"])) == (
        'SecurityMatrix("Alice\'s group", after step 6 of 6: The thief reads epoch 2. Healed so far at 3, when Bob '
        "updated by a commit: the theft of Dave would reopen epochs 3 to 5. The thief can sign as Bob.)"
    )


def test_a_late_theft_reopens_what_had_healed() -> None:
    said = repr(SecurityMatrix.of(story()))
    assert "Epoch 3 had healed and is open again by what leaked from Dave. The group has not healed." in said


def test_a_world_is_shown_without_leaks_at_its_last_step() -> None:
    world = World.of(["Alice", "Bob"])
    matrix = SecurityMatrix.of(world)
    assert (matrix.step, matrix.leaks, matrix.selected) == (len(world.history) - 1, [], {})
    assert "Nothing has leaked" in repr(matrix)


def test_a_theft_that_was_put_on_in_the_browser_is_told_in_python_too() -> None:
    matrix = SecurityMatrix.of(story(), on=[])
    matrix.leaks = [{"device": "Carol", "at": 2}]
    assert "The thief reads epochs 2 to 4. Healed so far at 5, when Carol updated" in repr(matrix)
    matrix.step = 1
    assert "Nothing has leaked" in repr(matrix)


def test_a_step_or_leak_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="no step 6; its steps are 0 to 5"):
        SecurityMatrix.of(story(), step=6)
    with pytest.raises(ValueError, match="'Eve' is no leak here; those here are Bob, Dave"):
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


def test_the_figure_shows_every_epoch_and_cell_with_its_words() -> None:
    frame = SecurityMatrix.of(story())._frame()
    drawing = ET.fromstring(matrix_picture(frame))  # noqa: S314 - our own text
    titles = [part.findtext(f"{SVG}title") for part in drawing.iter(f"{SVG}svg") if part is not drawing]
    columns = [f"{column_label(frame, column)}. {column.sentence}" for column in frame.columns]
    cells = [
        cell_label(frame, member["id"], column, frame.cell(member["id"], column))
        for member in frame.view["members"]
        for column in range(len(frame.columns))
    ]
    assert titles == columns + cells


def test_its_words_stand_beside_it_for_those_who_cannot_see_it() -> None:
    text = matrix_figure(SecurityMatrix.of(story())._frame())
    assert 'alt="Security of Alice&#x27;s group after step 6 of 6: 4 members, 6 epochs"' in text
    assert "<figcaption>The thief reads epochs 2 to 5." in text
    assert text.count("<tr>") == 1 + 6
    assert "<td>had healed, and is open again by what leaked from Dave</td>" in text


def test_the_figure_of_a_long_history_shows_the_end_and_says_so() -> None:
    world = World.of(["Alice", "Bob"])
    for _ in range(30):
        world.commit("Alice")
    text = matrix_figure(SecurityMatrix.of(world)._frame())
    assert "; the picture shows epochs 8 to 31, 2 members" in text
    image = b64decode(re.findall(r"base64,([^\"]+)", text)[0]).decode()
    assert image.count('class="mls-column') == 24
    assert text.count("<tr>") == 1 + 32


def test_names_cannot_break_out_of_it() -> None:
    world = World.of(["<b>Al", "Bob"])
    matrix = SecurityMatrix.of(world)
    assert "<b>" not in matrix_figure(matrix._frame())
    assert "<b>" not in matrix_picture(matrix._frame())


IN_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { cellAt, frameAt, opened } from "./widgets/matrix_frame.js";
import { cellShapes, headShapes, widthFor } from "./widgets/matrix_marks.js";

const { view, leaks, columns, widths } = JSON.parse(readFileSync(process.argv.at(-1), "utf8"));
const frame = frameAt(opened(view), leaks, view.steps.length - 1);
const cells = view.members.flatMap(({ id }) => frame.columns.map((_, column) => cellAt(frame, id, column)));
const shapes = widths.flatMap((width) => [
  ...cells.map((cell) => cellShapes(cell, width)),
  ...[...frame.columns, ...columns].map((column) => headShapes(column, "Somebody with a name", width)),
]);
console.log(JSON.stringify([shapes, [1, 6, 200].map((count) => widthFor(588, count))]));
"""


@pytest.mark.parametrize(
    "name", ["retroactive break", "deletion", "slowest device", "removed member", "bad randomness"]
)
def test_figure_and_live_picture_draw_the_same_marks(name: str, tmp_path: Path) -> None:
    matrix = SecurityMatrix.of(scenario(name))
    frame = matrix._frame()
    many = tuple(str(number) for number in range(120))
    more = [Column(7, "", 0, 0, "healed"), Column(8, "", 0, 0, "healed", many), Column(9, "", 0, 0, "reopened", by="a")]
    told = [
        {"epoch": each.epoch, "standing": each.standing, "reopeners": each.reopeners, "by": each.by} for each in more
    ]
    file = tmp_path / "asked.json"
    asked = {"view": matrix.view, "leaks": matrix.leaks, "columns": told, "widths": [52, 91]}
    file.write_text(json.dumps(asked), "utf-8")
    cells = [frame.cell(each["id"], column) for each in frame.view["members"] for column in range(len(frame.columns))]
    shapes = []
    for width in (52, 91):
        shapes += [cell_shapes(cell, width) for cell in cells]
        shapes += [head_shapes(column, "Somebody with a name", width) for column in [*frame.columns, *more]]
    plain = [[[tag, attributes, *([text] if text else [])] for tag, attributes, text in each] for each in shapes]
    assert json.loads(node(IN_JAVASCRIPT, str(file))) == [plain, [width_for(588, count) for count in (1, 6, 200)]]
