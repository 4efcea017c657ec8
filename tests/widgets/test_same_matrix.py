"""Python and JavaScript see the same picture of a compromise, and say the same words."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path

import pytest

from tests.adversary.histories import history
from tests.widgets.views import node
from workbench.adversary.leak import Leak
from workbench.adversary.verdict import Case
from workbench.lab.compromise import case_of, compromise
from workbench.lab.scenarios import SCENARIOS, scenario
from workbench.views import security_words as words
from workbench.views.security import SecurityView, security_view
from workbench.views.security_frame import SecurityFrame

IN_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { cellAt, frameAt, opened } from "./widgets/matrix_frame.js";
import * as words from "./widgets/matrix_words.js";

const { view, leaks } = JSON.parse(readFileSync(process.argv.at(-1), "utf8"));
const opening = opened(view);
console.log(JSON.stringify(view.steps.map((_, step) => {
  const frame = frameAt(opening, leaks, step);
  const places = view.members.flatMap(({ id }) => frame.columns.map((_, column) => [id, column]));
  const cells = places.map(([id, column]) => [id, column, cellAt(frame, id, column)]);
  return {
    columns: frame.columns,
    cells: cells.map(([, , cell]) => cell),
    said: [
      words.matrixLabel(frame),
      words.verdictSentence(frame),
      ...frame.columns.map((column) => words.columnLabel(frame, column)),
      ...cells.map((cell) => words.cellLabel(frame, ...cell)),
    ],
    table: words.tableRows(frame),
  };
})));
"""


def in_python(case: Case, view: SecurityView, leaks: list[Leak]) -> list[object]:
    """The picture after each step, as it is drawn and as it is told."""
    pictures: list[object] = []
    for step in range(len(view["steps"])):
        frame = SecurityFrame.at(case, view, leaks, step)
        places = [(member["id"], column) for member in view["members"] for column in range(len(frame.columns))]
        cells = [(*place, frame.cell(*place)) for place in places]
        said = [
            words.matrix_label(frame),
            words.verdict_sentence(frame),
            *(words.column_label(frame, column) for column in frame.columns),
            *(words.cell_label(frame, *cell) for cell in cells),
        ]
        pictures.append(
            {
                "columns": [dataclasses.asdict(column) for column in frame.columns],
                "cells": [dataclasses.asdict(cell) for _, _, cell in cells],
                "said": said,
                "table": words.table_rows(frame),
            }
        )
    return pictures


def compare(case: Case, view: SecurityView, leaks: list[Leak], told: list[dict[str, object]], folder: Path) -> None:
    file = folder / "view.json"
    file.write_text(json.dumps({"view": view, "leaks": told}), "utf-8")
    assert json.loads(node(IN_JAVASCRIPT, str(file))) == json.loads(json.dumps(in_python(case, view, leaks)))


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_scenarios_look_and_read_the_same(name: str, tmp_path: Path) -> None:
    story = scenario(name)
    told: list[dict[str, object]] = [{"name": name} for name in story.leaks]
    compare(story.case, security_view(story.case, story.leaks), list(story.leaks.values()), told, tmp_path)


@pytest.mark.parametrize("seed", range(20, 26))
def test_thefts_from_random_histories_look_and_read_the_same(seed: int, tmp_path: Path) -> None:
    world, dice = history(seed), random.Random(seed)  # noqa: S311 - dice, not keys
    case = case_of(world)
    steps = [dice.randrange(len(world.history)) for _ in range(3)]
    leaks = [
        compromise(world, dice.choice(sorted(world.history[at].holdings)), at=at, case=case)
        for at in dict.fromkeys(steps)
    ]
    told: list[dict[str, object]] = [{"device": leak.device, "at": leak.at} for leak in leaks]
    compare(case, security_view(case), leaks, told, tmp_path)
