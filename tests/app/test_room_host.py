"""What the pages of a room are told, without browsers and sockets. The devices and the service are real."""

from __future__ import annotations

import argparse
import asyncio
import json
from typing import Any

import pytest

from tests.own_loop import in_own_loop
from widgets.app.own_service import own_service
from widgets.app.room_host import TREES, RoomHost, opened
from workbench.commands import app
from workbench.delivery import DeliveryService
from workbench.delivery.access import DeviceAccess
from workbench.delivery.clocks import system_clock
from workbench.lab.classroom import Classroom


class TellingPage:
    """A connected page that keeps what it is told, the latest of each kind."""

    def __init__(self) -> None:
        self.told: dict[str, Any] = {}
        self.heard = asyncio.Event()

    def tell(self, text: str) -> None:
        told = json.loads(text)
        self.told[told["kind"]] = told
        self.heard.set()


def host() -> RoomHost:
    home = DeliveryService(clock=system_clock)
    return RoomHost(Classroom(lambda: DeviceAccess(home), "room"), "token")


def test_rooms_with_the_same_people_follow_each_other_at_one_service_and_each_has_a_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with own_service() as url:
        for name in ("tea", "lunch"):
            with opened(name, url) as room:
                ann = room.classroom.enter("Ann")
                room.classroom.admit_waiting()
                room.classroom.deliver(ann)
                assert ann.name == f"Ann@{name}"
                assert room.classroom.standing(ann) == "in"
        given = argparse.ArgumentParser()
        app.add_arguments(given)
        assert app.run(given.parse_args(["--room", "tea", "--service", url])) == 2
        assert "give another name (--room NAME)" in capsys.readouterr().err
        assert app.run(given.parse_args(["--room", "a/b", "--service", url])) == 2
        assert "'a/b' cannot be the name of a room" in capsys.readouterr().err


def test_a_device_that_stays_in_an_old_epoch_keeps_its_tree_and_the_others_see_the_new_ones() -> None:
    async def visit() -> tuple[TellingPage, TellingPage]:
        room, ann, lecturer = host(), TellingPage(), TellingPage()
        await room.hear(await room.join(ann, "visitor", "a" * 22), json.dumps({"do": "enter", "name": "Ann"}))
        leading = await room.join(lecturer, "lecturer", "lecturer")
        while "tree" not in ann.told:  # until the device of the lecturer has added Ann's
            ann.heard.clear()
            await ann.heard.wait()
        for wish in [{"do": "hold", "whom": "Ann", "is_held": True}, *[{"do": "renew"}] * (TREES + 2)]:
            await room.hear(leading, json.dumps(wish))
            assert lecturer.told["said"]["text"] == ""
        return ann, lecturer

    ann, lecturer = in_own_loop(visit())
    assert ann.told["tree"]["view"]["keyframe"]["epoch"] == 1
    assert lecturer.told["tree"]["view"]["keyframe"]["epoch"] == lecturer.told["class"]["class"]["epoch"] == TREES + 3
