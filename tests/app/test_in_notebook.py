"""The app from a notebook in one call: it answers beside the kernel, and its link opens the world of the notebook."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from widgets.app import RunningApp, open_app
from widgets.app.in_notebook import HUB
from workbench.lab import NotPossible, World
from workbench.lab.shared_history import SharedHistory


@pytest.fixture
def running() -> Iterator[list[RunningApp]]:
    """The apps of a test, which are stopped when it ends."""
    apps: list[RunningApp] = []
    yield apps
    for app in apps:
        app.stop()


def page_at(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as page:  # noqa: S310 - our own server
        return str(page.read().decode())


def test_the_link_of_an_app_beside_a_notebook_opens_its_world(running: list[RunningApp]) -> None:
    world = World.of(["Ann", "Ben"])
    app = open_app(world)
    running.append(app)
    assert "<h1>Playground</h1>" in page_at(app.url)
    (text,) = parse_qs(urlsplit(app.url).query)["history"]
    assert SharedHistory.of_text(text).play().trace() == world.trace()
    assert f'href="{app.url}"' in app._repr_html_()


def test_on_a_hub_the_app_is_behind_its_proxy(running: list[RunningApp], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HUB, "/user/me/")
    app = open_app()
    running.append(app)
    _, _, port = app.url.removesuffix("/playground").rpartition("/")
    assert app.url == f"/user/me/proxy/absolute/{port}/playground"
    assert "Playground" in page_at(f"http://127.0.0.1:{port}{app.url}")
    assert 'href="/user/me/lab/tree/notebooks/' in page_at(
        f"http://127.0.0.1:{port}/user/me/proxy/absolute/{port}/lessons"
    )


def test_a_history_that_is_too_long_for_an_address_is_refused_in_words() -> None:
    world = World.of(["Ann", "Ben"])
    for number in range(12):
        world.send("Ann", "".join(chr(0x100 + (number * 997 + each * each * 31) % 20000) for each in range(500)))
    with pytest.raises(NotPossible, match="save it as a file"):
        open_app(world)
