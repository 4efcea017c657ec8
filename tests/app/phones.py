"""Visitors of a room without browsers: each has the cookie of a visit of the page, and a WebSocket."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any, Self

from websockets.sync.client import ClientConnection, connect

SECONDS = 180


class Phone:
    """A visitor without a browser: the cookie of a visit of the page, and its WebSocket."""

    def __init__(self, root: str, query: str = "", *, cookie: str = "") -> None:
        address = f"{root}/room{query}"
        with urllib.request.urlopen(address, timeout=SECONDS) as page:  # noqa: S310 - our own server
            self.cookie = cookie or (page.headers["Set-Cookie"] or "").partition(";")[0]
        self.told: dict[str, Any] = {}
        self._open = connect(
            f"{root.replace('http', 'ws', 1)}/room/socket{query}",
            additional_headers={"Cookie": self.cookie, "Origin": root},
            proxy=None,
            ping_interval=None,  # the room pings
            max_queue=None,  # a phone reads all that comes, also while its test waits for others
        )
        self.socket: ClientConnection = self._open.__enter__()

    def ask(self, **wish: object) -> str:
        """Wish something; what the room says to it."""
        self.told.pop("said", None)
        self.socket.send(json.dumps(wish))
        return str(self.until(lambda told: told.get("said") is not None)["said"])

    def until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Read what the room tells until something is so."""
        end = time.monotonic() + SECONDS
        while not is_so(self.told):
            told = json.loads(self.socket.recv(timeout=max(end - time.monotonic(), 0)))
            self.told[told["kind"]] = told.get("text", told.get(told["kind"], told))
        return self.told

    def reads(self, text: str) -> None:
        """Wait until a message is on the screen."""
        self.until(lambda told: text in json.dumps(told.get("screen")))

    def is_in(self) -> None:
        """Wait until the device is in the group."""
        self.until(lambda told: status(told) == "in")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self._open.__exit__(None, None, None)


def status(told: dict[str, Any]) -> str | None:
    screen = told.get("screen")
    return None if screen is None else str(screen["view"]["screens"][0]["situations"][0]["status"])


def epoch_of(told: dict[str, Any]) -> int:
    """The epoch on the screen of a visitor; -1 outside of the group."""
    return int(told["screen"]["view"]["screens"][0]["situations"][0]["epoch"])
