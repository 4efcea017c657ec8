"""What a picture shows and says, computed by its own JavaScript: what a viewer sees of a tree, and is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from widgets.still import run
from workbench.views.schema import RatchetTreeView

_TREE = """\
import { frameAt, timeline } from "./frame.js";
import { nodeLabel, pictureLabel, sentence } from "./words.js";
return (view, places) => {
  const time = timeline(view);
  return places.map(([step, beat, viewer]) => {
    const frame = frameAt(time, { step, beat, viewer });
    const labels = frame.marks.map((mark) => nodeLabel(mark, frame.viewer.name));
    const words = { said: sentence(view, frame), name: pictureLabel(view, frame), labels };
    return { marks: frame.marks, path: [...frame.path], ...words };
  });
};
"""


def frames(view: RatchetTreeView, places: Sequence[tuple[int, int, str]]) -> list[Any]:
    """What is on the picture at some steps and beats (-1: the step is over), for these viewers."""
    return list(run(_TREE, view, places))


def frame_at(view: RatchetTreeView, step: int, viewer: str, beat: int = -1) -> Any:
    """What is on the picture after a step, or in one of its beats: marks, path, and what is said of them."""
    return frames(view, [(step, beat, viewer)])[0]


def step_sentence(view: RatchetTreeView, step: int, viewer: str) -> str:
    """What a viewer is told of a step."""
    return str(frame_at(view, step, viewer)["said"])


def beat_sentence(view: RatchetTreeView, step: int, beat: int, viewer: str) -> str:
    """What a viewer is told of one beat of a step."""
    return str(frame_at(view, step, viewer, beat)["said"])
