"""The derivation graph as a reader meets it: what leaked, what it opened, and the way from there lit up."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, explains, faults_that_axe_finds
from tests.widgets.views import derived, still_picture
from widgets.derivation_graph import DerivationGraph
from widgets.shared.page import page as page_of
from workbench.lab.scenarios import scenario

pytestmark = pytest.mark.browser

ROOT = ".mls-derivation-graph"
IS_BESIDE_THE_MIDDLE = """() => {
  const room = document.querySelector(".mls-viewport");
  const one = document.querySelector("[data-fact].is-goal").getBoundingClientRect();
  const all = room.getBoundingClientRect();
  const off = (one.left + one.right - all.left - all.right) / 2;
  const most = room.scrollWidth - room.clientWidth;
  return Math.abs(off) < 2 || room.scrollLeft <= 0 || room.scrollLeft >= most - 1;
}"""
"""Whether the goal is in the middle, or as near to it as the picture goes."""


def shown(graph: DerivationGraph | None = None, **traits: object) -> str:
    """The page of a widget with these traits."""
    graph = graph or DerivationGraph(derived())
    return page_of("derivation_graph/derivation_graph.js", graph._shown() | traits, graph._figure(), title="test")


def named(page: Page, name: str) -> Locator:
    """The fact with this name in the picture."""
    return page.locator(f"{ROOT} [data-fact]").filter(has_text=re.compile(name)).first


def lit(page: Page) -> list[str]:
    names = page.locator(f"{ROOT} [data-fact]:not(.is-dim) .mls-fact-name").all_text_contents()
    return sorted(names)


def essence(drawing: str) -> list[object]:
    """What can be seen of a drawing: all its shapes and words, with where they stand."""
    root = ET.fromstring(drawing)  # noqa: S314 - our own text
    seen: list[object] = []
    for part in root.iter():
        kind = part.tag.rpartition("}")[2]
        if kind in {"path", "circle", "text", "rect"} and part.attrib.get("class") != "mls-back":
            attributes = {name: value for name, value in part.attrib.items() if name != "class"}
            seen.append((kind, part.attrib["class"], sorted(attributes.items()), part.text or ""))
        elif "transform" in part.attrib:
            seen.append((part.attrib["class"], part.attrib["transform"]))
    return seen


@pytest.fixture(scope="module")
def graphs() -> tuple[DerivationGraph, ...]:
    """An old leaf key that opens an epoch, a message that is read, and what bad randomness gives away."""
    verdict = scenario("deletion").verdict()
    message = DerivationGraph.of(verdict, verdict.readable_messages[0].fact)
    return DerivationGraph(derived()), message, DerivationGraph.of(scenario("bad randomness").verdict(), 3)


@pytest.mark.parametrize("every_step", [False, True])
def test_the_live_picture_and_the_still_one_are_the_same(
    visit: Visit, graphs: tuple[DerivationGraph, ...], *, every_step: bool
) -> None:
    for graph in graphs:
        graph.every_step = every_step
        page = visit(shown(graph))
        arrangement = graph.view["full" if every_step else "folded"]
        expect(page.locator(f"{ROOT} [data-fact]")).to_have_count(len(arrangement["places"]))
        live = page.locator(".mls-picture").evaluate("(one) => new XMLSerializer().serializeToString(one)")
        assert essence(live) == essence(still_picture(graph))


def test_each_fact_says_what_it_is_and_how_it_is_known(visit: Visit) -> None:
    page = visit(shown())
    expect(named(page, "Dave's leaf key")).to_have_attribute(
        "aria-label", "Dave's leaf key, leaked with everything of Dave after step 5"
    )
    expect(named(page, "commit_secret")).to_have_attribute(
        "aria-label", "the commit secret of commit 5, derived by the attacker"
    )


def test_a_click_lights_up_the_way_from_the_leaks_and_tells_it(visit: Visit) -> None:
    page = visit(shown())
    expect(page.locator(".mls-sentence")).to_have_text(derived()["summary"])
    assert len(lit(page)) == 6
    named(page, "commit_secret").click()
    assert lit(page) == ["Dave's leaf key", "commit_secret", "path_secret"]
    expect(page.locator(".mls-sentence")).to_have_text(
        "The path secret of node 5 in commit 5 gives, in 2 steps, the commit secret of commit 5."
    )
    panel = page.get_by_role("group", name="Details")
    expect(panel).to_contain_text("The commit secret of commit 5")
    expect(panel.locator("dt")).to_have_text(["DeriveSecret “path” §8"] * 2)
    named(page, "commit_secret").click()
    assert len(lit(page)) == 6
    expect(panel).to_be_hidden()


def test_a_value_is_shown_when_it_is_asked_for(visit: Visit) -> None:
    view = derived()
    page = visit(shown(), permissions=["clipboard-read", "clipboard-write"])
    named(page, "path_secret").click()
    value = next(fact["value"] for fact in view["facts"] if fact["name"] == "path_secret")
    assert value is not None
    expect(page.locator(".mls-bytes")).to_have_count(0)
    page.get_by_role("button", name="Show the value").click()
    assert page.locator(".mls-bytes").inner_text().replace(" ", "") == value
    page.get_by_label("Copy value").click()
    assert page.evaluate("navigator.clipboard.readText()") == value
    named(page, "init_secret").click()
    expect(page.locator(".mls-bytes")).to_have_count(0)


def test_the_graph_is_one_tab_stop_with_arrows_inside(visit: Visit) -> None:
    page = visit(shown())
    expect(page.locator(f"{ROOT} [data-fact][tabindex='0']")).to_have_count(1)
    named(page, "epoch_authenticator").focus()
    way = [
        *[("ArrowUp", "extracted_secret"), ("ArrowUp", "init_secret"), ("ArrowRight", "commit_secret")],
        *[("ArrowUp", "path_secret"), ("ArrowUp", "leaf key"), ("ArrowUp", "leaf key"), ("ArrowDown", "path_secret")],
        *[("End", "epoch_authenticator"), ("Home", "leaf key")],
    ]
    for key, name in way:
        page.keyboard.press(key)
        expect(named(page, name)).to_be_focused()
        expect(named(page, name)).to_have_attribute("aria-selected", "true")
    expect(page.locator(".mls-sentence")).to_have_text("Dave's leaf key leaked with everything of Dave after step 5.")
    expect(page.locator(f"{ROOT} [data-fact][tabindex='0']")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".mls-bytes")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Details")).to_be_hidden()


def test_runs_of_steps_unfold(visit: Visit) -> None:
    page = visit(shown())
    named(page, "epoch_authenticator").click()
    page.get_by_label("Show every step").click()
    expect(page.locator(f"{ROOT} [data-fact]")).to_have_count(10)
    assert len(lit(page)) == 10
    named(page, "joiner_secret").click()
    page.keyboard.press("e")
    expect(page.locator(f"{ROOT} [data-fact]")).to_have_count(6)
    expect(page.get_by_role("group", name="Details")).to_be_hidden()
    assert len(lit(page)) == 6, "what is folded away lights nothing up"


def test_the_sentences_say_what_the_picture_shows(visit: Visit) -> None:
    view = derived()
    page = visit(shown())
    page.get_by_label("Show as sentences").click()
    items = page.get_by_role("group", name="The derivation in sentences").locator("li")
    leaked = [view["facts"][place["fact"]] for place in view["folded"]["places"]]
    said = [fact["source"] for fact in leaked if fact["leak"]]
    expect(items).to_have_text([*said, *(arrow["sentence"] for arrow in view["folded"]["arrows"])])
    page.get_by_label("Show every step").click()
    expect(items).to_have_text([*said, *(arrow["sentence"] for arrow in view["full"]["arrows"])])
    page.keyboard.press("t")
    expect(items.first).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Visit, scheme: str) -> None:
    page = visit(shown(selected=2), color_scheme=scheme)
    page.get_by_label("Show as sentences").click()
    expect(page.get_by_role("group", name="Details")).to_be_visible()
    assert faults_that_axe_finds(page, ROOT) == []
    page.get_by_label("Help").click()
    expect(page.locator(".mls-help .mls-legend li")).to_have_count(7)
    explains(page, "commit secret", "7.4")
    explains(page, "path secret", "7.4")
    assert faults_that_axe_finds(page, ROOT) == []


@pytest.mark.parametrize("every_step", [False, True])
def test_in_a_narrow_window_the_graph_opens_on_its_goal(
    visit: Visit, graphs: tuple[DerivationGraph, ...], *, every_step: bool
) -> None:
    graph = graphs[2]
    graph.every_step = every_step
    page = visit(shown(graph), viewport={"width": 320, "height": 640})
    goal = page.locator(f"{ROOT} [data-fact].is-goal")
    page.wait_for_function(IS_BESIDE_THE_MIDDLE)
    room, box = page.locator(".mls-viewport").bounding_box(), goal.bounding_box()
    assert room is not None
    assert box is not None
    assert room["x"] <= box["x"]
    assert box["x"] + box["width"] <= room["x"] + room["width"]


def test_a_phone_is_wide_enough(visit: Visit) -> None:
    page = visit(shown(), viewport={"width": 320, "height": 640})
    named(page, "epoch_authenticator").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    side = page.get_by_role("group", name="Details").bounding_box()
    picture = page.locator(".mls-viewport").bounding_box()
    assert picture is not None
    assert side is not None
    assert picture["y"] + picture["height"] <= side["y"]
    named(page, "epoch_authenticator").focus()
    page.keyboard.press("Home")
    expect(named(page, "leaf key").locator(".mls-shape")).to_be_in_viewport()


def test_with_reduced_motion_nothing_moves(visit: Visit) -> None:
    page = visit(shown(), reduced_motion="reduce")
    named(page, "path_secret").click()
    assert page.evaluate("document.getAnimations().length") == 0


def test_with_forced_colours_only_the_readers_colours_are_used(visit: Visit) -> None:
    page = visit(shown(selected=1), forced_colors="active")
    expect(page.locator(ROOT)).to_be_visible()
    used = page.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement("i"));
      const system = ["Canvas", "CanvasText", "Highlight", "HighlightText", "LinkText", "GrayText"].map((name) => {
        probe.style.color = name;
        return getComputedStyle(probe).color;
      });
      const marks = [...document.querySelectorAll(".mls-picture :is(path, circle, text)")];
      const colours = marks.flatMap((one) => [getComputedStyle(one).fill, getComputedStyle(one).stroke]);
      return [...new Set(colours)].filter((colour) => colour !== "none" && !system.includes(colour));
    }""")
    assert used == []


def test_what_a_notebook_keeps_comes_alive_by_itself(visit: Visit) -> None:
    bundle: Any = DerivationGraph(derived())._repr_mimebundle_()
    kept = f"<!doctype html><title>kept</title><main>{bundle[0]['text/html']}</main>"
    page = visit(kept)
    expect(page.locator(f"{ROOT} [data-fact]")).to_have_count(6)
    expect(page.locator("figure")).to_have_count(0)
    page = visit(kept, java_script_enabled=False)
    expect(page.get_by_role("img", name="How the attacker knows the epoch authenticator of epoch 5")).to_be_visible()
