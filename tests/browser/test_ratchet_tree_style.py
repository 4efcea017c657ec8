"""The ratchet tree on small pages, in themes and colours of readers, and for axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.browser.ratchet_tree import ROOT, hosted, node, shown
from tests.widgets.views import lived, sample, wide

pytestmark = pytest.mark.browser


def test_large_trees_can_be_looked_at_closely(visit: Visit) -> None:
    page = visit(shown(wide(512)))
    viewport = page.locator(".mls-viewport")
    assert viewport.evaluate("(one) => one.scrollWidth === one.clientWidth")
    for _ in range(5):
        page.get_by_label("Zoom in").click()
    assert viewport.evaluate("(one) => one.scrollWidth > 10 * one.clientWidth")
    node(page, 0).focus()
    page.keyboard.press("End")
    expect(node(page, 1022)).to_be_in_viewport()


@pytest.mark.parametrize("leaf_count", [4, 16, 64])
def test_a_phone_is_wide_enough(visit: Visit, leaf_count: int) -> None:
    page = visit(shown(wide(leaf_count)), viewport={"width": 320, "height": 640})
    expect(page.locator(f"{ROOT} [data-node]")).to_have_count(2 * leaf_count - 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    node(page, leaf_count - 1).click()
    tree, side = page.locator(".mls-viewport").bounding_box(), page.get_by_role("group", name="Details").bounding_box()
    assert tree is not None
    assert side is not None
    assert tree["y"] + tree["height"] <= side["y"], "the panel is below the tree where there is no room beside it"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Visit, scheme: str) -> None:
    page = visit(shown(lived(), step=5, viewer="attacker", selected=2), color_scheme=scheme)
    page.get_by_label("Show as a table").click()
    expect(page.locator(f"{ROOT} [data-node]")).to_have_count(15)
    assert faults_that_axe_finds(page, ROOT) == []
    page.get_by_label("Help").click()
    expect(page.locator(".mls-help .mls-legend li")).to_have_count(39)
    assert faults_that_axe_finds(page, ROOT) == []


LUMINANCE = """(pairs) => pairs.map(([selector, property, under]) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  };
  const element = document.querySelector(selector);
  const [a, b] = [
    luminance(getComputedStyle(element)[property]),
    luminance(getComputedStyle(document.querySelector(under[0]))[under[1]]),
  ];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
})"""
PAPER = [ROOT, "backgroundColor"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_in_the_picture_has_contrast(visit: Visit, scheme: str) -> None:
    page = visit(shown(sample(), step=0, viewer="bob"), color_scheme=scheme)
    expect(page.locator(ROOT)).to_be_visible()
    pairs = [
        [".mls-name", "fill", PAPER],
        [".mls-print", "fill", PAPER],
        [".is-blank > .mls-inside", "fill", PAPER],
        [".is-leaf.is-keyed:not(.has-held) > .mls-inside", "fill", PAPER],
        [".is-leaf.has-held > .mls-inside", "fill", [".is-leaf.has-held > .mls-shape", "fill"]],
        [".is-parent.has-held > .mls-inside", "fill", [".is-parent.has-held > .mls-shape", "fill"]],
        [".mls-sentence", "color", PAPER],
        [".mls-title", "color", PAPER],
    ]
    assert [ratio for ratio in page.evaluate(LUMINANCE, pairs) if ratio < 4.5] == []


def test_the_theme_of_jupyterlab_is_followed(visit: Visit) -> None:
    page = visit(shown(sample()), color_scheme="light")
    expect(page.locator(ROOT)).to_be_visible()
    page.evaluate("""() => {
      document.body.dataset.jpThemeLight = "false";
      document.body.style.setProperty("--jp-layout-color1", "rgb(17, 17, 17)");
      document.body.style.setProperty("--jp-ui-font-color1", "rgb(240, 240, 240)");
    }""")
    assert page.locator(ROOT).evaluate("(one) => getComputedStyle(one).backgroundColor") == "rgb(17, 17, 17)"
    assert page.locator(ROOT).evaluate("(one) => getComputedStyle(one).colorScheme") == "dark"


# What notebooks say of plain elements, and worse.
NOTEBOOK_RULES = """
.themed .rendered :is(p, ul, dl, table) { margin: 0 0 1em 2em; width: 50%; }
.rendered dl dt { float: left; clear: left; width: 20%; font-weight: bold; }
.rendered dl dd { float: left; width: 78%; margin-left: 2em; }
.rendered ul { list-style: disc; padding-left: 2em; }
.rendered :is(td, th, tr) { padding: 0.5em; white-space: normal; line-height: 3; }
.themed .rendered :not(pre) > code { padding: 9px; }
.themed .rendered kbd { padding: 9px; }
.rendered :is(strong, b, i, em) { padding: 3px; }
"""


def test_the_styles_of_a_notebook_do_not_reach_into_it(visit: Visit) -> None:
    page = visit(hosted(sample(), step=1, selected=1))
    page.get_by_label("Show as a table").click()
    boxes = """() => [...document.querySelectorAll("#here *")].map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      return [one.tagName, x, y, width, height].join(" ");
    })"""
    for opened in ("Values of the group", "Help"):
        page.get_by_title(opened).click()
        expect(page.get_by_role("group", name="Details")).to_be_visible()
        before = page.evaluate(boxes)
        page.evaluate("""() => {
          document.body.className = "themed";
          document.getElementById("here").className = "rendered";
        }""")
        style = page.add_style_tag(content=NOTEBOOK_RULES)
        assert page.evaluate(boxes) == before
        style.evaluate("(one) => one.remove()")


def test_with_forced_colours_only_the_readers_colours_are_used(visit: Visit) -> None:
    page = visit(shown(sample(), step=2, viewer="attacker"), forced_colors="active")
    expect(page.locator(ROOT)).to_be_visible()
    used = page.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement("i"));
      const system = ["Canvas", "CanvasText", "Highlight", "HighlightText", "LinkText", "GrayText"].map((name) => {
        probe.style.color = name;
        return getComputedStyle(probe).color;
      });
      const marks = [...document.querySelectorAll(".mls-shape, .mls-inside, .mls-hatch, .mls-flag, .mls-edge")];
      const colours = marks.flatMap((one) => [getComputedStyle(one).fill, getComputedStyle(one).stroke]);
      return [...new Set(colours)].filter((colour) => colour !== "none" && !system.includes(colour));
    }""")
    assert used == []
