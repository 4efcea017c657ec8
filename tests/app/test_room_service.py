"""A room at a delivery service of its own: a real `workbench serve` with a database, and the app beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.app.conftest import serving
from tests.app.phones import Phone, status
from tests.delivery.live import Live
from workbench.lab import World

pytestmark = pytest.mark.slow


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """`workbench serve` on a database file."""
    running = Live(f"sqlite:///{tmp_path / 'delivery.sqlite3'}", tmp_path)
    yield running
    running.stop()


def test_a_class_and_a_device_of_a_notebook_talk_in_a_room_at_a_service_of_its_own(live: Live) -> None:
    with contextmanager(serving)("--room", "tea", "--service", live.url) as app, ExitStack() as stack:
        ann, ben = (stack.enter_context(Phone(app.root)) for _ in range(2))
        for phone, name in ((ann, "Ann"), (ben, "Ben")):
            assert phone.ask(do="enter", name=name) == ""
            phone.is_in()
        world = World(service=live.url, room="tea")
        stack.callback(world.close)
        world.device("Dora")
        lecturer = stack.enter_context(Phone(app.root, f"?lecturer={app.token}"))
        assert lecturer.ask(do="add", whom="Dora") == ""
        world.fetch("Dora")
        world.send("Dora", "from a notebook")
        for phone in (ann, ben):
            phone.reads("from a notebook")
        assert ann.ask(do="renew") == ""
        assert ann.ask(do="say", text="from a phone") == ""
        ben.reads("from a phone")
        assert [event.data for event in world.fetch("Dora") if event.data] == [b"from a phone"]
        assert status(ben.told) == "in"
