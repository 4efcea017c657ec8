"""Foreign material as a picture of its ratchet tree: from a state, a GroupInfo, an audit or a trace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mls.group.scenario import group_of
from tests.review.example import example_report
from widgets.ratchet_tree import RatchetTree
from workbench.lab import World
from workbench.mls import group_info
from workbench.review.public_trace import public_trace
from workbench.views.followed_tree import tree_view_of

STATE = group_of("Alice", "Bob", "Carol").states["Bob"]
LINE = example_report().audit.groups[0].replay.lines[0]


@pytest.mark.parametrize(
    "material",
    [STATE, STATE.public, group_info(STATE), group_info(STATE).message],
    ids=["state", "public group", "message", "GroupInfo"],
)
def test_one_epoch_is_drawn_without_its_secrets(material: Any) -> None:
    view = tree_view_of(material)
    assert [member["name"] for member in view["members"]] == ["Alice", "Bob", "Carol"]
    assert view["title"] == "group “the group”"
    assert {key["private"] for key in view["keys"].values()} == {None}
    assert "seen by an observer" in repr(RatchetTree.of(material))


def test_a_line_of_an_audit_and_a_trace_are_drawn_through_time() -> None:
    assert len(tree_view_of(LINE)["steps"]) == len(LINE.begun)
    assert len(tree_view_of(public_trace(LINE))["steps"]) == len(LINE.begun)
    assert tree_view_of(World.of(["Alice", "Bob"]).trace())["members"][0]["name"] == "Alice"


def test_a_group_info_without_its_tree_is_refused() -> None:
    with pytest.raises(ValueError, match="has no ratchet tree"):
        tree_view_of(group_info(STATE, ratchet_tree=False))


@pytest.mark.parametrize("wrong", [{}, b"bytes", STATE.tree, None])
def test_a_wrong_argument_is_answered_with_what_the_picture_takes(wrong: Any) -> None:
    with pytest.raises(TypeError, match="takes a World, a state, a PublicGroup, a GroupInfo with its tree"):
        RatchetTree.of(wrong)
