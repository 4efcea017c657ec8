"""The widget's Python side."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.widgets.views import sample, still_picture
from widgets.ratchet_tree import RatchetTree
from workbench.lab.scenarios import scenario


def html(tree: RatchetTree) -> str:
    return tree.kept()


def test_it_opens_at_the_last_step_through_the_first_viewers_eyes() -> None:
    tree = RatchetTree(sample())
    assert (tree.step, tree.beat, tree.viewer, tree.playing, tree.selected) == (4, -1, "alice", False, -1)


def test_its_repr_says_what_is_shown_and_is_the_same_each_time() -> None:
    assert (
        repr(RatchetTree(sample(), step=2, viewer="attacker"))
        == "RatchetTree('a sample', step 3 of 5, seen by the attacker)"
    )


def test_a_viewer_or_step_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"'eve' is not a viewer .* alice, bob, carol, server, attacker"):
        RatchetTree(sample(), viewer="eve")
    with pytest.raises(ValueError, match="no step 5; its steps are 0 to 4"):
        RatchetTree(sample(), step=5)


def test_a_notebook_keeps_a_figure_and_a_player_and_the_same_ones_each_time() -> None:
    first, second = (html(RatchetTree(sample(), step=2, viewer="bob")) for _ in range(2))
    assert first == second
    assert first.count("<figure") == 1
    assert "data-player=" in first


def test_a_view_too_large_for_a_notebook_is_kept_as_its_figure_alone() -> None:
    view = sample()
    digests = [sha256(number.to_bytes(2)).hexdigest() for number in range(8000)]
    view["keys"] |= {digest: {"public": digest, "private": None} for digest in digests}
    kept = html(RatchetTree(view))
    assert "<figure" in kept
    assert "data-player" not in kept
    assert "Left out of this notebook: the player, with which you can step through the picture." in kept


def test_an_output_keeps_the_picture_says_how_it_comes_back_and_names_the_live_one() -> None:
    tree = RatchetTree(sample())
    bundle: Any = tree._repr_mimebundle_()
    assert set(bundle[0]) == {"text/plain", "text/html"}
    shown = bundle[0]["text/html"]
    assert shown.startswith(f'<div class="mls-output" data-live="{tree.output_id} ')
    assert tree.kept() in shown
    assert "run this cell again" in shown
    assert tree.output_id != RatchetTree(sample()).output_id


@pytest.mark.parametrize(("variable", "has_view"), [("VSCODE_PID", True), ("JPY_SESSION_NAME", False)])
def test_a_view_is_in_the_output_for_notebooks_that_bring_a_widget_only_for_its_view(
    monkeypatch: pytest.MonkeyPatch, variable: str, *, has_view: bool
) -> None:
    for each in ("VSCODE_PID", "JPY_SESSION_NAME"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(variable, "1")
    bundle: Any = RatchetTree(sample())._repr_mimebundle_()
    assert ("application/vnd.jupyter.widget-view+json" in bundle[0]) == has_view
    assert "text/html" in bundle[0]


def test_showing_a_longer_view_keeps_the_place_and_plays_what_is_new() -> None:
    longer = sample()
    shorter = sample()
    del shorter["steps"][3:]
    tree = RatchetTree(shorter)
    tree.show(longer)
    assert (tree.step, tree.playing) == (2, True)
    assert len(tree.view["steps"]) == 5


def test_what_is_new_is_played_even_if_python_does_not_know_that_the_last_play_is_over() -> None:
    tree = RatchetTree(sample(), playing=True)
    told: list[bool] = []
    tree.observe(lambda change: told.append(change["new"]), names="playing")
    tree.show(sample())
    assert told == [False, True]


def test_leaks_make_an_attacker_one_more_viewer() -> None:
    story = scenario("retroactive break")
    tree = RatchetTree.of(story.world, leaks=list(story.leaks.values()), step=3)
    assert repr(tree) == 'RatchetTree("Alice\'s group", step 4 of 6, seen by the attacker with these leaks)'
    assert "Epoch 3 had healed and is open again, by what leaked from Dave." in html(tree)
    assert [viewer["id"] for viewer in RatchetTree.of(story.world).view["viewers"]] == [
        viewer["id"] for viewer in tree.view["viewers"] if viewer["id"] != "leak holder"
    ]


def test_the_page_is_one_file_that_allows_nothing_from_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "tree.html"
    RatchetTree(sample()).to_html(path)
    text = path.read_text("utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r'(?:src|href)="(?!data:)', text)


def test_a_page_holds_the_view_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "tree.html"
    view = sample()
    view["title"] = "</script><!--"
    RatchetTree(view).to_html(path)
    data = re.search(r'<script type="application/json" id="traits">(.*?)</script>', path.read_text("utf-8"))
    assert data is not None
    assert json.loads(data[1])["view"] == view


def test_leaves_show_their_node_index_when_asked() -> None:
    shown = [still_picture(RatchetTree(sample(), step=0, node_indices=asked)) for asked in (True, False)]
    indices = [re.findall(r'class="mls-index"[^>]*>(\d+)<', picture) for picture in shown]
    assert indices == [["0", "2", "4", "6"], []]
