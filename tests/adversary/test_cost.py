"""What a verdict costs, as counts: a closure is linear in the recorded rules, and putting on a leak is one closure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

import pytest
from typing_extensions import override

from tests.adversary.histories import cases_of, crowd, history, leaks
from workbench.adversary.knowledge import Knowledge, Theory
from workbench.adversary.leak import Leak
from workbench.adversary.verdict import Case
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


class CountedTheory(Theory):
    """A theory that counts its closures, and what each looks at."""

    @cached_property
    def _uses(self) -> Looks:
        return Looks(super()._uses)

    @cached_property
    def closures(self) -> list[frozenset[SecretId]]:
        return []

    @override
    def close(self, leaked: Iterable[SecretId]) -> Knowledge:
        self.closures.append(frozenset(leaked))
        return super().close(self.closures[-1])

    def looks(self) -> Counter[int]:
        """How often each fact was looked up."""
        return self._uses.at


@pytest.mark.parametrize("world", [history(3), crowd(1)], ids=["branches", "crowd"])
def test_a_closure_looks_once_at_each_premise_of_each_rule_that_it_can_use(world: World) -> None:
    groups = cases_of(world)
    case = next(iter(groups.values()))
    rules = case.theory.rules
    uses = Counter(rules.premises)
    for seed in range(4):
        theory = CountedTheory(rules)
        known = replace(case, theory=theory).judge(leaks(groups, seed)).knowledge
        assert theory.looks() == dict.fromkeys(known.by_rule, 1)
        assert sum(uses[fact] for fact in theory.looks()) <= len(rules.premises)


def test_rules_are_as_many_as_what_was_recorded() -> None:
    """A few for each operation and message, whatever the size of the group."""
    for world in (World.of(3), crowd(1)):
        trace = world.trace()
        recorded = sum(len(step["operations"]) + len(step["reads"]) for step in trace["steps"])
        rules = rules_of(trace)
        assert len(rules) <= 3 * recorded
        assert len(rules.premises) <= 3 * len(rules)


@pytest.fixture(scope="module")
def leaked() -> tuple[Case, Sequence[Leak]]:
    world = history(5)
    groups = cases_of(world)
    case = next(iter(groups.values()))
    return replace(case, theory=CountedTheory(case.theory.rules)), [
        leak for seed in range(3) for leak in leaks(groups, seed)
    ]


def test_putting_on_a_leak_is_one_closure(leaked: tuple[Case, Sequence[Leak]]) -> None:
    case, scenario = leaked
    assert isinstance(case.theory, CountedTheory)
    for number in range(1, len(scenario)):
        before = len(case.theory.closures)
        verdict = case.judge(scenario[:number])
        assert verdict.epochs.keys() == case.chronicle.epochs.keys()
        assert verdict.readable_messages is not None
        assert verdict.must_update is not None
        assert len(case.theory.closures) == before + 1
