"""A room as a reader meets it: screens side by side, a message that is chosen and tried, devices, steps, a table."""

from __future__ import annotations

from functools import cache

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.views.test_room_view import talk
from widgets.room import Room
from widgets.shared.page import page as page_of
from workbench.lab import World

pytestmark = pytest.mark.browser

ROOT = ".mls-chat-room"
WORDS = f"{ROOT} .mls-sentence"


@cache
def picture() -> Room:
    return Room.of(talk())


def shown(**traits: object) -> str:
    """The page of the widget with these traits."""
    widget = picture()
    return page_of("room/room.js", widget._shown() | traits, widget._figure(), title="test")


def test_a_click_on_a_message_says_who_could_read_it_and_try_shows_what_comes_of_it(visit: Visit) -> None:
    page = visit(shown())
    page.locator(ROOT).get_by_role("button", name="Is that my tablet?").first.click()
    expect(page.locator(WORDS)).to_contain_text("Carol can decrypt it now.")
    expect(page.locator(f"{ROOT} .mls-reading")).to_have_count(6)
    page.get_by_label("Who tries").select_option("Carol's device")
    page.get_by_role("button", name="Try").click()
    expect(page.locator(f"{ROOT} .mls-trial")).to_contain_text("It does not open.")
    expect(page.locator(f"{ROOT} .mls-trial")).to_contain_text("FutureEpoch")
    page.get_by_label("Who tries").select_option("The attacker")
    expect(page.locator(f"{ROOT} .mls-trial")).to_have_count(0)
    page.get_by_role("button", name="Try").click()
    expect(page.locator(f"{ROOT} .mls-trial")).to_contain_text("The attacker hears all messages")


def test_review_shows_the_devices_of_a_screen_with_codes_and_who_has_approved_them(visit: Visit) -> None:
    page = visit(shown())
    page.get_by_role("button", name="Review devices").first.click()
    panel = page.get_by_label("Details")
    expect(panel).to_contain_text("Devices on the screen of Alice's phone")
    expect(panel).to_contain_text("approved by Alice's phone")
    expect(panel).to_contain_text("no other device of its user has approved it")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_without_a_kernel_a_step_says_how_to_act(visit: Visit) -> None:
    page = visit(shown())
    lock = page.get_by_role("button", name="Lock group until verified").first
    expect(lock).to_have_attribute("aria-disabled", "true")
    expect(lock).to_have_attribute("title", "Run this cell to act")


def test_the_steps_go_back_and_the_screens_show_what_was_there(visit: Visit) -> None:
    page = visit(shown(step=1))
    expect(page.locator(WORDS)).to_contain_text("Alice's phone added Bob's phone and Carol")
    expect(page.locator(f"{ROOT} .mls-alert")).to_have_count(0)
    page.get_by_role("button", name="Step on").click()
    expect(page.locator(f"{ROOT} .mls-bubble")).to_have_count(3)
    page.get_by_label("Show", exact=True).select_option("Bob's tablet")
    expect(page.locator(f"{ROOT} .mls-screen")).to_have_count(1)
    expect(page.locator(f"{ROOT} .mls-screen")).to_contain_text("This device is not in the group.")


def test_arrow_keys_go_from_message_to_message_and_from_screen_to_screen(visit: Visit) -> None:
    page = visit(shown())
    first = page.locator(f"{ROOT} .mls-screen").first.locator(".mls-bubble")
    first.first.focus()
    page.keyboard.press("ArrowDown")
    expect(first.nth(1)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"{ROOT} .mls-screen").nth(1).locator(".mls-bubble").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"{ROOT} .mls-said.is-chosen")).not_to_have_count(0)


def test_the_table_opens_by_a_key_and_says_the_same(visit: Visit) -> None:
    page = visit(shown())
    page.get_by_role("button", name="Show as a table").focus()
    page.keyboard.press("t")
    rows = page.get_by_role("group", name="The messages of the room as a table").locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("Carol")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1000])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(visit: Visit, scheme: str, width: int) -> None:
    page = visit(shown(message=1), color_scheme=scheme, viewport={"width": width, "height": 800})
    expect(page.locator(f"{ROOT} .mls-screen")).to_have_count(6)
    assert faults_that_axe_finds(page, ROOT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_and_long_names_and_messages_stay_words_within_their_screens(visit: Visit) -> None:
    names = ["constructor", "<b>Bob<b>", "x" * 200 + "/phone", "__proto__/tablet"]
    world = World.of(names)
    world.send(names[0], "<script>document.title = 'broken'</script> " + "y" * 300)
    widget = Room.of(world, message=0)
    text = page_of("room/room.js", widget._shown(), widget._figure(), title="test")
    page = visit(text, viewport={"width": 320, "height": 800})
    expect(page.locator(f"{ROOT} .mls-screen")).to_have_count(4)
    assert page.title() == "test"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    wider = "all => all.filter((each) => each.scrollWidth > each.clientWidth + 1).length"
    assert page.locator(f"{ROOT} .mls-screen").evaluate_all(wider) == 0
