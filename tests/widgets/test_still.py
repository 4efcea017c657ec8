"""Still pictures, drawn by the widgets' own JavaScript in QuickJS."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.adversary.test_metadata import talk
from tests.widgets.views import REPOSITORY, derived, sample, still_picture
from widgets.derivation_graph import DerivationGraph
from widgets.group_diff import GroupDiff
from widgets.key_lifetimes import KeyLifetimes
from widgets.key_schedule import KeySchedule
from widgets.playground import Playground
from widgets.ratchet_tree import RatchetTree
from widgets.room import Room
from widgets.secret_tree import SecretTree
from widgets.security_matrix import SecurityMatrix
from widgets.server_knowledge import ServerKnowledge
from widgets.shared import still as still_module
from widgets.shared.picture import Picture
from widgets.shared.still import NotDrawn, still
from widgets.timeline import Timeline
from widgets.wire_inspector import WireInspector
from workbench.lab import World
from workbench.lab.scenarios import scenario
from workbench.views.ratchet_tree import ratchet_tree_view

SVG = "{http://www.w3.org/2000/svg}"
PICTURES: dict[str, Callable[[], Picture]] = {
    "a derivation": lambda: DerivationGraph(derived()),
    "lifetimes": lambda: KeyLifetimes.of(scenario("retroactive break"), device="Dave", opened=[]),
    "a key schedule": lambda: KeySchedule.of(scenario("external join")),
    "a secret tree": lambda: SecretTree.of(talk(), message=0),
    "a compromise": lambda: SecurityMatrix.of(scenario("retroactive break")),
    "what the server knows": lambda: ServerKnowledge.of(scenario("retroactive break").world),
    "a room": lambda: Room.of(talk(), message=0),
    "a playground": lambda: Playground.of(scenario("own commit")),
    "the bytes of a message": lambda: WireInspector.of(talk()),
    "two sides": lambda: GroupDiff.of(talk(), between=(1, 2)),
    "a timeline": lambda: Timeline.of(talk()),
    "a tree": lambda: RatchetTree(sample(), step=4, viewer="carol"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_still_picture_is_an_image_of_its_own(name: str) -> None:
    text = still_picture(PICTURES[name]())
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert root.tag == f"{SVG}svg"
    assert root.attrib["viewBox"] == f"0 0 {root.attrib['width']} {root.attrib['height']}"
    assert (root.findtext(f"{SVG}style") or "").startswith(".mls {")
    assert not re.search(r"<script|href|url\((?!#)|tabindex|role=", text)
    assert re.search(r"aria-", text) is None


@pytest.mark.parametrize("name", PICTURES)
def test_it_is_the_same_each_time(name: str) -> None:
    assert still_picture(PICTURES[name]()) == still_picture(PICTURES[name]())


@pytest.mark.parametrize("name", PICTURES)
def test_names_cannot_break_out_and_forbidden_characters_are_dropped(name: str) -> None:
    picture = PICTURES[name]()
    picture.view = _renamed(picture.view)
    text = picture._figure()
    assert "<b>" not in text
    assert "&lt;b&gt;" in text
    ET.fromstring(still_picture(picture))  # noqa: S314 - our own text


def _renamed(value: Any) -> Any:
    """A view whose texts for people begin with HTML markup and with characters that XML forbids."""
    if isinstance(value, dict):
        told = ("title", "name", "words", "sentence", "summary", "source", "brief")
        return {
            key: f"<b>\x00\x0b\ud800{one}" if key in told and isinstance(one, str) else _renamed(one)
            for key, one in value.items()
        }
    return [_renamed(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", PICTURES)
def test_without_quickjs_the_words_stay(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "quickjs", None)
    monkeypatch.setattr(still_module, "_of_this_thread", threading.local())
    picture = PICTURES[name]()
    text = picture._figure()
    assert "<img" not in text
    sentence, heads, rows = picture._words()
    assert f"<figcaption>{escape(sentence)}</figcaption>" in text
    assert text.count("<tr>") == 1 + len(rows) > 2
    assert text.count("<th ") == len(heads)


def test_quickjs_is_not_imported_before_something_is_drawn() -> None:
    program = "import sys, widgets, widgets.derivation_graph; sys.exit('quickjs' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=True)


def test_each_thread_draws_in_a_context_of_its_own() -> None:
    expected, drawn = still_picture(DerivationGraph(derived())), list[str]()
    threads = [
        threading.Thread(target=lambda: drawn.append(still_picture(DerivationGraph(derived())))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert drawn == [expected] * 3


@pytest.mark.parametrize(
    ("limit", "value"), [("_SECONDS", 1e-6), ("_MEMORY", 1 << 16), ("_STACK", 1 << 8)], ids=["time", "memory", "stack"]
)
def test_a_picture_beyond_a_limit_is_refused_and_its_words_are_shown(
    limit: str, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = DerivationGraph(derived())
    monkeypatch.setattr(still_module, limit, value)
    monkeypatch.setattr(still_module, "_of_this_thread", threading.local())
    with pytest.raises(NotDrawn, match="too large"):
        still(graph._still_module, graph._shown(), graph._still_styles)
    assert "<img" not in graph._figure()
    monkeypatch.undo()
    assert "<img" in graph._figure(), "the next one is drawn in a new context"


def test_an_error_of_a_picture_is_not_reported_as_a_limit() -> None:
    with pytest.raises(Exception, match="TypeError"):
        still("derivation_graph/still.js", {"view": {}, "every_step": False}, ("shared/theme.css",))


FOREIGN = ["constructor", "__proto__", "toString", "hasOwnProperty"]


def test_names_that_every_object_of_javascript_knows_are_names_like_others() -> None:
    world = World.of(FOREIGN)
    world.update("__proto__")
    world.commit("constructor")
    world.send("toString", "hello")
    world.compromise("__proto__")
    for name in FOREIGN:
        tree = RatchetTree.of(world, viewer=name, step=len(ratchet_tree_view(world.trace())["steps"]) - 2)
        assert f"{name} reads: “hello”" in tree._still().sentence
        assert f"{name}'s device" in KeyLifetimes.of(world, device=name)._still().sentence
    assert all(name in SecurityMatrix.of(world)._still().words for name in FOREIGN)


def test_a_name_is_never_capitalised_and_one_that_looks_like_our_words_is_marked() -> None:
    world = World.of(["bob", "Bob", "leaf 3"])
    world.send("bob", "hello")
    sentence = RatchetTree.of(world, viewer="Bob")._still().sentence
    assert sentence.startswith("bob sent a message")
    assert "Bob reads: “hello”" in sentence
    titles = [step["title"] for step in ratchet_tree_view(world.trace())["steps"]]
    assert titles[:2] == ["bob created the group", "bob added Bob and “leaf 3”"]
    assert [one["initial"] for one in ratchet_tree_view(world.trace())["members"]] == ["b", "B", "l"]


def test_a_long_name_is_shortened_under_its_leaf_and_whole_in_the_table() -> None:
    world = World.of([f"somebody.with.a.long.name.{number}@example.org" for number in range(4)])
    figure = RatchetTree.of(world)._still()
    assert not re.search(r"<text[^>]*>[^<]*@example\.org", figure.picture)
    assert "somebody.with.a.long.name.3@example.org" in figure.words
