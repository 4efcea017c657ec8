"""`workbench device`, command by command, with a real service: what keeps a group in order, and a fork."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest

from tests.delivery.live import Live
from workbench.cli import main
from workbench.client import durable
from workbench.client.care import DAY
from workbench.client.upkeep import Upkeep
from workbench.commands.device import ACTIONS
from workbench.commands.work import device
from workbench.delivery.client import HttpTransport
from workbench.delivery.clocks import system_clock
from workbench.delivery.errors import Unavailable
from workbench.storage.vaults import Argon2Cost, create_keystore

pytestmark = pytest.mark.slow

CHEAP = Argon2Cost(iterations=1, lanes=1, memory_cost=8)
"""Each command opens the keystore, and these passphrases are no secrets."""

Command = Callable[..., str]
"""A person, then the words after `--home DIR`; gives what was printed, and checks the exit status."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("service")
    service = Live(f"sqlite:///{folder / 'service.db'}", folder)
    yield service
    service.stop()


@pytest.fixture
def does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("WORKBENCH_PASSPHRASE", "correct horse")
    monkeypatch.setattr(durable, "create_keystore", partial(create_keystore, cost=CHEAP))

    def run(person: str, *words: str, status: int = 0) -> str:
        assert main(["device", "--home", str(tmp_path / person), *words]) == status
        printed = capsys.readouterr()
        return printed.out + printed.err

    return run


def meet(does: Command, live: Live, group: str, *people: str) -> None:
    """Register people, and put them into a group of the first."""
    for person in people:
        does(person, "register", person, "--service", live.url)
    first, *others = people
    does(first, "create", group)
    for person in others:
        does(first, "invite", group, person)
        does(person, "read")


def test_those_who_are_named_within_a_minute_are_added_by_one_commit(
    live: Live, does: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(does, live, "club", "Ann")
    for person in ("Ben", "Cleo"):
        does(person, "register", person, "--service", live.url)
        does("Ann", "gather", "club", person)
    assert "Ben" not in does("Ann", "read")
    monkeypatch.setattr(device, "Upkeep", partial(Upkeep, clock=lambda: system_clock() + 61))
    added = does("Ann", "read")
    assert "Ben" in added
    assert "Cleo" in added
    assert "club, epoch 1" in does("Ann", "devices", "club")


def test_the_silent_are_told_of_and_then_removed(live: Live, does: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    meet(does, live, "choir", "Dora", "Emil")
    assert "nobody is silent whose eviction was announced" in does("Dora", "evict", "choir", status=1)
    monkeypatch.setattr(device, "Upkeep", partial(Upkeep, clock=lambda: system_clock() + 61 * DAY))
    assert "The group was told: Emil did nothing here for 60 days" in does("Dora", "evict", "choir")
    assert "nobody is silent whose eviction was announced" in does("Dora", "evict", "choir", status=1)
    monkeypatch.setattr(device, "Upkeep", partial(Upkeep, clock=lambda: system_clock() + 69 * DAY))
    assert "Emil" in does("Dora", "evict", "choir")
    assert "Emil" not in does("Dora", "devices", "choir")


def test_a_member_is_removed_by_name(live: Live, does: Command) -> None:
    meet(does, live, "crew", "Finn", "Gil")
    assert "Hal is not in the group: `devices crew` lists the members" in does(
        "Finn", "remove", "crew", "Hal", status=2
    )
    does("Finn", "remove", "crew", "Gil")
    assert "Gil" not in does("Finn", "devices", "crew")


def test_what_the_service_did_not_take_waits_and_is_sent_later(
    live: Live, does: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(does, live, "post", "Iris", "Jan")
    assert does("Iris", "waiting", "post") == "nothing waits\n"
    with monkeypatch.context() as away:
        away.setattr(HttpTransport, "submit", does_not_answer)
        does("Iris", "send", "post", "hello", status=1)
        assert "a message of this device waits for the service" in does("Iris", "waiting", "post")
    does("Iris", "read")
    assert does("Iris", "waiting", "post") == "nothing waits\n"
    assert "Iris: hello" in does("Jan", "read")


def does_not_answer(*_: object) -> NoReturn:
    raise Unavailable("the service does not answer")


def test_what_has_come_is_shown_even_if_the_upkeep_after_it_fails(
    live: Live, does: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(does, live, "ward", "Pia", "Quinn")
    does("Pia", "send", "ward", "hello")
    monkeypatch.setattr(Upkeep, "run", does_not_answer)
    assert "Pia: hello" in does("Quinn", "read", status=1)


def test_equal_statements_raise_no_alarm_and_a_damaged_one_is_named(live: Live, does: Command) -> None:
    meet(does, live, "pair", "Kim", "Lea")
    stated = does("Lea", "statement", "pair").strip()
    assert "Lea has the same group as this device" in does("Kim", "compare", stated)
    assert "the statement is not whole" in does("Kim", "compare", stated[:-3], status=2)
    assert "the group has no alarm" in does("Kim", "give-up", "pair", status=1)


def test_a_service_that_parts_a_group_is_found_by_a_statement_from_hand_to_hand(
    live: Live, does: Command, tmp_path: Path
) -> None:
    meet(does, live, "board", "Max", "Nora")
    does("Olga", "register", "Olga", "--service", live.url)
    other = twin(live, tmp_path)
    address = tmp_path / "Nora" / device.SERVICE
    address.write_text(other.url)
    does("Max", "invite", "board", "Olga")
    does("Nora", "invite", "board", "Olga")
    assert codes(does("Max", "devices", "board")) != codes(does("Nora", "devices", "board"))

    alarm = does("Max", "compare", does("Nora", "statement", "board").strip(), status=1)
    assert "Nora sees another group than this device from epoch 2 on" in alarm
    assert "locked" in does("Max", "send", "board", "is anybody here?", status=1)
    does("Max", "dismiss", "board")
    does("Max", "describe", "board")

    does("Nora", "compare", does("Max", "statement", "board").strip(), status=1)
    does("Nora", "give-up", "board")
    address.write_text(live.url)
    does("Nora", "rejoin", "board")
    does("Max", "send", "board", "welcome back")
    assert "Max: welcome back" in does("Nora", "read")
    assert codes(does("Max", "devices", "board")) == codes(does("Nora", "devices", "board"))
    other.stop()


def twin(live: Live, folder: Path) -> Live:
    """A second service that goes on from all that the first has stored: so a server parts a group."""
    database = folder / "twin.db"
    with closing(sqlite3.connect(live.log.parent / "service.db")) as first, closing(sqlite3.connect(database)) as copy:
        first.backup(copy)
    return Live(f"sqlite:///{database}", folder)


def codes(listed: str) -> str:
    """The code of the group, which ends the list of its devices."""
    return listed.splitlines()[-1].strip()


def test_each_action_says_what_it_does_and_does_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert ACTIONS.keys() == device.PERFORM.keys()
    for name, (_, purpose) in ACTIONS.items():
        with pytest.raises(SystemExit):
            main(["device", "--home", "nowhere", name, "--help"])
        assert purpose in " ".join(capsys.readouterr().out.split())
