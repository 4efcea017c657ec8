"""The clock of a lesson, which stands still until it is told to go on, and those of a machine: one service on each."""

from __future__ import annotations

import pytest

from tests.delivery.uploads import BOB, DAY, GROUP, message
from workbench.delivery import Clock, DeliveryService, InvalidKeyPackageUpload
from workbench.delivery.clocks import system_clock
from workbench.lab import sources


@pytest.mark.parametrize("clock", [sources.Clock(), sources.MachineClock(), system_clock])
def test_a_service_stamps_messages_and_judges_lifetimes_by_its_clock(clock: Clock) -> None:
    service, before = DeliveryService(clock=clock), clock()
    assert before is not None
    service.open_group(GROUP)
    sent_at = service.submit(GROUP, message(0, "hello")).sent_at
    after = clock()
    assert sent_at is not None
    assert after is not None
    assert before <= sent_at <= after
    service.publish_key_package("Bob", BOB.upload(1, now=before))
    for other in (before - 60 * DAY, before + 60 * DAY):
        with pytest.raises(InvalidKeyPackageUpload, match="is not within the lifetime"):
            service.publish_key_package("Bob", BOB.upload(2, now=other))
