"""The service loses nothing when it is killed, and the test that says so finds faults that are put into it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.delivery import planted
from tests.delivery.live import Live
from tests.delivery.reliability import played

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("WORKBENCH_KILLS", "1"))


def test_nothing_is_lost_when_the_service_is_killed(database: str, tmp_path: Path) -> None:
    counts = played(database, tmp_path, KILLS)
    assert counts.faults == []
    assert counts.kills == KILLS
    assert counts.acknowledged > 5 * KILLS
    assert counts.delivered > 2 * counts.acknowledged
    assert counts.taken > 0


FAULTS = {
    planted.acknowledge_before_the_transaction: "acknowledged",
    planted.hand_out_twice: "handed out twice",
    planted.forget_an_inbox: "cannot read its queue",
}
EVERY = [(fault, database) for fault in FAULTS for database in ("sqlite", "postgresql")]
CHOSEN = EVERY if KILLS > 1 else EVERY[:1]
"""One fault on one database, because each run takes ten seconds; in the long form each on both."""


@pytest.mark.parametrize(("fault", "database"), CHOSEN, indirect=["database"])
def test_a_planted_fault_is_found(fault: Callable[[], None], database: str, tmp_path: Path) -> None:
    name = fault.__name__
    program = f"from tests.delivery import planted; planted.{name}(); {Live.PROGRAM}"
    counts = played(database, tmp_path, 1, program=program)
    assert any(FAULTS[fault] in words for words in counts.faults), counts
