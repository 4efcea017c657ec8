"""What it means that the members of a group agree."""

from __future__ import annotations

from tests.mls.group.scenario import Scenario
from workbench.mls import export_secret


def assert_agreement(scenario: Scenario) -> None:
    """All members hold the same epoch, tree and secrets, and each holds the private keys of its public ones."""
    states = list(scenario.states.values())
    assert len({state.context for state in states}) == 1
    assert len({state.secrets for state in states}) == 1
    assert len({export_secret(state, "test", b"context", 32) for state in states}) == 1
    for state in states:
        assert state.tree == states[0].tree
        for x, private_key in state.private_keys.items():
            node = state.tree.node(x)
            assert node is not None
            assert node.encryption_key == state.suite.hpke_public_key(private_key)
