from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.house


@pytest.fixture(scope="module")
def built(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*pip, "wheel", *options, str(repository)], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(built: Path) -> set[str]:
    """The names of the files in the wheel."""
    return set(zipfile.ZipFile(built).namelist())


def test_the_wheel_holds_every_module_and_every_style_of_the_widgets(repository: Path, wheel: set[str]) -> None:
    beside = {path for kind in ("*.py", "*.js", "*.css") for path in (repository / "widgets").rglob(kind)}
    assert {path.suffix for path in beside} == {".py", ".js", ".css"}
    assert {str(path.relative_to(repository)) for path in beside} <= wheel


def test_the_wheel_holds_what_the_bench_runs_in_node(wheel: set[str]) -> None:
    assert "workbench/bench/peers/ts_mls.mjs" in wheel


def test_the_interop_service_finds_its_interface_in_the_wheel(built: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(built).extractall(tmp_path)
    assert (tmp_path / "workbench/interop/mls_client.proto").is_file()
    program = "import workbench.interop.server as server; print(server.__file__, len(server.methods()))"
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-P", "-c", program]
    said = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said == f"{tmp_path / 'workbench/interop/server.py'} 34\n"


def test_the_wheel_says_that_both_packages_are_typed(wheel: set[str]) -> None:
    assert {"workbench/py.typed", "widgets/py.typed"} <= wheel


def test_the_wheel_holds_the_two_packages_and_nothing_else(wheel: set[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith((".dist-info", ".data"))} == {"workbench", "widgets"}
    # This file is installed beside the packages: IPython runs it, so that lessons can show text in a new kernel.
    (beside,) = {name.partition(".data/")[2] for name in wheel if ".data/" in name}
    assert beside == "data/etc/ipython/startup/50-mls-workbench.py"
