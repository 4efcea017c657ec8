"""What the lab computes, as counts and not as time.

A closure is linear in the recorded rules, and putting on a leak is one closure. The attacker that decrypts does nothing
twice: what it hears costs the same at the end of a long history as at its beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

import pytest
from typing_extensions import override

from tests.adversary.histories import crowd, history, leaks, recorded_histories
from workbench.adversary import Attacker
from workbench.adversary.knowledge import DeductionRules, Knowledge
from workbench.adversary.leak import Leak
from workbench.adversary.leaked_secrets import Randomness
from workbench.adversary.verdict import RecordedHistory
from workbench.inspect.trace import Recorder, TracedSuite
from workbench.inspect.trace_format import SecretId
from workbench.inspect.trace_rules import rules_of
from workbench.lab import World


class Looks(list[Sequence[int]]):
    """The rules that each fact is a premise of, and how often a fact was looked up."""

    def __init__(self, uses: Iterable[Sequence[int]]) -> None:
        super().__init__(uses)
        self.at = Counter[int]()

    @override
    def __getitem__(self, fact: int) -> Sequence[int]:  # type: ignore[override] # a fact, never a slice
        self.at[fact] += 1
        return super().__getitem__(fact)


class CountedRules(DeductionRules):
    """A deduction_rules that counts its closures, and what each looks at."""

    @cached_property
    def _uses(self) -> Looks:
        return Looks(super()._uses)

    @cached_property
    def closures(self) -> list[frozenset[SecretId]]:
        return []

    @override
    def deductive_closure(self, leaked: Iterable[SecretId]) -> Knowledge:
        self.closures.append(frozenset(leaked))
        return super().deductive_closure(self.closures[-1])

    def looks(self) -> Counter[int]:
        """How often each fact was looked up."""
        return self._uses.at


@pytest.mark.parametrize("world", [history(3), crowd(1)], ids=["branches", "crowd"])
def test_a_closure_looks_once_at_each_premise_of_each_rule_that_it_can_use(world: World) -> None:
    groups = recorded_histories(world)
    recorded = next(iter(groups.values()))
    rules = recorded.deduction_rules.rules
    uses = Counter(rules.premises)
    for seed in range(4):
        deduction_rules = CountedRules(rules)
        known = replace(recorded, deduction_rules=deduction_rules).judge(leaks(groups, seed)).knowledge
        assert deduction_rules.looks() == dict.fromkeys(known.by_rule, 1)
        assert sum(uses[fact] for fact in deduction_rules.looks()) <= len(rules.premises)


def test_rules_are_as_many_as_what_was_recorded() -> None:
    """A few for each operation and message, whatever the size of the group."""
    for world in (World.of(3), crowd(1)):
        trace = world.trace()
        recorded = sum(len(step["operations"]) + len(step["reads"]) for step in trace["steps"])
        rules = rules_of(trace)
        assert len(rules) <= 3 * recorded
        assert len(rules.premises) <= 3 * len(rules)


@pytest.fixture(scope="module")
def leaked() -> tuple[RecordedHistory, Sequence[Leak]]:
    world = history(5)
    groups = recorded_histories(world)
    recorded = next(iter(groups.values()))
    return replace(recorded, deduction_rules=CountedRules(recorded.deduction_rules.rules)), [
        leak for seed in range(3) for leak in leaks(groups, seed)
    ]


def test_putting_on_a_leak_is_one_closure(leaked: tuple[RecordedHistory, Sequence[Leak]]) -> None:
    recorded, scenario = leaked
    assert isinstance(recorded.deduction_rules, CountedRules)
    for number in range(1, len(scenario)):
        before = len(recorded.deduction_rules.closures)
        verdict = recorded.judge(scenario[:number])
        assert verdict.epochs.keys() == recorded.group_history.epochs.keys()
        assert verdict.readable_messages is not None
        assert verdict.must_update is not None
        assert len(recorded.deduction_rules.closures) == before + 1


# The attacker


class CountedAttacker:
    """An attacker at one group, and the operations on secrets that each message costs it."""

    def __init__(self, world: World) -> None:
        self._recorder = Recorder()
        self.attacker = Attacker(TracedSuite.of(world.suite, self._recorder), world.group_id, world.policy)

    def cost(self, wire: bytes) -> Counter[str]:
        """The operations that hearing a message costs."""
        self._recorder.take()
        self.attacker.hear(wire)
        return Counter(f"{operation.name} {operation.label}" for operation in self._recorder.take())


ROUND = 3
"""Messages on the wire in one round of `long_history`."""


def long_history(rounds: int) -> World:
    """Rounds that are alike: two members commit in turn, and somebody says something."""
    world = World.of(["Alice", "Bob", "Carol", "Dave"])
    for _ in range(rounds):
        world.commit("Alice")
        world.commit("Carol")
        world.send("Dave", "hello")
    return world


def test_a_message_costs_the_attacker_the_same_however_long_the_history_is() -> None:
    world = long_history(12)
    attacker = CountedAttacker(world)
    attacker.attacker.compromise("Bob", world.history[-1 - 12 * ROUND].device_states["Bob"])
    costs = [attacker.cost(wire) for wire in world.attacker.heard[-12 * ROUND :]]
    assert list(attacker.attacker.epochs()) == list(range(1, 26))
    assert all(costs)
    assert costs[:ROUND] == costs[6 * ROUND : 7 * ROUND] == costs[-ROUND:]


def test_a_message_for_which_no_key_is_there_costs_nothing() -> None:
    """The keys of somebody who is no member wait, and so do the messages: neither is tried on what it does not fit."""
    world = long_history(4)
    attacker = CountedAttacker(world)
    attacker.attacker.take((Randomness(bytes(range(32))),))
    attacker.attacker.compromise("Zoe", world.device("Zoe").device_state)
    costs = [attacker.cost(wire) for wire in world.attacker.heard]
    assert attacker.attacker.epochs() == {}
    assert costs[-4 * ROUND :] == [Counter()] * 4 * ROUND


def test_what_is_drawn_from_leaked_randomness_is_drawn_once() -> None:
    """In two groups, with Welcomes and commits that it fits and others that it does not fit."""
    world = World.of(["Alice", "Bob", "Carol"])
    recorder = Recorder()
    first = Attacker(TracedSuite.of(world.suite, recorder), world.group_id, world.policy)
    for _ in range(3):
        world.commit("Alice")
        world.device("Dave")
        world.add("Bob", "Dave")
        world.remove("Carol", "Dave")
    branch = world.branch("Alice", "Bob")
    leaked = [world.leak(name, at=at, what="randomness") for name, at in (("Alice", 1), ("Bob", 3), ("Bob", 6))]
    attackers = [first, first.beside(TracedSuite.of(world.suite, recorder), branch.group_id)]
    for attacker, group in zip(attackers, (world, branch), strict=True):
        for leak in leaked:
            attacker.take(leak.leaked_secrets)
        for wire in group.attacker.heard:
            attacker.hear(wire)
    drawn = Counter((each.inputs, each.label) for each in recorder.operations if each.name == "fresh")
    assert any(label.startswith("Welcome") for _, label in drawn)
    assert set(drawn.values()) == {1}
    assert first.epochs()
