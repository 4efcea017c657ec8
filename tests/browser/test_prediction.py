"""A prediction as a reader takes it: by mouse, by keyboard alone, and without a kernel."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.browser.ratchet_tree import HOST
from widgets import predict
from widgets.shared.assemble import STYLES, module, stylesheet

pytestmark = pytest.mark.browser


def hosted(*, several: bool = False) -> str:
    form = predict("Which nodes?", "node 1", "node 3", several=several)
    traits = {name: getattr(form, name) for name in ("question", "options", "several", "chosen", "said")}
    return HOST.format(
        style=stylesheet(*STYLES),
        module=json.dumps(module("prediction/prediction.js")).replace("</", "<\\/"),
        traits=json.dumps(traits),
    )


def asked(visit: Visit, *, several: bool = False) -> Page:
    """A page with a prediction, once the reader can choose."""
    page = visit(hosted(several=several))
    expect(page.locator("input")).to_have_count(2)
    return page


def chosen(page: Page) -> object:
    return page.evaluate("() => window.model.get('chosen')")


def test_a_click_on_an_option_is_kept(visit: Visit) -> None:
    page = asked(visit)
    page.get_by_label("node 3").click()
    assert chosen(page) == [1]
    page.get_by_label("node 1").click()
    assert chosen(page) == [0]


def test_several_options_are_chosen_by_the_keyboard_alone(visit: Visit) -> None:
    page = asked(visit, several=True)
    for _ in range(2):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    assert chosen(page) == [0, 1]
    page.keyboard.press("Space")
    assert chosen(page) == [0]


def test_one_option_is_chosen_by_arrows_and_enter_leads_nowhere(visit: Visit) -> None:
    page = asked(visit)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert chosen(page) == [1]
    before = page.url
    page.keyboard.press("Enter")
    page.wait_for_timeout(100)
    assert page.url == before
    assert chosen(page) == [1]


def test_what_was_computed_is_said_and_the_choice_then_stays(visit: Visit) -> None:
    page = asked(visit)
    page.evaluate("() => { tell('said', 'As you predicted.'); }")
    expect(page.locator("[aria-live]")).to_have_text("As you predicted.")
    expect(page.get_by_label("node 1")).to_be_disabled()


@pytest.mark.parametrize("several", [False, True])
def test_a_screen_reader_hears_the_question_and_axe_finds_nothing(visit: Visit, *, several: bool) -> None:
    page = asked(visit, several=several)
    group = page.get_by_role("group", name="Which nodes?")
    expect(group.get_by_role("checkbox" if several else "radio")).to_have_count(2)
    assert faults_that_axe_finds(page, ".mls-prediction") == []


def test_every_input_keeps_its_keys_from_jupyterlab(visit: Visit) -> None:
    """JupyterLab's command mode looks at the focused element, so each input has the attribute."""
    page = asked(visit)
    for number in range(2):
        page.locator("input").nth(number).focus()
        expect(page.locator("input:focus")).to_have_attribute("data-lm-suppress-shortcuts", "true")


def test_two_forms_without_a_kernel_are_two_groups(visit: Visit) -> None:
    forms = predict("One?", "a", "b")._form() + predict("Two?", "c", "d")._form()
    page = visit(f"<!doctype html><html lang=en><title>forms</title><main>{forms}</main>")
    page.get_by_label("a").click()
    page.get_by_label("d").click()
    expect(page.get_by_label("a")).to_be_checked()
    expect(page.get_by_label("d")).to_be_checked()
