"""The still figure of a tree."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tests.widgets.views import sample, still_picture
from widgets.ratchet_tree import RatchetTree
from widgets.shared import still
from workbench.lab import NotPossible

SVG = "{http://www.w3.org/2000/svg}"


def nodes(step: int, viewer: str) -> dict[int, ET.Element]:
    drawing = ET.fromstring(still_picture(RatchetTree(sample(), step=step, viewer=viewer)))  # noqa: S314 - our own text
    return {int(group.attrib["data-node"]): group for group in drawing.iter(f"{SVG}g") if "data-node" in group.attrib}


def test_it_shows_every_node() -> None:
    assert sorted(nodes(1, "alice")) == list(range(7))
    assert [group.findtext(f"{SVG}text") for group in nodes(1, "server").values()] == ["?"] * 7


def test_it_fills_what_the_viewer_holds_and_hatches_what_was_leaked() -> None:
    assert "has-held" in nodes(2, "bob")[2].attrib["class"]
    leaked = nodes(2, "attacker")[2]
    assert "has-leaked" in leaked.attrib["class"]
    marks = {part.attrib.get("class") for part in leaked}
    assert {"mls-hatch", "mls-flag"} <= marks


def test_its_words_stand_beside_it_for_those_who_cannot_see_it() -> None:
    text = RatchetTree(sample(), step=1, viewer="alice")._figure()
    assert 'alt="Ratchet tree of a sample in epoch 5, step 2 of 5, seen by Alice: 3 members, 7 nodes"' in text
    assert "<figcaption>Alice refreshed her keys.</figcaption>" in text
    assert text.count("<tr>") == 1 + 7
    assert "<td>blank</td>" in text


def test_words_without_a_picture_tell_a_viewer_no_more_than_it_has_seen() -> None:
    sentence, _, rows = RatchetTree(sample(), step=1, viewer="server")._words()
    assert sentence == "This step is unknown to the server."
    assert rows == [["1", sample()["steps"][0]["sentence"]], ["2", sentence]]


def test_a_frame_for_print_needs_quickjs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still, "_engine", _missing)
    with pytest.raises(NotPossible, match="QuickJS is not installed"):
        RatchetTree(sample()).frame()


def _missing() -> None:
    raise still.NotDrawn("QuickJS is not installed")
