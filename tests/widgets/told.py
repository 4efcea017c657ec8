"""What a picture shows and says, computed by its own JavaScript: what a viewer sees, what an attacker gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from widgets.security_matrix import SecurityMatrix
from widgets.shared.still import run
from workbench.views.lifetimes import KeyLifetimesView
from workbench.views.schema import RatchetTreeView
from workbench.views.security import SecurityView
from workbench.views.server import ServerView

_TREE = """\
import { frameAt, timeline } from "./ratchet_tree/frame.js";
import { nodeLabel, pictureLabel, sentence } from "./ratchet_tree/words.js";
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


_COMPROMISES = """\
import { instant, leakedWords, tableRows, compromiseOf, compromiseSentence } from "./key_lifetimes/compromise.js";
import { recordedHistory } from "./shared/verdict.js";
return (view, asked) => {
  const given = recordedHistory(view.security);
  return asked.map(([device, step, others]) => {
    const compromise = compromiseOf(view, given, { device, step, others });
    const known = [...compromise.knowledge.keys()].sort((a, b) => a - b);
    const words = { said: compromiseSentence(view, compromise), instant: instant(view, step), leaked: leakedWords(view,
    compromise) }; return { ...compromise, known, ...words, table: tableRows(view, compromise) };
  });
};
"""


def device_compromises(view: KeyLifetimesView, asked: Sequence[tuple[str, int, Sequence[str]]]) -> list[Any]:
    """What compromises get and open: each of all on a device after a step, together with named leaks."""
    return list(run(_COMPROMISES, view, asked))


def compromise_of(view: KeyLifetimesView, device: str, step: int, others: Sequence[str] = ()) -> Any:
    """What a compromise gets and opens, in numbers and in words."""
    return device_compromises(view, [(device, step, others)])[0]


_SERVER = """\
import { frameOf } from "./server_knowledge/frame.js";
import { sentence, tableRows } from "./server_knowledge/words.js";
return (view, asked) => asked.map(([padding, delay]) => {
  const frame = frameOf(view, padding, delay);
  return { ...frame, view: null, said: sentence(frame), table: tableRows(frame) };
});
"""


def server_knowledge(view: ServerView | dict[str, Any], asked: Sequence[tuple[int, int]]) -> list[Any]:
    """What is on the picture of what the server knows, under paddings (by index) and delays (in seconds)."""
    return list(run(_SERVER, view, list(asked)))


_COMPROMISE = """\
import { cellAt, frameAt, opened } from "./security_matrix/frame.js";
import { cellLabel, columnLabel, tableRows, verdictSentence } from "./security_matrix/words.js";
return (view, leaks, steps) => steps.map((step) => {
  const frame = frameAt(opened(view), leaks, step);
  const places = view.members.flatMap(({ id }) => frame.columns.map((_, column) => [id, column]));
  const cells = places.map(([id, column]) => [id, column, cellAt(frame, id, column)]);
  return {
    columns: frame.columns,
    cells: cells.map(([, , cell]) => cell),
    said: verdictSentence(frame),
    heads: frame.columns.map((column) => `${columnLabel(frame, column)}. ${column.sentence}`),
    labels: cells.map((cell) => cellLabel(frame, ...cell)),
    table: tableRows(frame),
  };
});
"""


def compromises(
    view: SecurityView | dict[str, Any], leaks: Sequence[Mapping[str, object]], steps: Sequence[int]
) -> list[Any]:
    """What is on the picture of a compromise after some steps: columns, cells (member by member), and their words."""
    return list(run(_COMPROMISE, view, leaks, list(steps)))


def matrix_at(matrix: SecurityMatrix) -> Any:
    """What is on the picture of a matrix."""
    return compromises(matrix.view, matrix.leaks, [matrix.step])[0]
