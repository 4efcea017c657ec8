"""The still picture of a ratchet tree, for pages where nothing runs: what widgets/picture.js draws, drawn by Python.

The figure is an image with its words beside it, because notebook viewers take everything else out of a page that
they do not trust.
"""

from __future__ import annotations

import math
from base64 import b64encode
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from widgets.assemble import stylesheet
from workbench.views.describe import node_label, node_parts, picture_label, step_sentence
from workbench.views.frame import Frame, Mark, frame_at

if TYPE_CHECKING:
    from workbench.views.schema import RatchetTreeView

# The measures of tree_geometry.js and picture.js.
_WIDTH = 720
_MARGIN, _WIDEST_GAP, _HEAD = 12, 100, 38
_SIZE, _SMALL, _TINY = 16, 11, 5
_ROOM_FOR_NAMES, _ROOM_FOR_PRINT = 40, 88
_FLAG = "M-15-13v-13l10 4-10 4"


@dataclass(frozen=True, slots=True)
class Layout:
    """Places and sizes of the nodes, as `layout` in widgets/tree_geometry.js gives them."""

    leaf_count: int
    gap: float
    height: int
    start: float
    base: int
    rows: tuple[float, ...]

    @classmethod
    def of(cls, leaf_count: int, tallest: int, width: int = _WIDTH) -> Layout:
        """Lay out a tree, leaving room for the tallest tree of the view."""
        gap = _gap(leaf_count, width)
        most = max(tallest, leaf_count)
        base = _rounded(_HEAD + max(_rows(max(most, 2), _gap(most, width))))
        foot = 62 if gap >= _ROOM_FOR_NAMES else 36
        return cls(leaf_count, gap, base + foot, (width - gap * (leaf_count - 1)) / 2, base, _rows(leaf_count, gap))

    def x(self, node: int) -> float:
        """Give the middle of a node, from the left."""
        return self.start + node * self.gap / 2

    def y(self, node: int) -> float:
        """Give the middle of a node, from the top."""
        return self.base - self.rows[_level(node)]

    def radius(self, node: int) -> float:
        """Give half the width of a node's mark."""
        return min(16.0 if _level(node) else 17.0, 0.4 * self.gap * float(2 ** _level(node)))

    def room(self, node: int) -> str:
        """Say what a node has room for."""
        radius, space = self.radius(node), self.gap * 2 ** _level(node)
        if radius < _TINY:
            return "tiny"
        if radius < _SMALL or space < _ROOM_FOR_NAMES:
            return "small"
        return "some" if space < _ROOM_FOR_PRINT and _level(node) else "full"

    def scaling(self, node: int) -> str:
        """Shrink a mark to its room; leaves without any become upright strokes."""
        scale = min(1, self.radius(node) / _SIZE)
        if scale == 1:
            return ""
        return f" scale({_short(scale)}{' 0.4' if not _level(node) and self.room(node) == 'tiny' else ''})"


def _gap(leaf_count: int, width: int) -> float:
    return min(_WIDEST_GAP, (width - 2 * _MARGIN) / leaf_count)


def _rows(leaf_count: int, gap: float) -> tuple[float, ...]:
    depth = leaf_count.bit_length() - 1
    rows = [0.0]
    for height in range(1, depth + 1):
        rows.append(rows[-1] + max(18, min(max(46, min(82, 500 / depth)), gap * 2**height * 1.1)))
    return tuple(rows)


def figure(view: RatchetTreeView, step: int, viewer: str) -> str:
    """Give a `<figure>`: the picture after a step as the viewer sees it, a sentence, and the table of words."""
    frame = frame_at(view, step, viewer)
    label = escape(picture_label(view, frame))
    image = b64encode(picture(view, frame).encode()).decode()
    sentence = escape(step_sentence(view, step, viewer))
    return (
        f'<figure class="mls-figure"><img alt="{label}" src="data:image/svg+xml;base64,{image}">'
        f"<figcaption>{sentence}</figcaption>{_table(frame)}</figure>"
    )


def picture(view: RatchetTreeView, frame: Frame) -> str:
    """Give the picture as SVG, with its own styles."""
    tallest = max(view["keyframe"]["leaf_count"], *(step.get("leaf_count", 1) for step in view["steps"]))
    layout = Layout.of(frame.leaf_count, tallest)
    root = frame.leaf_count - 1
    edges = "".join(_edge(frame, layout, mark) for mark in frame.marks if mark.node != root)
    nodes = "".join(_node(frame, layout, mark) for mark in frame.marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="mls mls-picture" width="{_WIDTH}" height="{layout.height}" '
        f'viewBox="0 0 {_WIDTH} {layout.height}"><style>{stylesheet("theme.css", "marks.css")}'
        f'.mls-back{{fill:var(--mls-paper)}}</style><rect class="mls-back" width="100%" height="100%" rx="10"/>'
        f'<g class="mls-edges">{edges}</g><g class="mls-nodes">{nodes}</g></svg>'
    )


