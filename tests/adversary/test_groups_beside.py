"""What one group gives away of another: a new group mixes in the resumption PSK of the one that it came from."""

from __future__ import annotations

import pytest

from tests.adversary.histories import recorded_histories
from workbench.adversary.derivation import Derivation
from workbench.adversary.leak import Leak
from workbench.adversary.recovery import recover
from workbench.adversary.theorem import allowed_by_theorem
from workbench.lab import World
from workbench.lab.leaks import evidence_of, recorded_history

PARENT, BRANCH = 0, 1


@pytest.fixture(scope="module")
def world() -> World:
    """Carol is compromised in epoch 1. In epoch 2 Alice branches with Bob, who published a key package before."""
    made = World.of(["Alice", "Bob", "Carol"])
    made.group.publish_key_package("Bob")
    made.commit("Alice")
    branch = made.branch("Alice", "Bob")
    branch.send("Bob", "between us")
    branch.add("Bob", "Carol", path=False)
    return made


@pytest.fixture(scope="module")
def carol(world: World) -> Leak:
    return world.leak("Carol", at=1)


@pytest.fixture(scope="module")
def init_key(world: World) -> Leak:
    return world.leak("Bob", at=2, what="init keys")


def readable(world: World, *leaks: Leak) -> list[tuple[int, ...]]:
    """The readable epochs of each group, on which the record and the attacker agree and which the theorem allows."""
    found = []
    for group, recorded in recorded_histories(world).items():
        predicted = recorded.judge(leaks).readable_epochs
        done = recover(evidence_of(group, leaks))
        assert tuple(map(int, done["epoch_authenticators"])) == predicted
        assert set(predicted) <= set(allowed_by_theorem(recorded.group_history, leaks, recorded.beside))
        found.append(predicted)
    return found


def test_what_is_derived_in_one_group_opens_the_other(world: World, carol: Leak, init_key: Leak) -> None:
    """Carol's keys of epoch 1 give the resumption PSK of epoch 2, without which Bob's init key is of no use."""
    assert readable(world, carol) == [(1, 2), ()]
    assert readable(world, init_key) == [(), ()]
    assert readable(world, carol, init_key) == [(1, 2), (1, 2)]


def test_messages_in_the_branch_are_read_then(world: World, carol: Leak, init_key: Leak) -> None:
    result = recover(evidence_of(world, [carol, init_key]))
    assert [bytes.fromhex(each["application_data"]) for each in result["beside"][0]["messages"]] == [b"between us"]


def test_the_attacker_tries_again_with_what_the_other_group_has_opened_since(
    world: World, carol: Leak, init_key: Leak
) -> None:
    """It has been at the branch before it learns what it lacked."""
    branch = world.groups[BRANCH]
    at_branch = branch.attacker
    assert at_branch.epochs() == {}
    at_branch.take((*evidence_of(branch, ()).public, *init_key.leaked_secrets))
    assert at_branch.epochs() == {}
    world.attacker.take((*evidence_of(world, ()).public, *carol.leaked_secrets))
    assert list(at_branch.epochs()) == [1, 2]


def test_a_derivation_says_in_which_group_something_is_known(world: World, carol: Leak, init_key: Leak) -> None:
    verdict = recorded_history(world.groups[BRANCH]).judge([carol, init_key])
    told = str(Derivation.of_epoch(verdict, 1))
    assert "The resumption psk of epoch 2 in group “MLS Workbench” is the psk of epoch 1." in told
    assert "(leaked with the init keys of Bob after step 3)" in told


def test_the_recorded_history_of_a_group_knows_the_groups_beside_it(world: World) -> None:
    parent, branch = (recorded_history(group) for group in world.groups)
    assert [each.group_history.trace["group_id"] for each in parent.others()] == [
        branch.group_history.trace["group_id"]
    ]
    assert parent.others()[0].deduction_rules is parent.deduction_rules
    assert not {*parent.group_history.secrets} & {*branch.group_history.secrets}


def test_what_is_known_beside_counts_in_the_past_of_a_group_too(world: World, carol: Leak, init_key: Leak) -> None:
    past = recorded_history(world.groups[BRANCH]).until(0).judge([carol, init_key])
    assert past.readable_epochs == (1,)
    assert past.leaks_behind(1) == (carol, init_key)


@pytest.mark.parametrize("founder", ["Alice", "Bob", "Carol"])
def test_epochs_of_two_groups_with_one_founder_are_told_apart(founder: str) -> None:
    """The founder goes through epoch 0 in the step in which all others enter epoch 1."""
    made = World.of(["Alice", "Bob", "Carol"])
    others = [name for name in made.members if name != founder]
    branch = made.branch(founder, *others)
    group_history, state = recorded_history(branch).group_history, branch.state(founder)
    assert state is not None
    authenticator = group_history.secrets[group_history.epochs[1].secrets["epoch_authenticator"]]
    assert authenticator["value"] == state.secrets.epoch_authenticator.hex()


def test_a_compromise_from_one_device_is_tried_in_all_groups_before_it_is_told() -> None:
    made = World.of(["Alice", "Bob"])
    branch = made.branch("Alice", "Bob")
    made.compromise("Bob")
    assert [list(group.attacker.epochs()) for group in made.groups] == [[1], [1]]
    assert [history_step.kind for history_step in branch.history] == ["found", "compromise"]


def test_a_key_of_an_earlier_epoch_is_none_of_the_epoch_that_is_reached_in_the_same_step() -> None:
    """Carol is released in the branch: in the group she reads a commit with a key together with the one after it."""
    made = World.of(["Alice", "Bob", "Carol"])
    branch = made.branch("Alice", "Bob", "Carol")
    made.share_psk("tea", "Alice", "Bob", "Carol")
    made.hold("Carol")
    made.commit("Alice", psks=["tea"])
    branch.release("Carol")
    made.resync("Bob")
    carol = made.state("Carol")
    assert carol is not None
    assert carol.epoch == 3
    epochs = recorded_history(made).group_history.epochs
    assert [len(epochs[epoch].psks) for epoch in (1, 2, 3)] == [0, 1, 0]
