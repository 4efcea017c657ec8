"""Figures for print, as Graphviz really draws them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from widgets.ratchet_tree import RatchetTree
from workbench.adversary.derivation import Derivation
from workbench.inspect.trace_graph import derivation_graph
from workbench.lab import NotPossible, World
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.scenarios import scenario
from workbench.mls import NodeIndex
from workbench.views.epochs import EpochHistory
from workbench.views.print import Printable, drawing, figure

SVG = "{http://www.w3.org/2000/svg}"
PEOPLE = ["Alice", "Bob", "Carol", "Dave"]


def printed(thing: Printable, folder: Path) -> ET.Element:
    """The SVG of a thing, after a look at its PDF."""
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed: with it, figures are really drawn")
    svg, pdf = figure(thing, folder / "figure")
    assert (svg.name, pdf.name) == ("figure.svg", "figure.pdf")
    assert pdf.read_bytes().startswith(b"%PDF-")
    return ET.fromstring(svg.read_text("utf-8"))  # noqa: S314 - our own text


def words(drawn: ET.Element) -> list[str]:
    return [re.sub(r"\s+", " ", "".join(text.itertext())).strip() for text in drawn.iter(f"{SVG}text")]


def things(drawn: ET.Element, kind: str) -> list[ET.Element]:
    return [group for group in drawn.iter(f"{SVG}g") if group.attrib.get("class") == kind]


def titles(drawn: ET.Element, kind: str) -> list[str]:
    return [group.findtext(f"{SVG}title") or "" for group in things(drawn, kind)]


def branch(*committers: str) -> World:
    """A group in which Alice has committed, and then these have: with the same seed, branches of one history."""
    world = World.of(PEOPLE)
    for name in ("Alice", *committers):
        world.commit(name)
    return world


@pytest.fixture(scope="module")
def forked() -> EpochHistory:
    """Bob's device is compromised before the fork, and Dave's on its second branch."""
    first, second = branch("Bob", "Carol"), branch("Carol", "Alice")
    return EpochHistory.of(
        recorded_history(first).judge([leak_of(first, "Bob", at=2)]),
        recorded_history(second).judge([leak_of(second, "Dave")]),
    )


def test_a_derivation_is_printed_with_what_leaked_and_what_it_opened(tmp_path: Path) -> None:
    story = scenario("retroactive break")
    goal = story.recorded.group_history.epochs[4].secrets["epoch_authenticator"]
    assert "“authentication”" not in words(printed(Derivation.of(story.verdict("Dave"), goal), tmp_path))
    goal = story.recorded.group_history.epochs[5].secrets["epoch_authenticator"]
    drawn = printed(Derivation.of(story.verdict("Dave"), goal), tmp_path)
    said = words(drawn)
    assert said.count("leaked: Dave, step 5") == 2
    assert {"Dave's leaf key", "epoch_authenticator", "“joiner” … “authentication”"} <= {*said}
    (opened,) = (each for each in said if each.startswith("opens "))
    assert any(opened.removeprefix("opens ") in each for each in said if "key " in each), "named after its key"


def test_what_several_premises_give_comes_together_in_a_point(tmp_path: Path) -> None:
    story = scenario("retroactive break")
    goal = story.recorded.group_history.epochs[5].secrets["epoch_authenticator"]
    nodes = titles(printed(Derivation.of(story.verdict("Dave"), goal), tmp_path), "node")
    assert len([title for title in nodes if title.startswith("meet ")]) == 1


def test_a_fork_is_printed_as_two_epochs_of_one_number(forked: EpochHistory, tmp_path: Path) -> None:
    drawn = printed(forked, tmp_path)
    said = words(drawn)
    numbers = ["0", "1", "2", "3", "3′", "4", "4′"]
    assert sorted(each for each in said if each.startswith("epoch ")) == [f"epoch {each}" for each in numbers]
    assert len(things(drawn, "edge")) == 6
    assert {"Bob updated by a commit", "Carol updated by a commit"} <= {*said}


def test_each_branch_is_judged_under_the_leaks_of_all(forked: EpochHistory) -> None:
    found = {node["label"]: (node["standing"], node["leaks"]) for _, node in forked.graph.nodes(data=True)}
    assert found == {
        "0": ("closed", []),
        "1": ("closed", []),
        "2": ("readable", ["everything of Bob after step 3"]),
        # Bob healed by his commit, but Dave's old leaf key from the other branch opens it again
        "3": ("readable", []),
        "4": ("readable", []),
        "3′": ("readable", []),
        "4′": ("readable", ["everything of Dave after step 5"]),
    }


def test_the_sides_of_a_fork_share_what_was_before_it() -> None:
    sides = [scenario(f"fork, {side} Bob").verdict() for side in ("with", "without")]
    graph = EpochHistory.of(*sides).graph
    found = {node["label"]: node["standing"] for _, node in graph.nodes(data=True)}
    assert found == {**dict.fromkeys(["0"], "closed"), "1": "readable", "2": "healed", "3": "healed"} | {
        "2′": "readable",
        "3′": "readable",
    }


def test_a_healed_epoch_says_who_would_open_it_again(tmp_path: Path) -> None:
    said = words(printed(EpochHistory.of(scenario("retroactive break").verdict("Bob")), tmp_path))
    assert said.count("healed so far: Dave would reopen it") == 3
    assert said.count("leaked: everything of Bob after step 3") == 1
    said = words(printed(EpochHistory.of(scenario("resumption PSK that heals").verdict()), tmp_path))
    assert said.count("healed") == 1


def test_different_groups_have_no_common_history() -> None:
    world = World.of(PEOPLE)
    other = world.branch("Alice", "Bob")
    with pytest.raises(ValueError, match="on different groups"):
        EpochHistory.of(*(recorded_history(group).judge(()) for group in (world, other)))


def test_a_tree_is_printed_with_its_blanks_dashed_and_unmerged_leaves_joined(tmp_path: Path) -> None:
    world = World.of([*PEOPLE, "Erin"])
    world.commit("Alice")
    world.device("Frank")
    world.add("Carol", "Frank", path=False)
    state = world.state("Alice")
    assert state is not None
    drawn = printed(state.tree, tmp_path)
    dashed = {
        group.findtext(f"{SVG}title")
        for group in things(drawn, "node")
        for part in group
        if "stroke-dasharray" in part.attrib
    }
    assert dashed == {str(node) for node in range(15) if state.tree.node(NodeIndex(node)) is None}
    assert {*PEOPLE, "Erin", "Frank"} <= {*words(drawn)}
    assert {"7--10", "7->10"} & {*titles(drawn, "edge")}


def test_a_step_is_printed_as_somebody_sees_it(tmp_path: Path) -> None:
    world = World.of(PEOPLE)
    world.compromise("Bob")
    world.commit("Carol")
    for viewer, style in (("Alice", "style=filled"), ("attacker", "style=wedged")):
        source = drawing(RatchetTree.of(world, viewer=viewer, step=3).frame()).source
        assert style in source
        assert source.count("penwidth=3.5") == 2, "the path of the commit is thick"
    printed(RatchetTree.of(world, viewer="attacker", step=3).frame(), tmp_path)
    assert drawing(RatchetTree.of(world, viewer="server", step=3).frame()).source.count("style=dotted") == 0


def test_every_secret_of_a_trace_can_be_printed(tmp_path: Path) -> None:
    world = World.of(PEOPLE)
    graph = derivation_graph(world.trace(), [1])
    drawn = printed(graph, tmp_path)
    assert len(things(drawn, "node")) == graph.number_of_nodes()
    assert len(things(drawn, "edge")) == graph.number_of_edges()
    assert "joiner_secret" in words(drawn)


def test_names_are_words_and_no_markup(tmp_path: Path) -> None:
    world = World.of(["<b>Alice</b>", 'Bob "\\N" & sons'])
    state = world.state("<b>Alice</b>")
    assert state is not None
    assert {"<b>Alice</b>", 'Bob "\\N" & sons'} <= {*words(printed(state.tree, tmp_path))}


def test_without_graphviz_one_sentence_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotPossible, match="whose program dot is not installed here"):
        figure(EpochHistory.of(scenario("own commit").verdict()), tmp_path / "history")
    assert list(tmp_path.iterdir()) == []
