"""The playground of the app: a visitor acts, goes back, forks, shares, and meets clear words at each bound."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.conftest import is_ready
from tests.browser.conftest import faults_that_axe_finds
from workbench.lab import World
from workbench.lab.action_log import PerformedAction
from workbench.lab.shared_history import SharedHistory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visitor = Callable[..., Page]


def told(page: Page) -> str:
    return page.locator(".mls-ratchet-tree .mls-title").inner_text()


def press(page: Page, name: str, last: int) -> None:
    """Press a button, and wait until the picture has so many steps and the buttons are those of the newest step."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".mls-ratchet-tree .mls-title")).to_contain_text(f"of {last}:", timeout=20_000)
    expect(page.locator(".mls-action-form.is-busy")).to_have_count(0, timeout=20_000)
    expect(page.locator(".mls-past")).to_be_hidden(timeout=20_000)


def link_of(page: Page) -> str:
    page.wait_for_function("new URLSearchParams(location.search).has('history')")
    return page.url


def with_history(world: World) -> str:
    return f"playground?history={SharedHistory.of(world).to_text()}"


def test_a_visitor_acts_and_each_picture_shows_it(visitor: Visitor) -> None:
    page = is_ready(visitor())
    page.get_by_label("Member", exact=True).select_option("Bob")
    press(page, "Bob commits", 3)
    assert "Bob" in told(page)
    expect(page.locator(".mls-security-matrix")).to_contain_text("After step 3 of 3")
    press(page, "Compromise Bob's device", 4)
    expect(page.locator(".mls-security-matrix .mls-sentence")).to_contain_text("The attacker reads epoch 2")
    press(page, "Bob sends the message", 5)
    expect(page.locator(".mls-reads")).to_contain_text("Bob: Meet me at nine.")


def test_a_button_that_cannot_be_used_says_why(visitor: Visitor) -> None:
    page = is_ready(visitor())
    button = page.get_by_role("button", name="Alice adds …", exact=True)
    expect(button).to_have_attribute("aria-disabled", "true")
    button.click(force=True)
    expect(page.locator(".mls-answer")).to_have_text("Type the newcomer's name first.")
    page.get_by_label("Newcomer").fill("Alice")
    expect(page.get_by_role("button", name="Alice adds Alice", exact=True)).to_have_attribute(
        "title", "Alice is in the group already"
    )
    page.get_by_label("Newcomer").fill("Erin <b>")
    press(page, "Alice adds Erin <b>", 3)
    expect(page.get_by_label("Newcomer")).to_have_value("")


def test_an_action_in_the_past_asks_and_begins_another_history(visitor: Visitor) -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.commit("Bob")
    world.commit("Carol")
    page = is_ready(visitor(f"{with_history(world)}&step=2"))
    assert told(page).startswith("Step 2 of 4")
    expect(page.locator(".mls-past")).to_have_text("Step 2 of 4 is shown. An action begins another history from here.")
    page.get_by_role("button", name="Alice commits", exact=True).click()
    expect(page.locator(".mls-question")).to_contain_text("Act from here?")
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator(".mls-question")).to_be_hidden()
    page.get_by_role("button", name="Alice commits", exact=True).click()
    page.get_by_role("button", name="Alice commits, from step 2").click()
    expect(page.locator(".mls-ratchet-tree .mls-title")).to_have_text(re.compile("^Step 3 of 3: Alice"), timeout=20_000)
    histories = page.get_by_label("History", exact=True)
    histories.select_option(label="4 steps, until “Carol updated by a commit”")
    expect(page.locator(".mls-ratchet-tree .mls-title")).to_have_text(re.compile("^Step 4 of 4: Carol"), timeout=20_000)


def test_the_branches_of_an_action_in_the_past_are_compared(visitor: Visitor) -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.commit("Bob")
    world.commit("Carol")
    page = is_ready(visitor(f"{with_history(world)}&step=2"))
    compare = page.get_by_role("button", name="Compare these branches")
    expect(compare).to_be_hidden()
    page.get_by_role("button", name="Alice commits", exact=True).click()
    page.get_by_role("button", name="Alice commits, from step 2").click()
    compare.click(timeout=20_000)
    sides = page.locator(".mls-group-diff")
    expect(sides.locator(".mls-sentence")).to_contain_text(
        "epoch 2 began for this history when Alice updated by a commit", timeout=20_000
    )
    expect(sides.get_by_role("tree")).to_have_count(2)
    expect(sides).to_be_in_viewport()
    press(page, "Alice commits", 4)
    expect(sides.get_by_role("option", name=re.compile("^epoch 3: differs"))).to_be_visible(timeout=20_000)


def test_the_address_is_the_history_and_opens_at_its_step(visitor: Visitor) -> None:
    page = is_ready(visitor())
    press(page, "Alice commits", 3)
    page.get_by_label("One step back").first.click()
    page.wait_for_function("new URLSearchParams(location.search).get('step') === '2'")
    other = is_ready(visitor(link_of(page).partition("/playground")[2].join(["playground", ""])))
    assert told(other).startswith("Step 2 of 3")
    keys = ".mls-ratchet-tree svg text.mls-fingerprint"
    assert other.locator(keys).all_inner_texts() == page.locator(keys).all_inner_texts()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("history=abc", "The link is damaged"),
        ("history=" + SharedHistory(7, ()).to_text(), "The history has no group"),
        ("history=" + "A" * 3000, "The link is damaged"),
    ],
)
def test_a_bad_link_is_refused_in_words_and_a_fresh_group_is_shown(visitor: Visitor, query: str, words: str) -> None:
    page = is_ready(visitor(f"playground?{query}"))
    expect(page.get_by_role("alert")).to_contain_text(words)
    assert told(page).startswith("Step 2 of 2")


