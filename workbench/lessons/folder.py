"""A folder of the reader's own: the lessons are brought there, and what the reader has written is never overwritten.

    bring(Path("notebooks"), Path("my-lessons"))     sentences about what was left as it is

A lesson that the reader has not changed is replaced when there is a newer one. `.brought.json` says which bytes were
brought; if it is missing or damaged, every lesson that differs counts as the reader's work.

JupyterLab runs the pictures stored in a notebook only if it trusts the notebook. The lessons that were brought, and
nothing else in the folder, are signed for that.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import nbformat
from nbformat.sign import NotebookNotary

RECORD = ".brought.json"


def bring(lessons: Path, folder: Path) -> list[str]:
    """Bring all lessons into a folder, which is made if it is missing, and trust them there.

    Gives a sentence for each lesson that has changed since the reader wrote in an earlier form of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    brought = _read_record(folder)
    left: list[str] = []
    shipped = sorted(lessons.glob("*.ipynb"))
    for lesson in shipped:
        new, place = lesson.read_bytes(), folder / lesson.name
        if not _place(new, place, brought.get(lesson.name)):
            if brought.get(lesson.name) != _digest(new):
                left.append(
                    f"{place} is as you left it, but the lesson has changed since. To get the new one as well, "
                    "give yours another name and start again."
                )
            continue
        brought[lesson.name] = _digest(new)
    _write(json.dumps(brought, indent=1).encode(), folder / RECORD)
    _trust(shipped)
    return left


def _place(new: bytes, place: Path, brought: str | None) -> bool:
    """Put a lesson in its place, unless the reader's work stands there; gives whether it stands there now."""
    with suppress(FileExistsError):
        # "x" never writes over a file, not even over one that has come this instant.
        with place.open("xb") as file:
            file.write(new)
        return True
    present = place.read_bytes()
    if present == new:
        return True
    if _digest(present) != brought:
        return False
    _write(new, place)
    return True


def _write(content: bytes, place: Path) -> None:
    """Replace a file at once, so that no half of it is ever there."""
    beside = place.with_name(f"{place.name}.new")
    beside.write_bytes(content)
    os.replace(beside, place)  # noqa: PTH105 - Path.replace reads as a change of text


def _read_record(folder: Path) -> dict[str, str]:
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _trust(lessons: list[Path]) -> None:
    """Sign the lessons as they are shipped: JupyterLab then trusts each notebook with this content, and no other."""
    notary = NotebookNotary()
    try:
        for lesson in lessons:
            notary.sign(nbformat.read(lesson, as_version=4))
    finally:
        notary.store.close()
