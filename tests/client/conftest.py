"""A delivery service with a clock, and a device of Alice that lasts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.devices import GROUP
from tests.client.folder import Folder
from workbench.delivery import DeliveryService
from workbench.lab.sources import Clock


@pytest.fixture
def clock() -> Clock:
    """The clock of the service and of Alice's device."""
    return Clock()


@pytest.fixture
def service(clock: Clock) -> DeliveryService:
    """A delivery service in memory."""
    return DeliveryService(clock=clock)


@pytest.fixture
def alice(tmp_path: Path, service: DeliveryService, clock: Clock) -> Iterator[Folder]:
    """Alice's device, which has founded a group."""
    folder = Folder(tmp_path, service, "Alice", clock)
    folder.open().create_group(GROUP)
    yield folder
    folder.close()
