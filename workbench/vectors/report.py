"""Results of vector files as a table for people and as JSON for programs, and the progress of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from workbench.vectors.run import FileResult

SHOWN_FAILURES = 10
"""How many failures of a file the table shows, so that it stays readable; `--json` lists all of them."""


def to_json(results: Iterable[FileResult]) -> dict[str, object]:
    """The results as JSON: `{"files": [...]}`; a file with failures has a list of them."""
    return {"files": [_file_to_json(result) for result in results]}


def _file_to_json(result: FileResult) -> dict[str, object]:
    listed = {"failures": [asdict(failure) for failure in result.failures]} if result.failures else {}
    return {
        "file": result.file,
        "format": result.format,
        **asdict(result.cases),
        "seconds": round(result.seconds, 3),
        "suites": {str(suite): asdict(tally) for suite, tally in sorted(result.suites.items())},
        **listed,
    }


def to_table(results: Sequence[FileResult]) -> str:
    """The results as text: a table with a row for each file and a column for each suite, then the failures."""
    suites = sorted({suite for result in results for suite in result.suites})
    columns = [f"{'suite ' * (at == 0)}{suite}" for at, suite in enumerate(suites)]
    head = ["file", "passed", "failed", "skipped", "seconds", *columns]
    rows = [head, *(_row(result, suites) for result in results), _total(results, len(suites))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    if any(tally.failed for result in results for tally in result.suites.values()):
        lines += ["", "In a suite's column, 12/13 says that 12 of 13 cases passed."]
    for result in results:
        lines += _failures(result)
    return "\n".join(lines)


def _row(result: FileResult, suites: Sequence[int]) -> list[str]:
    name = result.file if Path(result.file).stem == result.format else f"{result.file} ({result.format})"
    cells = []
    for suite in suites:
        tally = result.suites.get(suite)
        cells.append("" if tally is None else _passed_of(tally.passed, tally.passed + tally.failed + tally.skipped))
    cases = result.cases
    return [name, str(cases.passed), str(cases.failed), str(cases.skipped), f"{result.seconds:.2f}", *cells]


def _passed_of(passed: int, cases: int) -> str:
    return str(passed) if passed == cases else f"{passed}/{cases}"


def _total(results: Sequence[FileResult], suites: int) -> list[str]:
    tallies = [result.cases for result in results]
    sums = (
        sum(tally.passed for tally in tallies),
        sum(tally.failed for tally in tallies),
        sum(tally.skipped for tally in tallies),
    )
    files = f"{len(results)} file{'s' if len(results) != 1 else ''}"
    return [files, *map(str, sums), f"{sum(result.seconds for result in results):.2f}", *[""] * suites]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    return [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]


def _failures(result: FileResult) -> list[str]:
    if not result.failures:
        return []
    lines = ["", f"{result.file}:"]
    for failure in result.failures[:SHOWN_FAILURES]:
        suite = "" if failure.suite is None else f" (suite {failure.suite})"
        lines.append(f"  case {failure.case}{suite}: {failure.reason}")
    more = len(result.failures) - SHOWN_FAILURES
    return [*lines, f"  and {more} more, which --json lists"] if more > 0 else lines


BAR_WIDTH = 30


class ProgressBar:
    """A progress line that is drawn again and again on a terminal; elsewhere it draws nothing."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.shown = ""

    def show(self, name: str, done: int, total: int) -> None:
        """Draw the progress of the file called `name`."""
        filled = BAR_WIDTH * done // total
        line = f"{'█' * filled}{'░' * (BAR_WIDTH - filled)} {100 * done // total:3} % {name}"
        if line != self.shown and self.stream.isatty():
            self._draw(line)

    def clear(self) -> None:
        """Remove the progress line."""
        if self.shown:
            self._draw("")

    def _draw(self, line: str) -> None:
        self.stream.write(f"\r{line.ljust(len(self.shown))}" if line else f"\r{' ' * len(self.shown)}\r")
        self.stream.flush()
        self.shown = line
