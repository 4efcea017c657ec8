"""Do the tests notice when the code changes at one place? A random sample of such changes, by hand.

    python -m tests.mutants --mutations 150 --seed 7

works on a copy of the tracked files. It runs the tests once to learn which of them run which line, then draws
changes by the seed, and runs after each change the tests that run the changed line until one fails. A change that no
test notices is printed: either it changes nothing that matters, or a test is missing. docs/mutants.md has the figures.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

from tests.mutants.mutations import Mutation, changed_lines, draw
from tests.mutants.which_tests import WhichTests, read

PACKAGES = ("mls", "adversary", "client", "delivery")
TESTS = ("tests/mls", "tests/vectors", "tests/client", "tests/delivery", "tests/adversary", "tests/lab")
BATCHES = (0, 10, 100, 1 << 30)
"""So many tests are tried at first, the narrow ones, and so many next: most changes go no further."""

PLUGINS = ("no:cacheprovider", "pytest_timeout", "pytest_cov", "_hypothesis_pytestplugin")
LONGEST = 120
"""Seconds after which a test, or what it imports, is taken to run for ever."""


def copy_tracked(repository: Path, tree: Path) -> None:
    """The files that git knows, as they are now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((repository / name).read_bytes())


def run_tests(tree: Path, arguments: Sequence[str], *, write_bytecode: bool = False, seconds: int | None = None) -> int:
    """Run tests of the copy with few plugins and without our options, and give the exit status of pytest.

    Only the measurement leaves bytecode behind: that of a changed file must not outlive the change.
    """
    plugins = (option for plugin in PLUGINS for option in ("-p", plugin))
    options = ["-q", "-o", "addopts=", *plugins, "-m", "not slow", f"--timeout={LONGEST}"]
    command = [sys.executable, "-m", "pytest", *options, *arguments]
    environment = os.environ | {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "" if write_bytecode else "1",
    }
    silent = subprocess.DEVNULL
    return subprocess.run(
        command, cwd=tree, env=environment, stdout=silent, stderr=silent, check=False, timeout=seconds
    ).returncode


def measure(tree: Path, tests: Sequence[str]) -> None:
    """Run the tests once; they must pass, and leave in `.coverage` which of them ran which line."""
    packages = [f"--cov=workbench/{package}" for package in PACKAGES]
    status = run_tests(tree, [*packages, "--cov-context=test", "--cov-report=", *tests], write_bytecode=True)
    assert status == 0, "the tests must pass before anything is changed"


def is_noticed(tree: Path, mutation: Mutation, which: WhichTests) -> bool:
    """Whether a test fails after the change; the file is put back."""
    path = tree / mutation.path
    source, before = path.read_text("utf-8"), path.stat()
    tests = which.of(mutation.path, mutation.line)
    path.write_text(mutation.apply(source), "utf-8")
    try:
        return any(fails(tree, tests[start:end]) for start, end in pairwise(BATCHES) if tests[start:end])
    finally:
        path.write_text(source, "utf-8")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def fails(tree: Path, tests: Sequence[str]) -> bool:
    """Whether one of these tests fails, has no end, or cannot even be imported (2, and 4 for tests that are named)."""
    try:
        status = run_tests(tree, ["-x", named(tree, tests)], seconds=LONGEST + 10 * len(tests))
    except subprocess.TimeoutExpired:
        return True
    assert status in {0, 1, 2, 4}, f"pytest could not run: status {status}"
    return status != 0


def named(tree: Path, tests: Iterable[str]) -> str:
    """The argument for pytest that stands for these tests."""
    listed = tree / "these-tests"
    listed.write_text("\n".join(tests), "utf-8")
    return f"@{listed}"


def main(argv: Sequence[str] | None = None) -> int:
    """Draw, change, test and report; the exit status is 1 if a change went unnoticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--mutations", type=int, default=150, metavar="N")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), metavar="S")
    parser.add_argument("--start", type=int, default=1, metavar="N", help="go on with the change of this number")
    parser.add_argument("--package", action="append", choices=PACKAGES, help="try only the changes of this package")
    parser.add_argument("--tree", type=Path, help="a copy whose tests were measured before; by default a new one")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        tree = arguments.tree or Path(folder).resolve()
        if arguments.tree is None:
            copy_tracked(Path.cwd(), tree)
            measure(tree, TESTS)
        return report(tree, arguments.mutations, arguments.seed, arguments.start, arguments.package or PACKAGES)


def report(tree: Path, count: int, seed: int, start: int, packages: Sequence[str]) -> int:
    """Try a sample in a tree whose tests were measured; print what goes unnoticed, and the figures."""
    which = read(tree / ".coverage", tree)
    status = run_tests(tree, ["--collect-only", named(tree, which.breadth)])
    assert status == 0, "pytest must find each test that was measured"
    files = [path for package in PACKAGES for path in (tree / "workbench" / package).rglob("*.py")]
    sources = {str(path.relative_to(tree)): path.read_text("utf-8") for path in files}
    drawn, noticed = Counter[str](), Counter[str]()
    for number, mutation in enumerate(draw(sources, count, seed), 1):
        package = mutation.path.split("/")[1]
        if number < start or package not in packages:
            continue
        drawn[package] += 1
        if is_noticed(tree, mutation, which):
            noticed[package] += 1
            show(f"{number}: {mutation}")
        else:
            before = sources[mutation.path]
            show(f"{number}: {mutation} went unnoticed", *changed_lines(before, mutation.apply(before)))
    show(
        f"seed {seed}: {noticed.total()} of {drawn.total()} changes were noticed",
        *(f"  {package}: {noticed[package]} of {all_drawn}" for package, all_drawn in sorted(drawn.items())),
    )
    return 0 if noticed == drawn else 1


def show(*lines: str) -> None:
    """Print at once, for one who waits."""
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
