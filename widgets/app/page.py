"""The frame of each page of the app: navigation, styles, and nothing from another host."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import panel as pn

from widgets.app.work import failures_told

HERE = Path(__file__).parent
PAGES: Sequence[tuple[str, str]] = (
    ("playground", "Playground"),
    ("compromise", "Compromise"),
    ("inspect", "Inspect"),
    ("room", "Room"),
    ("lessons", "Lessons"),
)
"""The pages in the order of the navigation: each with its place in the address and its name."""

_HEAD = """\
<link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="SCHEME">
<style>STYLE</style>
"""
_BODY = """\
<a class="skip" href="#main">Skip to the page</a>
<header class="top"><span class="brand">MLS Workbench</span><nav aria-label="Pages">NAVIGATION</nav></header>
<main id="main" tabindex="-1">
<h1>HEADING</h1>
CONTENT
</main>
"""
_LIVE = f"""\
{{% extends base %}}
{{% block postamble %}}{_HEAD}{{% endblock %}}
{{% block contents %}}{_BODY}{{% endblock %}}
"""
_PLAIN = f"""\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>TITLE · MLS Workbench</title>{_HEAD}</head>
<body>{_BODY}</body>
</html>
"""


def framed(place: str, content: pn.viewable.Viewable, *, theme: str = "") -> pn.Template:
    """A page of the app with live content. `theme` is "dark", "light", or empty for the system's."""
    heading = next(name for each, name in PAGES if each == place)
    text = _filled(_LIVE, place, heading, theme=theme).replace("CONTENT", "{{ embed(roots.content) }}")
    return pn.Template(text, items={"content": content})


def plain(place: str, heading: str, content: str, *, theme: str = "", up: str = "") -> str:
    """A page of the app without Panel; `content` is HTML. `up` leads from the page to the others."""
    known = theme if theme in {"dark", "light"} else ""
    text = _filled(_PLAIN, place, heading, theme=known, up=up).replace("TITLE", escape(heading))
    return text.replace("CONTENT", content)


def _filled(template: str, place: str, heading: str, *, theme: str, up: str = "") -> str:
    query = f"?theme={theme}" if theme else ""
    links = "".join(
        f'<a href="{up}{each}{query}"{" aria-current=page" if each == place else ""}>{escape(name)}</a>'
        for each, name in PAGES
    )
    scheme = theme or "light dark"
    style = (HERE / "app.css").read_text("utf-8").replace("color-scheme: light dark", f"color-scheme: {scheme}")
    return (
        template.replace("SCHEME", scheme)
        .replace("STYLE", style)
        .replace("NAVIGATION", links)
        .replace("HEADING", escape(heading))
    )


def filled_later(words: str, content: Callable[[], Awaitable[list[Any]]]) -> pn.Column:
    """A place with words, until the page is loaded and its content is made; if that fails, the place says so."""
    place = pn.Column(notice(words), sizing_mode="stretch_width")

    def tell(failure: str) -> None:
        place[:] = [notice(failure, is_error=True)]

    async def fill() -> None:
        with failures_told(tell):
            place[:] = await content()

    pn.state.onload(fill)
    return place


def notice(words: str, *, is_error: bool = False) -> pn.pane.HTML:
    """A paragraph that a screen reader says when it appears. The words may quote what a stranger sent."""
    role = "alert" if is_error else "status"
    return pn.pane.HTML(f'<p role="{role}">{escape(words)}</p>', sizing_mode="stretch_width", margin=0)
