"""The reader's own folder: lessons come in, the reader's work stays, and only what was brought is trusted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from tests.notebooks.store import METADATA
from workbench.lessons.folder import RECORD, bring

LESSON = "00_sums.ipynb"


def lesson(source: str) -> str:
    cell = nbformat.v4.new_code_cell(source, id="sum")
    return str(nbformat.writes(nbformat.v4.new_notebook(metadata=METADATA, cells=[cell])))


@pytest.fixture(autouse=True)
def _own_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is trusted here is written down in a place of its own."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    (folder / LESSON).write_text(lesson("1 + 1"), "utf-8")
    return folder


def is_trusted(path: Path) -> bool:
    notary = NotebookNotary()
    try:
        return bool(notary.check_signature(nbformat.read(path, as_version=4)))
    finally:
        notary.store.close()


def content(folder: Path) -> dict[str, Any]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != RECORD}


def test_the_lessons_are_brought_as_they_are(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "my" / "lessons"
    assert bring(shipped, own) == []
    assert content(own) == content(shipped)


def test_what_the_reader_has_written_is_never_overwritten(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    bring(shipped, own)
    (own / LESSON).write_text(lesson("my own sum"), "utf-8")
    (own / "notes.txt").write_text("mine", "utf-8")
    before = content(own)
    assert bring(shipped, own) == []
    assert content(own) == before


def test_a_lesson_that_the_reader_has_not_changed_is_replaced_by_a_newer_one(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    bring(shipped, own)
    (shipped / LESSON).write_text(lesson("2 + 2"), "utf-8")
    assert bring(shipped, own) == []
    assert content(own) == content(shipped)


def test_a_newer_lesson_leaves_the_readers_work_and_says_so_each_time(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    bring(shipped, own)
    (own / LESSON).write_text(lesson("my own sum"), "utf-8")
    (shipped / LESSON).write_text(lesson("2 + 2"), "utf-8")
    for _ in range(2):
        (sentence,) = bring(shipped, own)
        assert "is as you left it, but the lesson has changed since" in sentence
    assert (own / LESSON).read_text("utf-8") == lesson("my own sum")
    (own / LESSON).rename(own / "mine.ipynb")
    assert bring(shipped, own) == []
    assert (own / LESSON).read_text("utf-8") == lesson("2 + 2")


@pytest.mark.parametrize("record", [None, "{", "[]", json.dumps({LESSON: "another"})])
def test_without_a_record_what_differs_counts_as_the_readers_work(
    shipped: Path, tmp_path: Path, record: str | None
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / LESSON).write_text(lesson("from somewhere"), "utf-8")
    if record is not None:
        (own / RECORD).write_text(record, "utf-8")
    assert len(bring(shipped, own)) == 1
    assert (own / LESSON).read_text("utf-8") == lesson("from somewhere")


def test_only_what_was_brought_is_trusted(shipped: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    shutil.copy(shipped / LESSON, own / "copy.ipynb")
    (own / "foreign.ipynb").write_text(lesson("import antigravity"), "utf-8")
    assert not is_trusted(shipped / LESSON)
    bring(shipped, own)
    assert is_trusted(own / LESSON)
    assert not is_trusted(own / "foreign.ipynb")
    (own / LESSON).write_text(lesson("import antigravity"), "utf-8")
    bring(shipped, own)
    assert not is_trusted(own / LESSON)
