"""A device that is killed at any point goes on as if nothing had happened, and the test that says so finds faults."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.client.kills import FAULTS, found, service, try_all
from tests.delivery.live import Live

pytestmark = pytest.mark.slow

EVERY = int(os.environ.get("WORKBENCH_KILL_EVERY", "101"))
"""Kill at every so manieth point; `make soak` kills at each (`python -m tests.client.kills`)."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    made = service(tmp_path_factory.mktemp("service"))
    yield made
    made.stop()


def test_a_device_that_is_killed_loses_nothing_and_uses_no_key_twice(live: Live) -> None:
    tally = try_all(live.url, ("kill", "power cut"), EVERY, first=EVERY // 2)
    assert tally.faults == []
    assert len(tally.points) > 300
    assert tally.trials >= 2 * (len(tally.points) // EVERY)


CHOSEN = [fault for fault in FAULTS if fault != "one epoch is written in two transactions"]
"""The faults that are found in few trials; `make soak` plants them all."""


@pytest.mark.parametrize("fault", CHOSEN)
def test_a_planted_fault_is_found(live: Live, fault: str) -> None:
    _, seen = found(live.url, fault)
    assert seen
    if fault == "the state is written after the message is sent":
        assert any("used twice" in words for words in seen)
