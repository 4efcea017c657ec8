"""README and its companions: the code runs, the links lead somewhere, the versions agree."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import workbench

PAGES = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def test_the_code_in_the_readme_runs(repository: Path, tmp_path: Path) -> None:
    examples = blocks(repository / "README.md", "python")
    assert examples
    for example in examples:
        subprocess.run([sys.executable, "-W", "error", "-c", example], cwd=tmp_path, check=True)


def test_the_pages_name_only_targets_of_the_makefile(repository: Path) -> None:
    makefile = (repository / "Makefile").read_text("utf-8")
    prose = "".join((repository / page).read_text("utf-8") for page in PAGES)
    named = set(re.findall(r"(?:`|^)make (?:-k )?([a-z]+)", prose, flags=re.MULTILINE))
    assert {"lab", "test"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_project_leads_to_a_file(repository: Path, page: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", (repository / page).read_text("utf-8"))
    for link in links:
        if not link.startswith(("http:", "https:", "#")):
            assert (repository / link.partition("#")[0]).exists(), link


def test_the_map_names_parts_that_exist(repository: Path) -> None:
    rows = re.findall(r"^\| `([a-z/]+)` \|", (repository / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    assert len(rows) > 5
    for row in rows:
        assert (repository / row).is_dir(), row


def test_the_binder_badge_opens_a_lesson_that_exists(repository: Path) -> None:
    (lesson,) = re.findall(r"urlpath=lab/tree/(\S+)", (repository / "README.md").read_text("utf-8"))
    assert (repository / lesson).is_file()


def test_the_changelog_speaks_of_this_version(repository: Path) -> None:
    latest = re.search(r"^## (\d+\.\d+\.\d+)", (repository / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)
    assert latest is not None
    assert latest[1] == workbench.__version__
