"""What an attacker is handed can be written and read back, and what is no such file is refused with the reason."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.adversary.histories import cases_of, history, leaks
from workbench.adversary.case_file import NoCaseFile, read_case_file, write_case_file
from workbench.adversary.leaked_secrets import LeakedSecrets
from workbench.lab import World
from workbench.lab.leaks import case_file
from workbench.mls import PublicGroup
from workbench.mls.group.state import DEFAULT_POLICY


@pytest.fixture(scope="module")
def text() -> str:
    world = history(5)
    return write_case_file(case_file(world, leaks(cases_of(world), 5)))


def without_policies(leaked: LeakedSecrets) -> LeakedSecrets:
    """What leaked as a file has it: what a member's policy was is of no use to an attacker."""
    return tuple(replace(item, policy=DEFAULT_POLICY) if isinstance(item, PublicGroup) else item for item in leaked)


@pytest.mark.parametrize("seed", range(8))
def test_what_was_written_is_read_back(seed: int) -> None:
    world = history(seed)
    groups = cases_of(world)
    for number in range(4):
        written = case_file(world, leaks(groups, number))
        read = read_case_file(write_case_file(written))
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
        ({"group_id": "xyz"}, "not a case file"),
        ({"leaked_secrets": [{"is": "Gold"}]}, "needs 'Gold'"),
        ({"leaked_secrets": [{"is": "PrivateKey"}]}, "needs 'public_key'"),
        ({"wire": 7}, "not a case file"),
    ],
)
def test_what_is_no_case_file_is_refused_with_the_reason(text: str, damage: dict[str, object], reason: str) -> None:
    with pytest.raises(NoCaseFile, match=reason):
        read_case_file(json.dumps({**json.loads(text), **damage}))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "[" * 100_000])
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(NoCaseFile):
        read_case_file(text)


def test_a_case_is_laid_out_by_epoch_by_key_and_by_message() -> None:
    world = World.of(["Alice", "Bob"])
    bob = world.leak("Bob")
    world.commit("Bob")
    case = read_case_file(write_case_file(case_file(world, [bob])))
    state = world.state("Bob", step=bob.at)
    assert state is not None
    assert case.secrets == {1: state.secrets}
    assert sorted(case.groups) == [0, 1, 2]
    assert case.groups[1].context == state.context
    assert set(state.private_keys.values()) <= set(case.private_keys.values())
    assert [type(message).__name__ for message in case.messages[-2:]] == ["Welcome", "PublicMessage"]
    assert (
        repr(case) == f"CaseFile({len(case.leaked_secrets)} things that leaked, {len(case.wire)} messages on the wire)"
    )
