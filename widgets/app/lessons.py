"""The lessons as pages: what is stored in the notebooks, with pictures that move, and without a kernel.

These pages need no session, so they are plain HTML. They come from the project's own notebooks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from tornado.web import HTTPError, RequestHandler

from widgets.app.page import plain
from widgets.shared.assemble import STYLES, stylesheet

FOLDER = Path(__file__).parents[2] / "notebooks"
"""The lessons of a clone of the project. An installed package does not have them."""

_IMAGE = re.compile(r'<img alt="[^"]*" src="data:image/svg\+xml;base64,[\w+/=]+">')
_LINK = re.compile(r'href="([0-9a-z_]+)\.ipynb"')
_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; script-src 'unsafe-inline' data:; "
    "base-uri 'none'; form-action 'none'"
)
"""The pictures of a stored lesson have their scripts in the page; nothing is loaded."""


@dataclass(frozen=True)
class Lesson:
    """A stored notebook: the name of its file without the ending, and its cells."""

    name: str
    cells: tuple[Mapping[str, Any], ...]

    @classmethod
    def read(cls, path: Path) -> Lesson:
        """Read a lesson from its file."""
        return cls(path.stem, tuple(json.loads(path.read_text("utf-8"))["cells"]))

    @property
    def title(self) -> str:
        """The heading of the lesson."""
        return _text(self.cells[0]["source"]).partition("\n")[0].removeprefix("# ")

    @property
    def about(self) -> str:
        """The first paragraph of the lesson, as HTML."""
        paragraphs = [each for each in _text(self.cells[0]["source"]).split("\n\n")[1:] if each.strip()]
        return _LINK.sub(r'href="lesson/\1"', _html(paragraphs[0])) if paragraphs else ""

    @property
    def still(self) -> str:
        """The first still picture of the lesson, as HTML; empty if there is none."""
        found = (_IMAGE.search(output) for cell in self.cells for output in _outputs(cell))
        return next((image[0] for image in found if image), "")

    def html(self) -> str:
        """The words, the code and the stored outputs, as HTML."""
        return "\n".join(map(_cell, self.cells))


def lessons(folder: Path = FOLDER) -> list[Lesson]:
    """All lessons of a folder, in their order; none if there is no such folder."""
    return [Lesson.read(path) for path in sorted(folder.glob("*.ipynb"))]


class LessonsHandler(RequestHandler):
    """The list of the lessons."""

    def initialize(self, jupyter: str) -> None:
        """Remember the address of JupyterLab; empty if there is none."""
        self._jupyter = jupyter

    def get(self) -> None:
        """Write the list."""
        found = lessons()
        items = "".join(_item(lesson, self._jupyter) for lesson in found)
        body = f'<ol class="lessons">{items}</ol>' if found else f"<p>{_MISSING}</p>"
        self.set_header("Content-Security-Policy", _POLICY)
        self.write(plain("lessons", "Lessons", body, theme=self.get_query_argument("theme", "")))


class LessonHandler(RequestHandler):
    """One lesson as a page."""

    def initialize(self, jupyter: str) -> None:
        """Remember the address of JupyterLab; empty if there is none."""
        self._jupyter = jupyter

    def get(self, name: str) -> None:
        """Write the lesson."""
        lesson = next((each for each in lessons() if each.name == name), None)
        if lesson is None:
            raise HTTPError(404)
        style = f"<style>{stylesheet(*STYLES)}</style>"
        self.set_header("Content-Security-Policy", _POLICY)
        banner = f'<p class="banner">{_STORED} {_opened(lesson, self._jupyter)}</p>'
        body = f'{style}{banner}<article class="lesson">{lesson.html()}</article>'
        self.write(plain("lessons", lesson.title, body, theme=self.get_query_argument("theme", ""), up="../"))


_STORED = "You can step through the pictures of this page; its code runs in JupyterLab:"
_MISSING = (
    "The lessons are not here: they are in a clone of the project, in the folder <code>notebooks</code>. There, "
    "<code>workbench lab</code> opens them."
)


def _item(lesson: Lesson, jupyter: str) -> str:
    title = escape(lesson.title)
    page = f'<a href="lesson/{lesson.name}" aria-label="Read as a page: {title}">Read as a page</a>'
    return (
        f"<li><h2>{title}</h2><div>{lesson.about}</div><p>{page} · {_opened(lesson, jupyter)}</p>"
        f'<div class="still">{lesson.still}</div></li>'
    )


def _opened(lesson: Lesson, jupyter: str) -> str:
    """How a reader opens a lesson in JupyterLab."""
    if not jupyter:
        return f"<code>workbench lab --notebook notebooks/{lesson.name}.ipynb</code>"
    notebook = escape(f"{jupyter}lab/tree/notebooks/{lesson.name}.ipynb")
    # in a new tab: the frame in which JupyterLab shows the app may not replace JupyterLab itself
    return f'<a href="{notebook}" target="_blank" rel="noopener">Open in Jupyter</a>'


def _cell(cell: Mapping[str, Any]) -> str:
    source = _text(cell["source"])
    if cell["cell_type"] == "markdown":
        return _LINK.sub(r'href="\1"', _html(source))
    outputs = "".join(_outputs(cell))
    return f'<pre class="source" tabindex="0"><code>{escape(source)}</code></pre>\n{outputs}'


def _outputs(cell: Mapping[str, Any]) -> Iterator[str]:
    """The outputs of a cell as HTML, each in the form that needs only the page."""
    for output in cell.get("outputs", ()):
        data = output.get("data", {"text/plain": output.get("text", "")})
        if "text/html" in data:
            yield _text(data["text/html"])
        else:
            yield f'<pre tabindex="0">{escape(_text(data.get("text/plain", "")))}</pre>'


def _html(source: str) -> str:
    written = str(MarkdownIt("commonmark").enable("table").render(source))
    return written.replace("<pre>", '<pre tabindex="0">')  # long lines scroll, also by the keyboard


def _text(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)
