"""The record, the theorem and the attacker agree on what can be read, and a wrong rule would be noticed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from tests.adversary.histories import recorded_histories
from tests.adversary.oracles import BATCH, SCENARIOS, Agreement, Scenario, compare, scenarios
from workbench.adversary.knowledge import DeductionRules
from workbench.adversary.leaked_secrets import PARTS
from workbench.adversary.theorem import TheoremCase
from workbench.inspect.trace_rules import Fact, Rule, numbered
from workbench.lab import World

pytestmark = pytest.mark.slow

SEEDS = (*range(40), 50, 65)
"""Some, one in which somebody is compromised between two messages of one sender, and one in which a removed member is
compromised who cannot open the private commit that removed it."""


@pytest.fixture(scope="module")
def cases() -> list[Scenario]:
    return list(scenarios(SEEDS))


@pytest.fixture(scope="module")
def agreement(cases: list[Scenario]) -> Agreement:
    found = Agreement()
    for start in range(0, len(cases), BATCH):
        compare(cases[start : start + BATCH], found)
    return found


def test_the_three_oracles_agree(agreement: Agreement) -> None:
    assert agreement.disagreements == []


def test_they_agree_when_the_server_has_dropped_messages() -> None:
    world = World.of(["Alice", "Bob", "Carol"], handshakes="private")
    for act in (world.delay, world.hold):
        act("Bob")
        say(world, "Alice")
        world.commit("Carol")
        world.drop("Bob")
    world.release("Bob")
    say(world, "Carol")
    world.resync("Bob")
    say(world, "Alice")
    found, groups = Agreement(), recorded_histories(world)
    compare([Scenario(0, groups, [world.leak("Bob", at=step)]) for step in range(2, len(world.history))], found)
    assert found.disagreements == []
    assert 0 < found.readable_messages < found.messages


def say(world: World, name: str) -> None:
    """Let somebody send a message that says its step, as the comparison expects."""
    world.send(name, f"message {len(world.history)}")


def test_there_is_something_to_agree_on(agreement: Agreement) -> None:
    """Agreement on nothing, or on everything, would prove nothing."""
    assert 0.05 < agreement.readable_epochs / agreement.epochs < 0.5
    assert 0.05 < agreement.readable_messages / agreement.messages < 0.5
    assert agreement.readable_epochs <= agreement.allowed_epochs < agreement.epochs / 2


@pytest.mark.parametrize(
    "what",
    [
        *("step found", "step share", "external commit", "commit without a path"),
        *("add from outside", "remove from outside", "committed external_init", "committed group_context_extensions"),
        *("committed add", "committed update", "committed remove", "committed psk", "committed reinit"),
        *("action hold", "action release", "action delay", "action let_through", "late message read"),
        *("action branch", "action successor", "reinit with a member offline", "joined by last resort"),
        *("private commit", "private proposal"),
    ],
)
def test_everything_happens_in_these_histories(what: str, agreement: Agreement) -> None:
    assert agreement.done[what] >= 2 * SCENARIOS


def test_every_part_of_a_device_leaks_and_every_case_of_the_theorem_applies(agreement: Agreement) -> None:
    assert set(agreement.leaked) == set(PARTS)
    assert set(agreement.reasons) == {str(case) for case in TheoremCase}


Names = Mapping[Fact, str]
Plant = Callable[[Names, Rule], Iterator[Rule]]


def without(**wanted: str) -> Plant:
    """An error: no rule of this kind, operation, label or conclusion."""

    def plant(names: Names, rule: Rule) -> Iterator[Rule]:
        if not all(described(names, rule)[name] == value for name, value in wanted.items()):
            yield rule

    return plant


def forgetting(premise_name: str, conclusion: str | None = None) -> Plant:
    """An error: rules that lead to `conclusion`, by default all, do not ask for a premise of that name."""

    def plant(names: Names, rule: Rule) -> Iterator[Rule]:
        if conclusion is not None and described(names, rule)["conclusion"] != conclusion:
            yield rule
            return
        kept = tuple(each for each in rule.premises if names.get(each, "message") != premise_name)
        yield replace(rule, premises=kept or rule.premises)

    return plant


def described(names: Names, rule: Rule) -> dict[str, str]:
    return {
        "kind": rule.kind,
        "operation": rule.operation,
        "label": rule.label,
        "conclusion": names.get(rule.conclusion, "message"),
    }


PLANTED: dict[str, Plant] = {
    "R1: no joiner secret": without(conclusion="extracted_secret"),
    "R1: the init secret is not needed": forgetting("init_secret", "extracted_secret"),
    "R1: the commit secret is not needed": forgetting("commit_secret", "extracted_secret"),
    "R1: the external secret leads nowhere": without(label="external init secret"),
    "R2: no epoch secret": without(conclusion="epoch_secret"),
    "R2: pre-shared keys are not needed": forgetting("psk_secret", "member_secret"),
    "R3: no init secret": without(label="init", conclusion="init_secret"),
    "R3: no encryption secret": without(label="encryption"),
    "R4: path secrets do not lead up": without(label="path"),
    "R4: path secrets give no node keys": without(label="node"),
    "R5: path secrets are not sealed to anybody": without(kind="open", label="UpdatePathNode"),
    "R5: what a private commit says is not needed": forgetting("message"),
    "R6: no Welcome opens": without(kind="open", label="Welcome"),
    "R6: a Welcome holds no joiner secret": without(kind="decode", conclusion="joiner_secret"),
    "R7: ratchets do not turn": without(operation="derive_tree_secret", label="secret"),
    "R7: ratchets give no keys": without(operation="derive_tree_secret", label="key"),
    "R7: the sender data is not needed": forgetting("sender_data_secret", "message"),
    "R7: the message key is not needed": forgetting("application_ratchet_key", "message"),
    "R8: randomness gives nothing": without(operation="fresh"),
    "what one group gives away is of no use in another": without(kind="same"),
}


@pytest.mark.parametrize("error", PLANTED)
def test_an_error_in_a_rule_is_found_by_the_attacker(error: str, cases: list[Scenario], agreement: Agreement) -> None:
    assert agreement.disagreements == []
    assert any(differs(each, PLANTED[error]) for each in cases)


def differs(scenario: Scenario, plant: Plant) -> bool:
    """Whether the attacker has done something else than what follows by the wrong rules."""
    cases = list(scenario.groups.values())
    names = {key: secret["name"] for recorded in cases for key, secret in recorded.group_history.secrets.items()}
    rules = numbered(wrong for rule in cases[0].deduction_rules.rules.rules for wrong in plant(names, rule))
    deduction_rules = DeductionRules(rules)
    return (
        scenario.predicted([replace(recorded, deduction_rules=deduction_rules) for recorded in cases])
        != scenario.done()
    )
