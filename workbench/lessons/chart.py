"""A chart for a lesson: lines that can be told apart without colour, words for who can't see them, and the numbers."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from io import StringIO

# For the first chart on a machine matplotlib lists the fonts, and may log a warning. A lesson should not show it.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

from matplotlib import rc_context  # noqa: E402 - after the line above
from matplotlib.axes import Axes  # noqa: E402 - as above
from matplotlib.figure import Figure  # noqa: E402 - as above

# Okabe-Ito colours, each with a dash and a marker of its own.
_STYLES = (("#0072b2", "-", "o"), ("#d55e00", "--", "s"), ("#000000", ":", "^"), ("#009e73", "-.", "D"))

# An image does not know the theme of the page. On a dark page of JupyterLab the style inverts its lightness and keeps
# its hues. Its background is then black, and the blend mode shows the page instead. Elsewhere the background is white.
_DARK = (
    '[data-jp-theme-light="false"] .mls-chart { filter: invert(1) hue-rotate(180deg); mix-blend-mode: screen; } '
    "@media (forced-colors: active) { .mls-chart { filter: none !important; mix-blend-mode: normal !important; } }"
)


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over the same axis. Each line maps x to y, and all lines have the same values of x."""

    title: str
    x: str
    y: str
    lines: Mapping[str, Mapping[int, int]]

    @property
    def words(self) -> str:
        """What the chart shows, for those who cannot see it: both ends of each line."""
        first, last = self._ends()
        ends = [f"{name} from {points[first]:,} to {points[last]:,}" for name, points in self.lines.items()]
        return f"{self.title}: {self.y} for {first:,} to {last:,} {self.x}. {'; '.join(ends)}."

    def __repr__(self) -> str:
        rows = [[self.x, *self.lines], *([x, *row] for x, row in self._rows())]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)

    def _repr_html_(self) -> str:
        image = b64encode(self._svg().encode()).decode()
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in (self.x, *self.lines))
        body = "".join(
            f'<tr><th scope="row">{x}</th>{"".join(f"<td>{cell}</td>" for cell in row)}</tr>' for x, row in self._rows()
        )
        return (
            f'<style>{_DARK}</style><figure style="margin: 0"><img class="mls-chart" alt="{escape(self.words)}" '
            f'style="max-width: 100%" src="data:image/svg+xml;base64,{image}">'
            f"<details><summary>{escape(self.title)}, in numbers ({escape(self.y)})</summary>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details></figure>"
        )

    def _ends(self) -> tuple[int, int]:
        points = next(iter(self.lines.values()))
        return min(points), max(points)

    def _rows(self) -> list[tuple[str, list[str]]]:
        points = next(iter(self.lines.values()))
        return [(f"{x:,}", [f"{line[x]:,}" for line in self.lines.values()]) for x in points]

    def _svg(self) -> str:
        """The lines on scales that double with each mark, drawn alike each time."""
        with rc_context({"svg.hashsalt": "workbench", "svg.fonttype": "none", "font.size": 11}):
            figure = Figure(figsize=(7.5, 4), layout="constrained")
            axes = figure.subplots()
            _draw(axes, self)
            written = StringIO()
            figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
        return written.getvalue()


def _draw(axes: Axes, chart: Chart) -> None:
    for (name, points), (colour, dash, marker) in zip(chart.lines.items(), _STYLES, strict=False):
        axes.plot(list(points), list(points.values()), dash, marker=marker, color=colour, label=name)
    axes.set_xscale("log", base=2)
    if any(0 in points.values() for points in chart.lines.values()):
        axes.set_yscale("symlog", base=2, linthresh=1)  # a logarithmic scale has no place for zero
        axes.set_ylim(bottom=-0.3)
    else:
        axes.set_yscale("log", base=2)
    marks = sorted({x for points in chart.lines.values() for x in points})
    axes.set_xticks(marks, [f"{x:,}" for x in marks])
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel(chart.x)
    axes.set_ylabel(chart.y)
    axes.set_title(chart.title)
    axes.grid(color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
