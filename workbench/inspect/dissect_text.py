"""A dissection for a terminal: a line for each field, and below the first field of a kind its meaning."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from workbench.inspect.fields import Fault, Field

WIDTH = 100
HEX = 20
"""How many characters of hexadecimal are on a line."""

INDENT = "  "


def text(data: bytes, root: Field, faults: Sequence[Fault], *, full: bool) -> str:
    """All fields of `data`, nested, and its faults; `full` shows all bytes, and repeats every meaning."""
    lines = [f"{root.type}, {len(data)} bytes", f"{root.meaning} {root.section}", ""]
    lines.append(f"{'offset':>6} {'length':>6}  {'bytes':{HEX}}  field: value")
    page = _Page(data, full=full)
    for field in root.children:
        lines += page.lines(field, "")
    for fault in faults:
        lines += ["", *fault_lines(data, fault)]
    return "\n".join(lines)


def fault_lines(data: bytes, fault: Fault) -> Iterator[str]:
    """Where and why decoding stopped, and the bytes at that place."""
    yield f"Stopped at byte {fault.offset}, in {fault.path}:"
    yield from textwrap.wrap(f"{fault.reason} (RFC 9420 {fault.section})", WIDTH, initial_indent=INDENT)
    rest = data[fault.offset :]
    if rest:
        shown = rest[:HEX].hex()
        yield f"{INDENT}The bytes at this place: {shown}{'…' if len(rest) > HEX else ''} ({len(rest)} to the end)"
    else:
        yield f"{INDENT}The bytes end at this place."


class _Page:
    """The lines of one dissection; `explained` holds the meanings that were shown."""

    def __init__(self, data: bytes, *, full: bool) -> None:
        self.data = data
        self.full = full
        self.explained: set[str] = set()

    def lines(self, field: Field, indent: str) -> Iterator[str]:
        """The lines of a field and of all fields inside it."""
        raw = raw_bytes(self.data, field)
        margin = f"{field.offset:6} {field.length:6}  {abbreviated(raw):{HEX}}  {indent}"
        words, below = label(field), " " * len(margin) + INDENT
        if len(margin) + len(words) <= WIDTH and words.isprintable() and words.strip() == words:
            yield margin + words  # `wrap` would give the same line, but is slow for many fields
        else:
            yield from textwrap.wrap(words, WIDTH, initial_indent=margin, subsequent_indent=below)
        if self.full and len(raw) > HEX:
            yield from textwrap.wrap(raw.replace(" ", ""), WIDTH, initial_indent=below, subsequent_indent=below)
        if self.full or field.meaning not in self.explained:
            self.explained.add(field.meaning)
            about = f"{field.meaning} {field.section}"
            yield from textwrap.wrap(about, WIDTH, initial_indent=f"{below}· ", subsequent_indent=f"{below}  ")
        for child in field.children:
            yield from self.lines(child, indent + INDENT)


def raw_bytes(data: bytes, field: Field) -> str:
    """Header and contents of a field in hexadecimal; only the header if the field has fields inside."""
    contents = field.offset + field.header
    end = contents if field.children else field.offset + field.length
    return f"{data[field.offset : contents].hex()} {data[contents:end].hex()}".strip()


def label(field: Field) -> str:
    """The name of a field, and its value in words."""
    if not field.complete and not any(not child.complete for child in field.children):
        return f"{field.name}: decoding stopped here"
    return f"{field.name}: {field.text}" if field.text else field.name


def abbreviated(raw: str) -> str:
    """Hexadecimal, cut off to fit on a line."""
    return raw if len(raw) <= HEX else f"{raw[: HEX - 1]}…"
