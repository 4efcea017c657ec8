"""What an attacker can know: the closure of what leaked under the rules of the recorded history.

No cryptography happens here. The attacker has leaked secrets and every message, and computes all that follows. Each
rule counts the premises that are still missing, so that a closure costs one look at each premise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.inspect.trace_format import SecretId
from workbench.inspect.trace_rules import Fact, Rule, Rules

LEAKED = -1
"""In place of a rule: the fact was leaked."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known, by fact number: the rule that gave it first, or `LEAKED`. `order` is how it was found.

    A fact that is found early takes few steps in a row: all that one step gives is found before any second step.
    """

    deduction_rules: DeductionRules
    by_rule: Mapping[int, int]

    def __contains__(self, fact: Fact) -> bool:
        number = self.deduction_rules.numbers.get(fact)
        return number is not None and number in self.by_rule

    def facts(self) -> frozenset[Fact]:
        """All that is known."""
        return frozenset(self.deduction_rules.rules.facts[number] for number in self.by_rule)

    def derivation(self, fact: Fact) -> tuple[Rule, ...]:
        """The steps that lead to a fact, each after those that it needs; none if it was leaked itself.

        Raises `KeyError` if it is not known.
        """
        rules, steps = self.deduction_rules.rules, dict[int, None]()
        waiting = [self.deduction_rules.numbers[fact]]
        while waiting:
            rule = self.by_rule[waiting.pop()]
            if rule == LEAKED or rule in steps:
                continue
            steps[rule] = None
            waiting.extend(rules.premises[rules.starts[rule] : rules.starts[rule + 1]])
        found = {number: place for place, number in enumerate(self.by_rule)}
        in_order = sorted(steps, key=lambda rule: found[rules.conclusions[rule]])
        return tuple(rules.rules[rule] for rule in in_order)


@dataclass(frozen=True)
class DeductionRules:
    """The rules of a history, ready for many questions."""

    rules: Rules

    @cached_property
    def numbers(self) -> Mapping[Fact, int]:
        """The number of each fact."""
        return {fact: number for number, fact in enumerate(self.rules.facts)}

    @cached_property
    def _uses(self) -> Sequence[Sequence[int]]:
        """The rules that each fact is a premise of."""
        uses: list[list[int]] = [[] for _ in self.rules.facts]
        for rule in range(len(self.rules)):
            for premise in self.rules.premises[self.rules.starts[rule] : self.rules.starts[rule + 1]]:
                uses[premise].append(rule)
        return uses

    @cached_property
    def _needs(self) -> Sequence[int]:
        """How many premises each rule has."""
        starts = self.rules.starts
        return [starts[rule + 1] - starts[rule] for rule in range(len(self.rules))]

    def deductive_closure(self, leaked: Iterable[SecretId]) -> Knowledge:
        """All that follows from what leaked, in whatever order. A secret that stands in no rule leads nowhere."""
        uses, missing, conclusions = self._uses, list(self._needs), self.rules.conclusions
        by_rule = dict.fromkeys(sorted(self.numbers[each] for each in leaked if each in self.numbers), LEAKED)
        waiting = list(by_rule)
        for known in waiting:  # grows while it is read
            for rule in uses[known]:
                missing[rule] -= 1
                if not missing[rule] and conclusions[rule] not in by_rule:
                    by_rule[conclusions[rule]] = rule
                    waiting.append(conclusions[rule])
        return Knowledge(self, by_rule)
