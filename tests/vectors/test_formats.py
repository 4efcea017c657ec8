"""The program finds out the format of a vector file from its content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.vectors.cases import cases_of
from workbench.vectors.formats import FORMATS, tell_format


def told(cases: list[Any]) -> str | None:
    kind = tell_format(cases)
    return None if kind is None else kind.name


@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: str(kind.name))
def test_a_format_is_told_although_any_one_field_is_missing_or_new(kind: Any) -> None:
    fields = dict.fromkeys(kind.fields, 0)
    for missing in kind.fields:
        case = {name: value for name, value in fields.items() if name != missing}
        assert str(told([case])).startswith(kind.name)
        assert str(told([{**fields, "new": 0}])).startswith(kind.name)


def test_an_odd_case_does_not_change_the_format(official_vectors: Path) -> None:
    cases = cases_of(official_vectors / "welcome.json")
    assert told([None, {}, *cases]) == "welcome"


@pytest.mark.parametrize("cases", [[{}], [{"name": 1, "value": 2}], [1, 2], [[]], [None], [{"cipher_suite": 1}]])
def test_a_file_that_is_not_a_vector_has_no_format(cases: list[Any]) -> None:
    assert told(cases) is None


@pytest.mark.parametrize(
    ("epochs", "kind"),
    [(0, "welcome"), (1, "handling-commit"), (10, "handling-commit"), (11, "random"), (200, "random")],
)
def test_passive_clients_are_told_by_the_length_of_their_longest_history(
    epochs: int, kind: str, official_vectors: Path
) -> None:
    first, *others = cases_of(official_vectors / "passive-client-welcome.json")
    assert told([*others, {**first, "epochs": [{}] * epochs}]) == f"passive-client-{kind}"
