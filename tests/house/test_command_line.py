from __future__ import annotations

import io
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

import workbench
from tests.mls.group.scenario import group_of
from workbench.cli import COMMANDS, load, main
from workbench.mls import write_state

FOREIGN_LOG = Path(workbench.__file__).parent / "lessons/material/transcript.jsonl"


def printed_help(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    with pytest.raises(SystemExit) as end:
        main([*argv, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_the_help_names_every_command_with_its_purpose(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(printed_help(capsys).split())
    for name, purpose in COMMANDS.items():
        assert f"{name} {purpose}" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_the_purpose_of_a_command_is_the_first_line_of_its_own_help(name: str) -> None:
    assert (load(name).__doc__ or "").partition("\n")[0] == COMMANDS[name]


@pytest.mark.parametrize(("word", "imported"), [("--help", []), ("version", ["version"]), ("fuzz", ["fuzz"])])
def test_only_the_command_that_is_called_is_imported(word: str, imported: list[str]) -> None:
    program = (
        "import sys; from workbench.cli import _parser; _parser(sys.argv[1:]);"
        "print(*(name.rpartition('.')[2] for name in sys.modules if name.startswith('workbench.commands.')))"
    )
    done = subprocess.run([sys.executable, "-c", program, word], capture_output=True, text=True, check=True)
    assert done.stdout.split() == imported


def test_help_imports_no_protocol() -> None:
    """All of `workbench.mls` and `cryptography` take several times as long as the rest of the start."""
    program = (
        "import argparse, sys; from workbench.cli import load\n"
        "for name in sys.argv[1:]: load(name).add_arguments(argparse.ArgumentParser())\n"
        "print({'workbench.mls', 'cryptography'} & {*sys.modules})"
    )
    names = ["carve", "inspect", "explain", "validate", "audit", "state", "vectors", "clip", "fuzz"]
    done = subprocess.run([sys.executable, "-c", program, *names], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_version_is_printed_without_the_protocol() -> None:
    program = "import sys; from workbench.cli import main; main(['version']); print('workbench.mls' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_says_what_its_exit_status_means(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "exit status" in printed_help(capsys, name)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_has_examples_that_begin_with_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    examples = printed_help(capsys, name).partition("\nExamples:\n")[2]
    assert f"workbench {name}" in examples.partition("\n\n")[0]


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        (["verctors"], "vectors"),
        (["inspct", "file"], "inspect"),
        (["audit", "--jsn"], "--json"),
        (["state", "shwo", "file"], "show"),
        (["--verison"], "--version"),
        (["inspect", "--as", "keypackage", "file"], "key-package"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_one_that_was_meant(
    argv: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(argv)
    assert end.value.code == 2
    assert f"Did you mean {meant}?" in capsys.readouterr().err


def test_the_version_is_an_option_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    out = capsys.readouterr().out
    assert main(["version"]) == 0
    assert capsys.readouterr().out == out


@pytest.mark.parametrize("words", [["--version"], *([name, "--help"] for name in COMMANDS)], ids=" ".join)
def test_the_program_starts_within_a_quarter_of_a_second_of_cpu(words: list[str]) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "workbench.cli", *words], capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.25


@pytest.mark.parametrize("argv", [[], ["verctors"], ["version", "--loud"]])
def test_a_command_that_does_not_exist_is_a_question_that_could_not_be_asked(argv: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(argv)
    assert end.value.code == 2


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert capsys.readouterr().out.startswith(f"mls-workbench {workbench.__version__}, Python 3.")


def test_the_lab_says_where_to_start_it_when_there_is_no_lesson(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lab"]) == 2
    assert "run it in the project's" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_error() -> None:
    """As in `workbench version | true`: nobody reads the output any more when it is written."""
    program = "import sys, time; from workbench.cli import main; time.sleep(1); sys.exit(main(['version']))"
    with subprocess.Popen(
        [sys.executable, "-u", "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("reader", ["of the output", "of all"])
@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("vectors no-such-file", 2),
        ("carve --json LOG", 0),
        ("inspect LOG", 0),
        ("inspect no-such-file LOG", 2),
        ("inspect --as KeyPackage LOG", 1),
        ("explain --state STATE LOG", 1),
        ("validate --json LOG", 0),
        ("audit LOG no-such-file", 2),
        ("audit --json LOG", 1),
        ("state show STATE", 0),
        ("state diff --json STATE no-such-file", 2),
    ],
)
def test_no_command_changes_its_exit_status_if_the_reader_has_left(
    words: str, status: int, reader: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in `workbench carve log | true` and in `workbench carve log 2>&1 | true`."""
    state = tmp_path / "bob.state"
    state.write_bytes(write_state(group_of("Alice", "Bob").states["Bob"]))
    errors = io.StringIO()
    with _closed_pipe() as output, _closed_pipe() as other:
        monkeypatch.setattr(sys, "stdout", output)
        monkeypatch.setattr(sys, "stderr", errors if reader == "of the output" else other)
        argv = [str({"LOG": FOREIGN_LOG, "STATE": state}.get(word, word)) for word in words.split()]
        assert main(argv) == status
    assert errors.getvalue().count("workbench ") == (status == 2 and reader == "of the output")


@contextmanager
def _closed_pipe() -> Iterator[TextIO]:
    """A pipe to a reader that has left."""
    left, closed = os.pipe()
    os.close(left)
    with os.fdopen(closed, "w", buffering=1) as output:
        yield output


class Interrupted(io.RawIOBase):
    """A standard input at which somebody presses Ctrl+C."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object, /) -> int:
        raise KeyboardInterrupt


def test_ctrl_c_ends_a_command_with_a_line_that_says_so_and_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Interrupted())))
    assert main(["inspect", "-"]) == 130
    assert capsys.readouterr().err == "workbench inspect: stopped before its end\n"
