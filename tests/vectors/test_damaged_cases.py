"""A case that breaks its format fails with a reason, and the run goes on."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.vectors.cases import cases_of, leaves, small_sample, verdict, with_value, without

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

FORMATS = (
    "crypto-basics",
    "deserialization",
    "key-schedule",
    "message-protection",
    "messages",
    "passive-client-handling-commit",
    "psk_secret",
    "secret-tree",
    "transcript-hashes",
    "tree-math",
    "tree-operations",
    "tree-validation",
    "treekem",
    "welcome",
)

OF_NO_USE: tuple[object, ...] = ("zz", "0", "\ud800", "é", [], {}, None, -1, 1.5, True, 2**70)


@pytest.mark.parametrize("name", FORMATS)
def test_a_missing_field_is_named(name: str, official_vectors: Path) -> None:
    file = official_vectors / f"{name}.json"
    case = small_sample(file)
    for at, _ in leaves(case):
        field = at[-1]
        if isinstance(field, str):
            assert f"{field} is missing" in str(verdict(without(case, at), cases_of(file)))


@pytest.mark.parametrize("damage", OF_NO_USE, ids=ascii)
@pytest.mark.parametrize("name", FORMATS)
def test_a_value_of_another_kind_is_a_failure_and_no_crash(name: str, damage: object, official_vectors: Path) -> None:
    file = official_vectors / f"{name}.json"
    case = small_sample(file)
    for at, value in leaves(case):
        if value != damage:
            assert verdict(with_value(case, at, lambda _: damage), cases_of(file)) is not None, at


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "tree-math"])  # which holds numbers only
def test_damaged_bytes_are_no_crash(name: str, official_vectors: Path) -> None:
    file = official_vectors / f"{name}.json"
    case = small_sample(file)
    places = [at for at, value in leaves(case) if isinstance(value, str) and len(value) > 1]
    randomness = Random(name)  # noqa: S311 - the same damage in each run
    verdicts = set()
    for _ in range(50):
        damaged = with_value(case, randomness.choice(places), lambda value: _damaged(value, randomness))
        verdicts.add(verdict(damaged, cases_of(file)))
    assert verdicts - {None}


def _damaged(value: str, randomness: Random) -> str:
    """The hexadecimal string with a digit changed, or without some at its end, or with some more."""
    at = randomness.randrange(len(value))
    digit = randomness.choice("0123456789abcdef")
    return randomness.choice((value[:at] + digit + value[at + 1 :], value[: at & ~1], value + 2 * digit))


@pytest.mark.parametrize("case", [None, 7, "case", []])
def test_a_case_that_is_no_object_fails(case: object, official_vectors: Path) -> None:
    assert verdict(case, cases_of(official_vectors / "welcome.json")) == "the case is not a JSON object"
