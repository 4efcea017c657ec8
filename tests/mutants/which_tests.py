"""Which tests run which line of the source: those are the tests that can notice a change of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from coverage import CoverageData

Tests: TypeAlias = set[str | None]


@dataclass(frozen=True)
class WhichTests:
    """For each file and line the tests that run it, and how much each test runs; `None` stands for an import."""

    by_line: Mapping[str, Mapping[int, Tests]]
    breadth: Mapping[str, int]

    def of(self, path: str, line: int) -> list[str]:
        """The tests that run a line, the narrow ones first.

        What runs when a file is imported can matter to each test of its package: those come after the ones that run
        the line themselves.
        """
        found = self.by_line.get(path, {}).get(line, set())
        tests = self._sorted(found - {None})
        if None in found:
            package = "/".join(path.split("/")[:2])
            lines = (lines for other, lines in self.by_line.items() if other.startswith(f"{package}/"))
            others = set[str | None]().union(*(each for by_line in lines for each in by_line.values()))
            tests += self._sorted(others - found)
        return tests

    def _sorted(self, tests: Tests) -> list[str]:
        return sorted(filter(None, tests), key=lambda test: (self.breadth[test], test))


def read(data_file: Path, tree: Path) -> WhichTests:
    """What a run of the tests with `--cov-context=test` has written down."""
    data = CoverageData(str(data_file))
    data.read()
    by_line: dict[str, dict[int, Tests]] = {}
    breadth: Counter[str] = Counter()
    for measured in data.measured_files():
        lines: dict[int, Tests] = defaultdict(set)
        for line, contexts in data.contexts_by_lineno(measured).items():
            lines[line] = {_function(context) for context in contexts}
            breadth.update(filter(None, lines[line]))
        by_line[str(Path(measured).relative_to(tree))] = lines
    return WhichTests(by_line, breadth)


def _function(context: str) -> str | None:
    """The test function of a context; its parameters may hold characters that no command line takes."""
    return context.rpartition("|")[0].partition("[")[0] or None
