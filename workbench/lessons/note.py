"""A few words to the learner, under the cell that asked for them: as text, and as HTML for a notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from html import escape

_RFC = "https://www.rfc-editor.org/rfc/rfc9420"
_SECTION = re.compile(r"RFC 9420 (?:§(?P<section>[0-9.]*[0-9])|Appendix (?P<appendix>[A-D]))")
_CODE = re.compile(r"`([^`]+)`")


class Tone(Enum):
    """The meaning of a note, as the colour of its edge. The heading says the same in words."""

    plain = "var(--jp-border-color1, #808080)"
    right = "var(--jp-success-color1, #009e73)"
    wrong = "var(--jp-warn-color1, #d55e00)"


@dataclass(frozen=True, slots=True)
class Note:
    """A heading, words in which `backticks` mark code, and perhaps some code below them."""

    heading: str
    words: str
    tone: Tone = Tone.plain
    code: str = ""

    def __repr__(self) -> str:
        words = f"{self.heading} {self.words}".rstrip()
        return f"{words}\n\n{self.code}" if self.code else words

    def _repr_html_(self) -> str:
        code = f'<pre tabindex="0"><code>{escape(self.code)}</code></pre>' if self.code else ""
        return (
            f'<div role="note" style="border-left: 4px solid {self.tone.value}; padding: 0.2em 1em">'
            f"<p><strong>{escape(self.heading)}</strong> {_marked_up(self.words)}</p>{code}</div>"
        )


def _marked_up(words: str) -> str:
    """Words as HTML: code in backticks, sections of the RFC as links."""
    return _SECTION.sub(_link, _CODE.sub(r"<code>\1</code>", escape(words)))


def _link(section: re.Match[str]) -> str:
    place = f"section-{section['section']}" if section["section"] else f"appendix-{section['appendix']}"
    return f'<a href="{_RFC}#{place}">{section[0]}</a>'
