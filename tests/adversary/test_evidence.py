"""What an attacker is handed can be written and read back, and what is no such file is refused with the reason."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.adversary.histories import history, leaks, recorded_histories
from workbench.adversary.evidence import InvalidEvidence, read_evidence, write_evidence
from workbench.adversary.leaked_secrets import LeakedSecrets
from workbench.lab import World
from workbench.lab.leaks import evidence_of
from workbench.mls import PublicGroup
from workbench.mls.group.public_group import DEFAULT_POLICY


@pytest.fixture(scope="module")
def text() -> str:
    world = history(5)
    return write_evidence(evidence_of(world, leaks(recorded_histories(world), 5)))


def without_policies(leaked: LeakedSecrets) -> LeakedSecrets:
    """What leaked as a file has it: what a member's policy was is of no use to an attacker."""
    return tuple(replace(item, policy=DEFAULT_POLICY) if isinstance(item, PublicGroup) else item for item in leaked)


@pytest.mark.parametrize("seed", range(8))
def test_what_was_written_is_read_back(seed: int) -> None:
    world = history(seed)
    groups = recorded_histories(world)
    for number in range(4):
        written = evidence_of(world, leaks(groups, number))
        read = read_evidence(write_evidence(written))
        assert read.leaked_secrets == without_policies(written.leaked_secrets)
        for got, gave in zip((read, *read.beside), (written, *written.beside), strict=True):
            assert (got.suite, got.group_id, got.wire) == (gave.suite, gave.group_id, gave.wire)
            assert [epoch.context for epoch in got.public] == [epoch.context for epoch in gave.public]
            assert [epoch.tree for epoch in got.public] == [epoch.tree for epoch in gave.public]
            assert [epoch.proposals for epoch in got.public] == [epoch.proposals for epoch in gave.public]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"format": "else"}, "The format is 'else'"),
        ({"group_id": "xyz"}, "not evidence in JSON"),
        ({"leaked_secrets": [{"is": "Gold"}]}, "needs 'Gold'"),
        ({"leaked_secrets": [{"is": "PrivateKey"}]}, "needs 'public_key'"),
        ({"wire": 7}, "not evidence in JSON"),
    ],
)
def test_a_file_that_is_not_evidence_is_refused_with_the_reason(
    text: str, damage: dict[str, object], reason: str
) -> None:
    with pytest.raises(InvalidEvidence, match=reason):
        read_evidence(json.dumps({**json.loads(text), **damage}))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "[" * 100_000])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(InvalidEvidence):
        read_evidence(text)


def test_a_case_is_laid_out_by_epoch_by_key_and_by_message() -> None:
    world = World.of(["Alice", "Bob"])
    bob = world.leak("Bob")
    world.commit("Bob")
    evidence = read_evidence(write_evidence(evidence_of(world, [bob])))
    state = world.state("Bob", step=bob.at)
    assert state is not None
    assert evidence.secrets == {1: state.secrets}
    assert sorted(evidence.groups) == [0, 1, 2]
    assert evidence.groups[1].context == state.context
    assert set(state.private_keys.values()) <= set(evidence.private_keys.values())
    assert [type(message).__name__ for message in evidence.messages[-2:]] == ["Welcome", "PublicMessage"]
    assert (
        repr(evidence)
        == f"Evidence({len(evidence.leaked_secrets)} leaked items, {len(evidence.wire)} messages on the wire)"
    )
