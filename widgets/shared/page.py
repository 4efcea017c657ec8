"""HTML that works without a kernel: the output that a notebook keeps of a picture, and a page with one picture.

Both have the still figure, the player and the view. If scripts run, the player replaces the figure. Neither loads
anything from the network.
"""

from __future__ import annotations

import json
import time
import zlib
from base64 import b64encode
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING

from widgets.shared.assemble import STYLES, inlined, stylesheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_KEPT_AT_MOST = 300_000
"""The greatest length of a packed view in an output, in characters."""

# The module and its styles come packed, because a notebook holds them once for every output. A picture that has just
# been shown announces itself within moments (notebook_output.js): the player need not start for it.
STARTER = """\
(() => {
  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(unpacked).text());
  };
  const pictures = (globalThis[Symbol.for("mls-workbench.pictures")] ??= new Map());
  const announced = (id) => new Promise((done) => {
    document.addEventListener("mls-workbench.picture", function hear({ detail }) {
      if (detail !== id) return;
      document.removeEventListener("mls-workbench.picture", hear);
      done();
    });
  });
  const begin = async (output) => {
    output.classList.add("is-started");
    const [id, shown] = (output.dataset.live ?? "").split(" ");
    let ends = [];
    const play = async (valuesOf) => {
      for (const [number, place] of output.querySelectorAll(".mls-player").entries()) {
        const [module, style] = await unpack(place.dataset.player);
        if (![...document.querySelectorAll("style.mls-style")].some((each) => each.textContent === style)) {
          const own = Object.assign(document.createElement("style"), { className: "mls-style", textContent: style });
          document.head.append(own);
        }
        const { start } = await import("data:text/javascript;charset=utf-8," + encodeURIComponent(module));
        const traits = await unpack(place.dataset.traits);
        const last = valuesOf?.(number);
        if (last) for (const name of Object.keys(traits)) traits[name] = last.get(name);
        ends.push(start(traits, place));
      }
    };
    const heard = id ? announced(id) : new Promise(() => {});
    const isNew = Date.now() - Number(shown) < 20000;
    // What a reader chose in a form in these moments would be lost when the live picture replaces it.
    output.inert = isNew && !pictures.has(id);
    if (output.inert) await Promise.race([heard, new Promise((done) => setTimeout(done, 3000))]);
    output.inert = false;
    if (!pictures.has(id)) {
      await play();
      await heard;
      for (const end of ends.splice(0)) end();
    }
    pictures.get(id)(output, play);
  };
  for (const output of document.querySelectorAll("div.mls-output:not(.is-started)")) begin(output);
})();
"""

_PAGE_STYLE = """\
body { margin: 0; background: light-dark(#f3f5f8, #0d1015); color-scheme: light dark; }
main { max-width: 1100px; margin: 0 auto; padding: clamp(8px, 3vw, 32px); }
.mls-figure { margin: 0; }
.mls-figure img { max-width: 100%; }
"""


def output(pictures: Iterable[str], *, saved: str, live: str = "") -> str:
    """The HTML of an output in a notebook: its pictures (`kept`), and a sentence that says how to connect it again.

    `live` names the live widget that replaces the pictures while its kernel runs.
    """
    named = f' data-live="{live} {time.time_ns() // 1_000_000}"' if live else ""
    note = f'<p class="mls mls-saved">{escape(saved)}</p>'
    return f'<div class="mls-output"{named}>{"".join(pictures)}{note}</div><script>{STARTER}</script>'


def kept(
    module: str,
    versions: Iterable[tuple[Mapping[str, object], str]],
    figure: str,
    styles: Sequence[str] = STYLES,
) -> str:
    """The HTML of one picture in a notebook: the figure, and the player that replaces it if scripts run.

    `versions` has the traits in full and in lighter forms, each with words for what is left out. The first form that is
    small enough for a notebook is kept. If none is, only the figure is kept, with a sentence that says so.
    """
    for traits, left_out in versions:
        view = _packed(traits)
        if len(view) <= _KEPT_AT_MOST:
            return _live(module, view, figure, styles) + (
                _note(f"Left out of this notebook: {left_out}.") if left_out else ""
            )
    return figure + _note("Left out of this notebook: the player, with which you can step through the picture.")


def _note(words: str) -> str:
    return f'<p class="mls-left-out">{escape(words)} The method <code>to_html</code> writes a page with everything.</p>'


def _live(module: str, view: str, figure: str, styles: Sequence[str]) -> str:
    start = _player(module, "export const start = (traits, place) => play({ render }, traits, place).end;\n")
    player = _packed([start, stylesheet(*styles)])
    return f'<div class="mls-player" data-player="{player}" data-traits="{view}">{figure}</div>'


def page(module: str, traits: Mapping[str, object], figure: str, title: str, styles: Sequence[str] = STYLES) -> str:
    """The HTML page of one picture: one file, whose Content-Security-Policy allows nothing from outside of it."""
    style = stylesheet(*styles) + _PAGE_STYLE
    script = _player(
        module,
        'const traits = JSON.parse(document.getElementById("traits").textContent);\n'
        'play({ render }, traits, document.getElementById("player"));\n',
    )
    policy = f"default-src 'none'; img-src data:; script-src {digest(script)}; style-src {digest(style)}"
    data = json.dumps(traits, separators=(",", ":")).replace("<", "\\u003c")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f'<style>{style}</style>\n</head>\n<body>\n<main>\n<div id="player">{figure}</div>\n</main>\n'
        f'<script type="application/json" id="traits">{data}</script>\n'
        f'<script type="module">{script}</script>\n</body>\n</html>\n'
    )


def _player(module: str, start: str) -> str:
    return inlined(
        f'import {{ render }} from "./{module}";\nimport {{ play }} from "./shared/standalone_model.js";\n{start}'
    )


def _packed(value: object) -> str:
    return b64encode(zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 9)).decode()


def digest(text: str) -> str:
    """The source in a Content-Security-Policy that allows just this script or style."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
