"""The derivation graph's Python side, and its still figure."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.widgets.views import derived
from widgets.derivation_figure import derivation_figure, fact_label
from widgets.derivation_graph import DerivationGraph
from workbench.lab.scenarios import scenario

SVG = "{http://www.w3.org/2000/svg}"


def html(graph: DerivationGraph) -> str:
    bundle: Any = graph._repr_mimebundle_()
    return str(bundle[0]["text/html"])


def test_it_shows_how_an_epoch_or_any_other_fact_is_known() -> None:
    verdict = scenario("retroactive break").verdict("Dave")
    by_number = DerivationGraph.of(verdict, 5)
    by_fact = DerivationGraph.of(verdict, verdict.case.chronicle.epochs[5].secrets["epoch_authenticator"])
    assert by_number.view == by_fact.view
    with pytest.raises(KeyError):
        DerivationGraph.of(verdict, 2)


def test_its_repr_says_what_is_shown() -> None:
    assert repr(DerivationGraph(derived())) == (
        "DerivationGraph('How the epoch authenticator of epoch 5 is known': 2 secrets that leaked lead to the epoch "
        "authenticator of epoch 5, in 8 steps.)"
    )


def test_a_notebook_keeps_a_figure_and_a_player_and_the_same_ones_each_time() -> None:
    first, second = (html(DerivationGraph(derived())) for _ in range(2))
    assert first == second
    assert first.count("<figure") == 1
    assert "data-player=" in first


@pytest.mark.parametrize("every_step", [False, True])
def test_the_figure_shows_every_fact_with_its_words(*, every_step: bool) -> None:
    view = derived()
    encoded = re.search(r"data:image/svg\+xml;base64,([^\"]+)", derivation_figure(view, every_step=every_step))
    assert encoded is not None
    drawing = ET.fromstring(b64decode(encoded[1]).decode())  # noqa: S314 - our own text
    groups = [group for group in drawing.iter(f"{SVG}g") if "data-fact" in group.attrib]
    shown = view["full" if every_step else "folded"]
    assert [group.findtext(f"{SVG}title") for group in groups] == [
        fact_label(view["facts"][place["fact"]]) for place in shown["places"]
    ]
    leaked = [group for group in groups if "has-stolen" in group.attrib["class"]]
    assert len(leaked) == sum(fact["leak"] is not None for fact in view["facts"])
    assert all("mls-flag" in {part.attrib.get("class") for part in group} for group in leaked)


def test_the_figure_has_its_sentences_beside_it_and_needs_nothing_but_itself() -> None:
    view = derived()
    text = derivation_figure(view, every_step=False)
    assert text.count("<li>") == 2 + len(view["folded"]["arrows"])
    assert f"<figcaption>{view['summary']}</figcaption>" in text
    assert "<script" not in text
    view["facts"][0]["name"] = view["title"] = view["facts"][0]["source"] = "<script>&"
    assert "<script>" not in derivation_figure(view, every_step=False)


def test_the_page_is_one_file_that_holds_the_view_and_allows_nothing_from_elsewhere(tmp_path: Path) -> None:
    path = tmp_path / "derivation.html"
    DerivationGraph(derived()).to_html(path)
    text = path.read_text("utf-8")
    assert "default-src 'none'" in text
    data = re.search(r'<script type="application/json" id="traits">(.*?)</script>', text)
    assert data is not None
    assert json.loads(data[1])["view"] == derived()
