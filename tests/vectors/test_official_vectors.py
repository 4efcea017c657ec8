"""Every case of every official file passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.vectors import FileResult, check_file

pytestmark = pytest.mark.no_cover

CASES = {
    "crypto-basics": 7,
    "deserialization": 14,
    "key-schedule": 7,
    "message-protection": 7,
    "messages": 300,
    "passive-client-handling-commit": 91,
    "passive-client-random": 1,
    "passive-client-welcome": 56,
    "psk_secret": 77,
    "secret-tree": 21,
    "transcript-hashes": 7,
    "tree-math": 10,
    "tree-operations": 5,
    "tree-validation": 98,
    "treekem": 77,
    "welcome": 7,
}

WITHOUT_SUITE = {"deserialization", "messages", "tree-math"}
SUITE_1_ONLY = {"passive-client-random", "tree-operations"}


@pytest.mark.parametrize("name", CASES)
def test_every_case_of_an_official_file_passes(name: str, official_vectors: Path) -> None:
    result = check_file(official_vectors / f"{name}.json", lambda _done, _steps: None)
    assert result.failures == []
    assert (result.cases.passed, result.cases.skipped) == (CASES[name], 0)
    assert result.format == name
    assert _cases_by_suite(result) == _expected_by_suite(name)


def test_there_are_sixteen_official_files_with_785_cases(official_vectors: Path) -> None:
    assert {path.stem for path in official_vectors.glob("*.json")} == set(CASES)
    assert sum(CASES.values()) == 785


def _cases_by_suite(result: FileResult) -> dict[int, int]:
    return {suite: tally.passed for suite, tally in result.suites.items()}


def _expected_by_suite(name: str) -> dict[int, int]:
    if name in WITHOUT_SUITE:
        return {}
    suites = range(1, 2) if name in SUITE_1_ONLY else range(1, 8)
    return {suite: CASES[name] // len(suites) for suite in suites}
