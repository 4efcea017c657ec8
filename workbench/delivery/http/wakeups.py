"""Wake-ups over WebSocket: they tell a device how much waits for it, and nothing of the contents.

RFC 9420 does not define wake-ups. Each worker has one task that collects the topics which transactions have woken. It
asks the store once for all devices that are concerned and connected here, and sends a wake-up to each. If a device does
not read its wake-ups, only the latest one is kept for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.concurrency import run_in_threadpool

from workbench.delivery import queues
from workbench.delivery.queues import Waiting
from workbench.delivery.service import DeliveryService
from workbench.delivery.topics import device_topic, group_topic

PAUSE = 0.02
"""Seconds for which wake-ups are collected: people do not notice the pause, and a burst of messages takes one query."""


class Connection:
    """The connection of one device: the latest count, and whether it was sent."""

    def __init__(self, device: str) -> None:
        self.device = device
        self._new = asyncio.Event()
        self._latest = Waiting({}, 0)

    def tell(self, waiting: Waiting) -> None:
        """Set the count that is sent next; it replaces a count that was not sent yet."""
        self._latest = waiting
        self._new.set()

    async def next(self) -> Waiting:
        """Wait for the next count to send."""
        await self._new.wait()
        self._new.clear()
        return self._latest


class WakeUps:
    """All devices that are connected to one worker."""

    def __init__(self, service: DeliveryService) -> None:
        self._service = service
        self._connections: dict[str, set[Connection]] = {}
        self._topics: dict[str, set[str]] = {}
        self._woken: set[str] = set()
        self._everybody = False
        self._something = asyncio.Event()

    @property
    def connected(self) -> int:
        """How many devices are connected."""
        return len(self._connections)

    async def run(self) -> None:
        """Send wake-ups to the devices until this task is cancelled."""
        loop = asyncio.get_running_loop()
        end = self._service.store.listen(lambda topics: _soon(loop, self, topics))
        try:
            while True:
                await self._something.wait()
                await asyncio.sleep(PAUSE)
                self._something.clear()
                await self._tell()
        finally:
            end()

    def hear(self, topics: frozenset[str] | None) -> None:
        """Record the topics that have something new; None stands for all topics."""
        if topics is None:
            self._everybody = True
        else:
            self._woken |= topics & self._topics.keys()
        if self._everybody or self._woken:
            self._something.set()

    async def connect(self, device: str) -> Connection:
        """Start the wake-ups of a device. The first one says how much waits already."""
        connection = Connection(device)
        self._connections.setdefault(device, set()).add(connection)
        self._topics.setdefault(device_topic(device), set()).add(device)
        self.hear(frozenset({device_topic(device)}))
        return connection

    def disconnect(self, connection: Connection) -> None:
        """End the wake-ups of a connection."""
        others = self._connections[connection.device]
        others.discard(connection)
        if not others:
            del self._connections[connection.device]
            for topic in [topic for topic, devices in self._topics.items() if connection.device in devices]:
                self._topics[topic].discard(connection.device)
                if not self._topics[topic]:
                    del self._topics[topic]

    async def _tell(self) -> None:
        woken, self._woken, everybody, self._everybody = self._woken, set(), self._everybody, False
        named = {device for topic in woken for device in self._topics.get(topic, ())}
        devices = set(self._connections) if everybody else named & self._connections.keys()
        changed = {device for device in devices if everybody or device_topic(device) in woken}
        counts, groups = await run_in_threadpool(self._ask, sorted(devices), sorted(changed))
        for device, topics in groups.items():
            if device in self._connections:
                for topic in topics:
                    self._topics.setdefault(topic, set()).add(device)
        for device, waiting in counts.items():
            for connection in self._connections.get(device, ()):
                connection.tell(waiting)

    def _ask(self, devices: list[str], changed: list[str]) -> tuple[Mapping[str, Waiting], Mapping[str, list[str]]]:
        with self._service.store.read() as rows:
            counts = queues.waiting(rows, devices)
            groups = {device: [group_topic(each.group_id) for each in rows.memberships(device)] for device in changed}
        return counts, groups


def _soon(loop: asyncio.AbstractEventLoop, wake_ups: WakeUps, topics: frozenset[str] | None) -> None:
    """Pass a wake-up from the thread of a transaction to the event loop, unless the loop has ended."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(wake_ups.hear, topics)
