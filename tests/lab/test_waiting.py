"""How many messages an attacker reads for how long a device waits with fresh keys; docs/devices.md has the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.lab import World
from workbench.lab.waiting import waiting_cost

MESSAGES = 16


@pytest.mark.parametrize("between", [1, 4, 8, 16])
def test_the_table_of_the_page_is_what_the_lab_computes(repository: Path, between: int) -> None:
    cost = waiting_cost(between, messages=MESSAGES)
    assert f"| {between} | {cost.mean:g} | {cost.worst} |" in (repository / "docs/devices.md").read_text("utf-8")


def test_the_attacker_really_reads_as_many() -> None:
    world = World.of(["Alice", "Bob", "Carol"], seed=7)
    world.send("Alice", "message 1")
    world.compromise("Bob")
    for sender in ("Bob", "Carol", "Alice"):
        world.send(sender, "after the compromise")
    world.commit("Bob")
    world.send("Alice", "healed")
    assert len(world.reads()) == waiting_cost(4, messages=4).readable[1] == 3
