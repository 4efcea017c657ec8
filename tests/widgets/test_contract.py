"""The view's declaration in Python, its declaration in TypeScript, and views themselves say the same."""

from __future__ import annotations

import copy
import re
from typing import Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from tests.widgets.conform import faults
from tests.widgets.views import REPOSITORY, lived, sample
from workbench.lab.environment import Handshakes
from workbench.views import derivation, schema

DECLARATION = (REPOSITORY / "widgets" / "view.d.ts").read_text("utf-8")
TYPED_DICTS = {name: value for name, value in vars(schema).items() if is_typeddict(value)}


@pytest.mark.parametrize("name", TYPED_DICTS)
def test_each_typed_dict_has_the_same_fields_in_typescript(name: str) -> None:
    block = re.search(rf"export interface {name} \{{(.*?)\n\}}", DECLARATION, re.DOTALL)
    assert block is not None
    fields = set(re.findall(r"^  (\w+\??):", block[1], re.MULTILINE))
    hints = get_type_hints(TYPED_DICTS[name], include_extras=True)
    assert fields == {f"{field}?" if get_origin(hint) is NotRequired else field for field, hint in hints.items()}


@pytest.mark.parametrize(
    "name", ["LeakWords", "DerivedFact", "Call", "Line", "Arrow", "Place", "Arrangement", "DerivationView"]
)
def test_a_derivation_has_the_same_fields_in_typescript(name: str) -> None:
    declaration = (REPOSITORY / "widgets" / "derivation.d.ts").read_text("utf-8")
    block = re.search(rf"export interface {name} \{{(.*?)\n\}}", declaration, re.DOTALL)
    assert block is not None
    fields = set(re.findall(r"^  (\w+):", block[1], re.MULTILINE))
    assert fields == get_type_hints(getattr(derivation, name)).keys()


@pytest.mark.parametrize("name", ["BeatKind", "How", "StepKind", "ViewerKind", "Source"])
def test_each_choice_has_the_same_cases_in_typescript(name: str) -> None:
    cases = set(get_args(getattr(schema, name)))
    unions = re.findall(r'(?:=|:)((?:\s*\|?\s*"\w+")+);', DECLARATION)
    assert cases in [set(re.findall(r'"(\w+)"', union)) for union in unions]


def test_the_sample_is_a_view() -> None:
    assert faults(sample(), schema.RatchetTreeView) == []


@pytest.mark.parametrize("handshakes", ["public", "private"])
def test_what_the_lab_records_is_a_view(handshakes: Handshakes) -> None:
    assert faults(lived(handshakes), schema.RatchetTreeView) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["keyframe", "epoch"], "4"),
        (["keyframe", "nodes", "0", "kind"], "root"),
        (["steps", 1, "beats", 0, "kind"], "dance"),
        (["steps", 1, "path", "nodes", 0, "envelopes", 0, "opened_by"], None),
        (["steps", 1, "beats", 1, "edges", 0], [1]),
        (["steps", 0, "surprise"], 1),
    ],
)
def test_what_is_no_view_is_found_out(path: list[str | int], value: object) -> None:
    view: Any = copy.deepcopy(sample())
    inner = view
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    assert len(faults(view, schema.RatchetTreeView)) >= 1
