"""Fixtures for all tests, and the rule that a skipped test fails on CI."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

REPOSITORY = Path(__file__).parent.parent

# How long an example takes depends on what else the machine does: no test depends on a time.
settings.register_profile("workbench", deadline=None)
settings.load_profile("workbench")


BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""Programs that the tests can use. The first has no windows, and needs half of the time of the others."""

DEAR = ("browser", "house", "slow")
"""The marks of files that take long."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the long files first: with several processes, none waits at the end for a long file of another."""
    dear = {item.path for item in items if any(map(item.get_closest_marker, DEAR))}
    items.sort(key=lambda item: item.path not in dear and item.path.suffix != ".ipynb")


def pytest_collection_finish() -> None:
    """Take all tests out of the garbage collector's sight, which would walk over them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the project's clone."""
    return REPOSITORY


@pytest.fixture(scope="session")
def official_vectors() -> Path:
    """The folder of the working group's test vectors (*.json)."""
    return _outside("MLS_TEST_VECTORS", "the folder test-vectors in a clone of mlswg/mls-implementations")


@pytest.fixture(scope="session")
def rfc9420() -> str:
    """The Markdown source of RFC 9420."""
    path = _outside("MLS_RFC", "draft-ietf-mls-protocol.md in a clone of mlswg/mls-protocol")
    return path.read_text("utf-8")


def _outside(variable: str, what: str) -> Path:
    """A path outside of the project, which an environment variable names."""
    named = os.environ.get(variable)
    if named is None:
        pytest.skip(f"{variable} is not set: let it name {what}")
    path = Path(named)
    if not path.exists():
        pytest.fail(f"{variable} names nothing that exists: it should be {what}")
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, which is started once for all tests: a process can hold only one Playwright."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("Chromium is not installed: with it, the widgets are tried as a reader sees them")
    from tests.browser.chromium import running_chromium  # noqa: PLC0415 - most tests need no browser

    with running_chromium(program) as browser:
        yield browser


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On CI a skipped test has failed."""
    return _no_skip_on_ci((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """On CI a skipped module has failed."""
    return _no_skip_on_ci((yield))


def _no_skip_on_ci(report: Report) -> Report:
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"nothing may skip on CI, and this did: {report.longrepr}"
    return report
