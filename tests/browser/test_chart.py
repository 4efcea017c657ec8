"""A chart on a light and on a dark page of JupyterLab: its ground is the page, and its lines and words can be read."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import pytest
from PIL import Image

from tests.browser.conftest import Visit
from workbench.lessons.chart import Chart

pytestmark = pytest.mark.browser

PAGE = '<!doctype html><body data-jp-theme-light="{light}" style="margin: 0; background: {ground}">{chart}'
CHART = Chart(
    "Cost", "members", "copies", {"tree": {2: 1, 1024: 10}, "pairwise": {2: 1, 1024: 1023}, "c": {2: 2, 1024: 4}}
)


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """The contrast of two colours as WCAG 2 defines it."""
    weights = (0.2126, 0.7152, 0.0722)
    shares = ([part / 255 for part in colour] for colour in (one, other))
    linear = (
        [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in each] for each in shares
    )
    low, high = sorted(sum(weight * part for weight, part in zip(weights, each, strict=True)) for each in linear)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("light", "ground"), [("true", (255, 255, 255)), ("false", (17, 17, 17))])
def test_a_chart_has_the_ground_of_its_page_and_lines_that_stand_out(
    visit: Visit, light: str, ground: tuple[int, int, int]
) -> None:
    page = visit(PAGE.format(light=light, ground=f"rgb{ground}", chart=CHART._repr_html_()))
    image = Image.open(BytesIO(page.locator(".mls-chart").screenshot())).convert("RGB")
    colours = Counter(zip(*(band.tobytes() for band in image.split()), strict=True))
    assert colours.most_common(1)[0][0] == ground
    # The words, the axes and the three lines; the grid is faint on purpose.
    plain = [colour for colour, count in colours.items() if count > 60 and contrast(colour, ground) > 1.5]
    assert max(contrast(colour, ground) for colour in plain) > 12
    assert len([colour for colour in plain if contrast(colour, ground) > 3]) >= 3
