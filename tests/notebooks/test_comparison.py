"""The comparison of stored with fresh outputs: what it leaves out, and that it fails for everything else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.notebooks.store import METADATA, freeze, run, text

pytestmark = pytest.mark.slow


@pytest.fixture
def compared(repository: Path) -> Any:
    """An output as the comparison sees it."""
    parser = ConfigParser(interpolation=None)
    parser.read(repository / "tests/notebooks/sanitize.cfg", "utf-8")
    rules = [(section["regex"], section["replace"]) for name, section in parser.items() if name != "DEFAULT"]
    assert len(rules) == 5

    def sanitized(html: str) -> str:
        for regex, replacement in rules:
            html = re.sub(regex, replacement, html)
        return html

    return sanitized


def stored(player: str = "aaa", figure: str = "<figure>a</figure>", starter: str = "start();\n") -> str:
    return f'<div data-player="{player}" data-traits="{player}">{figure}</div><script>{starter}</script>'


def test_another_player_makes_no_difference(compared: Any) -> None:
    assert compared(stored(player="bbb")) == compared(stored())
    assert compared(stored(starter="go();\nrun();\n")) == compared(stored())


def test_another_live_widget_makes_no_difference(compared: Any) -> None:
    assert compared('<div class="mls-output" data-live="c0ffee 1764426000000">') == '<div class="mls-output">'


def test_another_figure_makes_one(compared: Any) -> None:
    assert compared(stored(figure="<figure>b</figure>")) != compared(stored())


def test_another_drawing_of_the_same_numbers_makes_no_difference(compared: Any) -> None:
    chart = '<img class="mls-chart" alt="from {} to 8" src="data:image/svg+xml;base64,{}"><td>{}</td>'
    assert compared(chart.format(1, "aaa", 8)) == compared(chart.format(1, "bbb", 8))
    assert compared(chart.format(1, "aaa", 8)) != compared(chart.format(1, "aaa", 9))
    assert compared(chart.format(1, "aaa", 8)) != compared(chart.format(2, "aaa", 8))


def test_a_stored_output_that_the_lesson_no_longer_shows_is_refused(repository: Path, tmp_path: Path) -> None:
    sums = nbformat.v4.new_notebook(metadata=METADATA, cells=[*map(nbformat.v4.new_code_cell, ("1 + 1", "1 + 2"))])
    lesson = text(freeze(run(sums, tmp_path)))
    (tmp_path / "changed.ipynb").write_text(lesson.replace('"3"', '"4"'), "utf-8")
    command = [sys.executable, "-m", "pytest", "--nbval", "-q", f"--rootdir={repository}", "-c", "pyproject.toml"]
    environment = {**os.environ, "CI": "false"}
    result = subprocess.run(
        [*command, tmp_path], cwd=repository, env=environment, capture_output=True, text=True, check=False
    )
    assert "1 failed, 1 passed" in result.stdout, result.stdout + result.stderr
