"""An explanation for a notebook: paragraphs and a list, without scripts and without requests to the network."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

STYLE = """
.mls-explanation { color: var(--jp-content-font-color1, CanvasText); font-size: 14px; line-height: 1.5; max-width: 80ch;
  border-inline-start: 4px solid var(--jp-warn-color1, #9a5b00); padding-inline-start: .8em; }
.mls-explanation.mls-well { border-inline-start-style: double; border-color: var(--jp-success-color1, #2e7d32); }
.mls-explanation p { margin: .2em 0; }
.mls-explanation .mls-section, .mls-explanation details { color: var(--jp-content-font-color2, inherit);
  font-size: 12px; }
.mls-explanation summary { cursor: pointer; }
.mls-explanation dl { display: grid; grid-template-columns: max-content 1fr; gap: .1em 1em; margin: .3em 0; }
.mls-explanation dd { margin: 0; overflow-wrap: anywhere; }
"""


def html(
    kind: str,
    sentence: str,
    next_step: str,
    section: str,
    evidence: str,
    known: Mapping[str, str],
    *,
    is_well: bool,
) -> str:
    """The whole explanation as HTML; text that came from the bytes is escaped."""
    source = f' <span class="mls-section">RFC 9420 {escape(section)}</span>' if section else ""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in known.items())
    return (
        f'<div class="mls-explanation{" mls-well" if is_well else ""}"><style>{STYLE}</style>'
        f"<p><strong>{escape(kind)}</strong>{source}</p>"
        f"<p>{escape(sentence)}</p>"
        f"<p><strong>Next:</strong> {escape(next_step)}</p>"
        f"<details><summary>How this is known</summary><p>{escape(evidence)}</p><dl>{rows}</dl></details></div>"
    )
