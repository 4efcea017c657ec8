"""Following the groups of others: what one member knew, and no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.inspect.trace_format import SecretId, Trace
from workbench.lab import World, replay
from workbench.lab.replay import ReplayDiffers

LISTENER = "listener"


def cases(official_vectors: Path, name: str) -> list[Any]:
    read: list[Any] = json.loads((official_vectors / f"passive-client-{name}.json").read_text())
    return read


@pytest.fixture(scope="module")
def two_hundred_epochs(official_vectors: Path) -> Trace:
    (case,) = cases(official_vectors, "random")
    return replay(case)


def test_two_hundred_epochs_of_others_are_followed(two_hundred_epochs: Trace) -> None:
    steps = two_hundred_epochs["steps"]
    assert len(steps) == 201
    assert [step["epoch"] for step in steps] == list(range(steps[0]["epoch"], steps[0]["epoch"] + 201))
    assert all(step["places"][LISTENER] is not None for step in steps)


def test_a_replay_is_a_few_megabytes(two_hundred_epochs: Trace) -> None:
    assert len(json.dumps(two_hundred_epochs, separators=(",", ":"))) < 6_000_000


def test_only_one_member_was_watched(two_hundred_epochs: Trace) -> None:
    watched = [holder for holder in two_hundred_epochs["holders"] if holder["recorded"] and holder["kind"] == "member"]
    assert [holder["id"] for holder in watched] == [LISTENER]
    holders = {
        holder for step in two_hundred_epochs["steps"] for holder in (*step["keys_learned"], *step["keys_deleted"])
    }
    assert holders == {LISTENER}


def test_the_private_keys_of_others_are_unknown(two_hundred_epochs: Trace) -> None:
    """A key is known if the listener held it or computed it; of the leaves of others none is."""
    secrets = {key: secret for step in two_hundred_epochs["steps"] for key, secret in step["secrets"].items()}
    own: set[SecretId] = set()
    others: set[SecretId] = set()
    for step in two_hundred_epochs["steps"]:
        assert step["tree"] is not None
        for node, member in step["tree"]["members"].items():
            (own if member == LISTENER else others).add(step["tree"]["keys"][node])
    assert len(others) > 200
    assert {secrets[key]["value"] for key in others} == {None}
    assert all(secrets[key]["value"] is not None for key in own)


def test_members_have_the_names_that_their_credentials_show() -> None:
    case = World.of(["Alice", "Bob", "Carol"]).export_vector("Carol")
    people = {holder["name"] for holder in replay(case)["holders"] if holder["kind"] == "member"}
    assert people == {"Alice", "Bob", "Carol"}


@pytest.mark.parametrize("name", ["welcome", "handling-commit"])
def test_every_official_case_can_be_replayed(official_vectors: Path, name: str) -> None:
    for case in cases(official_vectors, name):
        assert len(replay(case)["steps"]) == 1 + len(case["epochs"])


def test_a_case_whose_authenticator_is_another_is_not_replayed(official_vectors: Path) -> None:
    case = cases(official_vectors, "handling-commit")[0]
    case["epochs"][1]["epoch_authenticator"] = bytes(32).hex()
    with pytest.raises(ReplayDiffers, match="authenticator of epoch"):
        replay(case)
