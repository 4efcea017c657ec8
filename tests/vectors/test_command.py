"""`workbench vectors` as a user runs it."""

from __future__ import annotations

import io
import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.vectors import ProgressBar

pytestmark = pytest.mark.no_cover


def workbench_vectors(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "workbench.cli", "vectors", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8")


@pytest.fixture
def welcome(official_vectors: Path) -> Path:
    """A small official file."""
    return official_vectors / "welcome.json"


@pytest.fixture
def one_fails(welcome: Path, tmp_path: Path) -> Path:
    """That file with another name, and another key in its third case."""
    cases = json.loads(welcome.read_bytes())
    cases[2]["init_priv"] = cases[1]["init_priv"]
    file = tmp_path / "renamed.json"
    file.write_text(json.dumps(cases))
    return file


def test_all_cases_pass_and_the_table_says_so(welcome: Path) -> None:
    done = workbench_vectors(welcome)
    assert (done.returncode, done.stderr) == (0, "")
    header, row, total = done.stdout.splitlines()
    assert header.split()[:5] == ["file", "passed", "failed", "skipped", "seconds"]
    assert header.endswith("suite 1  2  3  4  5  6  7")
    assert row.split()[:4] == [str(welcome), "7", "0", "0"]
    assert row.split()[5:] == ["1"] * 7
    assert total.split()[:5] == ["1", "file", "7", "0", "0"]


def test_a_failing_case_is_shown_with_its_format_its_suite_and_its_reason(one_fails: Path) -> None:
    done = workbench_vectors(one_fails)
    assert done.returncode == 1
    assert f"{one_fails} (welcome)  " in done.stdout
    assert " 0/1 " in done.stdout
    assert "  case 2 (suite 3): the ciphertext" in done.stdout


def test_json_holds_files_and_nothing_else(welcome: Path) -> None:
    done = workbench_vectors(welcome, "--json")
    (result,) = json.loads(done.stdout)["files"]
    assert list(json.loads(done.stdout)) == ["files"]
    assert result.pop("seconds") < 60
    one = {"passed": 1, "failed": 0, "skipped": 0}
    assert result == {
        "file": str(welcome),
        "format": "welcome",
        "passed": 7,
        "failed": 0,
        "skipped": 0,
        "suites": {str(suite): one for suite in range(1, 8)},
    }


def test_json_lists_failures_with_their_reason(one_fails: Path) -> None:
    done = workbench_vectors("--json", one_fails)
    (result,) = json.loads(done.stdout)["files"]
    assert done.returncode == 1
    assert (result["passed"], result["failed"], result["suites"]["3"]["failed"]) == (6, 1, 1)
    (failure,) = result["failures"]
    assert (failure["case"], failure["suite"]) == (2, 3)
    assert "§5.1.3" in failure["reason"]


def test_the_table_shows_ten_failures_of_a_file_and_json_all(official_vectors: Path, tmp_path: Path) -> None:
    cases = [{**case, "psk_secret": ""} for case in json.loads((official_vectors / "psk_secret.json").read_bytes())]
    file = tmp_path / "psk.json"
    file.write_text(json.dumps(cases))
    assert "and 67 more, which --json lists" in workbench_vectors(file).stdout
    assert len(json.loads(workbench_vectors(file, "--json").stdout)["files"][0]["failures"]) == 77


def test_a_suite_that_is_not_built_is_a_failure_and_no_skip(welcome: Path, tmp_path: Path) -> None:
    cases = json.loads(welcome.read_bytes())
    file = tmp_path / "future.json"
    file.write_text(json.dumps([{**cases[0], "cipher_suite": 0xF001}, *cases[1:]]))
    done = workbench_vectors(file, "--json")
    (result,) = json.loads(done.stdout)["files"]
    assert done.returncode == 1
    assert result["suites"][str(0xF001)] == {"passed": 0, "failed": 1, "skipped": 0}
    assert result["failures"][0]["reason"].startswith("unsupported: cipher suite 0xf001")


def test_a_folder_is_searched_for_json_files_to_its_depths(welcome: Path, tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    shutil.copy(welcome, deep)
    (tmp_path / "notes.txt").write_text("no vectors")
    done = workbench_vectors(tmp_path, "--json")
    assert done.returncode == 0
    assert [each["file"] for each in json.loads(done.stdout)["files"]] == [str(deep / "welcome.json")]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'[{"cipher_suite": 1, "init_pr', "this is not JSON, or only a part of it"),
        (b"", "this is not JSON, or only a part of it"),
        (b"\xff\xfe\x00", "this is not"),
        (b"[" * 100_000, "no vectors are nested so deep"),
        (b"[1" + b"0" * 5000 + b"]", "no vectors are nested so deep or hold such numbers"),
        (b'{"cipher_suite": 1}', "the file must be an array of cases"),
        (b"[]", "the file must be an array of cases with at least one"),
        (b'[{"name": "Alice"}]', "the cases are of no known format; known are tree-math"),
    ],
)
def test_a_file_that_holds_no_vectors_is_named_with_the_reason(content: bytes, why: str, tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    file.write_bytes(content)
    done = workbench_vectors(file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"workbench vectors: {file}: {why}")
    assert done.stderr.count("\n") == 1


def test_a_path_that_is_not_there_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = workbench_vectors(tmp_path / "gone.json", tmp_path / "empty")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"workbench vectors: {tmp_path / 'gone.json'}: No such file or directory",
        f"workbench vectors: {tmp_path / 'empty'}: this folder holds no .json file",
    ]


def test_files_beside_an_unreadable_one_are_run_and_the_status_is_2(one_fails: Path, welcome: Path) -> None:
    (one_fails.parent / "another.json").write_text("[")
    done = workbench_vectors(one_fails.parent, welcome, "--json")
    assert done.returncode == 2
    assert [each["passed"] for each in json.loads(done.stdout)["files"]] == [6, 7]


def test_without_a_path_the_usage_is_shown() -> None:
    done = workbench_vectors()
    assert done.returncode == 2
    assert "usage: workbench vectors" in done.stderr


def test_progress_is_drawn_on_a_terminal_and_wiped_at_the_end(welcome: Path) -> None:
    terminal, device = pty.openpty()
    command = [sys.executable, "-m", "workbench.cli", "vectors", str(welcome)]
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=device)
        os.close(device)
        drawn = screen.read(1 << 16).decode()
    assert "100 % welcome.json" in drawn
    assert drawn.count("\n") == 0
    assert drawn.endswith(" \r")


class Screen(io.StringIO):
    """A terminal as far as a bar can tell."""

    def isatty(self) -> bool:
        return True


def test_a_bar_is_drawn_anew_only_when_it_looks_different() -> None:
    screen = Screen()
    bar = ProgressBar(screen)
    for done in (1, 2, 3, 1000, 1001):
        bar.show("treekem.json", done, 2000)
    assert screen.getvalue().count("\r") == 2
    assert "█" * 15 + "░" * 15 + "  50 % treekem.json" in screen.getvalue()
