"""A public class name of the workbench stands for one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

WORKBENCH = Path(__file__).parents[2] / "workbench"


def places_of_classes(folder: Path) -> dict[str, list[str]]:
    """The files that define each public class at their top level."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(str(path.relative_to(folder)))
    return places


def test_no_two_public_classes_have_one_name() -> None:
    assert {name: places for name, places in places_of_classes(WORKBENCH).items() if len(places) > 1} == {}


def test_two_classes_of_one_name_are_found(tmp_path: Path) -> None:
    for name in ("lab.py", "views.py"):
        (tmp_path / name).write_text("class Step:\n    pass\n\n\nclass _Hidden:\n    pass\n")
    assert {name: len(places) for name, places in places_of_classes(tmp_path).items()} == {"Step": 2}
