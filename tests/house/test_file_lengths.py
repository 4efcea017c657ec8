"""No file has more than 450 lines: a longer file holds several things, and is split."""

from __future__ import annotations

from pathlib import Path

from tests.house.test_tracked_files import text_of, tracked

LIMIT = 450


def lengths(repository: Path) -> dict[str, int]:
    """How many lines each tracked source and test file has."""
    files = [path for path in tracked(repository) if path.suffix in {".py", ".js"}]
    names = {str(path.relative_to(repository)): path for path in files}
    return {
        name: len(text_of(path).splitlines())
        for name, path in names.items()
        if name.startswith(("tests/", "workbench/", "widgets/"))
    }


def too_long(lines: dict[str, int]) -> list[str]:
    """The files over the limit."""
    return [f"{name} has {count} lines, and may have {LIMIT}" for name, count in lines.items() if count > LIMIT]


def test_no_file_is_longer_than_it_may_be(repository: Path) -> None:
    found = lengths(repository)
    assert "workbench/mls/wire/codec.py" in found
    assert too_long(found) == []


def test_a_long_file_is_found() -> None:
    assert too_long({"tests/test_it.py": LIMIT}) == []
    assert too_long({"tests/test_it.py": LIMIT + 1}) == ["tests/test_it.py has 451 lines, and may have 450"]
