"""The app: several visitors act at once, only differences of views are sent, and an address selects a view."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.own_loop import in_own_loop
from tests.widgets.views import node
from widgets.app.visit import Asked
from widgets.shared.difference import difference
from workbench.commands.app import in_jupyter


@pytest.mark.slow
def test_visitors_who_act_at_once_have_separate_worlds_that_all_advance() -> None:
    from tests.app.crowd import crowd  # noqa: PLC0415 - Panel takes two seconds, and the other tests need none

    came_to = in_own_loop(crowd(visitors=5, actions=2))
    assert came_to.steps == [4] * 5
    assert len(came_to.waits) == 10


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "at", "to", "__proto__"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "at", "to", "0"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=150, derandomize=True)
@given(JSON_VALUES, JSON_VALUES)
def test_a_difference_makes_the_new_value_of_the_old(old: Any, new: Any) -> None:
    made = _changed(old, difference(old, new))
    assert json.dumps(made, sort_keys=True) == json.dumps(new, sort_keys=True)


def test_the_page_adds_a_difference_as_python_means_it(repository: Path) -> None:
    old = {"steps": [{"text": "one", "keys": [1]}], "last": None}
    new = {"steps": [{"text": "one", "keys": [1, 2]}, {"text": "two"}], "last": 1, "more": None}
    source = (repository / "widgets" / "shared" / "growing.js").read_text("utf-8")
    begin = source.index("function changed(")
    program = source[begin : source.index("\n}\n", begin) + 3]
    program += f"console.log(JSON.stringify(changed({json.dumps(old)}, {json.dumps(difference(old, new))})));\n"
    assert json.loads(node(program)) == new


def _changed(old: Any, change: dict[str, Any]) -> Any:
    """The value with the change, as the page makes it."""
    if "to" in change:
        return change["to"]
    if isinstance(old, list):
        added = [None] * (len(change["at"]) and max(max(map(int, change["at"])) + 1 - len(old), 0))
        parts = dict(enumerate([*old, *added]))
        return list(
            {**parts, **{int(key): _changed(parts[int(key)], each) for key, each in change["at"].items()}}.values()
        )
    return {**old, **{key: _changed(old.get(key), each) for key, each in change["at"].items()}}


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 5000, "1.5", ""])
def test_an_invalid_step_in_an_address_is_ignored_or_means_the_first_step(number: str) -> None:
    assert Asked.of({"step": [number.encode()]}).step in {None, 0}


def test_an_address_selects_what_exists_and_unknown_values_are_ignored() -> None:
    asked = Asked.of({"step": [b"3"], "theme": [b"dark"], "scenario": [b"own commit"], "else": [b"1"]})
    assert (asked.step, asked.theme, asked.session().scenario) == (2, "dark", "own commit")
    assert Asked.of({"theme": [b"'><script>"], "history": [b"\xff"]}).theme == ""


def test_jupyter_starts_the_app_behind_its_own_address() -> None:
    entry = in_jupyter()
    assert entry["launcher_entry"]["path_info"] == "mls-workbench/playground"
    assert "{base_url}mls-workbench" in entry["command"]
    assert entry["absolute_url"] is True
