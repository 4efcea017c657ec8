from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = {
    "requirements.lock": ["lab", "service"],
    "requirements-test.lock": ["lab", "interop", "mutants", "peers", "service", "test"],
}


def locked(lock: Path) -> list[tuple[Requirement, tuple[str, ...]]]:
    """The packages in a lock file, each with its hashes."""
    entries = re.split(r"^(?=[a-z0-9])", lock.read_text("utf-8"), flags=re.MULTILINE)
    named = [(entry.partition(" \\\n")[0], re.findall(r"--hash=(\S+)", entry)) for entry in entries if entry.strip()]
    return [(Requirement(name), tuple(hashes)) for name, hashes in named]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_a_lock_is_pinned_and_has_a_hash(repository: Path, lock: str) -> None:
    entries = locked(repository / lock)
    assert len(entries) > 80
    for requirement, hashes in entries:
        assert str(requirement.specifier).startswith("=="), requirement
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each) for each in hashes), requirement
        assert hashes, requirement


@pytest.mark.parametrize(("lock", "extras"), LOCKS.items())
def test_a_lock_satisfies_what_the_project_asks_for(repository: Path, lock: str, extras: list[str]) -> None:
    pyproject = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    project = pyproject["project"]
    asked = [*project["dependencies"], *pyproject["dependency-groups"]["build"]]
    asked += [requirement for extra in extras for requirement in project["optional-dependencies"][extra]]
    pins: dict[str, list[str]] = {}
    for pin, _ in locked(repository / lock):
        pins.setdefault(canonicalize_name(pin.name), []).append(str(pin.specifier).removeprefix("=="))
    for wanted in map(Requirement, asked):
        versions = pins.get(canonicalize_name(wanted.name), [])
        assert versions, f"{wanted.name} is not in {lock}: run `make lock`"
        for version in versions:
            assert version in wanted.specifier, f"{lock} has {wanted.name} {version}: run `make lock`"


def test_a_package_that_is_asked_for_with_an_extra_is_locked_with_it(repository: Path) -> None:
    """Otherwise pip looks for the newest version with that extra, which has no hash in the lock, and stops."""
    pins = {canonicalize_name(pin.name): pin.extras for pin, _ in locked(repository / "requirements-test.lock")}
    asked = [
        Requirement(wanted)
        for installed in distributions()
        if canonicalize_name(installed.name) in pins
        for wanted in installed.requires or []
    ]
    for wanted in asked:
        if wanted.extras and (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            assert wanted.extras <= pins[canonicalize_name(wanted.name)], wanted


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_what_its_packages_need(repository: Path, lock: str) -> None:
    pins = {canonicalize_name(pin.name): {"", *pin.extras} for pin, _ in locked(repository / lock)}
    for installed in distributions():
        for wanted in map(Requirement, installed.requires or []):
            extras = pins.get(canonicalize_name(installed.name), set())
            if any(wanted.marker is None or wanted.marker.evaluate({"extra": extra}) for extra in extras):
                assert canonicalize_name(wanted.name) in pins, f"{installed.name} needs {wanted.name}"


def test_the_tests_run_what_the_lessons_run(repository: Path) -> None:
    lessons, tests = ({(str(pin), hashes) for pin, hashes in locked(repository / lock)} for lock in LOCKS)
    assert lessons <= tests


@pytest.mark.parametrize(
    ("package", "extras"),
    [
        ("workbench", ["device", "lab", "interop", "peers", "service"]),
        ("widgets", ["app", "service"]),
        ("tests", ["app", "device", "lab", "interop", "mutants", "peers", "service", "test"]),
    ],
)
def test_what_is_imported_is_asked_for(repository: Path, package: str, extras: list[str]) -> None:
    """An imported package is a dependency of the project, even if another package installs it too."""
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))["project"]
    asked = project["dependencies"] + [name for extra in extras for name in project["optional-dependencies"][extra]]
    declared = {canonicalize_name(Requirement(name).name) for name in asked}
    graph = grimp.build_graph(package, include_external_packages=True, cache_dir=None)
    outside = {module.partition(".")[0] for module in graph.modules} - sys.stdlib_module_names
    providers = packages_distributions()
    for name in outside - {"workbench", "widgets", "tests"}:
        assert declared & {canonicalize_name(found) for found in providers[name]}, name
