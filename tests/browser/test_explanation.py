"""An explanation as a notebook shows it: readable in light and dark, without a script, and axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit, faults_that_axe_finds
from tests.mls.group.scenario import NOW, group_of
from workbench.inspect.explain import explain
from workbench.mls import process

pytestmark = pytest.mark.browser

THEMES = {
    "light": "",
    "dark": "body { --jp-content-font-color1: #fffd; --jp-content-font-color2: #fffb; background: #111; }",
    "without a theme, dark": ":root { color-scheme: dark; }",
}


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_an_explanation_is_read_in_every_theme(theme: str, visit: Visit) -> None:
    scenario = group_of("Alice", "Bob")
    message = scenario.send("Alice", b"hello")
    bob, _ = process(scenario.states["Bob"], message, now=NOW)
    shown = explain(bob, message, now=NOW)._repr_html_()
    head = f'<meta charset="utf-8"><title>Explanation</title><style>{theme}</style>'
    page = visit(f'<!doctype html><html lang="en"><head>{head}</head><body><main>{shown}</main></body></html>')
    explanation = page.locator(".mls-explanation")
    expect(explanation).to_contain_text("The application message of Alice is refused")
    expect(explanation).to_contain_text("Next: Drop it")
    expect(explanation.get_by_text("generation", exact=True)).to_be_hidden()
    page.get_by_text("How this is known").click()
    expect(explanation.get_by_text("generation", exact=True)).to_be_visible()
    assert faults_that_axe_finds(page, ".mls-explanation") == []
