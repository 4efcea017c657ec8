"""The app as a visitor meets it: a server of its own process, and Chromium that reaches no other host."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Watch, watch

__all__ = ["watch"]


@dataclass(frozen=True)
class App:
    """A running app and its process. `token` is that of the lecturer, if the app has a room."""

    root: str
    process: subprocess.Popen[str]
    token: str = ""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def serving(*options: str, prefix: str = "") -> Iterator[App]:
    """An app on a free port, until the test is over."""
    port = free_port()
    program = str(Path(sys.executable).with_name("workbench"))
    given = [*options, *(("--prefix", prefix) if prefix else ())]
    process = subprocess.Popen(
        [program, "app", "--port", str(port), *given],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    )
    assert process.stderr is not None
    told = process.stderr.readline()  # it comes when a browser can reach the app
    assert told.startswith("The app is at"), told + process.stderr.read()
    token = _token(process.stderr) if "--room" in options else ""
    try:
        yield App(f"http://127.0.0.1:{port}{prefix}", process, token)
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="session")
def app() -> Iterator[App]:
    """The app with a room, started once for all tests."""
    yield from serving("--room")


def _token(lines: Iterable[str]) -> str:
    """The token of the lecturer, from the last of the addresses that the app prints when it starts."""
    return next(line.partition("?lecturer=")[2].strip() for line in lines if "?lecturer=" in line)


@pytest.fixture
def visitor(chromium: Browser, watch: Watch, app: App) -> Iterator[Callable[..., Page]]:
    """Opens pages of the app, each as another visitor. Each attempt to reach another host is recorded."""
    contexts: list[BrowserContext] = []

    def open_page(path: str = "playground", *, root: str = app.root, **options: Any) -> Page:
        context = chromium.new_context(
            **{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        watch.over(context)
        page = context.new_page()
        page.goto(f"{root}/{path}")
        return page

    yield open_page
    for context in contexts:
        context.close()


def is_ready(page: Page) -> Page:
    """The page, once its tree is drawn."""
    expect(page.locator(".mls-ratchet-tree .mls-sentence")).not_to_be_empty(timeout=30_000)
    return page
