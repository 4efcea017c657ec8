"""No file has more than 450 lines: a longer file holds several things, and is split."""

from __future__ import annotations

from pathlib import Path

from tests.house.test_tracked_files import text_of, tracked

LIMIT = 450
LONGER = {
    "workbench/mls/wire/messages.py": (545, "structs that contain one another (RFC 9420 §6, §8, §11, §12)"),
}
"""Files that are longer for now: how many lines each may have at most, and why. The list only shrinks."""


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
    """The errors in these lengths: files over the limit, and exceptions that are no longer needed."""
    allowed = {name: limit for name, (limit, _) in LONGER.items()}
    grown = [
        f"{name} has {count} lines, and may have {allowed.get(name, LIMIT)}"
        for name, count in lines.items()
        if count > allowed.get(name, LIMIT)
    ]
    needless = [
        f"{name} needs no exception any more: take it off the list" for name in LONGER if lines.get(name, 0) <= LIMIT
    ]
    return grown + needless


def test_no_file_is_longer_than_it_may_be(repository: Path) -> None:
    found = lengths(repository)
    assert len(found) > len(LONGER)
    assert too_long(found) == []


def test_a_long_file_a_grown_one_and_a_needless_exception_are_found() -> None:
    listed = {name: limit for name, (limit, _) in LONGER.items()}
    assert too_long(listed | {"tests/test_it.py": LIMIT}) == []
    assert too_long(listed | {"tests/test_it.py": LIMIT + 1}) == ["tests/test_it.py has 451 lines, and may have 450"]
    for name, limit in listed.items():
        assert too_long(listed | {name: limit + 1}) == [f"{name} has {limit + 1} lines, and may have {limit}"]
        needless = f"{name} needs no exception any more: take it off the list"
        assert too_long(listed | {name: LIMIT}) == [needless]
        assert too_long({other: count for other, count in listed.items() if other != name}) == [needless]
