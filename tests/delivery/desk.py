"""A delivery service with a clock that is set by hand, and devices that use it in process or over HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from starlette.types import ASGIApp

from tests.delivery.uploads import GROUP, NOW, Person, commit, welcome
from workbench.delivery import DeliveryService, Settings, Store
from workbench.delivery.access import DeviceAccess
from workbench.delivery.client import HttpTransport
from workbench.delivery.http.app import create_app
from workbench.delivery.memory import MemoryStore


class Asked(httpx.BaseTransport):
    """Requests that an application answers in a thread of this process, as it would over the network.

    The header `Slow-Down` says how many seconds a body takes to come.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = httpx.ASGITransport(app)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer of the application."""
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        body = request.read()

        async def parts() -> AsyncIterator[bytes]:
            yield body[:1]
            await asyncio.sleep(float(request.headers.get("Slow-Down", "0")))
            yield body[1:]

        asked = httpx.Request(request.method, request.url, headers=request.headers, content=parts())
        answer = await self._app.handle_async_request(asked)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@dataclass
class Desk:
    """The service, its time, and the way of a person's device to it.

    `over_http` is by the client and the whole application, without a network between them.
    """

    store: Store = field(default_factory=MemoryStore)
    settings: Settings = field(default_factory=Settings)
    now: int = NOW
    over_http: bool = False

    def __post_init__(self) -> None:
        self.service = DeliveryService(clock=lambda: self.now, store=self.store, settings=self.settings)
        self._open = ExitStack()
        if self.over_http:
            app = create_app(self.service, ["localhost"], worker="chain")
            self.host = app.host
            self.http = self._open.enter_context(httpx.Client(transport=Asked(app), base_url="http://localhost"))

    def access(self, person: Person) -> DeviceAccess | HttpTransport:
        """What the device of a person may do; it is registered when it comes first."""
        if self.over_http:
            made = HttpTransport("http://localhost", patience=0)
            made._http.close()
            made._http = self.http
            made.identify(lambda: person.claim, person.sign)
            made.login()
            return made
        with self.store.write() as rows:
            if rows.device(person.row.device) is None:
                rows.add_device(person.row)
        return DeviceAccess(self.service, person.row)

    def group(self, founder: Person, *others: Person, late_epochs: int = 0) -> Sequence[DeviceAccess | HttpTransport]:
        """A group that the founder has opened, and to which one commit has added the others."""
        first = self.access(founder)
        first.open_group(GROUP, late_epochs=late_epochs)
        rest = [self.access(other) for other in others]
        for access, other in zip(rest, others, strict=True):
            access.publish_key_package(other.name, other.upload(0))
            first.take_key_package(other.name, 1)
        if others:
            first.submit(GROUP, commit(0), welcome(*(other.reference(0) for other in others)))
        return [first, *rest]

    def close(self) -> None:
        """Close the connections, and end the application."""
        self._open.close()


class OpenDesk(Protocol):
    """Opens a desk on the store and over the transport of a test."""

    def __call__(self, settings: Settings = ...) -> Desk:
        """A desk with these limits."""
