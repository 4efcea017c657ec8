"""What an attacker can know: the deductive closure of the leaked facts under the rules of the recorded history.

This module does no cryptography. It applies every rule whose premises are all known until no rule gives anything new.
Each rule counts its missing premises, so that a closure looks at each premise once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from workbench.inspect.trace_format import SecretId
from workbench.inspect.trace_rules import Fact, Rule, Rules

LEAKED = -1
"""Stands in place of a rule's number for a fact that leaked."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The known facts. `by_rule` has, for the number of each known fact, the rule that gave it first, or `LEAKED`.

    `by_rule` is in the order in which the facts were found: first the leaked ones, then those that take one step, then
    those that take two.
    """

    deduction_rules: DeductionRules
    by_rule: Mapping[int, int]

    def __contains__(self, fact: Fact) -> bool:
        number = self.deduction_rules.numbers.get(fact)
        return number is not None and number in self.by_rule

    def facts(self) -> frozenset[Fact]:
        """All known facts."""
        return frozenset(self.deduction_rules.facts[number] for number in self.by_rule)

    def derivation(self, fact: Fact) -> tuple[Rule, ...]:
        """The steps that lead to a fact, each after the steps that give its premises; none for a fact that leaked.

        Raises `KeyError` if the fact is not known.
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
    """The rules of a history, prepared for many closures.

    `beside` are facts that count although no rule may have them: the secrets of an epoch with which a record begins.
    """

    rules: Rules
    beside: tuple[Fact, ...] = ()

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """All facts: those of the rules, then the others."""
        return tuple(dict.fromkeys((*self.rules.facts, *self.beside)))

    @cached_property
    def numbers(self) -> Mapping[Fact, int]:
        """The number of each fact."""
        return {fact: number for number, fact in enumerate(self.facts)}

    @cached_property
    def _uses(self) -> Sequence[Sequence[int]]:
        """For each fact, the rules that have it as a premise."""
        uses: list[list[int]] = [[] for _ in self.facts]
        for rule in range(len(self.rules)):
            for premise in self.rules.premises[self.rules.starts[rule] : self.rules.starts[rule + 1]]:
                uses[premise].append(rule)
        return uses

    @cached_property
    def _needs(self) -> Sequence[int]:
        """The number of premises of each rule."""
        starts = self.rules.starts
        return [starts[rule + 1] - starts[rule] for rule in range(len(self.rules))]

    def deductive_closure(self, leaked: Iterable[SecretId]) -> Knowledge:
        """All facts that follow from the leaked ones, whatever their order. Ids without a number are left out."""
        uses, missing, conclusions = self._uses, list(self._needs), self.rules.conclusions
        by_rule = dict.fromkeys(sorted(self.numbers[each] for each in leaked if each in self.numbers), LEAKED)
        waiting = list(by_rule)
        for known in waiting:  # The list grows during the loop.
            for rule in uses[known]:
                missing[rule] -= 1
                if not missing[rule] and conclusions[rule] not in by_rule:
                    by_rule[conclusions[rule]] = rule
                    waiting.append(conclusions[rule])
        return Knowledge(self, by_rule)
