"""What `mount` makes of shapes in a page: elements that stay."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from widgets.shared.assemble import inlined

pytestmark = pytest.mark.browser

_PAGE = inlined(
    'import { made, mount } from "./shared/shapes.js";\n'
    "Object.assign(window, { made, mount, canvas: document.querySelector('svg') });\n"
)


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit(f"<!doctype html><title>shapes</title><svg></svg><script type=module>{_PAGE}</script>")


def written(page: Page) -> Any:
    return page.evaluate("canvas.innerHTML")


def test_elements_stay_by_key_and_only_what_differs_is_written(page: Page) -> None:
    page.evaluate(
        """() => {
          mount(canvas, [["g", { class: "x" }, [], "b"], ["g", { id: "a", class: "y" }, ["old"], "a"]]);
          window.kept = canvas.querySelector("#a");
          window.writes = [];
          new MutationObserver((all) => writes.push(...all.map((one) => one.attributeName ?? one.type))).observe(
            canvas, { subtree: true, childList: true, attributes: true, characterData: true });
          mount(canvas, [["g", { id: "a", class: "z" }, ["new"], "a"]]);
        }"""
    )
    assert written(page) == '<g id="a" class="z">new</g>'
    assert page.evaluate("canvas.firstChild === kept")
    assert page.evaluate("writes") == ["childList", "class", "characterData"], "b leaves, a stays where it is"


def test_focus_stays_while_sisters_come_and_go(page: Page) -> None:
    page.evaluate(
        """() => {
          const one = (key) => ["g", { tabindex: 0, id: key }, [], key];
          mount(canvas, [one("a"), one("b"), one("c")]);
          canvas.querySelector("#c").focus();
          mount(canvas, [one("d"), one("c"), one("e")]);
        }"""
    )
    assert page.evaluate("document.activeElement.id") == "c"
    assert page.evaluate("[...canvas.children].map(({ id }) => id).join()") == "d,c,e"


def test_what_a_shape_no_longer_says_goes(page: Page) -> None:
    page.evaluate(
        """() => {
          mount(canvas, [["g", { a: 1, b: true, c: "x" }, [["path"], "text", ["circle"]]]]);
          mount(canvas, [["g", { b: false, c: "x" }, ["text"]]]);
        }"""
    )
    assert written(page) == '<g c="x">text</g>'


def test_an_element_of_another_kind_takes_the_place(page: Page) -> None:
    page.evaluate('() => { mount(canvas, [["g", { a: 1 }]]); mount(canvas, [["path", { d: "M0 0" }]]); }')
    assert written(page) == '<path d="M0 0"></path>'


def test_each_element_is_of_its_namespace(page: Page) -> None:
    page.evaluate(
        """() => document.body.append(
          made(["div", {}, [["svg", {}, [["foreignObject", {}, [["p"]]], ["title"]]], ["p"]]]))"""
    )
    names = page.evaluate(
        "[...document.querySelectorAll('body > div *')].map((one) => [one.localName, one.namespaceURI.slice(-3)])"
    )
    assert names == [["svg", "svg"], ["foreignObject", "svg"], ["p", "tml"], ["title", "svg"], ["p", "tml"]]
