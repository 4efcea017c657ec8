"""The lifetimes of secrets as a reader meets them: the line of the compromise dragged, by mouse and by keyboard."""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, explains, faults_that_axe_finds
from tests.widgets.told import compromise_of
from tests.widgets.views import still_picture
from widgets.key_lifetimes import KeyLifetimes
from widgets.shared.page import page as page_of
from workbench.lab import World
from workbench.lab.leaks import recorded_history
from workbench.lab.scenarios import scenario
from workbench.views.lifetimes import KeyLifetimesView, key_lifetimes_view

pytestmark = pytest.mark.browser

ROOT = ".mls-key-lifetimes"


@cache
def told() -> KeyLifetimesView:
    """Two messages, an update that waits, a pre-shared key, and commits."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"])
    world.send("Bob", "First.")
    world.share_psk("lunch", *world.members)
    world.update("Alice")
    world.commit("Bob", psks=["lunch"])
    world.send("Carol", "Second.")
    world.commit("Alice")
    return key_lifetimes_view(recorded_history(world))


@cache
def retroactive() -> KeyLifetimesView:
    story = scenario("retroactive break")
    return key_lifetimes_view(story.recorded, story.leaks)


def shown(view: KeyLifetimesView, **traits: object) -> str:
    """The page of a widget with these traits."""
    widget = KeyLifetimes(view)
    return page_of("key_lifetimes/key_lifetimes.js", widget._shown() | traits, widget._figure(), title="test")


def line(page: Page) -> Locator:
    return page.get_by_role("slider")


def says(page: Page, view: KeyLifetimesView, device: str, step: int, *others: str) -> None:
    """The page says of a compromise what the module says of it in Python."""
    compromise = compromise_of(view, device, step, others)
    expect(page.locator(".mls-sentence")).to_have_text(compromise["said"])
    expect(line(page)).to_have_attribute("aria-valuetext", compromise["instant"])
    expect(page.locator(".mls-taken li")).to_have_text(compromise["leaked"] or ["nothing"])
    expect(page.locator(".mls-epochs .is-open")).to_have_text([f"{epoch} open" for epoch in compromise["epochs"]])
    expect(page.locator(".mls-read li")).to_have_count(len(compromise["messages"]))


def essence(drawing: str) -> list[tuple[object, ...]]:
    """What can be seen of a drawing: its parts with their places, marks and words."""
    root = ET.fromstring(drawing)  # noqa: S314 - our own text
    axis_and_lanes = [part for part in root.iter() if part.get("class") in ("mls-axis", "mls-lanes")]
    kept = ("d", "x", "y", "width", "height", "r", "transform", "data-fact", "data-kind")
    return [
        (
            part.tag.rpartition("}")[2],
            sorted((part.get("class") or "").split()),
            [part.get(name) for name in kept],
            (part.text or "").strip() if part.tag.endswith("text") else "",
        )
        for group in axis_and_lanes
        for part in group.iter()
        if not part.tag.endswith("title")
    ]


@pytest.mark.parametrize(("view", "device"), [(told, "Alice"), (retroactive, "Dave")])
def test_the_live_picture_and_the_still_figure_show_the_same(visit: Visit, view: object, device: str) -> None:
    assert callable(view)
    shared = view()
    # the panel stands below, and the plot is as wide as in the figure; the widget has a border
    page = visit(shown(shared, device=device, step=0), viewport={"width": 722, "height": 900})
    page.locator("main").evaluate("(main) => { main.style.padding = 0; }")
    for step in range(len(shared["security"]["steps"])):
        says(page, shared, device, step)
        live = page.locator(".mls-plot").first.evaluate("(one) => new XMLSerializer().serializeToString(one)")
        assert essence(live) == essence(still_picture(KeyLifetimes(shared, device=device, step=step)))
        line(page).press("ArrowRight")


def test_the_line_is_dragged_and_all_that_it_cuts_leaks(visit: Visit) -> None:
    view = told()
    page = visit(shown(view, device="Alice", step=6))
    handle, room = line(page).bounding_box(), page.locator(".mls-plot-area").bounding_box()
    assert handle is not None
    assert room is not None
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] - 6)
    page.mouse.down()
    for part in (0.7, 0.5, 0.02):
        page.mouse.move(room["x"] + room["width"] * part, room["y"] + 60, steps=3)
    says(page, view, "Alice", 0)
    page.mouse.move(room["x"] + room["width"] + 200, room["y"] + 60)
    says(page, view, "Alice", 7)
    page.mouse.up()
    page.mouse.move(room["x"] + 5, room["y"] + 60)
    says(page, view, "Alice", 7)


def test_the_keys_of_a_slider_move_the_line(visit: Visit) -> None:
    view = told()
    page = visit(shown(view, device="Carol", step=3))
    line(page).focus()
    for key, step in [("ArrowLeft", 2), ("ArrowRight", 3), ("PageUp", 5), ("PageDown", 1), ("End", 7), ("Home", 0)]:
        page.keyboard.press(key)
        says(page, view, "Carol", step)
    expect(line(page)).to_have_attribute("aria-valuenow", "1")
    expect(line(page)).to_have_attribute("aria-valuemax", "8")


def test_another_device_has_other_secrets(visit: Visit) -> None:
    view = told()
    page = visit(shown(view, device="Alice", step=4))
    page.get_by_label("Device", exact=True).select_option("Bob")
    says(page, view, "Bob", 4)
    expect(line(page)).to_have_attribute("aria-label", "Compromise of Bob's device")


def test_another_leak_is_put_on_and_taken_off(visit: Visit) -> None:
    view = retroactive()
    page = visit(shown(view, device="Dave", step=4))
    says(page, view, "Dave", 4)
    page.get_by_role("button", name="Bob").click()
    says(page, view, "Dave", 4, "Bob")
    page.get_by_role("button", name="Bob").click()
    says(page, view, "Dave", 4)


def test_a_kind_unfolds_by_mouse_and_by_keyboard(visit: Visit) -> None:
    page = visit(shown(told(), device="Alice", step=4))
    epoch = page.get_by_role("button", name="Epoch secrets")
    expect(epoch).to_have_attribute("aria-expanded", "false")
    lanes = page.locator(".mls-lane")
    folded = lanes.count()
    epoch.click()
    expect(epoch).to_have_attribute("aria-expanded", "true")
    expect(lanes).to_have_count(folded + 6)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Secret tree")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(lanes).to_have_count(folded)
    expect(epoch).to_be_focused()
    assert page.locator(".mls-row-names button[tabindex='0']").count() == 1


def test_the_key_names_what_is_in_the_picture_now(visit: Visit) -> None:
    page = visit(shown(told(), device="Alice", step=0))
    names = page.locator(f"{ROOT} .mls-key-name")
    assert "several secrets" in names.all_inner_texts()
    assert "deleted before" not in names.all_inner_texts()
    line(page).press("End")
    assert "deleted before" in names.all_inner_texts()


def test_the_table_says_what_becomes_of_each_secret(visit: Visit) -> None:
    view = retroactive()
    page = visit(shown(view, device="Dave", step=4))
    page.get_by_label("Show as a table").click()
    rows = page.locator(".mls-data-table tbody tr")
    expect(rows).to_have_count(len(compromise_of(view, "Dave", 4)["table"]))
    said = [list(row) for row in rows.evaluate_all("all => all.map((row) => [...row.cells].map((c) => c.textContent))")]
    assert said == compromise_of(view, "Dave", 4)["table"]


def test_nothing_moves_when_the_page_opens(visit: Visit) -> None:
    page = visit(shown(told()))
    expect(page.locator(ROOT)).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_narrow_page_has_room_for_all(visit: Visit) -> None:
    view = told()
    page = visit(shown(view, device="Alice", step=0), viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    line(page).press("End")
    says(page, view, "Alice", 7)
    box = line(page).bounding_box()
    assert box is not None
    assert box["x"] + box["width"] / 2 <= 320, "the line is in sight"


def test_of_many_steps_those_around_the_line_are_in_sight_at_first(visit: Visit) -> None:
    world = World.of(["Alice", "Bob"])
    for _ in range(30):
        world.send("Alice", "hello")
    page = visit(
        shown(key_lifetimes_view(recorded_history(world)), device="Alice", step=31),
        viewport={"width": 320, "height": 700},
    )
    box = line(page).bounding_box()
    assert box is not None
    assert box["x"] + box["width"] / 2 <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit: Visit, scheme: str) -> None:
    page = visit(shown(retroactive(), device="Dave", step=4, leaks=["Bob"]), color_scheme=scheme)
    page.get_by_label("Show as a table").click()
    page.get_by_label("Help").click()
    expect(page.locator(".mls-help .mls-legend li")).to_have_count(13)
    explains(page, "leaf key", "7.2")
    explains(page, "init secret", "8")
    assert faults_that_axe_finds(page, ROOT) == []


def test_with_forced_colours_only_the_readers_colours_are_used(visit: Visit) -> None:
    page = visit(shown(retroactive(), device="Dave", step=4, leaks=["Bob"]), forced_colors="active")
    expect(page.locator(ROOT)).to_be_visible()
    used = page.evaluate("""() => {
      const probe = document.body.appendChild(document.createElement("i"));
      const system = ["Canvas", "CanvasText", "Highlight", "HighlightText", "LinkText", "GrayText"].map((name) => {
        probe.style.color = name;
        return getComputedStyle(probe).color;
      });
      const marks = [...document.querySelectorAll(".mls-plot rect, .mls-plot path, .mls-plot circle, .mls-plot text")];
      const colours = marks.flatMap((one) => [getComputedStyle(one).fill, getComputedStyle(one).stroke]);
      return [...new Set(colours)].filter((colour) => !/^(none|url)/.test(colour) && !system.includes(colour));
    }""")
    assert used == []
