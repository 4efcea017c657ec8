"""Python and JavaScript see the same picture and say the same words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from tests.widgets.views import lived, node, sample, through_other_doors
from workbench.lab import replay
from workbench.lab.environment import Handshakes
from workbench.lab.scenarios import scenario
from workbench.views.attacker import tree_under_attack
from workbench.views.describe import beat_sentence, node_label, picture_label, step_sentence
from workbench.views.frame import frame_at
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import RatchetTreeView

IN_JAVASCRIPT = """
import { readFileSync } from "node:fs";
import { frameAt, timeline } from "./widgets/frame.js";
import { nodeLabel, pictureLabel, sentence } from "./widgets/words.js";

const view = JSON.parse(readFileSync(process.argv.at(-1), "utf8"));
const time = timeline(view);
const said = view.steps.flatMap((step, index) => view.viewers.map(({ id, name }) => {
  const frame = frameAt(time, { step: index, beat: -1, viewer: id });
  const beats = step.beats.map((_, beat) => sentence(view, frameAt(time, { step: index, beat, viewer: id })));
  const labels = frame.marks.map((mark) => nodeLabel(mark, name));
  return [pictureLabel(view, frame), sentence(view, frame), ...beats, ...labels, [...frame.path]];
}));
console.log(JSON.stringify(said));
"""


def in_python(view: RatchetTreeView) -> list[list[object]]:
    """All words of a view: for each step and viewer those of the picture, the step, its beats, its nodes."""
    said: list[list[object]] = []
    for index, step in enumerate(view["steps"]):
        for viewer in view["viewers"]:
            frame = frame_at(view, index, viewer["id"])
            beats = [beat_sentence(view, index, beat, viewer["id"]) for beat in range(len(step["beats"]))]
            labels = [node_label(mark, viewer["name"]) for mark in frame.marks]
            path = [[child, kind] for child, kind in frame.path.items()]
            said.append([picture_label(view, frame), step_sentence(view, index, viewer["id"]), *beats, *labels, path])
    return said


def compare(view: RatchetTreeView, folder: Path) -> None:
    file = folder / "view.json"
    file.write_text(json.dumps(view), encoding="utf-8")
    assert in_python(view) == json.loads(node(IN_JAVASCRIPT, str(file)))


def test_python_and_javascript_say_the_same_of_the_sample(tmp_path: Path) -> None:
    compare(sample(), tmp_path)


@pytest.mark.parametrize("handshakes", ["public", "private"])
def test_python_and_javascript_say_the_same_of_a_real_group(handshakes: Handshakes, tmp_path: Path) -> None:
    compare(lived(handshakes), tmp_path)


@pytest.mark.parametrize("group", [0, 1])
def test_python_and_javascript_say_the_same_of_a_group_with_other_doors(group: int, tmp_path: Path) -> None:
    compare(through_other_doors()[group], tmp_path)


@pytest.mark.parametrize("name", ["retroactive break", "others' commits", "slowest device"])
def test_python_and_javascript_say_the_same_of_a_group_under_attack(name: str, tmp_path: Path) -> None:
    story = scenario(name)
    compare(cast("RatchetTreeView", json.loads(json.dumps(tree_under_attack(story.verdict())))), tmp_path)


def test_python_and_javascript_say_the_same_of_two_hundred_epochs_made_by_others(
    official_vectors: Path, tmp_path: Path
) -> None:
    case, *_ = json.loads((official_vectors / "passive-client-random.json").read_text("utf-8"))
    compare(cast("RatchetTreeView", json.loads(json.dumps(ratchet_tree_view(replay(case))))), tmp_path)
