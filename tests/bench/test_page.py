"""The page about performance and its picture: they are made from results, and those in the project are up to date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.test_results import RESULTS
from workbench.bench.page import to_page
from workbench.bench.results import FLOOR, OURS, PictureTime, from_json, to_json
from workbench.bench.steps import BY_ID, PRIMITIVES, STEPS
from workbench.cli import main

AGAIN = "workbench bench --read docs/performance.json --page docs/performance.md --plot docs/performance.svg"


def test_the_page_in_the_project_is_made_from_the_results_beside_it(repository: Path) -> None:
    results = from_json((repository / "docs/performance.json").read_bytes())
    assert (repository / "docs/performance.md").read_text("utf-8") == to_page(results), f"write it anew: {AGAIN}"


def test_the_results_in_the_project_have_every_step_with_its_floor_and_every_peer(repository: Path) -> None:
    results = from_json((repository / "docs/performance.json").read_bytes())
    assert results.sizes == [10, 100, 1000]
    for name in (OURS, FLOOR):
        assert all(results.row(name, step, size) for step in BY_ID for size in results.sizes)
    assert {each.name for each in results.implementations} == {
        OURS,
        "mls-rs",
        "rine-mls",
        "OpenMLS",
        "rfc9420",
        "ts-mls",
    }


def test_the_page_says_what_each_step_and_its_floor_are() -> None:
    page = to_page(RESULTS)
    for step in STEPS:
        assert f"| {step.id} | {step.what} | " in page
    for name, what in PRIMITIVES.items():
        assert f"| {name} | {what} |" in page
    assert "| update, full tree | A member commits without proposals and gets fresh keys. | 2 sign, d seal, " in page
    assert "(N − 1) seal" in page


def test_the_page_shows_the_results_and_what_was_left_out() -> None:
    page = to_page(RESULTS)
    assert "- processor: one\n" in page
    assert "| create | 6 | 2 | 3.00 |  | 9 (0.5) |\n" in page
    assert "| other | PyPI: other | 3 | it checks nothing |\n" in page
    assert "- third: third is not installed: pip install third\n" in page


@pytest.fixture
def stored(tmp_path: Path) -> str:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(to_json(RESULTS)), "utf-8")
    return str(path)


FORMATS = {"chart.svg": b"<?xml", "chart.png": b"\x89PNG", "chart.pdf": b"%PDF"}


@pytest.mark.parametrize("name", FORMATS)
def test_a_picture_is_drawn_in_the_format_that_its_name_says(name: str, stored: str, tmp_path: Path) -> None:
    assert main(["bench", "--read", stored, "--plot", str(tmp_path / name)]) == 0
    assert (tmp_path / name).read_bytes().startswith(FORMATS[name])


def test_the_picture_has_a_chart_for_each_step_and_a_line_for_each_implementation(stored: str, tmp_path: Path) -> None:
    assert main(["bench", "--read", stored, "--plot", str(tmp_path / "chart.svg")]) == 0
    picture = (tmp_path / "chart.svg").read_text("utf-8")
    for words in ("create", "update, full tree", OURS, FLOOR, "other", "members", "milliseconds of processor time"):
        assert f">{words}</text>" in picture, words
    assert ">add_all</text>" not in picture


@pytest.mark.parametrize("option", ["--plot", "--page"])
def test_what_cannot_be_written_is_named(
    option: str, stored: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = tmp_path / "nowhere" / "chart.svg"
    assert main(["bench", "--read", stored, option, str(nowhere)]) == 2
    assert str(nowhere) in capsys.readouterr().err


def test_a_picture_of_an_unknown_format_is_refused(
    stored: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", "--read", stored, "--plot", str(tmp_path / "chart.doc")]) == 2
    assert "doc" in capsys.readouterr().err


def test_the_page_has_the_figures_of_pictures_with_their_aims(repository: Path) -> None:
    results = from_json((repository / "docs/performance.json").read_bytes())
    results.pictures = [PictureTime("a frame of a pan", 10_000, "ms", 1.23, 2.5, 8, "0.9")]
    assert from_json(json.dumps(to_json(results))).pictures == results.pictures
    assert "| a frame of a pan | 10,000 | ms | 1.2 | 2.5 | 8 | 0.9 |" in to_page(results)
