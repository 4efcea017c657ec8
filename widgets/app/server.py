"""The server of the app: Panel with our pages. It listens on this machine only, unless an option says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import panel as pn
from tornado.web import RedirectHandler

from widgets.app.compromise_page import compromise
from widgets.app.inspect_page import inspect
from widgets.app.lessons import LessonHandler, LessonsHandler
from widgets.app.page import PAGES
from widgets.app.playground_page import playground

MESSAGE = 4_000_000
"""The greatest size of a message of a browser, in bytes."""


@dataclass(frozen=True)
class Options:
    """Where the app listens. `prefix` is the path in front of all pages, behind a proxy.

    `jupyter` is the address of the JupyterLab that has the lessons; empty if there is none.
    `origins` are the hosts (`name:port`) whose pages may connect, beside the address itself.
    """

    address: str = "127.0.0.1"
    port: int = 8430
    prefix: str = ""
    origins: Sequence[str] = ()
    jupyter: str = ""

    @property
    def root(self) -> str:
        """The path in front of each page; it ends with a slash."""
        inner = self.prefix.strip("/")
        return f"/{inner}/" if inner else "/"


def start(options: Options, *, threaded: bool = False) -> Any:
    """Start the server; without `threaded` this returns only when the server is stopped. Raises OSError."""
    pn.extension(notifications=False, sizing_mode="stretch_width")
    pages: Mapping[str, Callable[[], Any]] = {"playground": playground, "compromise": compromise, "inspect": inspect}
    titles = {place: f"{name} · MLS Workbench" for place, name in PAGES if place in pages}
    origins = [f"{name}:{options.port}" for name in dict.fromkeys((options.address, "localhost", "127.0.0.1"))]
    root = options.root
    return pn.serve(
        dict(pages),
        port=options.port,
        address=options.address,
        prefix=options.root.rstrip("/"),
        websocket_origin=[*origins, *options.origins],
        title=titles,
        show=False,
        verbose=False,
        threaded=threaded,
        websocket_max_message_size=MESSAGE,
        extra_patterns=[
            (r"/?", RedirectHandler, {"url": f"{root}playground", "permanent": False}),
            (r"/lessons", LessonsHandler, {"jupyter": options.jupyter}),
            (r"/lesson/(\w+)", LessonHandler),
        ],
    )
