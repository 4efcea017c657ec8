"""The steps of the bench: each one runs and is reported, and its floor counts the operations of the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import pytest
from typing_extensions import override

from tests.mls.group.test_cost_of_a_step import CountingSuite
from workbench.bench.client import NotOffered, Sample
from workbench.bench.host import BenchHost
from workbench.bench.ours import SUITE, OurClient, Ours
from workbench.bench.scenario import Measured, Outcome, RefusedByPeer, Run
from workbench.bench.steps import BY_ID, PRIMITIVES, SMALLEST, STEPS, Count, Primitive

Answer = TypeVar("Answer")

OPERATIONS: dict[Primitive, tuple[str, ...]] = {
    "sign": ("sign_with_label",),
    "verify": ("verify_with_label",),
    "seal": ("encrypt_with_label",),
    "open": ("decrypt_with_label",),
    "generate": ("derive_key_pair",),
    "hash": ("hash", "ref_hash"),
    "derive": ("expand",),
    "aead": ("seal", "open"),
}
"""By which calls of the cipher suite the engine does each operation of a floor."""

MORE: dict[str, set[Primitive]] = {
    "create": {"verify"},  # the creator's own key package is checked
    # Both children of a parent are tried; and how many keys of a path are learned depends on the shape of the tree.
    "join, full tree": {"hash", "generate", "derive"},
}
"""Where the engine may do more than the floor says, and of what."""


class Counted(Ours):
    """Our engine, with a cipher suite that counts what it is asked to do."""

    def __init__(self) -> None:
        self.suite = CountingSuite(SUITE.algorithms)
        self.done = Counter[str]()

    @override
    def client(self, identity: bytes) -> OurClient:
        return OurClient(identity, self.suite)

    @override
    def timed(self, call: Callable[[], Answer]) -> tuple[Answer, Sample]:
        self.suite.counts.clear()
        timed = super().timed(call)
        self.done = Counter(self.suite.counts)
        return timed


@pytest.mark.parametrize("size", [SMALLEST, 10, 16, 33])
def test_the_floor_of_each_step_counts_what_the_engine_does(size: int) -> None:
    counted, seen = Counted(), set()

    def compare(outcome: Outcome) -> None:
        assert isinstance(outcome, Measured)
        seen.add(outcome.step)
        floor = {name: count.of(size) for name, count in BY_ID[outcome.step].floor.items()}
        for name, calls in OPERATIONS.items():
            done, needed = sum(counted.done[call] for call in calls), floor.get(name, 0)
            if name in MORE.get(outcome.step, ()):
                assert done >= needed, (outcome.step, name)
            else:
                assert done == needed, (outcome.step, name)

    Run(counted, BenchHost(size), BY_ID, compare).play()
    assert seen == set(BY_ID)


def test_the_tree_that_is_called_full_has_no_blank_parent_between_members() -> None:
    invitation = BenchHost(16).invite("full", *(OurClient(name).key_package() for name in (b"actor", b"reader")))
    assert sum(1 for _ in invitation.state.tree.parents()) == 15
    assert not any(node.unmerged_leaves for _, node in invitation.state.tree.parents())


def test_the_tree_that_is_called_blank_has_no_parent() -> None:
    invitation = BenchHost(16).invite("blank", *(OurClient(name).key_package() for name in (b"actor", b"reader")))
    assert not list(invitation.state.tree.parents())
    assert invitation.state.tree.member_count == 16


@pytest.mark.parametrize("step", STEPS, ids=BY_ID)
def test_a_step_that_is_wanted_alone_is_taken_alone(step: object) -> None:
    taken: set[str] = set()
    (wanted,) = [each.id for each in STEPS if each is step]
    Run(Ours(), BenchHost(8), [wanted], lambda outcome: taken.add(outcome.step)).play()
    assert taken == {wanted}


class Shy(Ours):
    """An implementation that offers no updates, and whose removals the others refuse."""

    @override
    def client(self, identity: bytes) -> OurClient:
        return ShyClient(identity)


class ShyClient(OurClient):
    @override
    def update(self) -> bytes:
        raise NotOffered

    @override
    def remove(self, leaf: int) -> bytes:
        return super().remove(leaf)[:-1] + b"!"


def test_what_is_not_offered_is_left_out_and_what_is_refused_is_named() -> None:
    outcomes: list[Outcome] = []
    Run(Shy(), BenchHost(8), BY_ID, outcomes.append).play()
    measured = {each.step for each in outcomes if isinstance(each, Measured)}
    refused = {each.step: each.reason for each in outcomes if isinstance(each, RefusedByPeer)}
    assert refused.keys() == {"remove, blank tree", "remove, full tree"}
    assert "InvalidTag" in refused["remove, blank tree"]
    never = {f"{name}, {tree} tree" for name in ("update", "add_one") for tree in ("blank", "full")}
    assert measured == set(BY_ID) - never


def test_a_count_is_written_as_a_formula() -> None:
    counts = [Count(members=1, always=-1), Count(levels=2, always=3), Count(leaves=2, members=1, always=-1), Count()]
    assert [str(count) for count in counts] == ["N − 1", "2d + 3", "2L + N − 1", ""]
    assert [count.of(10) for count in counts] == [9, 11, 41, 0]


def test_every_operation_of_a_floor_is_known() -> None:
    assert {name for step in STEPS for name in step.floor} == set(PRIMITIVES) == set(OPERATIONS)
