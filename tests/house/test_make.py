from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


def make(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Not the variables of the `make test` that may have started this test.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", *arguments]
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)


def test_make_alone_lists_what_there_is(repository: Path) -> None:
    result = make(repository)
    assert result.returncode == 0
    for target in ("make lab", "make check", "make test", "make soak", "make notebooks", "make lock"):
        assert target in result.stdout


@pytest.mark.parametrize("target", ["lab", "test"])
def test_a_machine_without_a_fitting_python_is_told_what_to_do(repository: Path, tmp_path: Path, target: str) -> None:
    result = make(repository, target, "PYTHON=", f"VENV={tmp_path}/venv")
    assert result.returncode == 2
    assert f"Install one, or say where: make {target} PYTHON=/path/to/python3.12" in result.stderr


def test_a_python_that_is_too_old_is_passed_over(repository: Path, tmp_path: Path) -> None:
    """Every name that make tries leads to a Python whose exit status says that its version does not fit."""
    for name in ("python", "python3", "python3.11", "python3.12", "python3.13"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["make", "lab", f"VENV={tmp_path}/venv"],
        cwd=repository,
        env={"PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "No Python 3.11, 3.12 or 3.13 was found." in result.stderr


@pytest.mark.parametrize("newest", ["requirements.lock", "pyproject.toml", "package.json"])
def test_the_order_in_which_a_clone_was_written_does_not_matter(repository: Path, newest: str) -> None:
    """In a clone the times of files mean nothing; only `make lock` writes the locks."""
    result = make(repository, "--dry-run", f"--what-if={newest}", "test")
    assert result.returncode == 0
    assert "ruff check" in result.stdout
    assert "pip compile" not in result.stdout
