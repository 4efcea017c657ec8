from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.house


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([*pip, "wheel", *options, str(repository)], check=True)
    (built,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(built).namelist())


def test_the_wheel_holds_every_module_and_every_style_of_the_widgets(repository: Path, wheel: set[str]) -> None:
    beside = {path for kind in ("*.py", "*.js", "*.css") for path in (repository / "widgets").rglob(kind)}
    assert {path.suffix for path in beside} == {".py", ".js", ".css"}
    assert {str(path.relative_to(repository)) for path in beside} <= wheel


def test_the_wheel_holds_the_interface_of_the_interop_service(wheel: set[str]) -> None:
    assert "workbench/interop/mls_client.proto" in wheel


def test_the_wheel_says_that_both_packages_are_typed(wheel: set[str]) -> None:
    assert {"workbench/py.typed", "widgets/py.typed"} <= wheel


def test_the_wheel_holds_the_two_packages_and_nothing_else(wheel: set[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"workbench", "widgets"}
