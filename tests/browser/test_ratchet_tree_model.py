"""The ratchet tree and its model: what the reader chooses, what changes, what a notebook keeps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.ratchet_tree import ROOT, hosted, node
from tests.widgets.told import step_sentence
from tests.widgets.views import sample
from widgets.ratchet_tree import RatchetTree

pytestmark = pytest.mark.browser


def test_what_a_notebook_keeps_plays_by_itself(visit: Visit) -> None:
    bundle: Any = RatchetTree(sample(), step=1)._repr_mimebundle_()
    page = visit(f"<!doctype html><title>kept</title><main>{bundle[0]['text/html']}</main>")
    expect(page.locator(f"{ROOT} [data-node]")).to_have_count(7)
    expect(page.locator("figure")).to_have_count(0)
    page.get_by_label("One step back").click()
    expect(page.locator(".mls-sentence")).to_have_text("The group exists.")


def test_without_scripts_the_figure_stays(visit: Visit) -> None:
    bundle: Any = RatchetTree(sample(), step=1)._repr_mimebundle_()
    page = visit(f"<!doctype html><title>kept</title><main>{bundle[0]['text/html']}</main>", java_script_enabled=False)
    image = page.get_by_role("img", name=re.compile("Ratchet tree of a sample in epoch 5"))
    expect(image).to_be_visible()
    box = image.bounding_box()
    assert box is not None
    assert box["width"] > 300
    expect(page.locator("figcaption")).to_have_text("Alice refreshed her keys.")


def test_every_choice_of_the_reader_reaches_the_model(visit: Visit) -> None:
    page = visit(hosted(sample(), step=0))
    page.get_by_label("One step forward").click()
    page.get_by_label("Seen by", exact=True).select_option("attacker")
    page.get_by_label("Speed").select_option("2")
    node(page, 1).click()
    calls = page.evaluate("window.calls")
    for name, value in [("step", 1), ("viewer", "attacker"), ("speed", 2), ("selected", 1)]:
        assert ["set", name, value] in calls
    assert calls[-1] == ["save"]


def test_changes_of_the_model_reach_the_picture(visit: Visit) -> None:
    view = sample()
    page = visit(hosted(view, step=0))
    page.evaluate("tell('step', 3); tell('viewer', 'bob')")
    expect(page.locator(".mls-sentence")).to_have_text("Bob removed Carol.")
    expect(page.locator(f"{ROOT} [data-node]")).to_have_count(3)
    page.evaluate("tell('selected', 1)")
    expect(page.get_by_role("group", name="Details")).to_contain_text("Node 1, parent")


def test_a_longer_view_is_played_from_where_the_reader_is(visit: Visit) -> None:
    longer, shorter = sample(), sample()
    del shorter["steps"][2:]
    page = visit(hosted(shorter, speed=4))
    expect(page.locator(".mls-title")).to_have_text("Step 2 of 2: Alice updates")
    page.evaluate("(view) => { tell('view', view); tell('playing', true); }", longer)
    expect(page.locator(".mls-title")).to_have_text("Step 5 of 5: Bob speaks", timeout=15_000)
    expect(page.get_by_label("Play", exact=True)).to_be_visible()


def test_steps_that_follow_each_other_fast_end_at_the_newest_at_once(visit: Visit) -> None:
    """As after eight fast clicks: nobody waits until all that was done before is played."""
    first = sample()
    del first["steps"][1:]
    views = [first | {"steps": sample()["steps"][:count]} for count in (2, 3, 4, 5)]
    page = visit(hosted(first))
    page.evaluate(
        """async (views) => {
          window.titles = [];
          const title = document.querySelector(".mls-title");
          new MutationObserver(() => window.titles.push(title.textContent)).observe(title, { childList: true });
          for (const view of views) {
            tell("view", view);
            tell("playing", true);
            for (let turn = 0; turn < 3; turn += 1) await null;
          }
        }""",
        views,
    )
    expect(page.locator(".mls-title")).to_have_text("Step 5 of 5: Bob speaks")
    expect(page.get_by_label("Play", exact=True)).to_be_visible()
    assert page.evaluate("window.titles.map((title) => title.slice(0, 11))") == [
        *("Step 1 of 2", "Step 3 of 3", "Step 4 of 4", "Step 5 of 5")
    ], "the first begins to play, each other stands at once"


def test_what_is_new_is_played_from_the_last_step_even_if_an_older_one_was_shown(visit: Visit) -> None:
    longer, shorter = sample(), sample()
    del shorter["steps"][4:]
    page = visit(hosted(shorter, step=1, speed=4))
    page.evaluate(
        """(view) => {
          window.titles = [];
          const title = document.querySelector(".mls-title");
          new MutationObserver(() => window.titles.push(title.textContent)).observe(title, { childList: true });
          tell("view", view);
          tell("playing", true);
        }""",
        longer,
    )
    expect(page.locator(".mls-title")).to_have_text("Step 5 of 5: Bob speaks", timeout=15_000)
    assert {title[:6] for title in page.evaluate("window.titles")} <= {"Step 4", "Step 5"}


def test_that_new_steps_are_played_is_said_to_python_after_what_was_on_its_way(visit: Visit) -> None:
    """Else an older "no longer playing", which Python hears after that, comes back and stops them."""
    longer, shorter = sample(), sample()
    del shorter["steps"][4:]
    page = visit(hosted(shorter))
    page.evaluate("(view) => { window.calls.length = 0; tell('view', view); tell('playing', true); }", longer)
    page.wait_for_function("window.calls.length > 0")
    said = page.evaluate("window.calls.slice(0, window.calls.findIndex(([kind]) => kind === 'save') + 1)")
    assert [value for kind, *value in said if value[:1] == ["playing"]] == [["playing", False], ["playing", True]]


def test_a_reader_who_wants_no_motion_sees_what_is_new_at_once(visit: Visit) -> None:
    longer, shorter = sample(), sample()
    del shorter["steps"][2:]
    page = visit(hosted(shorter), reduced_motion="reduce")
    page.evaluate(
        """(view) => {
          window.titles = [];
          const title = document.querySelector(".mls-title");
          new MutationObserver(() => window.titles.push(title.textContent)).observe(title, { childList: true });
          tell('view', view);
          tell('playing', true);
        }""",
        longer,
    )
    expect(page.locator(".mls-title")).to_have_text("Step 5 of 5: Bob speaks")
    assert page.evaluate("window.titles") == ["Step 5 of 5: Bob speaks"]
    expect(page.get_by_label("Play", exact=True)).to_be_visible()


def test_a_picture_that_opens_while_it_plays_stands_still_for_a_reader_who_wants_no_motion(visit: Visit) -> None:
    page = visit(hosted(sample(), playing=True, step=0), reduced_motion="reduce")
    expect(page.locator(".mls-title")).to_have_text("Step 5 of 5: Bob speaks")
    expect(page.get_by_label("Play", exact=True)).to_be_visible()


def test_a_reader_who_wants_no_motion_can_still_press_play(visit: Visit) -> None:
    page = visit(hosted(sample(), step=0, speed=4), reduced_motion="reduce")
    page.get_by_label("Play", exact=True).click()
    expect(page.get_by_label("Pause", exact=True)).to_be_visible()
    expect(page.locator(".mls-title")).to_have_text("Step 5 of 5: Bob speaks", timeout=15_000)


def test_a_view_that_ends_leaves_nothing_behind(visit: Visit) -> None:
    page = visit(hosted(sample(), playing=True, step=0))
    expect(page.locator(ROOT)).to_be_visible()
    page.evaluate("window.end()")
    expect(page.locator("#here > *")).to_have_count(0)
    assert page.evaluate("window.listening()") == 0
    page.evaluate("window.calls.length = 0")
    page.wait_for_timeout(1200)
    assert page.evaluate("window.calls") == []


def test_two_views_of_one_model_play_together_and_not_twice_as_fast(visit: Visit) -> None:
    page = visit(hosted(sample(), step=0))
    expect(page.locator(ROOT)).to_be_visible()
    page.evaluate("""async () => {
      const { set } = window.model;
      window.model.set = (name, value) => { set(name, value); window.tell(name, value); };
      const other = document.body.appendChild(document.createElement("div"));
      const text = document.querySelector("script[type=module]").textContent.match(/encodeURIComponent\\((".*")\\)/)[1];
      const widget = await import("data:text/javascript;charset=utf-8," + encodeURIComponent(JSON.parse(text)));
      widget.default.render({ model: window.model, el: other });
      window.tell("speed", 4);
      window.tell("playing", true);
    }""")
    expect(page.locator(ROOT)).to_have_count(2)
    end = step_sentence(sample(), 4, "alice")
    expect(page.locator(".mls-sentence").nth(1)).to_have_text(end, timeout=15_000)
    calls = page.evaluate("window.calls.filter(([kind, name]) => kind === 'set' && name === 'beat')")
    beats = [value for _, _, value in calls]
    assert beats == [0, 1, 2, 3, 4, 5, -1, 0, -1, -1, 0, -1]
