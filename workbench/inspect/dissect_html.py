"""A dissection for a notebook: nested lists that open and close, with no script and nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workbench.inspect.dissect_text import abbreviated, fault_lines, label, raw_bytes
from workbench.inspect.fields import Fault, Field

OPEN_LEVELS = 2
"""How many levels are open at first."""

LONGEST_LIST = 64
"""How many items of a vector are shown: a notebook should not carry megabytes."""

STYLE = """
.mls-dissection { color: var(--jp-content-font-color1, CanvasText); font-size: 13px; line-height: 1.5; }
.mls-dissection ul { list-style: none; margin: 0; padding-inline-start: 1.1em; border-inline-start: 1px solid
  var(--jp-border-color2, GrayText); }
.mls-dissection > ul { border: 0; padding: 0; }
.mls-dissection li { margin: 0; padding: 0; }
.mls-dissection li > div { padding-inline-start: 1.1em; }
.mls-dissection summary { cursor: pointer; }
.mls-dissection code { font-family: var(--jp-code-font-family, ui-monospace, monospace); font-size: 12px;
  color: inherit; background: none; overflow-wrap: anywhere; }
.mls-dissection .mls-at { font-variant-numeric: tabular-nums; margin-inline-end: .6em; }
.mls-dissection .mls-at, .mls-dissection .mls-meaning { color: var(--jp-content-font-color2, inherit); }
.mls-dissection .mls-meaning { margin: 0 0 .2em; }
.mls-dissection .mls-fault { border-inline-start: 4px solid var(--jp-error-color1, #b3261e); margin: .6em 0 0;
  padding-inline-start: .6em; white-space: pre-wrap; }
"""


def html(data: bytes, root: Field, faults: Sequence[Fault]) -> str:
    """All fields of `data` as nested lists, and its faults; everything that came from the bytes is escaped."""
    complaints = "".join(
        f'<p class="mls-fault">{escape(chr(10).join(fault_lines(data, fault)))}</p>' for fault in faults
    )
    return (
        f'<div class="mls-dissection"><style>{STYLE}</style><ul>{_item(data, root, OPEN_LEVELS)}</ul>{complaints}</div>'
    )


def _item(data: bytes, field: Field, open_levels: int) -> str:
    """One field as an item of a list; `open_levels` more levels are open."""
    about = f'<p class="mls-meaning">{escape(field.meaning)} {escape(field.section)}</p>'
    if not field.children:
        bytes_ = f" <code>{escape(abbreviated(raw_bytes(data, field)))}</code>"
        return f"<li><div>{_heading(field)}{bytes_}{about}</div></li>"
    shown = "".join(_item(data, child, open_levels - 1) for child in field.children[:LONGEST_LIST])
    hidden = len(field.children) - LONGEST_LIST
    more = f"<li>and {hidden} more, which text() and as_json() show</li>" if hidden > 0 else ""
    opened = " open" if open_levels > 0 else ""
    return f"<li><details{opened}><summary>{_heading(field)}</summary>{about}<ul>{shown}{more}</ul></details></li>"


def _heading(field: Field) -> str:
    place = f'<span class="mls-at">{field.offset}, {field.length} B</span>'
    name, colon, value = label(field).partition(": ")
    return f"{place} <strong>{escape(name)}</strong>{colon}{escape(value)}"