def test_an_address_that_no_session_could_be_asked_for_is_refused_in_words(visitor: Visitor) -> None:
    page = visitor(f"playground?history={'A' * 8001}")
    expect(page.get_by_role("alert")).to_contain_text("The address asks for more than 8000 characters")


def test_a_visitor_sees_how_far_a_long_history_is_and_cancels_it(visitor: Visitor) -> None:
    people = [f"P{number}" for number in range(24)]
    made = [PerformedAction("device", (name,)) for name in people]
    made += [PerformedAction("create", ("P0",)), PerformedAction("add", tuple(people))]
    history = SharedHistory(7, (*made, *[PerformedAction("commit", ("P0",))] * 100))
    page = visitor(f"playground?history={history.to_text()}", color_scheme="dark")
    cancel = page.get_by_role("button", name="Cancel", exact=True)
    expect(cancel).to_be_visible(timeout=30_000)
    assert re.fullmatch(r"Making the group… \d+ of 126 actions .*", page.get_by_role("status").inner_text())
    assert faults_that_axe_finds(page, "html") == []
    cancel.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("You have cancelled it.", timeout=20_000)
    assert told(is_ready(page)).startswith("Step 2 of 2")
    assert faults_that_axe_finds(page, "html") == []


def test_two_visitors_have_two_worlds(visitor: Visitor) -> None:
    one, other = is_ready(visitor()), is_ready(visitor())
    press(one, "Alice commits", 3)
    assert told(other).startswith("Step 2 of 2")
    press(other, "Compromise Alice's device", 3)
    assert "took all" not in told(one)


def test_a_scenario_opens_by_name_with_its_leaks(visitor: Visitor) -> None:
    page = is_ready(visitor())
    page.get_by_label("Begin", exact=True).select_option("own commit")
    expect(page.locator(".mls-security-matrix .mls-sentence")).to_contain_text(
        "Healed so far in epoch 2", timeout=20_000
    )
    expect(page.get_by_label("History", exact=True)).to_be_visible()


def test_a_history_is_saved_and_opened_as_a_file_and_copied_as_python(visitor: Visitor, tmp_path: Path) -> None:
    page = is_ready(visitor())
    press(page, "Alice commits", 3)
    page.get_by_label("One step back").first.click()
    page.get_by_role("button", name="Share", exact=True).click()
    program = page.get_by_label("The history as a Python program").input_value()
    made: dict[str, World] = {}
    exec(program, made)  # noqa: S102 - our own program
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a file").click()
    file = tmp_path / "history.json"
    download.value.save_as(file)
    saved = SharedHistory.of_file(file.read_bytes())
    assert saved.play().trace() == made["world"].trace()
    assert page.get_by_label("Link", exact=True).input_value().endswith("&step=2")
    other = is_ready(visitor())
    other.get_by_role("button", name="Share", exact=True).click()
    other.get_by_label("A file with a history").set_input_files(file)
    expect(other.locator(".mls-ratchet-tree .mls-title")).to_contain_text("Step 2 of 3", timeout=20_000)
    foreign = tmp_path / "foreign.json"
    foreign.write_text(json.dumps({"format": "else"}), "utf-8")
    other.get_by_label("A file with a history").set_input_files(foreign)
    expect(other.locator(".mls-answer")).to_contain_text("This is not a history of the workbench")


def test_the_saved_page_plays_without_a_network(visitor: Visitor, tmp_path: Path) -> None:
    page = is_ready(visitor())
    press(page, "Alice commits", 3)
    page.get_by_role("button", name="Share", exact=True).click()
    with page.expect_download(timeout=30_000) as download:
        page.get_by_role("button", name="Save as a page that plays offline").click()
    file = tmp_path / "history.html"
    download.value.save_as(file)
    page.context.set_offline(offline=True)
    page.goto(file.as_uri())
    assert told(page).startswith("Step 3 of 3")
    page.get_by_label("One step back").first.click()
    assert told(page).startswith("Step 2 of 3")
    expect(page.get_by_role("button", name="Alice commits")).to_have_count(0)


def test_a_world_at_its_bound_says_what_to_do(visitor: Visitor) -> None:
    world = World.of([f"P{number}" for number in range(24)], awake=2)
    page = is_ready(visitor(with_history(world)))
    page.get_by_label("Newcomer").fill("One more")
    expect(page.get_by_role("button", name="P0 adds One more")).to_have_attribute(
        "title", "A world has at most 24 people here: go back to an earlier step, or begin again"
    )


@pytest.mark.parametrize("options", [{"viewport": {"width": 320, "height": 700}}, {"color_scheme": "dark"}])
def test_axe_finds_nothing_and_nothing_is_cut_off(visitor: Visitor, options: dict[str, object]) -> None:
    page = is_ready(visitor(**options))
    for name in ("Lifetimes of keys", "What the server knows", "Screens", "Share"):
        page.get_by_role("button", name=name, exact=True).click()
    page.get_by_text("More actions").click()
    assert faults_that_axe_finds(page, "html") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
