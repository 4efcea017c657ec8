from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPS = """
import pytest

def test_that_skips():
    pytest.skip("no browser")

@pytest.mark.skip(reason="later")
def test_marked():
    pass

@pytest.mark.xfail(strict=True, reason="known")
def test_known_fault():
    assert False
"""


def run(repository: Path, folder: Path, content: str, ci: str) -> str:
    (folder / "tests").mkdir()
    shutil.copy(repository / "tests" / "conftest.py", folder / "tests")
    (folder / "tests" / "test_example.py").write_text(content, "utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "tests"],
        cwd=folder,
        env=os.environ | {"CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout


@pytest.mark.parametrize(
    ("ci", "outcome"),
    [("true", "1 failed, 1 xfailed, 1 error"), ("", "2 skipped, 1 xfailed")],
    ids=["on CI", "elsewhere"],
)
def test_a_test_that_skips_fails_on_ci_only(repository: Path, tmp_path: Path, ci: str, outcome: str) -> None:
    assert outcome in run(repository, tmp_path, SKIPS, ci)


def test_a_module_that_skips_fails_on_ci(repository: Path, tmp_path: Path) -> None:
    content = "import pytest\npytest.skip('not here', allow_module_level=True)\n"
    assert "1 error" in run(repository, tmp_path, content, "true")
