"""Still pictures, for pages where nothing runs: the widgets' own JavaScript draws them, run by an embedded QuickJS.

The module that draws a picture in the browser also draws the still picture here, as text.  So Python has no second
code for drawings and words.  QuickJS runs only our own modules, and gets its data as JSON.
"""

from __future__ import annotations

import json
import re
import threading
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from widgets.shared.assemble import inlined, stylesheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MEMORY = 256 << 20
_STACK = 256 << 10
_SECONDS = 30

_STILL = """\
import {{ still }} from "./{module}";
import {{ written }} from "./shared/still.js";
return (traits, style) => written(still(traits, style));
"""
# The messages of QuickJS when a limit is reached. Without memory QuickJS may give no message.
_LIMITS = re.compile(r"InternalError: (?:interrupted|out of memory)|(?:RangeError: )?Maximum call stack size|null\s*$")

_of_this_thread = threading.local()
_STILLS = """\
import {{ still }} from "./{module}";
import {{ written }} from "./shared/still.js";
return (traits, style, steps) => steps.map((step) => written(still({{ ...traits, step }}, style)));
"""


@dataclass(frozen=True, slots=True)
class Still:
    """A still picture as SVG, with its name, a sentence, and its full words as HTML."""

    label: str
    sentence: str
    picture: str
    words: str

    def figure(self) -> str:
        """The figure as HTML: an image with its words. Viewers of notebooks remove other kinds of drawings."""
        image = b64encode(self.picture.encode()).decode()
        return (
            f'<figure class="mls-figure"><img alt="{self.label}" src="data:image/svg+xml;base64,{image}">'
            f"<figcaption>{self.sentence}</figcaption>{self.words}</figure>"
        )


class NotDrawn(Exception):
    """There is no still picture: QuickJS is not installed, or the picture is too large for its limits."""


def still(module: str, traits: Mapping[str, object], styles: Sequence[str]) -> Still:
    """Draw the still picture of a module (such as "ratchet_tree/still.js") with these traits and stylesheets.

    Raises `NotDrawn`.
    """
    return Still(**run(_STILL.format(module=module), traits, stylesheet(*styles)))


def stills(module: str, traits: Mapping[str, object], styles: Sequence[str], steps: Sequence[int]) -> list[Still]:
    """Draw the still pictures of several steps of one view. Raises `NotDrawn`."""
    drawn = run(_STILLS.format(module=module), traits, stylesheet(*styles), [*steps])
    return [Still(**each) for each in drawn]


def run(program: str, *arguments: object) -> Any:
    """Call the function that a program returns. The program may import our modules. Values are passed as JSON.

    Raises `NotDrawn`.
    """
    engine = _engine()
    try:
        return json.loads(_function(engine, program)(json.dumps(arguments)))
    except engine.JSException as error:
        _of_this_thread.__dict__.clear()
        if not _LIMITS.match(str(error)):
            raise
        raise NotDrawn("the picture is too large to be drawn without a browser") from error


def words_alone(sentence: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A figure without a picture: a sentence and a table."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<figure class="mls-figure"><figcaption>{escape(sentence)}</figcaption>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></figure>"
    )


def _engine() -> Any:
    try:
        import quickjs  # noqa: PLC0415 - whoever keeps no picture needs none
    except ImportError as missing:
        raise NotDrawn("QuickJS is not installed (pip install quickjs-ng)") from missing
    return quickjs


def _function(engine: Any, program: str) -> Any:
    """The function that a program returns, in the QuickJS context of this thread."""
    own = _of_this_thread.__dict__
    if "context" not in own:
        context = own["context"] = engine.Context()
        context.set_memory_limit(_MEMORY)
        context.set_max_stack_size(_STACK)
        context.set_time_limit(_SECONDS)
    if program not in own:
        text = f"const call = (() => {{\n{inlined(program)}}})();\n"
        text += "return (given) => JSON.stringify(call(...JSON.parse(given)) ?? null);"
        own[program] = own["context"].eval(f"(() => {{\n{text}}})()")
    return own[program]
