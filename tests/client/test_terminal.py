"""Two terminals and a notebook chat through `workbench serve` on PostgreSQL, and one is killed in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from tests.delivery.live import Live
from tests.delivery.notebook import Notebook
from tests.delivery.postgresql import MISSING, Cluster, programs
from workbench.cli import main

pytestmark = pytest.mark.slow

PATIENCE = 90.0
"""Seconds that a line may take on a machine that does much else."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    if programs() is None:
        pytest.skip(MISSING)
    cluster = Cluster()
    service = Live(cluster.create(), tmp_path_factory.mktemp("service"))
    yield service
    service.stop()
    cluster.remove()


class Owner:
    """Somebody at a terminal, whose device lives in a folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[bytes] | None = None
        self.screen = home.with_suffix(".screen")

    def arguments(self, *words: str) -> list[str]:
        return ["device", "--home", str(self.home), *words]

    def does(self, *words: str, status: int = 0) -> str:
        """Run a command to its end; what it prints."""
        with redirect_stdout(StringIO()) as said, redirect_stderr(said):
            returned = main(self.arguments(*words))
        assert returned == status, said.getvalue()
        return said.getvalue()

    def chats(self) -> None:
        """Begin to chat, in a process of its own."""
        command = [sys.executable, "-m", "workbench.cli", *self.arguments("chat", "tea")]
        with self.screen.open("ab") as screen:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=screen, stderr=screen)

    def types(self, line: str) -> None:
        assert self.process is not None
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def sees(self, line: str) -> None:
        """Wait until a line is on the screen."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if line in self.screen.read_text().splitlines():
                return
            time.sleep(0.1)
        raise AssertionError(f"{line!r} is not on the screen:\n{self.screen.read_text()}")

    def is_killed(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def leaves(self) -> None:
        """End the input, and so the chat."""
        assert self.process is not None
        self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == 0


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "correct horse")


@pytest.fixture
def notebook() -> Iterator[Notebook]:
    made = Notebook()
    yield made
    made.close()


def test_two_terminals_and_a_notebook_chat_though_one_is_killed_in_the_middle(
    live: Live, tmp_path: Path, notebook: Notebook
) -> None:
    alice, bob = Owner(tmp_path / "alice"), Owner(tmp_path / "bob")
    alice.does("register", "Alice", "--service", live.url)
    code = bob.does("register", "Bob", "--service", live.url).partition("safety code: ")[2].strip()
    alice.does("create", "tea")
    assert "Bob" in alice.does("invite", "tea", "Bob")
    bob.does("read")
    notebook.run(f"from workbench.lab import World\nworld = World(service={live.url!r}, room='tea')")
    notebook.run("world.device('Carol')")
    assert "Carol" in alice.does("invite", "tea", "Carol")
    hears = "for event in world.fetch('Carol'): print(event.actor, event.data.decode())"
    assert notebook.run(hears) == "Carol"

    alice.chats()
    bob.chats()
    alice.types("Lunch at noon?")
    bob.sees("[tea] Alice: Lunch at noon?")
    bob.types("Yes.")
    alice.sees("[tea] Bob: Yes.")
    bob.is_killed()
    assert notebook.run(hears) == "Alice Lunch at noon?\nBob Yes."
    notebook.run("world.send('Carol', 'I am late.')")
    alice.sees("[tea] Carol: I am late.")
    alice.types("Or at one?")
    alice.types("Bob?")
    bob.chats()
    bob.sees("[tea] Carol: I am late.")
    bob.sees("[tea] Alice: Or at one?")
    bob.types("At one.")
    alice.sees("[tea] Bob: At one.")
    for owner in (alice, bob):
        owner.leaves()
    assert notebook.run(hears) == "Alice Or at one?\nAlice Bob?\nBob At one."

    said = [line for line in alice.does("history", "tea").splitlines() if ": " in line]
    assert said == [
        "[tea] Alice: Lunch at noon?",
        "[tea] Bob: Yes.",
        "[tea] Carol: I am late.",
        "[tea] Alice: Or at one?",
        "[tea] Alice: Bob?",
        "[tea] Bob: At one.",
    ]
    assert [line for line in bob.does("history", "tea").splitlines() if ": " in line] == said

    assert code in alice.does("devices", "tea")
    assert "the codes are equal" in alice.does("verify", "tea", "Bob", code)
    assert "Bob: compared" in alice.does("devices", "tea")
    assert "CODES DIFFER" in alice.does("verify", "tea", "Bob", code[::-1], status=1)
    assert "is not in the group" in alice.does("verify", "tea", "Dave", code, status=2)


def test_a_device_whose_database_is_lost_comes_back_by_its_backup(live: Live, tmp_path: Path) -> None:
    erin, frank = Owner(tmp_path / "erin"), Owner(tmp_path / "frank")
    for owner, name in ((erin, "Erin"), (frank, "Frank")):
        owner.does("register", name, "--service", live.url)
    erin.does("create", "letters")
    erin.does("invite", "letters", "Frank")
    frank.does("read")
    erin.does("send", "letters", "before")
    erin.does("backup", str(tmp_path / "backup"))
    for file in erin.home.glob("device.db*"):
        file.unlink()
    frank.does("read")
    frank.does("describe", "letters")

    assert "to rejoin: letters" in erin.does("restore", str(tmp_path / "backup"))
    assert "is not in the group" in erin.does("send", "letters", "too early", status=1)
    erin.does("rejoin", "letters")
    erin.does("send", "letters", "back")
    assert "[letters] Erin: back" in frank.does("read")
    said = [line for line in erin.does("history", "letters").splitlines() if ": " in line]
    assert said == ["[letters] Erin: before", "[letters] Erin: back"]


def test_a_second_device_of_a_user_registers_once_the_first_has_approved_it(live: Live, tmp_path: Path) -> None:
    first, second = Owner(tmp_path / "laptop"), Owner(tmp_path / "phone")
    first.does("register", "Dave", "--service", live.url)
    refused = second.does("register", "Dave", "--service", live.url, status=1)
    first.does("approve", refused.partition("Its ID is ")[2].partition(":")[0])
    assert "Dave is registered" in second.does("register", "Dave", "--service", live.url)


def test_what_cannot_begin_is_said_in_a_line(live: Live, tmp_path: Path) -> None:
    nobody = Owner(tmp_path / "nobody")
    assert "no device lives in this folder" in nobody.does("read", status=2)
    somebody = Owner(tmp_path / "somebody")
    somebody.does("register", "Somebody", "--service", live.url)
    assert "is not in the group" in somebody.does("send", "tea", "hello", status=1)
