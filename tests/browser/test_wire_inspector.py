"""The inspector of bytes as a reader meets it: lit both ways, by keyboard too, with programs, damage, large lists."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from widgets.shared.page import page as page_of
from widgets.wire_inspector import WireInspector
from workbench.lab import World

pytestmark = pytest.mark.browser

ROOT = ".mls-wire"
BYTES = f"{ROOT} .mls-wire-bytes"
FIELDS = f"{ROOT} .mls-wire-fields"
DETAILS = f"{ROOT} .mls-wire-details"


@cache
def world() -> World:
    made = World.of(["Alice", "<b>Bob</b>" + "o" * 150])
    made.send("Alice", "hello")
    made.commit("Alice")
    return made


def shown(picture: WireInspector) -> str:
    traits = {**picture._shown(), "others": picture._others()}
    return page_of(picture._module, traits, picture._figure(), title="test", styles=picture._styles)


@cache
def message() -> str:
    return shown(WireInspector.of(world(), message="2.0", viewer="Alice"))


def test_bytes_and_fields_are_lit_both_ways_by_pointer_and_by_keyboard(visit: Visit) -> None:
    page = visit(message())
    page.locator(f"{BYTES} [data-at='4'].mls-byte").hover()
    expect(page.locator(f"{FIELDS} .is-lit")).to_contain_text("group_id")
    expect(page.locator(DETAILS)).to_contain_text("bytes 4 to 17 of the message")
    marks = page.locator(f"{ROOT} .mls-key-line")
    expect(marks).to_contain_text("lit")
    place = marks.bounding_box()
    page.mouse.move(2, 2)
    expect(page.locator(f"{FIELDS} .is-lit")).to_have_count(0)
    expect(marks).to_contain_text("lit")
    assert marks.bounding_box() == place
    page.locator(FIELDS).focus()
    for pressed in ("Home", "ArrowDown", "ArrowDown"):
        page.keyboard.press(pressed)
    expect(page.locator(f"{BYTES} .mls-byte.is-lit")).to_have_text(["00", "02"])
    page.locator(BYTES).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"{FIELDS} .is-selected")).to_contain_text("group_id")


def test_an_encrypted_part_opens_in_place_and_its_key_has_a_program(visit: Visit) -> None:
    page = visit(message())
    page.locator(f"{FIELDS} [data-field]").filter(has_text="ciphertext").first.click()
    expect(page.locator(DETAILS)).to_contain_text("Who has this key now: Alice and")
    expect(page.locator(DETAILS)).to_contain_text('suite.derive_tree_secret(ratchet_secret, "key", 0, 16)')
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the keys").click()
    assert "sender_data_secret " in saving.value.path().read_text("utf-8")
    page.get_by_role("button", name="Show what is inside").click()
    expect(page.locator(f"{FIELDS} .is-selected")).to_contain_text("PrivateMessageContent")
    page.get_by_label("Keys of", exact=True).select_option("the server")
    expect(page.locator(f"{ROOT} .mls-sentence")).to_contain_text("none are open with the keys of the server")


def test_a_member_says_with_whose_keys_a_part_opens(visit: Visit) -> None:
    page = visit(message())
    page.get_by_label("Keys of", exact=True).select_option("the attacker")
    page.locator(f"{FIELDS} [data-field]").filter(has_text="encrypted_sender_data").click()
    page.get_by_role("button", name="Look with the keys of Alice").click()
    expect(page.locator(f"{ROOT} .mls-sentence")).to_contain_text("2 are open with the keys of Alice")


def test_damaged_bytes_say_where_decoding_stopped(visit: Visit) -> None:
    data = bytes.fromhex(world().trace()["steps"][1]["messages"][0]["wire"])[:120]
    page = visit(shown(WireInspector.inspect(data)))
    expect(page.locator(f"{ROOT} .mls-sentence")).to_contain_text("Decoding stopped at byte")
    expect(page.locator(f"{FIELDS} .is-fault")).to_have_count(1)


@pytest.mark.parametrize(("scheme", "width"), [("dark", 320), ("light", 1000)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(visit: Visit, scheme: str, width: int) -> None:
    page = visit(message(), color_scheme=scheme, viewport={"width": width, "height": 900})
    page.locator(f"{FIELDS} [data-field]").filter(has_text="ciphertext").first.click()
    expect(page.locator(f"{DETAILS} .mls-wire-card")).not_to_have_count(0)
    page.locator(ROOT).press("t")
    assert faults_that_axe_finds(page, ROOT) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.title() == "test"


def test_a_message_with_tens_of_thousands_of_fields_has_few_rows_on_the_page(visit: Visit) -> None:
    lists = [b"", b"\xf0\x01" * 30_000, b"", b"", b""]
    picture: Any = WireInspector.inspect(b"".join(map(_vector, lists)), "Capabilities")
    assert len(picture.shown["fields"]["name"]) > 30_000
    page = visit(shown(picture))
    page.locator(f"{FIELDS} [data-twist]").nth(1).click()
    page.locator(FIELDS).focus()
    page.keyboard.press("End")
    expect(page.locator(f"{FIELDS} .is-selected")).to_contain_text("credentials")
    assert page.locator(f"{ROOT} [data-field]").count() < 60


def _vector(contents: bytes) -> bytes:
    """A vector in the encoding of RFC 9420, with a length of four bytes where one is too short."""
    if len(contents) < 64:
        return bytes([len(contents)]) + contents
    return (len(contents) | 1 << 31).to_bytes(4, "big") + contents
