"""Pages in Chromium, watched: no word in the console, no request off the host.

A page is served from memory under an address of its own, so that nothing has to listen on a port.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.jupyterlab import Lab, jupyterlab

HOST = "http://localhost"

_OF_ITSELF = re.compile(r"is taking too long to activate|took [\d.]+ms to activate")
"""What JupyterLab says of itself on a slow machine."""


@dataclass
class Watch:
    """What went wrong on a page: requests off the host, and words in the console that warn."""

    off_host: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context from now on."""
        context.on("request", lambda request: self._request(request.url))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("console", lambda word: self._word(word.type, word.text))

    def _request(self, address: str) -> None:
        if urlsplit(address).scheme in ("http", "https", "ws", "wss") and urlsplit(address).hostname not in (
            "localhost",
            "127.0.0.1",
        ):
            self.off_host.append(address)

    def _word(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not _OF_ITSELF.search(text):
            self.complaints.append(f"{kind}: {text}")


class Visit(Protocol):
    """Opens HTML as a page; further options are those of Playwright's `new_context`."""

    def __call__(self, html: str, **options: Any) -> Page: ...


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab, which is started once for all tests of a process."""
    with jupyterlab(tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def watch() -> Iterator[Watch]:
    """A watch over the pages of one test; at its end nothing may have gone wrong."""
    seen = Watch()
    yield seen
    assert seen.off_host == []
    assert seen.complaints == []


@pytest.fixture
def visit(chromium: Browser, watch: Watch) -> Iterator[Visit]:
    """Pages that are served from memory, each in a context of its own."""
    contexts: list[BrowserContext] = []

    def open_page(html: str, **options: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1000, "height": 760}, **options})
        contexts.append(context)
        watch.over(context)

        def serve(route: Route) -> None:
            path = urlsplit(route.request.url).path
            body = html if path == "/" else ""
            route.fulfill(status=200 if path in ("/", "/favicon.ico") else 404, content_type="text/html", body=body)

        context.route(f"{HOST}/**", serve)
        page = context.new_page()
        page.goto(f"{HOST}/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def faults_that_axe_finds(page: Page, root: str) -> list[str]:
    """The violations that axe finds in an element, in words. The test itself has to check that the element exists."""
    results = Axe().run(page, context=root)
    return [
        f"{one['id']}: {one['help']}: {[n['html'][:160] for n in one['nodes']]}"
        for one in results.response["violations"]
    ]


def explains(page: Page, term: str, section: str) -> None:
    """The help of a picture explains a term of the glossary, and links its section of RFC 9420."""
    row = page.locator(".mls-help dt").filter(has_text=re.compile(rf"^{term}\b"))
    link = row.get_by_role("link", name=f"§{section}", exact=True)
    expect(link).to_have_attribute("href", re.compile(rf"rfc9420#section-{re.escape(section)}$"))
