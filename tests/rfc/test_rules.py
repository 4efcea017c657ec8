"""Each rule of the catalogue, put to the proof by taking its check out of the code.

A rule is held when its forgery is refused, by that statement and by that name, and its honest twin is accepted. So
of the same tests it is asked what they say about changed code: without the check the forgery must get through, with
another error the test must not be content, and with the function out of order the honest twin must notice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import pytest

from tests.rfc.rules import (
    ALLOWANCES,
    FOR_APPLICATIONS,
    GROUPS,
    NO_RULES,
    POLICY,
    RULES,
    openmls_numbers,
)
from tests.rfc.rules.rule import Allowance, Check, ForApplications, Rule, Side, Test, arguments_of, function_of
from tests.rfc.source import out_of_order, refusals, without
from workbench.mls import errors

pytestmark = pytest.mark.slow

every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def outcome(test: Test) -> BaseException | None:
    """What comes of a test: the failure of the first of its cases that fails; None if all pass."""
    for arguments in arguments_of(test):
        try:
            function_of(test)(**arguments)
        except (Exception, pytest.fail.Exception) as failure:  # noqa: BLE001 - whatever it is, it is looked at
            return failure
    return None


def refused_otherwise(failure: BaseException) -> type[BaseException] | None:
    """What refused a forgery instead; None if the test failed because nothing did."""
    if isinstance(failure, pytest.fail.Exception):
        return None if failure.__context__ is None else type(failure.__context__)
    if isinstance(failure, AssertionError) and failure.__context__ is not None:
        return type(failure.__context__)
    return type(failure)


@every_rule
def test_without_its_check_a_forgery_gets_through(rule: Rule) -> None:
    check = rule.check
    assert outcome(rule.forged) is None, "the test fails as it is"
    with without(check.function, check.name, check.words):
        failure = outcome(rule.forged)
    assert failure is not None, "the test passes without the check"
    assert refused_otherwise(failure) is rule.otherwise, f"{failure!r}"


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if hasattr(errors, rule.check.name)])
def test_a_forgery_is_refused_by_name(name: str) -> None:
    rule, check = RULES[name], RULES[name].check
    with without(check.function, check.name, check.words, instead="raise ValueError"):
        assert outcome(rule.forged) is not None, "the test is content with any error"


@every_rule
def test_the_honest_twin_passes_the_same_check(rule: Rule) -> None:
    assert outcome(rule.honest) is None
    with out_of_order(rule.check.function):
        failure = outcome(rule.honest)
    assert failure is not None, f"the honest twin never comes to {rule.check}"


# Nothing is left out


def test_every_refusal_of_the_protocol_is_that_of_a_rule_or_is_said_to_be_none() -> None:
    claimed = {rule.check.statement for rule in RULES.values()}
    excused = {check.statement for check in NO_RULES if isinstance(check, Check)}
    open_ = [each for each in refusals() if each not in claimed | excused and each.path not in NO_RULES]
    assert open_ == [], "a rule in tests/rfc/rules, or a reason in NO_RULES"


def test_no_excuse_is_stale() -> None:
    found = {*refusals()}
    for each in NO_RULES:
        if isinstance(each, Check):
            assert each.statement in found
        else:
            assert each in {refusal.path for refusal in found}
    assert not {check.statement for check in NO_RULES if isinstance(check, Check)} & {
        rule.check.statement for rule in RULES.values()
    }


def test_what_an_application_decides_is_refused_by_policy() -> None:
    """But for messages whose keys the policy has had deleted: another setting does not bring them back."""
    decided = [
        getattr(errors, each.name) for each, why in NO_RULES.items() if why == POLICY and isinstance(each, Check)
    ]
    assert decided
    for cls in decided:
        assert issubclass(cls, errors.RefusedByPolicy | errors.KeyExpired | errors.EpochDeleted)


def test_the_catalogue_of_openmls_is_covered() -> None:
    covered: Iterable[Rule | Allowance | ForApplications] = (*RULES.values(), *ALLOWANCES, *FOR_APPLICATIONS)
    named = {number for each in covered for number in each.openmls}
    assert sorted(named) == openmls_numbers()


@pytest.mark.parametrize("allowance", ALLOWANCES, ids=lambda allowance: allowance.allows)
def test_what_must_be_accepted_is_accepted(allowance: Allowance) -> None:
    assert outcome(allowance.test) is None


def test_a_rule_has_a_name_of_its_own() -> None:
    assert len(RULES) == sum(map(len, GROUPS.values()))


@every_rule
def test_a_rule_says_whom_it_binds(rule: Rule) -> None:
    assert rule.side in get_args(Side)


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.side == "sender"])
def test_what_binds_the_sender_alone_is_taken_in_from_others(name: str) -> None:
    taken_in = RULES[name].taken_in
    assert taken_in is not None, "a test in which a receiver takes in what breaks the rule, or why nobody can"
    assert isinstance(taken_in, str) or outcome(taken_in) is None


def test_no_other_rule_is_for_senders_alone() -> None:
    assert [name for name, rule in RULES.items() if rule.side != "sender" and rule.taken_in is not None] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_points_to_tests_that_are_run(rule: Rule) -> None:
    for test in (rule.forged, rule.honest):
        function = function_of(test)
        assert function.__name__.startswith("test_")
        assert function.__module__.rpartition(".")[2].startswith("test_")
        assert not hasattr(function, "hypothesis"), "a rule is held by examples, not by chance"
        assert any(True for _ in arguments_of(test)), "no case of the test has these values"
