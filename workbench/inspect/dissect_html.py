"""A dissection for a notebook: nested lists that open and close, without scripts and requests to the network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from workbench.inspect.dissect_text import abbreviated, fault_lines, label, raw_bytes
from workbench.inspect.fields import Fault, Field

OPEN_LEVELS = 2
"""How many levels are open at first."""

LONGEST_LIST = 64
"""How many items of a vector are shown, so that a notebook does not store megabytes."""

STYLE = """
.mls-dissection { color: var(--jp-content-font-color1, CanvasText); font-size: 13px; line-height: 1.5; }
.mls-dissection ul { margin: 0; padding: 0; }
.mls-dissection ul ul { margin-inline-start: .35em; padding-inline-start: 1em;
  border-inline-start: 1px solid var(--jp-border-color1, GrayText); }
.mls-dissection li { list-style: none; margin: .15em 0; padding: 0; }
.mls-dissection summary { cursor: pointer; }
.mls-dissection .mls-row { display: inline-flex; flex-wrap: wrap; gap: 0 1.5em; justify-content: space-between;
  width: calc(100% - 1.4em); vertical-align: top; }
.mls-dissection .mls-leaf { padding-inline-start: 1.2em; }
.mls-dissection .mls-leaf > .mls-row { width: 100%; }
.mls-dissection .mls-where, .mls-dissection .mls-meaning { color: var(--jp-content-font-color2, inherit);
  font-size: 12px; font-variant-numeric: tabular-nums; }
.mls-dissection .mls-meaning { margin: 0; padding-inline-start: 1.2em; max-width: 75ch; }
.mls-dissection .mls-leaf .mls-meaning { padding: 0; }
.mls-dissection .mls-where code { font-family: var(--jp-code-font-family, ui-monospace, monospace); font-size: 12px;
  color: inherit; background: none; padding: 0 .75em 0 0; overflow-wrap: anywhere; }
.mls-dissection .mls-fault { border-inline-start: 4px solid var(--jp-error-color1, #b3261e); margin: .6em 0 0;
  padding-inline-start: .6em; white-space: pre-wrap; }
"""


def html(data: bytes, root: Field, faults: Sequence[Fault]) -> str:
    """All fields of `data` as nested lists, and its faults; text that came from the bytes is escaped."""
    complaints = "".join(
        f'<p class="mls-fault">{escape(chr(10).join(fault_lines(data, fault)))}</p>' for fault in faults
    )
    return (
        f'<div class="mls-dissection"><style>{STYLE}</style><ul>{_item(data, root, OPEN_LEVELS)}</ul>{complaints}</div>'
    )


def _item(data: bytes, field: Field, open_levels: int) -> str:
    """One field as an item of a list; the next `open_levels` levels are open, and all levels that lead to a fault."""
    about = f'<p class="mls-meaning">{escape(field.meaning)} {escape(field.section)}</p>'
    if not field.children:
        return f'<li class="mls-leaf">{_row(data, field)}{about}</li>'
    shown = "".join(_item(data, child, open_levels - 1) for child in field.children[:LONGEST_LIST])
    hidden = len(field.children) - LONGEST_LIST
    more = f"<li>and {hidden} more, which text() and as_json() show</li>" if hidden > 0 else ""
    opened = " open" if open_levels > 0 or not field.complete else ""
    return f"<li><details{opened}><summary>{_row(data, field)}</summary>{about}<ul>{shown}{more}</ul></details></li>"


def _row(data: bytes, field: Field) -> str:
    """Name, value and place of a field."""
    name, colon, value = label(field).partition(": ")
    raw = "" if field.children else f"<code>{escape(abbreviated(raw_bytes(data, field)))}</code>"
    return (
        f'<span class="mls-row"><span><strong>{escape(name)}</strong>{colon}{escape(value)}</span>'
        f'<span class="mls-where">{raw}{_place(field)}</span></span>'
    )


def _place(field: Field) -> str:
    """The place of a field in words."""
    if field.length > 1:
        return f"bytes {field.offset} to {field.offset + field.length - 1}"
    return f"byte {field.offset}" if field.length else f"before byte {field.offset}"
