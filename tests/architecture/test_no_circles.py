"""Imports go one way: no circle among modules, nor among the folders of a folder, not for types either."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest
from grimp import ImportGraph, build_graph


def circles(graph: ImportGraph) -> list[list[str]]:
    """Modules that import each other, and folders or files in one folder that do; imports for types count too."""
    found = _circles_among(graph, graph.modules)
    for folder in graph.modules:
        found += _circles_among(graph, graph.find_children(folder))
    return found


def _circles_among(graph: ImportGraph, nodes: set[str]) -> list[list[str]]:
    """The circles among some modules, each of which stands for all that is in it, if none of the others is."""
    arrows: nx.DiGraph[str] = nx.DiGraph()
    for importer in graph.modules:
        start = _part(importer, nodes)
        for imported in graph.find_modules_directly_imported_by(importer):
            end = _part(imported, nodes)
            if start and end and start != end:
                arrows.add_edge(start, end)
    return [sorted(circle) for circle in nx.strongly_connected_components(arrows) if len(circle) > 1]


def _part(module: str, nodes: set[str]) -> str | None:
    """The one of some modules that a module is, or in which it is."""
    while module not in nodes:
        module, dot, _ = module.rpartition(".")
        if not dot:
            return None
    return module


def test_nothing_imports_what_imports_it() -> None:
    assert circles(build_graph("workbench", "widgets", cache_dir=None)) == []


@pytest.mark.parametrize(
    ("imports", "expected"),
    [
        ({"a/x": "b.y", "b/y": "b.z"}, []),
        ({"a/x": "b.y", "b/y": "b.z", "b/z": "a.x"}, [["a.x", "b.y", "b.z"], ["a", "b"]]),
        ({"a/x": "b.y", "b/z": "a.w"}, [["a", "b"]]),
        ({"a/x": "a.w", "a/w": "a.x"}, [["a.w", "a.x"], ["a.w", "a.x"]]),
    ],
    ids=["one way", "three modules", "two folders", "two files of a folder"],
)
@pytest.mark.parametrize(
    "form", ["{}", "if TYPE_CHECKING:\n    {}", "def late():\n    {}"], ids=["plain", "type", "late"]
)
def test_a_circle_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, imports: dict[str, str], expected: list[list[str]], form: str
) -> None:
    for module in ("a/__init__", "b/__init__", "a/x", "a/w", "b/y", "b/z", "__init__"):
        path = tmp_path / "circular" / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        line = form.format(f"import circular.{imports[module]}") if module in imports else ""
        path.write_text(f"from typing import TYPE_CHECKING\n{line}\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found = circles(build_graph("circular", cache_dir=None))
    assert sorted(found) == sorted([f"circular.{name}" for name in circle] for circle in expected)
