"""The derivation graph's Python side, and its still figure."""

from __future__ import annotations

import json
import re
from html import escape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.widgets.views import derived, still_picture
from widgets.derivation_graph import DerivationGraph
from workbench.lab.scenarios import scenario

SVG = "{http://www.w3.org/2000/svg}"


def html(graph: DerivationGraph) -> str:
    return graph.kept()


def test_it_shows_how_an_epoch_or_any_other_fact_is_known() -> None:
    verdict = scenario("retroactive break").verdict("Dave")
    by_number = DerivationGraph.of(verdict, 5)
    by_fact = DerivationGraph.of(verdict, verdict.recorded.group_history.epochs[5].secrets["epoch_authenticator"])
    assert by_number.view == by_fact.view
    with pytest.raises(KeyError):
        DerivationGraph.of(verdict, 2)


def test_its_repr_says_what_is_shown() -> None:
    assert repr(DerivationGraph(derived())) == (
        "DerivationGraph('How the attacker knows the epoch authenticator of epoch 5': 2 secrets that leaked lead to "
        "the epoch authenticator of epoch 5, in 8 steps.)"
    )


def test_a_notebook_keeps_a_figure_and_a_player_and_the_same_ones_each_time() -> None:
    first, second = (html(DerivationGraph(derived())) for _ in range(2))
    assert first == second
    assert first.count("<figure") == 1
    assert "data-player=" in first


@pytest.mark.parametrize("every_step", [False, True])
def test_the_figure_shows_every_fact_and_marks_what_leaked(*, every_step: bool) -> None:
    view = derived()
    drawing = ET.fromstring(still_picture(DerivationGraph(view, every_step=every_step)))  # noqa: S314 - our own text
    groups = {int(group.attrib["data-fact"]): group for group in drawing.iter(f"{SVG}g") if "data-fact" in group.attrib}
    shown = view["full" if every_step else "folded"]
    assert list(groups) == [place["fact"] for place in shown["places"]]
    for number, group in groups.items():
        fact = view["facts"][number]
        assert group.findtext(f"{SVG}text") == fact["name"]
        flags = [part for part in group if part.attrib.get("class") == "mls-flag"]
        assert len(flags) == (fact["leak"] is not None)
        assert ("has-leaked" in group.attrib["class"]) == (fact["leak"] is not None)


def test_the_figure_has_its_sentences_beside_it() -> None:
    view = derived()
    text = DerivationGraph(view)._figure()
    said = [view["facts"][place["fact"]]["source"] for place in view["folded"]["places"][:1]]
    said += [arrow["sentence"] for arrow in view["folded"]["arrows"]]
    assert text.count("<li>") == 2 + len(view["folded"]["arrows"])
    assert all(f"<li>{escape(sentence, quote=False)}</li>" in text for sentence in said)
    assert f"<figcaption>{view['summary']}</figcaption>" in text


def test_the_page_is_one_file_that_holds_the_view_and_allows_nothing_from_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "derivation.html"
    DerivationGraph(derived()).to_html(path)
    text = path.read_text("utf-8")
    assert "default-src 'none'" in text
    data = re.search(r'<script type="application/json" id="traits">(.*?)</script>', text)
    assert data is not None
    assert json.loads(data[1])["view"] == derived()
