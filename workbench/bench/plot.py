"""Results as a picture: a small chart for each step, time over the number of members, both on logarithmic scales."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from workbench.bench.results import FLOOR, OURS, Results
from workbench.bench.steps import STEPS

COLUMNS = 4

# Okabe-Ito colours, each with a dash and a marker of its own.
_STYLES = (
    ("#0072b2", "-", "o"),
    ("#000000", ":", "."),
    ("#d55e00", "--", "s"),
    ("#009e73", "-.", "D"),
    ("#cc79a7", "--", "^"),
    ("#e69f00", "-.", "v"),
    ("#56b4e9", "--", "x"),
)


def draw(results: Results, path: Path) -> None:
    """Write the picture as SVG, PNG or PDF, by the ending of the file name. Raises `ValueError` for other endings."""
    steps = [step.id for step in STEPS if any(row.step == step.id for row in results.rows)]
    rows = -(-len(steps) // COLUMNS)
    with rc_context({"svg.hashsalt": "workbench", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(3 * COLUMNS, 2.4 * rows + 0.6), layout="constrained")
        grid = list(figure.subplots(rows, COLUMNS, squeeze=False).flat)
        for step, axes in zip(steps, grid, strict=False):
            _draw_step(results, step, axes)
        for axes in grid[len(steps) :]:
            axes.set_axis_off()
        lines, names = figure.axes[0].get_legend_handles_labels()
        figure.legend(lines, names, loc="outside upper center", ncols=len(names), frameon=False)
        figure.supylabel("milliseconds of processor time")
        figure.supxlabel("members")
        figure.savefig(path, metadata={"Date": None, "Creator": None} if path.suffix == ".svg" else {})


def _draw_step(results: Results, step: str, axes: Axes) -> None:
    for (name, points), (colour, dash, marker) in zip(_lines(results, step), _STYLES, strict=False):
        sizes, milliseconds = [size for size, _ in points], [1000 * seconds for _, seconds in points]
        axes.plot(sizes, milliseconds, dash, marker=marker, markersize=4, color=colour, label=name)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(results.sizes, [f"{size:,}" for size in results.sizes])
    axes.set_xticks([], minor=True)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_title(step, fontsize=9)
    axes.grid(color="#dddddd")
    axes.spines[["top", "right"]].set_visible(False)


def _lines(results: Results, step: str) -> Iterator[tuple[str, Sequence[tuple[int, float]]]]:
    """Each implementation with its points; an implementation without the step has none, but keeps its colour."""
    for name in (OURS, FLOOR, *(each.name for each in results.implementations if each.name != OURS)):
        yield name, [(row.size, row.cpu) for row in results.rows if (row.implementation, row.step) == (name, step)]
