"""The view's declaration in Python, its declaration in TypeScript, and views themselves say the same."""

from __future__ import annotations

import copy
from types import ModuleType
from typing import Any

import pytest

from tests.widgets.conform import faults
from tests.widgets.declarations import FILES, WIDGETS, declaration
from tests.widgets.views import lived, sample
from workbench.lab.environment import Handshakes
from workbench.views import lifetimes, schema


@pytest.mark.parametrize("module", FILES, ids=FILES.values())
def test_the_types_of_the_views_in_javascript_are_those_of_python(module: ModuleType) -> None:
    file = WIDGETS / FILES[module]
    assert file.read_text("utf-8") == declaration(module), "python -m tests.widgets.declarations writes it anew"


def test_a_declaration_names_what_it_takes_from_another_file() -> None:
    assert 'import type { SecurityView } from "../shared/security.d.ts";\n' in declaration(lifetimes)
    assert "import" not in declaration(schema)


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
