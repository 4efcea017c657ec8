"""A room of the app: four visitors over WebSockets without browsers, and one phone and one projector in Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.app.conftest import App
from tests.app.phones import SECONDS, Phone, status
from tests.browser.conftest import faults_that_axe_finds

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visitor = Callable[..., Page]
OWN = "Lecturer: devices"


def test_four_visitors_a_phone_a_lecturer_and_a_projector_are_one_group(app: App, visitor: Visitor) -> None:
    with ExitStack() as stack:
        ann, ben, cem, dina = (stack.enter_context(Phone(app.root)) for _ in range(4))
        for phone, name in zip((ann, ben, cem, dina), ("Ann", "Ben", "Cem", "Dina"), strict=True):
            assert phone.ask(do="enter", name=name) == ""
        for phone in (ann, ben, cem, dina):
            phone.is_in()

        page = visitor("room", viewport={"width": 390, "height": 844})
        page.get_by_label("Your name").fill("<b>Zoë")
        page.keyboard.press("Enter")
        message = page.get_by_role("textbox", name="Message")
        expect(message).to_be_visible(timeout=SECONDS * 1000)
        message.fill("Hello from a phone")
        message.press("Enter")
        for phone in (ann, ben, cem, dina):
            phone.reads("Hello from a phone")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390

        # a laptop that sleeps catches up when it comes back with its cookie
        ben.socket.close()
        lecturer = stack.enter_context(Phone(app.root, f"?lecturer={app.token}"))
        lecturer.until(lambda told: told["class"]["away"] == 1 if "class" in told else False)
        assert ann.ask(do="renew") == ""
        assert ann.ask(do="say", text="Ben sleeps") == ""
        back = stack.enter_context(Phone(app.root, cookie=ben.cookie))
        back.reads("Ben sleeps")
        back.is_in()

        # the lecturer compromises a device, the class predicts, the next message decides
        assert lecturer.ask(do="compromise", whom="Ann") == ""
        assert lecturer.ask(do="ask about the next message") == ""
        assert cem.ask(do="vote", option=0) == ""
        page.get_by_role("button", name="No", exact=True).click()
        lecturer.until(lambda told: (told["question"] or {}).get("voters") == 2)
        shown = visitor("room?present", viewport={"width": 1280, "height": 720})
        expect(shown.locator(".mls-votes")).to_have_text("2 answers so far", timeout=SECONDS * 1000)
        assert dina.ask(do="say", text="a secret") == ""
        expect(shown.locator(".mls-votes")).to_have_text("2 answers. It is: Yes.", timeout=SECONDS * 1000)
        expect(shown.locator(".mls-story")).to_contain_text("The attacker has read “a secret”")
        assert shown.evaluate("getComputedStyle(document.querySelector('.mls-story li')).fontSize") == "24px"
        assert shown.evaluate("document.documentElement.scrollHeight") == 720
        root = shown.locator("[data-node='3'] > .mls-shape").bounding_box()
        assert root is not None
        shown.mouse.move(root["x"] + root["width"] / 2, root["y"] + root["height"] / 2)
        expect(shown.locator(".mls-tip")).to_have_text(re.compile("^node 3,"))
        assert faults_that_axe_finds(page, "html") == []
        assert faults_that_axe_finds(shown, "html") == []

        works_with_the_keyboard_alone(visitor(f"room?lecturer={app.token}"))

        # and nobody else can do what only the lecturer does
        assert "does not exist" in ann.ask(do="remove", whom="Ben")
        assert lecturer.ask(do="remove", whom="Cem") == ""
        cem.until(lambda told: status(told) == "removed")
        assert "not in the group" in cem.ask(do="say", text="hello?")


def works_with_the_keyboard_alone(desk: Page) -> None:
    """The lecturer's page has one tab stop for all messages, with the arrow keys inside, and a focus that stays."""
    expect(desk.get_by_role("button", name="Remove: Ann")).to_be_visible(timeout=SECONDS * 1000)
    assert faults_that_axe_finds(desk, "html") == []
    order = in_tab_order(desk, until="Compromise: Ann")
    assert order[:7] == ["Skip to the page", "Playground", "Compromise", "Inspect", "Room", "Lessons", OWN]
    assert order[7].startswith("Dina")
    assert order[8:13] == ["Message", "Send", "Renew keys", "Close the door", "Open the projector's page"]
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Release: Ann")).to_be_focused(timeout=SECONDS * 1000)
    desk.locator(".mls-bubble").last.focus()
    desk.keyboard.press("ArrowUp")
    assert in_focus(desk).startswith("Ann")


def in_tab_order(page: Page, *, until: str) -> list[str]:
    """The names of what the Tab key goes to, from the top of the page."""
    names: list[str] = []
    while until not in names:
        page.keyboard.press("Tab")
        names.append(in_focus(page))
    return names


def in_focus(page: Page) -> str:
    """The name of what has the focus."""
    return str(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "does not understand"),
        ("[]", "does not understand"),
        ('{"do": "say", "text": "hello"}', "Type a name and join first"),
        (json.dumps({"do": "enter", "name": "x" * 31}), "at most 30"),
        ("x" * 4001, "at most 4000 are read"),
    ],
)
def test_what_a_page_must_not_send_is_refused_in_words(app: App, text: str, words: str) -> None:
    with Phone(app.root) as phone:
        phone.socket.send(text)
        assert words in phone.until(lambda told: "said" in told)["said"]


def test_pages_of_other_hosts_cannot_connect_and_one_person_has_few_pages(app: App) -> None:
    address, origin = f"{app.root.replace('http', 'ws', 1)}/room/socket", {"Origin": "http://evil.example"}
    with pytest.raises(InvalidStatus), connect(address, additional_headers=origin, proxy=None):
        pass
    with ExitStack() as stack:
        first = stack.enter_context(Phone(app.root))
        for _ in range(3):
            stack.enter_context(Phone(app.root, cookie=first.cookie))
        fifth = stack.enter_context(Phone(app.root, cookie=first.cookie))
        with pytest.raises(ConnectionClosed, match="close one of them"):
            fifth.until(lambda _: False)
