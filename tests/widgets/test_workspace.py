"""Pictures of one workspace: what Python sees of what they share, and what it can say to all of them."""

from __future__ import annotations

import pytest

from tests.widgets.views import sample
from widgets import KeyLifetimes, RatchetTree, Room, SecurityMatrix, Workspace
from workbench.lab import World
from workbench.lab.scenarios import scenario


def test_the_first_picture_gives_the_workspace_its_values_and_the_next_shows_them() -> None:
    space, story = Workspace(), scenario("own commit")
    assert repr(space) == "Workspace()"
    lifetimes = KeyLifetimes.of(story, step=1, device="Carol", workspace=space)
    matrix = SecurityMatrix.of(story, workspace=space)
    assert (space.step, space.member) == (1, "Carol")
    assert (lifetimes.step, matrix.step) == (1, 1)
    assert repr(space) == "Workspace(step=1, member='Carol')"


def test_what_python_sets_all_pictures_show_that_can() -> None:
    space = Workspace()
    trees = [RatchetTree(sample(), step=4, workspace=space) for _ in range(2)]
    space.step, space.viewer = 2, "carol"
    assert [(tree.step, tree.viewer) for tree in trees] == [(2, "carol")] * 2
    space.viewer = "Zed"
    assert [tree.viewer for tree in trees] == ["carol"] * 2


def test_what_the_browser_says_moves_no_other_picture_from_python() -> None:
    """The pictures follow in the browser. A second message from here would bring them back to where they were."""
    space = Workspace()
    tree = RatchetTree(sample(), step=4, workspace=space)
    space.set_state({"step": 1})
    assert (space.step, tree.step) == (1, 4)
    space.step = 2
    assert tree.step == 2


def test_values_that_are_apart_stay_with_their_pictures() -> None:
    space = Workspace(apart=["viewer"])
    trees = [RatchetTree(sample(), viewer=viewer, workspace=space) for viewer in ("alice", "server")]
    assert [tree.viewer for tree in trees] == ["alice", "server"]
    assert space.viewer == ""
    with pytest.raises(ValueError, match="colour is not shared; pictures share step, viewer, member, message"):
        Workspace(apart=["colour"])


def test_a_picture_that_shows_the_newest_step_says_no_step() -> None:
    space = Workspace()
    Room.of(World.of(["Alice", "Bob"]), workspace=space)
    assert space.step is None


def test_the_browser_gets_the_address_of_the_workspace_and_so_do_players() -> None:
    space = Workspace()
    tree = RatchetTree(sample(), workspace=space)
    assert tree.get_state("workspace") == {"workspace": space.address}
    assert tree._joined(tree._shown())["workspace"] == space.address
    assert RatchetTree(sample()).get_state("workspace") == {"workspace": None}
    assert Workspace().address["name"] != space.address["name"]
