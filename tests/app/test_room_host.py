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


def test_a_service_that_still_knows_the_devices_of_a_room_is_refused_with_advice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with own_service() as url:
        with opened("class", url):
            pass
        given = argparse.ArgumentParser()
        app.add_arguments(given)
        assert app.run(given.parse_args(["--room", "class", "--service", url])) == 2
    assert "Give the service a new database for each room" in capsys.readouterr().err


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
