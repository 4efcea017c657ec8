"""What if: the same history with one thing changed is done again, and judged under the same leaks."""

from __future__ import annotations

import pytest

from workbench.adversary.leak import Leak
from workbench.lab import NotPossible, World
from workbench.lab.action_log import PerformedAction
from workbench.lab.counterfactual import counterfactual
from workbench.lab.leaks import leak_of
from workbench.mls import Policy


@pytest.fixture(scope="module")
def world() -> World:
    """Four people; Alice commits, then Bob (epoch 3, step 3), Alice and Carol. Dave is idle."""
    made = World.of(["Alice", "Bob", "Carol", "Dave"])
    for name in ("Alice", "Bob", "Alice", "Carol"):
        made.commit(name)
    return made


@pytest.fixture(scope="module")
def leaks(world: World) -> list[Leak]:
    """Bob before he commits, and much later Dave."""
    return [leak_of(world, "Bob", at=2), leak_of(world, "Dave", at=5)]


def test_the_same_actions_give_the_same_history(world: World) -> None:
    assert counterfactual(world).world.trace() == world.trace()
    assert counterfactual(world).steps == [0, 1, 2, 3, 4, 5]


def test_what_is_not_changed_leaks_the_same(world: World, leaks: list[Leak]) -> None:
    same = counterfactual(world)
    assert same.leaks(leaks) == tuple(leaks)
    assert same.verdict(leaks).readable_epochs == (2, 3, 4, 5)


def test_if_dave_had_committed_at_4_the_late_compromise_would_have_opened_nothing(
    world: World, leaks: list[Leak]
) -> None:
    other = counterfactual(world, insert={4: PerformedAction("commit", ("Dave",))})
    assert other.steps == [0, 1, 2, 3, 4, 6]
    assert other.world.history[5].text == "Dave updated by a commit"
    bob, dave = other.leaks(leaks)
    assert other.recorded.judge([bob]).readable_epochs == (2,)
    assert other.recorded.judge([bob, dave]).readable_epochs == (2, 6)
    assert other.recorded.judge([bob, dave]).leaks_behind(6) == (dave,)


def test_if_bob_had_not_committed_all_would_be_open_by_his_keys_alone(world: World, leaks: list[Leak]) -> None:
    other = counterfactual(world, replace={3: None})
    assert other.steps == [0, 1, 2, 2, 3, 4]
    assert other.verdict(leaks[:1]).readable_epochs == (2, 3, 4)


def test_if_a_pre_shared_key_had_been_mixed_in_the_attacker_would_be_out(world: World, leaks: list[Leak]) -> None:
    shared = PerformedAction("share_psk", ("lunch", "Alice", "Bob", "Carol", "Dave"))
    mixed_in = PerformedAction("commit", ("Alice",), {"psks": ["lunch"]})
    assert counterfactual(world, insert={2: shared}, replace={3: mixed_in}).verdict(leaks[:1]).readable_epochs == (2,)
    assert counterfactual(world, replace={3: PerformedAction("commit", ("Alice",))}).verdict(
        leaks[:1]
    ).readable_epochs == (
        2,
        3,
        4,
        5,
    )


def test_if_nothing_had_been_kept_of_past_epochs_the_late_message_would_be_closed() -> None:
    world = World.of(["Alice", "Bob", "Carol"], policy=Policy(past_epochs=1))
    world.delay("Carol")
    world.send("Alice", "Late.")
    world.commit("Bob")
    leaks = [leak_of(world, "Carol")]
    world.let_through("Carol")
    assert [message.step for message in counterfactual(world).verdict(leaks).readable_messages] == [2]
    assert counterfactual(world, policy=Policy()).verdict(leaks).readable_messages == ()


def test_what_is_not_possible_any_more_is_left_out_and_said(world: World) -> None:
    other = counterfactual(world, insert={3: PerformedAction("remove", ("Alice", "Carol"))})
    assert [(str(action), reason) for action, reason in other.left_out] == [
        ("commit('Carol')", "Carol is no longer in the group")
    ]
    assert other.steps == [0, 1, 2, 3, 5, 5]


def test_what_is_to_be_done_in_addition_must_be_possible(world: World) -> None:
    with pytest.raises(NotPossible, match="Alice is in the group already"):
        counterfactual(world, insert={3: PerformedAction("add", ("Bob", "Alice"))})


def test_a_group_that_comes_from_another_can_be_other_than_it_was() -> None:
    world = World.of(["Alice", "Bob", "Carol"])
    world.commit("Alice")
    beside = world.branch("Alice", "Bob")
    world.compromise("Bob")
    beside.commit("Alice")
    world.commit("Carol")
    assert counterfactual(beside).world.trace() == beside.trace()
    healed = counterfactual(beside, replace={2: PerformedAction("commit", ("Bob",))})
    leaks = [leak_of(beside, "Bob", at=0)]
    assert counterfactual(beside).verdict(leaks).readable_epochs == (1, 2)
    assert healed.verdict(leaks).readable_epochs == (1,)
    with pytest.raises(NotPossible, match="Bob is not in the group"):
        counterfactual(world, insert={1: PerformedAction("remove", ("Alice", "Bob"))})
