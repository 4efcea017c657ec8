"""Results as tables: text for a terminal, and the cells for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workbench.bench.compare import StepChange
from workbench.bench.results import FLOOR, OURS, Results, Row
from workbench.bench.steps import STEPS, depth

HOW_TO_READ = (
    "Milliseconds of processor time, the medians of all runs. In brackets: how many times as long ours takes; "
    "more than 1 says that the other is faster."
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its title, the names of its columns, and its rows; the first cell of a row is its name."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def tables(results: Results) -> Iterator[Table]:
    """The tables of all results: the steps in groups of each size, then memory and imports."""
    peers = [each.name for each in results.implementations if each.name != OURS]
    for size in results.sizes:
        levels = depth(size)
        title = f"{size:,} members (N = {size}, d = {levels}, L = {1 << levels})"
        ours = [row for step in STEPS if (row := results.row(OURS, step.id, size))]
        rows = [_row(results, row, peers) for row in ours]
        yield Table(title, ["step", OURS, FLOOR, "times its floor", "bytes", *peers], rows)
    if results.memory:
        yield Table(
            "Most memory of a process, in MiB",
            ["implementation", "members", "after the import", "after joining", "after adding all"],
            [
                [each.implementation, f"{each.size:,}", *map(_mebibytes, (each.imported, each.joined, each.added_all))]
                for each in results.memory
            ],
        )
    if results.worst:
        yield Table(
            "The costliest megabyte at each entry point, in seconds of processor time",
            ["entry point", "input", "seconds", "growth", "bytes"],
            [
                [each.entry_point, each.input, f"{each.seconds:.2f}", _growth(each.growth), f"{each.bytes:,}"]
                for each in results.worst
            ],
        )
    if results.imports:
        taken = results.imports.items()
        rows = [[name, milliseconds(sample.cpu), milliseconds(sample.wall)] for name, sample in taken]
        yield Table("Import, in milliseconds", ["implementation", "processor time", "on the clock"], rows)


def _row(results: Results, ours: Row, peers: Sequence[str]) -> list[str]:
    step, size = ours.step, ours.size
    floor = results.row(FLOOR, step, size)
    cells = [step, milliseconds(ours.cpu)]
    cells += ["", ""] if floor is None else [milliseconds(floor.cpu), f"{ours.times(floor):.2f}"]
    cells.append(f"{ours.sent:,}" if ours.sent else "")
    return cells + [_beside(ours, results.row(peer, step, size)) for peer in peers]


def _beside(ours: Row, peer: Row | None) -> str:
    if peer is None:
        return ""
    ratio = float(f"{ours.times(peer):.2g}")
    return f"{milliseconds(peer.cpu)} ({ratio:g})"


def milliseconds(seconds: float) -> str:
    """A time in milliseconds, with three significant digits."""
    value = float(f"{seconds * 1000:.3g}")
    return f"{value:,g}"


def _growth(growth: float | None) -> str:
    return "" if growth is None else f"{growth:.1f}"


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:.0f}" if size else ""


def to_text(results: Results) -> str:
    """The results for a terminal."""
    parts = [_aligned(table) for table in tables(results)]
    if results.left_out:
        parts.append("\n".join(["Left out, or refused by others", *left_out(results)]))
    return "\n\n".join([HOW_TO_READ, *parts])


def left_out(results: Results) -> list[str]:
    """A sentence for each step that was not timed."""
    lines = []
    for each in results.left_out:
        where = ", ".join([each.step] * bool(each.step) + [f"{each.size} members"] * bool(each.size))
        lines.append(f"{each.implementation}{f' ({where})' if where else ''}: {each.reason}")
    return lines


def changes_to_text(changes: Sequence[StepChange], bound: float) -> str:
    """Each step with its times before and now; regressions are marked."""
    rows = [
        [
            f"{each.step}, {each.size} members",
            f"{each.before:.2f}",
            f"{each.now:.2f}",
            f"{each.ratio:.2f}",
            f"{each.sent_now - each.sent_before:+,}" if each.sent_now != each.sent_before else "",
            "REGRESSION" if each.is_regression(bound) else "",
        ]
        for each in changes
    ]
    head = ["step", "times its floor before", "now", "ratio", "more bytes", ""]
    return _aligned(Table(f"Compared, with a bound of {bound:g}", head, rows))


def _aligned(table: Table) -> str:
    rows = [table.head, *table.rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    return "\n".join([table.title, *(line.rstrip() for line in lines)])
