"""The still figure."""

from __future__ import annotations

import re
from base64 import b64decode
from xml.etree import ElementTree as ET

import pytest

from tests.widgets.views import sample
from widgets.figure import figure, picture
from workbench.views.describe import node_label
from workbench.views.frame import frame_at

SVG = "{http://www.w3.org/2000/svg}"


def nodes(step: int, viewer: str) -> dict[int, ET.Element]:
    drawing = ET.fromstring(picture(sample(), frame_at(sample(), step, viewer)))  # noqa: S314 - our own text
    return {int(group.attrib["data-node"]): group for group in drawing.iter(f"{SVG}g") if "data-node" in group.attrib}


@pytest.mark.parametrize("viewer", ["alice", "carol", "server", "thief"])
def test_it_shows_every_node_with_its_words(viewer: str) -> None:
    for step in range(len(sample()["steps"])):
        frame = frame_at(sample(), step, viewer)
        titles = {index: group.findtext(f"{SVG}title") for index, group in nodes(step, viewer).items()}
        assert titles == {mark.node: node_label(mark, frame.viewer["name"]) for mark in frame.marks}


def test_it_fills_what_the_viewer_holds_and_hatches_what_was_stolen() -> None:
    assert "has-held" in nodes(2, "bob")[2].attrib["class"]
    stolen = nodes(2, "thief")[2]
    assert "has-stolen" in stolen.attrib["class"]
    marks = {part.attrib.get("class") for part in stolen}
    assert {"mls-hatch", "mls-flag"} <= marks


def test_its_words_stand_beside_it_for_those_who_cannot_see_it() -> None:
    text = figure(sample(), 1, "alice")
    assert 'alt="Ratchet tree of a sample in epoch 5, step 2 of 5, seen by Alice: 3 members, 7 nodes"' in text
    assert "<figcaption>Alice refreshed her keys.</figcaption>" in text
    assert text.count("<tr>") == 1 + 7
    assert "<td>blank</td>" in text


def test_it_needs_nothing_but_itself() -> None:
    encoded = re.search(r"data:image/svg\+xml;base64,([^\"]+)", figure(sample(), 1, "alice"))
    assert encoded is not None
    image = b64decode(encoded[1]).decode()
    assert "<script" not in image
    assert "href" not in image
    assert "url(" not in image


def test_names_cannot_break_out_of_it() -> None:
    view = sample()
    view["title"] = '<b>"&'
    view["members"][0]["name"] = "<script>"
    text = figure(view, 1, "alice")
    assert "<script>" not in text
    assert "<b>" not in text
