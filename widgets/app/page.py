"""The frame of each page of the app: navigation, styles, and nothing from another host."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import panel as pn
from panel.io.resources import LOCAL_DIST

from widgets.app.work import failures_told, long_work
from widgets.shared.long_work import Advance, Cancelled
from workbench.lab.shared_history import InvalidHistory

HERE = Path(__file__).parent
PAGES: Sequence[tuple[str, str]] = (
    ("playground", "Playground"),
    ("compromise", "Compromise"),
    ("inspect", "Inspect"),
    ("room", "Room"),
    ("lessons", "Lessons"),
)
"""The pages in the order of the navigation: each with its place in the address and its name."""

_BUTTON = """\
:host(.solid) .bk-btn.bk-btn-default {
  border: 1px solid var(--line); border-radius: 6px; background: var(--bar); color: var(--ink); font: var(--font);
}
.bk-btn.bk-btn-default:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
"""
"""The look of a button of Panel: that of the buttons of the pictures."""
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
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss: blob:; base-uri 'self'; form-action 'none'"
)
"""A browser loads nothing from another host, whatever the page asks for. Bokeh makes functions of texts."""

_LIVE = f"""\
{{% extends base %}}
{{% block preamble %}}<meta http-equiv="Content-Security-Policy" content="{POLICY}">{{% endblock %}}
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
    if pn.state.curdoc is not None:
        # Panel sets this when it writes the page. A session that a browser makes without a page, because its first one
        # was given up on a busy machine, would have the styles of the components from a content delivery network.
        pn.state.curdoc.template_variables["dist_url"] = LOCAL_DIST
    text = _filled(_LIVE, place, _named(place), theme=theme).replace("CONTENT", "{{ embed(roots.content) }}")
    return pn.Template(text, items={"content": content})


def only_words(place: str, words: str) -> pn.Template:
    """A page of the app that has nothing but words, and does not need the connection to a session."""
    text = _filled(_LIVE, place, _named(place), theme="")
    return pn.Template(text.replace("CONTENT", f'<p role="alert">{escape(words)}</p>'))


def plain(place: str, heading: str, content: str, *, theme: str = "", up: str = "") -> str:
    """A page of the app without Panel; `content` is HTML. `up` leads from the page to the others."""
    known = theme if theme in {"dark", "light"} else ""
    text = _filled(_PLAIN, place, heading, theme=known, up=up).replace("TITLE", escape(heading))
    return text.replace("CONTENT", content)


def _named(place: str) -> str:
    return next(name for each, name in PAGES if each == place)


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


def filled_later(words: str, content: Callable[[Advance], Awaitable[list[Any]]]) -> pn.Column:
    """A place with words, until the page is loaded and its content is made; if that fails, the place says so.

    If making the content takes long, the place says how far it is, and has a button that cancels it: `content` hands on
    what it is given to the work.
    """
    said = notice(words)
    # The button is there from the beginning: a browser sends a later one back whole, of which Bokeh warns.
    cancel = pn.widgets.Button(
        label="Cancel", visible=False, sizing_mode="fixed", width=90, height=36, margin=0, stylesheets=[_BUTTON]
    )
    place = pn.Column(said, cancel, sizing_mode="stretch_width")

    def tell(failure: str) -> None:
        place[:] = [notice(failure, is_error=True)]

    async def fill() -> None:
        def show(done: int, total: int) -> None:
            said.object = f'<p role="status">{escape(words)} {done} of {total} actions are performed.</p>'
            cancel.visible = True

        long = long_work(show)
        cancel.on_click(lambda _event: long.cancel())
        with failures_told(tell):
            place[:] = await content(long.advance)

    pn.state.onload(fill)
    return place


def not_opened(problem: InvalidHistory | Cancelled, instead: str) -> pn.pane.HTML:
    """A notice that a link could not be opened, or that the visitor has cancelled it."""
    why = "You have cancelled it" if isinstance(problem, Cancelled) else str(problem)
    return notice(f"The link cannot be opened. {why}. {instead}", is_error=True)


def notice(words: str, *, is_error: bool = False) -> pn.pane.HTML:
    """A paragraph that a screen reader says when it appears. The words may quote what a stranger sent."""
    role = "alert" if is_error else "status"
    styles = {"color": "var(--ink)", "font": "var(--font)"}
    return pn.pane.HTML(f'<p role="{role}">{escape(words)}</p>', sizing_mode="stretch_width", margin=0, styles=styles)
