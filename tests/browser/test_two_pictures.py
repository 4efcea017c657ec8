"""Two pictures of a kind on one page, and a picture in a shadow root: neither changes the other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.widgets.views import derived, sample
from widgets.derivation_graph import DerivationGraph
from widgets.key_lifetimes import KeyLifetimes
from widgets.prediction import Prediction
from widgets.ratchet_tree import RatchetTree
from widgets.security_matrix import SecurityMatrix
from widgets.server_knowledge import ServerKnowledge
from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.page import output
from widgets.shared.picture import Picture
from workbench.lab.scenarios import scenario

pytestmark = pytest.mark.browser

KINDS: dict[str, Callable[[], Picture]] = {
    "a derivation": lambda: DerivationGraph(derived()),
    "lifetimes": lambda: KeyLifetimes.of(scenario("retroactive break"), device="Dave", opened=[]),
    "a matrix": lambda: SecurityMatrix.of(scenario("retroactive break")),
    "a tree": lambda: RatchetTree(sample(), step=4, viewer="carol"),
    "what the server knows": lambda: ServerKnowledge.of(scenario("retroactive break").world),
}
TWICE = """<!doctype html><title>two</title>
<style>body {{ margin: 0; }} section {{ position: absolute; top: 0; width: 600px; }}</style>
<section>{0}</section><section style="left: 620px">{0}</section>"""
# The ids that stand twice on the page, and the references that lead to no element or out of their picture.
_ASTRAY = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  const astray = ids.filter((id, at) => ids.indexOf(id) !== at);
  for (const one of document.querySelectorAll(".mls-room *")) {
    for (const { name, value } of one.attributes) {
      const aria = /^(for|aria-(activedescendant|controls|owns|labelledby|describedby))$/.test(name);
      const names = aria ? value.split(" ") : [...value.matchAll(/url\\(#([^)]+)\\)/g)].map((found) => found[1]);
      const room = one.closest(".mls-room");
      astray.push(...names.filter((id) => !room.contains(document.getElementById(id))));
    }
  }
  return astray;
}"""
# JupyterLab gives each picture a module of its own, which counts from the beginning: here a fragment does the same.
HOSTED = """<!doctype html><title>hosted</title>
<style>body {{ margin: 0; }} section {{ position: absolute; top: 0; width: 600px; }} {style}</style>
<section></section><section style="left: 620px"></section>
<script type="module">
const style = {quoted}, address = "data:text/javascript;charset=utf-8," + encodeURIComponent({module});
for (const [number, section] of [...document.querySelectorAll("section")].entries()) {{
  const {{ default: widget }} = await import(`${{address}}#${{number}}`);
  const values = {traits}, listeners = new Map();
  const model = {{
    get: (name) => values[name],
    set: (name, value) => {{
      values[name] = value;
      for (const listener of listeners.get(`change:${{name}}`) ?? []) listener();
    }},
    save_changes() {{}},
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off() {{}},
  }};
  let el = section;
  if ({shadow}) {{
    const root = section.attachShadow({{ mode: "open" }});
    root.innerHTML = `<style>${{style}}</style><div></div>`;
    el = root.lastElementChild;
  }}
  widget.render({{ model, el }});
}}
</script>"""


def two(picture: Picture, *, shadow: bool = False) -> str:
    """A page with a picture twice, on request each in a shadow root, as Panel puts it."""
    style = stylesheet(*STYLES)
    return HOSTED.format(
        module=json.dumps(module(picture._module)).replace("</", "<\\/"),
        style="" if shadow else style,
        quoted=json.dumps(style),
        traits=json.dumps(picture._shown()).replace("<", "\\u003c"),
        shadow=json.dumps(shadow),
    )


def focused(page: Page) -> str:
    """What has the focus in the shadow root, by its label or its name."""
    words = "(one) => one?.getAttribute('aria-label') ?? one?.textContent ?? ''"
    return str(page.evaluate(f"() => ({words})(document.querySelector('section').shadowRoot.activeElement)"))


def at_rest(picture: Locator) -> bytes:
    """What a picture looks like once it no longer changes."""
    last, now = b"", picture.screenshot(animations="disabled")
    while last != now:
        last, now = now, picture.screenshot(animations="disabled")
    return now


VISIBLE = 16
"""Of 255: rounded edges may be off by one or two when they are painted again."""