def _edge(frame: Frame, layout: Layout, mark: Mark) -> str:
    places = [(layout.x(node), layout.y(node)) for node in (_parent(mark.node), mark.node)]
    (ax, ay), (bx, by) = ((_rounded(10 * x) / 10, _rounded(10 * y) / 10) for x, y in places)
    middle = _rounded(5 * (ay + by)) / 10
    names = ["mls-edge"]
    if mark.node in frame.path:
        names.append(f"is-{frame.path[mark.node]}")
    if mark.state == "unknown":
        names.append("is-unknown")
    return f'<path class="{" ".join(names)}" d="M{ax:g} {ay:g}C{ax:g} {middle:g} {bx:g} {middle:g} {bx:g} {by:g}"/>'


def _node(frame: Frame, layout: Layout, mark: Mark) -> str:
    room = layout.room(mark.node)
    place = f"translate({_short(layout.x(mark.node))} {_short(layout.y(mark.node))}){layout.scaling(mark.node)}"
    return (
        f'<g class="{_classes(mark, room)}" data-node="{mark.node}" transform="{place}">'
        f"<title>{escape(node_label(mark, frame.viewer['name']))}</title>{''.join(_shapes(mark, room))}</g>"
    )


def _classes(mark: Mark, room: str) -> str:
    kind = "leaf" if mark.is_leaf else "parent"
    names = [f"mls-node is-{kind} is-{mark.state} is-{room}"]
    if mark.hold:
        names.append(f"has-{mark.hold}")
    if mark.member is not None:
        names.append(f"mls-hue-{mark.member['hue']}")
    if mark.fresh:
        names.append("is-fresh")
    return " ".join(names)


def _shapes(mark: Mark, room: str) -> list[str]:
    """Draw one node, from the bottom up."""
    shapes = []
    if mark.fresh and room != "tiny":
        shapes.append(_outline(mark, "mls-ring", _SIZE + 4.5))
    shapes.append(_outline(mark, "mls-shape", _SIZE))
    if mark.hold in ("stolen", "computed"):
        shapes.append(f'<path class="mls-hatch" d="{_hatching(mark)}"/>')
    if mark.hold == "stolen":
        shapes.append(f'<path class="mls-flag" d="{_FLAG}"/>')
    if room == "tiny":
        return shapes
    if room != "small" or mark.is_leaf:
        shapes.append(f'<text class="mls-inside" y="4.5">{escape(_inside(mark))}</text>')
    if room == "full" and mark.member is not None:
        shapes.append(f'<text class="mls-name" y="{_SIZE + 17}">{escape(mark.member["name"])}</text>')
    if room == "full" and mark.print:
        beside = f'class="mls-print is-beside" x="{_SIZE + 8}" y="4"'
        below = f'class="mls-print" x="0" y="{_SIZE + 32}"'
        shapes.append(f"<text {below if mark.is_leaf else beside}>{mark.print}</text>")
    if mark.unmerged:
        shapes.append(_chip(f"+{len(mark.unmerged)}"))
    return shapes


def _chip(text: str) -> str:
    half = 5 + 3 * len(text)
    return (
        f'<g class="mls-chip" transform="translate(15 -14)"><rect x="{-half}" y="-8" width="{2 * half}" height="16" '
        f'rx="8"/><text y="4">{text}</text></g>'
    )


def _inside(mark: Mark) -> str:
    if mark.state == "unknown":
        return "?"
    if mark.member is not None:
        return mark.member["initial"]
    return "" if mark.is_leaf else str(mark.node)


def _outline(mark: Mark, name: str, half: float) -> str:
    """Draw a rounded square for a leaf, a circle for a parent."""
    if not mark.is_leaf:
        return f'<circle class="{name}" r="{half:g}"/>'
    corner, side, rounding = f"{-half:g}", f"{2 * half:g}", f"{half * 0.42:g}"
    return f'<rect class="{name}" x="{corner}" y="{corner}" width="{side}" height="{side}" rx="{rounding}"/>'


def _hatching(mark: Mark) -> str:
    lines = []
    for at in range(-18, 19, 6 if mark.hold == "stolen" else 12):
        half = _SIZE - abs(at) / 2 if mark.is_leaf else math.sqrt(2 * _SIZE**2 - at**2) / 2
        low, high = _short(at / 2 - half), _short(at / 2 + half)
        lines.append(f"M{low} {high}L{high} {low}")
    return "".join(lines)


def _table(frame: Frame) -> str:
    name = frame.viewer["name"]
    heads = ("Node", "What", "Public key", f"Private key, for {name}", "Notes")
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    rows = (node_parts(mark, name) for mark in frame.marks)
    body = "".join(f"<tr>{''.join(f'<td>{escape(part)}</td>' for part in row)}</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<details><summary>The tree as a table</summary>{table}</details>"


def _level(node: int) -> int:
    return (~node & (node + 1)).bit_length() - 1


def _parent(node: int) -> int:
    height = _level(node)
    return (node | 1 << height) & ~(1 << (height + 1))


def _short(value: float) -> str:
    """Write a number with two decimals, as `round` in picture.js does."""
    return f"{_rounded(value * 100) / 100 + 0.0:g}"


def _rounded(value: float) -> int:
    """Round as JavaScript does: halves go up."""
    return math.floor(value + 0.5)
