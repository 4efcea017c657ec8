"""README and its companions: the code runs, the links lead somewhere, the versions agree."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
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


def test_binder_and_the_site_are_those_of_this_repository(repository: Path) -> None:
    """The name of the repository is in pyproject.toml; every other address follows from it."""
    urls = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    found = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", urls["Repository"])
    assert found is not None
    owner, name = found.groups()
    text = (repository / "README.md").read_text("utf-8")
    binders = re.findall(r"https://mybinder\.org/v2/gh/(\S+?)/HEAD\?urlpath=lab/tree/([^\s)]+)", text)
    assert {repo for repo, _ in binders} == {f"{owner}/{name}"}
    assert all((repository / lesson).is_file() for _, lesson in binders)
    sites = re.findall(r"https://[\w-]+\.github\.io/[^\s)\]]*", text)
    site = f"https://{owner}.github.io/{name}/"
    assert sites
    assert all(address.startswith(site) for address in (*sites, urls["Documentation"]))
    # The site publishes the folder docs/.
    assert all(
        (repository / "docs" / address.removeprefix(site)).is_file() for address in (*sites, urls["Documentation"])
    )
    assert "path: docs\n" in (repository / ".github/workflows/pages.yml").read_text("utf-8")


def test_the_first_link_of_the_readme_opens_as_a_page(repository: Path) -> None:
    text = (repository / "README.md").read_text("utf-8")
    places = dict(re.findall(r"^\[([\w-]+)\]: (\S+)$", text, flags=re.MULTILINE))
    without_pictures = re.sub(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])", "picture", text)
    first = re.search(r"\](?:\(([^)\s]+)\)|\[([\w-]+)\])", without_pictures)
    assert first is not None
    address = first[1] or places[first[2]]
    assert address.startswith("https://")
    assert address.endswith(".html")


def test_the_changelog_speaks_of_this_version(repository: Path) -> None:
    latest = re.search(r"^## (\d+\.\d+\.\d+)", (repository / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)
    assert latest is not None
    assert latest[1] == workbench.__version__