def difference(one: bytes, other: bytes) -> int:
    """How far the two pictures are apart at the pixel where they differ most."""
    images = (Image.open(BytesIO(each)).convert("RGB") for each in (one, other))
    extremes: Any = ImageChops.difference(*images).getextrema()
    return int(max(high for _, high in extremes))


@pytest.mark.parametrize("kind", KINDS)
def test_when_the_first_of_two_is_hidden_the_second_stays_as_it_is(visit: Visit, kind: str) -> None:
    page = visit(two(KINDS[kind]()), viewport={"width": 1240, "height": 1200})
    expect(page.locator(".mls-room")).to_have_count(2)
    assert page.evaluate(_ASTRAY) == []
    for landmark in ("region", "complementary", "banner"):  # several of one name would be a maze
        expect(page.locator(".mls-room").get_by_role(landmark, include_hidden=True)).to_have_count(0)
    second = page.locator(".mls-room").nth(1)
    before = at_rest(second)
    page.locator("section").first.evaluate("(section) => { section.style.display = 'none'; }")
    assert difference(before, at_rest(second)) < VISIBLE


def test_the_cell_under_the_cursor_is_told_of_the_matrix_that_has_the_focus(visit: Visit) -> None:
    page = visit(two(KINDS["a matrix"]()), viewport={"width": 1240, "height": 1200})
    for number in (0, 1):
        grid = page.locator("[role=grid]").nth(number)
        grid.focus()
        page.keyboard.press("ArrowRight")
        assert page.evaluate(_ASTRAY) == []
        cell = grid.get_attribute("aria-activedescendant")
        expect(grid.locator(f"#{cell}")).to_have_count(1)


def test_in_a_shadow_root_the_matrix_has_its_cursor_and_a_leak_that_is_toggled_keeps_the_focus(visit: Visit) -> None:
    page = visit(two(KINDS["a matrix"](), shadow=True))
    grid = page.locator("[role=grid]").first
    grid.focus()
    page.keyboard.press("ArrowRight")
    expect(grid).to_have_attribute("aria-activedescendant", re.compile("."))
    leak = page.locator(".mls-leak").first
    leak.focus()
    name = focused(page)
    page.keyboard.press("Enter")
    expect(leak).to_have_attribute("aria-pressed", "false")
    assert focused(page) == name


def test_in_a_shadow_root_the_arrows_move_the_focus_through_a_tree_and_a_derivation(visit: Visit) -> None:
    for kind, part in (("a tree", "[data-node]"), ("a derivation", "[data-fact]")):
        page = visit(two(KINDS[kind](), shadow=True))
        page.locator(f"{part}[tabindex='0']").first.focus()
        start = focused(page)
        page.keyboard.press("End" if kind == "a tree" else "ArrowUp")
        assert focused(page)
        assert focused(page) != start


def test_no_style_of_a_picture_reaches_what_else_the_workbench_shows(repository: Path) -> None:
    """Pictures style their own parts under their own names; a page may hold a dissection too."""
    used = {name for path in (repository / "workbench").rglob("*.py") for name in _classes(path.read_text("utf-8"))}
    assert {"mls-dissection", "mls-leaf"} <= used
    text = stylesheet(*STYLES, "prediction/prediction.css")
    selectors, depth = set[str](), 0
    for rule, brace in re.findall(r"([^{}]*)([{}])", text):
        selector = rule.rpartition(";")[2].strip()
        if brace == "{" and depth == 0 and not selector.startswith("@"):
            selectors.add(selector)
        # the rules in a query stand as free as the query itself
        depth += (1 if brace == "{" else -1) if not selector.startswith("@") or brace == "}" else 1
    assert ".mls-hue-0" in selectors
    assert used & {name for selector in selectors for name in _classes(selector)} == set()


def _classes(text: str) -> set[str]:
    return set(re.findall(r"\b(?:mls|is|has)-[a-z][\w-]*", text))


def test_each_question_has_its_own_choice(visit: Visit) -> None:
    form = Prediction("Is it so?", ["yes", "no"])._form()
    page = visit(TWICE.format(output([form], saved="")))
    for number in (0, 1):
        page.get_by_label("yes").nth(number).check()
    expect(page.locator("input:checked")).to_have_count(2)
