"""Texts that no file of the project may contain: a path on somebody's machine, the address of a registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

FORBIDDEN = {
    "a path in somebody's home": re.compile(r"/(?:home|Users)/[A-Za-z0-9._-]+/|/root/|[A-Z]:\\Users\\"),
    "a path of a temporary folder": re.compile(r"/(?:tmp|var/folders)/[A-Za-z0-9._-]+/"),
    "the address of a packaged file": re.compile(r'"resolved":|https?://[^\s"\']+\.(?:whl|tgz|tar\.gz)\b'),
    "the choice of an index": re.compile(r"^--?(?:i|index-url|extra-index-url|find-links)\b", re.MULTILINE),
}
# These files contain the patterns for which this test looks.
EXAMPLES = {"tests/house/test_tracked_files.py", "tests/notebooks/test_form.py"}
PLANTED = {
    "a path in somebody's home": 'File "/home/alice/mls/run.py"',
    "a path of a temporary folder": "see /tmp/x1/lesson.ipynb",
    "the address of a packaged file": '"resolved": "https://example.org/x.tgz"',
    "the choice of an index": "--index-url https://example.org/simple",
}


def tracked(repository: Path) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=True).stdout
    files = [repository / name for name in listed.decode().split("\0") if name]
    return [path for path in files if str(path.relative_to(repository)) not in EXAMPLES]


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="ignore") if path.is_file() else ""


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_tracked_file_holds(repository: Path, what: str) -> None:
    files = tracked(repository)
    assert files
    found = [str(path.relative_to(repository)) for path in files if FORBIDDEN[what].search(text_of(path))]
    assert found == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_planted_one_is_found(what: str) -> None:
    assert FORBIDDEN[what].search(PLANTED[what])


def test_nothing_that_a_build_makes_is_tracked(repository: Path) -> None:
    made = {"__pycache__", "node_modules", ".venv", "dist", ".ipynb_checkpoints"}
    assert [path for path in tracked(repository) if made & set(path.relative_to(repository).parts)] == []
