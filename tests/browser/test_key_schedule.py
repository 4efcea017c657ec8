"""The key schedule and the secret tree as a reader meets them: by mouse, by keyboard, narrow and dark, with axe."""

from __future__ import annotations

import re
from functools import cache

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, explains, faults_that_axe_finds
from widgets import KeySchedule, SecretTree
from widgets.shared.page import page as page_of
from widgets.shared.picture import Picture
from workbench.lab import World

pytestmark = pytest.mark.browser


@cache
def told() -> World:
    world = World.of(["Alice", "Bob", "Carol"])
    world.send("Alice", "one")
    world.compromise("Bob")
    world.commit("Alice", path=True)
    world.send("Bob", "two")
    return world


def shown(picture: Picture) -> str:
    """The page of a picture."""
    return page_of(picture._module, picture._shown(), picture._figure(), title="test")


def sentence(page: Page) -> str:
    return page.locator(".mls-sentence").inner_text()


def test_a_secret_says_how_it_is_made_and_who_has_it_and_shows_its_value_on_demand(visit: Visit) -> None:
    picture = KeySchedule.of(told())
    page = visit(shown(picture))
    page.locator("[data-secret='exporter_secret']").click()
    panel = page.locator(".mls-panel")
    expect(panel).to_contain_text('DeriveSecret(epoch_secret, "exporter")')
    expect(panel).to_contain_text("Alice, Bob, Carol and the attacker")
    expect(panel).to_contain_text('MLS-Exporter("example", "", 32)')
    page.keyboard.press("Enter")
    value = next(each["value"] for each in picture.view["epochs"]["2"]["secrets"] if each["key"] == "exporter_secret")
    expect(panel.locator(".mls-bytes").first).to_have_text(re.sub(r"(.{8})(?=.)", r"\1 ", value))
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-secret='extracted_secret']")).to_be_focused()
    page.keyboard.press("<")
    assert "Epoch 1" in page.locator(".mls-epoch-shown").inner_text()
    page.get_by_label("Seen by", exact=True).select_option("attacker")
    expect(page.locator("[data-secret='init_secret']")).to_have_class(re.compile("has-leaked"))


@pytest.mark.parametrize(("picture", "root"), [("schedule", ".mls-key-schedule"), ("tree", ".mls-secret-tree")])
def test_in_a_narrow_dark_page_nothing_is_cut_off_and_axe_finds_nothing(visit: Visit, picture: str, root: str) -> None:
    made = KeySchedule.of(told(), selected="init_secret") if picture == "schedule" else SecretTree.of(told(), message=0)
    page = visit(shown(made), viewport={"width": 320, "height": 800}, color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("document.getAnimations().length") == 0
    page.get_by_label("Show as a table").click()
    expect(page.locator(".mls-data-table tbody tr").nth(5)).to_be_visible()
    page.get_by_label("Help").click()
    explains(page, "encryption secret", "9")
    assert faults_that_axe_finds(page, root) == []


def test_a_message_lights_up_its_way_and_its_generation_and_the_keys_walk_the_tree(visit: Visit) -> None:
    page = visit(shown(SecretTree.of(told(), viewer="Carol", step=2)))
    page.get_by_label("Message", exact=True).select_option("0")
    assert "application key 0 of leaf 0 in epoch 1. Carol used the key in step 3 and deleted it." in sentence(page)
    lit = [each.get_attribute("data-item") for each in page.locator(".mls-picture .mls-node.is-path").all()]
    assert lit == ["node 3", "node 1", "node 0", "application 0"]
    expect(page.locator("[data-item='application 0']")).to_have_class(re.compile("is-used"))
    page.locator("[data-item='node 3']").focus()
    walk = {"node 1": "Down", "node 5": "Right", "node 4": "Down", "node 6": "Right", "handshake 0": "Down"}
    for item, key in walk.items():
        page.keyboard.press(f"Arrow{key}")
        expect(page.locator(f"[data-item='{item}']")).to_be_focused()
