"""How late a key package may be: not at all by the clock of its sender, a little by those of others (RFC 9420 §7.3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.mls.group.scenario import NOW, WEEKS_8, group_of
from tests.mls.group.test_refusals import refuses
from workbench.mls import Add, MLSMessage, create_commit, encode, process, propose
from workbench.mls import errors as refused
from workbench.mls.group.state import GroupState
from workbench.mls.tree.leaf_node import CLOCK_LEEWAY

LAST = NOW + WEEKS_8
"""The last second of a key package."""


def by_a_proposal(state: GroupState, add: Add, now: int) -> MLSMessage:
    return propose(state, add, entropy=b"p" * 32, now=now).message


def by_a_commit(state: GroupState, add: Add, now: int) -> MLSMessage:
    return create_commit(state, [add], entropy=b"c" * 32, now=now).message


@pytest.mark.parametrize("way", [by_a_proposal, by_a_commit])
def test_the_leeway_is_for_what_others_send(way: Callable[[GroupState, Add, int], MLSMessage]) -> None:
    scenario = group_of("Alice", "Bob")
    alice, bob = scenario.states["Alice"], scenario.states["Bob"]
    add = Add(scenario.bundle("Carol").key_package)
    message = encode(way(alice, add, LAST))
    with refuses(refused.InvalidLeafNode, "§7.3", "its lifetime"):
        way(alice, add, LAST + 1)
    process(bob, message, now=LAST + CLOCK_LEEWAY)
    with refuses(refused.InvalidLeafNode, "§7.3", "its lifetime"):
        process(bob, message, now=LAST + CLOCK_LEEWAY + 1)
