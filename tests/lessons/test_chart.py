"""The charts of the lessons, as they are drawn."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from workbench.lessons.chart import Chart, _draw


@pytest.mark.parametrize("points", [{5: 26, 10: 21, 31: 0}, {2: 3, 4: 5, 8: 9}, {1: 0, 2: 0}])
def test_every_point_stands_in_the_chart_zero_too(points: dict[int, int]) -> None:
    axes = Figure().subplots()
    _draw(axes, Chart("Messages that Carol loses", "places in a queue", "messages lost", {"lost": points}))
    low, high = axes.get_ylim()
    (line,) = axes.lines
    drawn = axes.transData.transform(line.get_xydata())

    assert all(low <= y <= high for y in points.values())
    assert all(axes.bbox.y0 - 1 <= y <= axes.bbox.y1 + 1 for _, y in drawn)
