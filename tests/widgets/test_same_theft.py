"""Python and JavaScript say the same of every theft, and stand the same rows above each other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_type_hints, is_typeddict

import pytest

from tests.adversary.histories import history
from tests.widgets.views import REPOSITORY, node
from widgets.lifetimes_figure import rows_of
from workbench.lab.compromise import case_of
from workbench.lab.scenarios import scenario
from workbench.views import lifetimes
from workbench.views.lifetimes import KeyLifetimesView, key_lifetimes_view
from workbench.views.theft import instant, loot_words, table_rows, theft_of, theft_sentence

IN_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { openAtFirst, rowsOf } from "./widgets/lifetimes_geometry.js";
import { instant, lootWords, tableRows, theftOf, theftSentence } from "./widgets/loot.js";
import { caseOf } from "./widgets/verdict.js";

const { view, asked } = JSON.parse(readFileSync(process.argv.at(-1), "utf8"));
const given = caseOf(view.security);
console.log(JSON.stringify(asked.map(([device, step, others]) => {
  const theft = theftOf(view, given, { device, step, others });
  const rows = [openAtFirst(view, device), ["epoch"]].map((opened) => rowsOf(view, device, opened));
  return {
    words: [instant(view, step), theftSentence(view, theft), ...lootWords(view, theft)],
    table: tableRows(view, theft),
    known: [...theft.knowledge.keys()].sort((a, b) => a - b),
    open: [theft.epochs, theft.messages],
    rows: rows.map((all) => all.map(({ name, fold, inner, bars, band }) => [name, fold, inner, bars, band])),
  };
})));
"""

DECLARATION = (REPOSITORY / "widgets" / "lifetimes.d.ts").read_text("utf-8")
TYPED_DICTS = {
    name: value
    for name, value in vars(lifetimes).items()
    if is_typeddict(value) and value.__module__ == lifetimes.__name__
}


def in_python(view: KeyLifetimesView, device: str, step: int, others: list[str]) -> dict[str, object]:
    theft = theft_of(view, device, step, others)
    rows = [rows_of(view, device), rows_of(view, device, ["epoch"])]
    return {
        "words": [instant(view, step), theft_sentence(view, theft), *loot_words(view, theft)],
        "table": [list(row) for row in table_rows(view, theft)],
        "known": sorted(theft.known),
        "open": [list(theft.epochs), list(theft.messages)],
        "rows": [[[row.name, row.fold, row.inner, list(row.bars), list(row.band)] for row in every] for every in rows],
    }


def compare(view: KeyLifetimesView, others: list[str], folder: Path) -> None:
    steps = range(len(view["security"]["steps"]))
    asked = [(device, step, named) for device in view["devices"] for step in steps for named in ([], others)]
    file = folder / "asked.json"
    file.write_text(json.dumps({"view": view, "asked": asked}), "utf-8")
    assert json.loads(node(IN_JAVASCRIPT, str(file))) == [in_python(view, *each) for each in asked]


@pytest.mark.parametrize("name", ["retroactive break", "slowest device", "deletion", "pre-shared key"])
def test_of_a_scenario_with_its_leaks(name: str, tmp_path: Path) -> None:
    story = scenario(name)
    compare(key_lifetimes_view(story.case, story.leaks), list(story.leaks), tmp_path)


@pytest.mark.parametrize("seed", range(3))
def test_of_random_histories(seed: int, tmp_path: Path) -> None:
    compare(key_lifetimes_view(case_of(history(seed))), [], tmp_path)


@pytest.mark.parametrize("name", TYPED_DICTS)
def test_each_typed_dict_has_the_same_fields_in_typescript(name: str) -> None:
    block = re.search(rf"export interface {name} \{{(.*?)\n\}}", DECLARATION, re.DOTALL)
    assert block is not None
    assert set(re.findall(r"^  (\w+):", block[1], re.MULTILINE)) == set(get_type_hints(TYPED_DICTS[name]))
