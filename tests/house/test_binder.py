from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet


def image(folder: Path) -> Path:
    """Make an environment that has the packages and the Jupyter programs of this one; gives its programs."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "of_the_tests.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    for program in Path(sys.executable).parent.glob("jupyter*"):
        _, _, body = program.read_text("utf-8").partition("\n")
        (folder / "bin" / program.name).write_text(f"#!{folder}/bin/python\n{body}", "utf-8")
        (folder / "bin" / program.name).chmod(0o755)
    return folder / "bin"


@pytest.mark.house
@pytest.mark.timeout(900)
def test_the_binder_image_can_be_made(repository: Path, tmp_path: Path) -> None:
    """What Binder does with the folder, in its order, up to the first lesson's first import.

    The image sees the packages of the tests, which were installed with the same hashes, so that pip installs no second
    copy of them; tests/house/test_locks.py compares the locks.
    """
    programs = image(tmp_path / "image")
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_DATA_DIR": str(tmp_path / "jupyter"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_COMPILE": "1",  # the programs below need few of the packages
    }
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(repository), str(clone)], check=True)

    def step(*command: str) -> str:
        result = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"{command}:\n{result.stdout}\n{result.stderr}"
        return result.stdout

    step("pip", "install", "--quiet", "--require-hashes", "--requirement", "binder/requirements.txt")
    step("./binder/postBuild")
    step("jupyter", "lab", "--version")
    settings = "from jupyterlab_server.settings_utils import _get_overrides; print(_get_overrides('nowhere'))"
    assert "'fetchNews': 'false'" in step("python", "-c", settings)
    where = step("python", "-c", "import workbench.mls, widgets; print(workbench.__file__)")
    assert Path(where.strip()).is_relative_to(clone)


def test_post_build_stops_at_the_first_error(repository: Path) -> None:
    post_build = repository / "binder" / "postBuild"
    lines = post_build.read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[0] == "set -euo pipefail"
    assert os.access(post_build, os.X_OK)


def test_the_runtime_is_a_python_that_the_project_supports(repository: Path) -> None:
    runtime = re.fullmatch(r"python-(3\.\d+)\n", (repository / "binder" / "runtime.txt").read_text("utf-8"))
    assert runtime is not None
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    assert runtime[1] in SpecifierSet(project["requires-python"])


def test_the_system_packages_are_named_one_a_line(repository: Path) -> None:
    packages = (repository / "binder" / "apt.txt").read_text("utf-8").splitlines()
    assert packages == sorted(set(packages))
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9+.-]+", package) for package in packages)
