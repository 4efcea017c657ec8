"""Lesson 00 as one page that lives without a kernel: `python -m tests.notebooks.page` writes docs/start_here.html.

It is the stored lesson, words, code and outputs. The pictures are players that share one copy of the module; the
page's Content-Security-Policy lets it load nothing from anywhere.
"""

from __future__ import annotations

import re
import tomllib
from base64 import b64encode
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import mistune

from tests.notebooks.store import NOTEBOOKS, REVEALS, read
from widgets.shared.assemble import STYLES, inlined, stylesheet

LESSON = NOTEBOOKS / "00_start_here.ipynb"
PAGE = NOTEBOOKS.parent / "docs" / "start_here.html"
STORY = PAGE.with_name("idle-phone.svg")
URLS = tomllib.loads((NOTEBOOKS.parent / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
REPOSITORY = URLS["Repository"].removeprefix("https://github.com/")
BINDER = f"https://mybinder.org/v2/gh/{REPOSITORY}/HEAD?urlpath=lab/tree/notebooks/{LESSON.name}"

# Here nobody can run a cell again, and the players share one script.
_OUTPUT = re.compile(
    r'<div class="mls-output">(.*?)<p class="mls mls-saved">.*?</p></div><script>.*?</script>', re.DOTALL
)
_PLAYER = re.compile(r'<div class="mls-player" data-player="[^"]*" ')
_NEXT_LESSON = re.compile(r'href="([0-9a-z_]+\.ipynb)"')

_START = """\
import { render } from "./ratchet_tree/ratchet_tree.js";
import { play } from "./shared/standalone_model.js";
for (const place of document.querySelectorAll("div.mls-player")) {
  const bytes = Uint8Array.from(atob(place.dataset.traits), (letter) => letter.charCodeAt(0));
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  new Response(unpacked).json().then((traits) => play({ render }, traits, place));
}
"""

_STYLE = """\
:root { color-scheme: light dark; --ink: light-dark(#1b1f24, #e6e8eb); --quiet: light-dark(#f3f5f8, #1c2128);
  --line: light-dark(#d0d7de, #3d444d); --link: light-dark(#0b57a4, #8ab8f0); }
body { margin: 0; background: light-dark(#fff, #0f1318); color: var(--ink); font: 17px/1.6 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: clamp(12px, 4vw, 48px); }
h1, h2 { line-height: 1.25; }
h2 { margin-top: 2.2em; }
a { color: var(--link); }
pre, code, kbd { font: 14px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { overflow-x: auto; padding: 0.7em 1em; border-radius: 6px; margin: 0.6em 0; }
pre.source { background: var(--quiet); border: 1px solid var(--line); }
.banner { border: 1px solid var(--line); border-radius: 6px; padding: 0.6em 1em; }
figure { margin: 0; }
summary { cursor: pointer; padding: 0.3em 0; color: var(--link); }
img { max-width: 100%; height: auto; }
"""


def page(notebook: Any) -> str:
    """A stored lesson as HTML."""
    title = notebook.cells[0].source.partition("\n")[0].removeprefix("# ")
    script = inlined(_START)
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {_digest(script)}"
    body = "\n".join(map(_cell, notebook.cells))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{stylesheet(*STYLES)}{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f'<p class="banner">This page runs without a kernel and without a network: every picture can be stepped. '
        f'To act yourself, <a href="{escape(BINDER)}">open the lesson on Binder</a>.</p>\n'
        f'{_story()}\n{body}\n</main>\n<script type="module">{script}</script>\n</body>\n</html>\n'
    )


def _story() -> str:
    """The moving picture of the front page, which stands first: what the lessons are about, in 40 seconds."""
    drawing = STORY.read_text("utf-8")
    (words,) = re.findall(r"<title>(.*?)</title>", drawing, re.DOTALL)
    packed = b64encode(drawing.encode()).decode()
    caption = "How an idle phone opens what had healed: what the attacker knows, in 40 seconds."
    image = f'<img width="720" height="366" alt="{words}" src="data:image/svg+xml;base64,{packed}">'
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def _cell(cell: Any) -> str:
    if cell.cell_type == "markdown":
        words = str(mistune.create_markdown(escape=False)(cell.source))
        # The site has the folder docs alone, so the next lesson is at the repository.
        return _NEXT_LESSON.sub(rf'href="{URLS["Repository"]}/blob/main/notebooks/\1"', words)
    outputs = "".join(map(_output, cell.outputs))
    if outputs and REVEALS in cell.metadata.get("tags", ()):
        outputs = f"<details><summary>Show what this cell gives</summary>\n{outputs}</details>"
    return f'<pre class="source" tabindex="0"><code>{escape(cell.source)}</code></pre>\n{outputs}'


def _output(output: Any) -> str:
    """The richest form that needs nothing but the page."""
    data = output.get("data", {"text/plain": output.get("text", "")})
    if "text/html" not in data:
        return f'<pre tabindex="0">{escape(data["text/plain"])}</pre>'
    return _PLAYER.sub('<div class="mls-player" ', _OUTPUT.sub(r"\1", data["text/html"]))


def _digest(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def write(path: Path = PAGE) -> None:
    """Write the page of lesson 00."""
    path.write_text(page(read(LESSON)), "utf-8")


if __name__ == "__main__":
    write()
