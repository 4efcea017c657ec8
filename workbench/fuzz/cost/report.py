"""The costs of inputs, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from workbench.fuzz.cost.measure import LIMIT, CostRow


def costs_to_table(rows: Sequence[CostRow]) -> str:
    """The costliest input of each entry point, and all inputs that take too long, the costliest first."""
    worst: dict[str, CostRow] = {}
    for row in sorted(rows, key=_seconds):
        worst[row.entry_point] = row
    shown = sorted({*worst.values(), *filter(_is_too_much, rows)}, key=_seconds, reverse=True)
    width = max(len("entry point"), *(len(row.entry_point) for row in shown))
    lines = [f"{'seconds':>7}  {'growth':>6}  {'bytes':>7}  {'entry point'.ljust(width)}  input"]
    for row in shown:
        growth = "" if row.growth is None else f"{row.growth:.1f}"
        too_much = "  TOO MUCH" if row.is_too_much else ""
        lines.append(
            f"{row.seconds:7.2f}  {growth:>6}  {row.bytes:7}  {row.entry_point.ljust(width)}  {row.input}{too_much}"
        )
    return "\n".join([*lines, _summary(rows)])


def _summary(rows: Sequence[CostRow]) -> str:
    number = sum(map(_is_too_much, rows))
    over = f"{number or 'none'} over {LIMIT:g} CPU seconds"
    return (
        f"{len(rows)} inputs of one megabyte at most, at {len({row.entry_point for row in rows})} entry points, {over}"
    )


def costs_as_json(rows: Sequence[CostRow]) -> dict[str, Any]:
    """All rows, ready for `json.dumps`."""
    return {
        "format": "mls-workbench costs",
        "version": 1,
        "limit": LIMIT,
        "rows": [asdict(row) for row in rows],
    }


def _seconds(row: CostRow) -> float:
    return row.seconds


def _is_too_much(row: CostRow) -> bool:
    return row.is_too_much
