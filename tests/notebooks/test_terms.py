"""The terms in what a picture says are introduced before it, in the lesson or in one that it builds on."""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.notebooks.store import NOTEBOOKS, lessons, read
from workbench.views.glossary import TERMS

TRAITS = re.compile(r'data-traits="([^"]*)"')
NAMES = sorted(TERMS, key=len, reverse=True)


def terms_in(text: str) -> set[str]:
    """The terms of the glossary in a text, each where it does not stand within a longer one."""
    found = set()
    rest = text.replace("_", " ")
    for name in NAMES:
        rest, number = re.subn(rf"(?<!\w){re.escape(name)}s?(?!\w)", "", rest, flags=re.IGNORECASE)
        if number:
            found.add(name)
    return found


def said_by(cell: Any) -> Iterator[str]:
    """What the pictures of a cell say: the sentence of each step and of each of its parts, and the names of secrets."""
    for output in cell.get("outputs", ()):
        for packed in TRAITS.findall(output.get("data", {}).get("text/html", "")):
            view = json.loads(zlib.decompress(b64decode(packed)))["view"]
            for step in view.get("steps", ()):
                if isinstance(step, str):
                    yield step
                    continue
                yield step.get("sentence", "")
                yield from (beat["sentence"] for beat in step.get("beats", ()))
            yield from (str(bar["name"]) for bar in view.get("secrets", ()) if isinstance(bar, dict) and "name" in bar)


def introduced_by(cell: Any) -> set[str]:
    """What a cell introduces: terms in italics beside a link into the RFC, and what a glossary shows."""
    if cell.cell_type == "code":
        shown = [output.get("data", {}).get("text/html", "") for output in cell.outputs]
        return {term for html in shown for term in re.findall(r"<dfn>(.*?)</dfn>", html)}
    if "rfc9420#" not in cell.source:
        return set()
    return {term for words in re.findall(r"\*([^*\n]+)\*", cell.source) for term in terms_in(words)}


@cache
def known_before(path: Path) -> frozenset[str]:
    """What is introduced in the lessons that one builds on."""
    needed = [NOTEBOOKS / name for name in re.findall(r"\]\((\d\d_\w+\.ipynb)\)", read(path).cells[0].source)]
    own = {term for lesson in needed for cell in read(lesson).cells for term in introduced_by(cell)}
    return frozenset(own.union(*map(known_before, needed)))


def unexplained(notebook: Any, known: set[str]) -> list[str]:
    """Each term that a picture uses before it is introduced, with the cell."""
    faults = []
    for cell in notebook.cells:
        known = known | introduced_by(cell)
        used = {term for said in said_by(cell) for term in terms_in(said)}
        faults += [f"{cell.id}: {term}" for term in sorted(used - known)]
    return faults


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_a_picture_uses_no_term_before_it_is_introduced(path: Path) -> None:
    assert unexplained(read(path), set(known_before(path))) == []


def test_a_term_that_nobody_has_introduced_is_found() -> None:
    lesson = read(lessons()[0])
    lesson.cells = [cell for cell in lesson.cells if cell.id != "words"]
    assert "tree-alice: joiner secret" in unexplained(lesson, set())
