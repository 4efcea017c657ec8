"""Running vector files: from paths to results."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from workbench.mls.errors import MLSError
from workbench.vectors.case import CaseFailed, VectorCase, nobody_watches, reason_of
from workbench.vectors.formats import FORMATS, Format, tell_format


class UnreadableFile(Exception):
    """A path without vectors that can be run; the message says why."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failed case: its place in the file, counted from 0, and the reason."""

    case: int
    suite: int | None
    reason: str


@dataclass(slots=True)
class VectorTally:
    """The numbers of passed, failed and skipped cases; no case is skipped, an unsupported one is a failure."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0


@dataclass(slots=True)
class FileResult:
    """The results of one file, in total and by cipher suite."""

    file: str
    format: str
    cases: VectorTally = field(default_factory=VectorTally)
    suites: dict[int, VectorTally] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, case: int, suite: int | None, reason: str | None) -> None:
        """Add one case; `reason` is None if it passed."""
        tallies = [self.cases] if suite is None else [self.cases, self.suites.setdefault(suite, VectorTally())]
        for tally in tallies:
            if reason is None:
                tally.passed += 1
            else:
                tally.failed += 1
        if reason is not None:
            self.failures.append(Failure(case, suite, reason))


def check_paths(
    paths: Iterable[Path], on_step: Callable[[str, int, int], None]
) -> Iterator[FileResult | UnreadableFile]:
    """Run files and folders of files. An unreadable path gives an `UnreadableFile` and does not stop the others.

    `on_step` is called with a file's name, the number of finished steps in it, and the number of all its steps.
    """
    for path in paths:
        try:
            files = find_files(path)
        except UnreadableFile as fault:
            yield fault
            continue
        for file in files:
            try:
                yield check_file(file, partial(on_step, file.name))
            except UnreadableFile as fault:
                yield fault


def find_files(path: Path) -> tuple[Path, ...]:
    """The file itself, or all JSON files in a folder and below it. Raises `UnreadableFile`."""
    try:
        if not path.is_dir():
            return (path,)
        files = tuple(sorted(file for file in path.rglob("*.json") if file.is_file()))
    except OSError as fault:
        raise UnreadableFile(f"{path}: {fault.strerror}") from fault
    if not files:
        raise UnreadableFile(f"{path}: this folder holds no .json file")
    return files


def check_file(path: Path, on_step: Callable[[int, int], None]) -> FileResult:
    """Run all cases of a file; each object in it is a step. Raises `UnreadableFile`."""
    cases = _read_cases(path)
    kind = tell_format(cases)
    if kind is None:
        known = ", ".join(each.name for each in FORMATS)
        raise UnreadableFile(f"{path}: the cases are of no known format; known are {known}")
    steps = _count_objects(cases)
    taken = itertools.count(1)

    def on_read() -> None:
        on_step(min(next(taken), steps), steps)

    result = FileResult(str(path), kind.name)
    started = time.perf_counter()
    for at, values in enumerate(cases):
        on_read()
        result.count(at, _suite_of(kind, values), check_case(kind, values, on_read))
    result.seconds = time.perf_counter() - started
    return result


def check_case(kind: Format, values: object, on_read: Callable[[], None] = nobody_watches) -> str | None:
    """Why a case fails; None if it passes."""
    if not isinstance(values, dict):
        return "the case is not a JSON object"
    try:
        kind.check(VectorCase(values, on_read=on_read))
    except (CaseFailed, MLSError) as fault:
        return reason_of(fault)
    return None


def _read_cases(path: Path) -> list[object]:
    try:
        cases = json.loads(path.read_bytes())
    except OSError as fault:
        raise UnreadableFile(f"{path}: {fault.strerror}") from fault
    except json.JSONDecodeError as fault:
        raise UnreadableFile(f"{path}: this is not JSON, or only a part of it: {fault}") from fault
    except UnicodeDecodeError as fault:
        raise UnreadableFile(f"{path}: this is not text: {fault}") from fault
    except (ValueError, RecursionError) as fault:
        raise UnreadableFile(f"{path}: no vectors are nested so deep or hold such numbers: {fault}") from fault
    if not isinstance(cases, list) or not cases:
        raise UnreadableFile(f"{path}: the file must be an array of cases with at least one in it")
    return cases


def _count_objects(value: object) -> int:
    match value:
        case dict():
            return 1 + sum(map(_count_objects, value.values()))
        case list():
            return sum(map(_count_objects, value))
        case _:
            return 0


def _suite_of(kind: Format, values: object) -> int | None:
    suite = values.get("cipher_suite") if kind.by_suite and isinstance(values, dict) else None
    return suite if isinstance(suite, int) else None
