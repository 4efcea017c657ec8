"""Foreign material as a picture of its ratchet tree: from a state, a GroupInfo, an audit or a trace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.scenario import group_of
from tests.review.example import example_report
from widgets import (
    DerivationGraph,
    KeyLifetimes,
    KeySchedule,
    RatchetTree,
    SecretTree,
    SecurityMatrix,
    ServerKnowledge,
    Timeline,
)
from workbench.lab import World
from workbench.mls import RatchetTreeExtension, group_info
from workbench.review.bare_tree import tree_alone
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


def test_a_tree_alone_is_drawn_without_a_group_and_an_epoch() -> None:
    bare = RatchetTreeExtension(STATE.tree.to_nodes())
    for material in (bare, STATE.tree):
        view = tree_view_of(material)
        assert view["alone"]
        assert [member["name"] for member in view["members"]] == ["Alice", "Bob", "Carol"]
        assert view["keyframe"]["hashes"] == tree_view_of(STATE)["keyframe"]["hashes"]
        assert view["steps"][0]["sentence"].endswith("its group and its epoch are unknown.")


@pytest.mark.parametrize("number", [2, 4])
def test_the_cipher_suite_of_a_tree_alone_is_found_by_its_keys(number: int) -> None:
    tree = group_of("Alice", "Bob", suite=number).states["Bob"].tree
    assert tree_alone(RatchetTreeExtension(tree.to_nodes())).suite.id == number


def test_a_tree_with_a_damaged_key_fits_no_cipher_suite() -> None:
    nodes = RatchetTreeExtension(STATE.tree.to_nodes()).ratchet_tree
    leaf = nodes[0]
    assert leaf is not None
    damaged = replace(leaf, node=replace(leaf.node, encryption_key=b"short"))
    with pytest.raises(ValueError, match="fits no cipher suite"):
        tree_view_of(RatchetTreeExtension((damaged, *nodes[1:])))


@pytest.mark.parametrize("wrong", [{}, b"bytes", None])
@pytest.mark.parametrize(
    ("picture", "takes"),
    [
        (RatchetTree, "a World, recorded calls, a state, a PublicGroup, a GroupInfo with its tree, a ratchet tree"),
        (Timeline, "a World, recorded calls, what an audit follows of a group"),
        (SecurityMatrix, "a World, recorded calls, a Scenario, a MemberHistory or a trace"),
        (KeyLifetimes, "a World, recorded calls, a Scenario, a MemberHistory or a trace"),
        (KeySchedule, "a World, recorded calls, a Scenario, a MemberHistory or a trace"),
        (SecretTree, "a World, recorded calls, a Scenario, a MemberHistory or a trace"),
        (ServerKnowledge, "a World"),
        (lambda: DerivationGraph, "a verdict"),
    ],
)
def test_a_wrong_argument_is_answered_with_what_the_picture_takes(picture: Any, takes: str, wrong: Any) -> None:
    with pytest.raises(TypeError, match=rf"\.of takes {takes}.*, not a {type(wrong).__name__}"):
        picture.of(wrong) if hasattr(picture, "of") else picture().of(wrong, 1)
