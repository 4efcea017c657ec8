"""A refusal by policy differs from a broken rule: it names the setting and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.mls.group.test_key_package_lifetimes import DAY, carol_until
from workbench.inspect.case import ExplainKnowledge
from workbench.inspect.explain import explain
from workbench.inspect.explanation import Explanation
from workbench.inspect.forks import OtherSide, is_signed_there, vouched
from workbench.inspect.reasons import SETTINGS, MessageKind
from workbench.mls import (
    Add,
    LifetimePolicy,
    MLSMessage,
    Policy,
    create_commit,
    encode,
    group_info,
    propose_update,
)
from workbench.mls.errors import RefusedByPolicy
from workbench.mls.tree.leaf_node import CATCH_UP
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.messages import PublicMessage


def told(explained: Explanation, setting: str) -> None:
    """The explanation of a refusal by this setting; it names the setting and has a next step for it."""
    assert explained.kind is MessageKind.POLICY
    assert isinstance(explained.error, RefusedByPolicy)
    assert explained.error.setting == setting
    assert f"our policy refuses that ({setting}=" in explained.sentence
    assert explained.next_step == SETTINGS[setting]


def with_policy(scenario: Scenario, name: str, policy: Policy) -> Scenario:
    scenario.states[name] = with_public(scenario.states[name], policy=policy)
    return scenario


def test_a_commit_that_comes_too_late_to_be_followed() -> None:
    scenario = group_of("Alice", "Bob")
    add = Add(carol_until(scenario, NOW + DAY).key_package)
    message = create_commit(scenario.states["Alice"], [add], entropy=b"c" * 32, now=NOW).message
    bob, late = scenario.states["Bob"], NOW + CATCH_UP + 2 * DAY
    assert explain(bob, message, now=NOW + CATCH_UP).kind is MessageKind.PROCESSABLE
    told(explain(bob, message, now=late), "LifetimePolicy.catch_up")
    told(
        explain(bob, message, now=NOW + 9 * DAY, knowledge=ExplainKnowledge(sent_at=NOW + 9 * DAY)),
        "LifetimePolicy.catch_up",
    )
    told(explain(bob, message, now=NOW, knowledge=ExplainKnowledge(sent_at=NOW - 9 * DAY)), "LifetimePolicy.leeway")


def test_a_key_package_for_longer_than_the_policy_accepts() -> None:
    scenario = group_of("Alice", "Bob")
    framed = MLSMessage(ProtocolVersion.mls10, carol_until(scenario, NOW + 400 * DAY).key_package)
    told(explain(scenario.states["Bob"], framed, now=NOW), "LifetimePolicy.longest")


def test_a_welcome_into_a_group_with_a_member_that_has_outlived_its_key_package() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.commit("Alice", Add(carol_until(scenario, NOW + DAY).key_package))
    erin = scenario.bundle("Erin")
    made = create_commit(scenario.states["Alice"], [Add(erin.key_package)], entropy=b"e" * 32, now=NOW)
    assert made.welcome is not None
    known = ExplainKnowledge(bundles=[erin])
    bob = scenario.states["Bob"]
    assert explain(bob, made.welcome, now=NOW + CATCH_UP, knowledge=known).kind is MessageKind.WELCOME
    late = replace(known, sent_at=NOW + 9 * DAY)
    told(explain(bob, made.welcome, now=NOW + 9 * DAY, knowledge=late), "LifetimePolicy.in_trees")
    told(explain(bob, made.welcome, now=NOW + CATCH_UP + 2 * DAY, knowledge=known), "LifetimePolicy.in_trees")


@pytest.mark.parametrize("setting", ["Policy.external_commits", "Policy.resyncs"])
def test_a_newcomer_that_the_policy_refuses(setting: str) -> None:
    scenario = group_of("Alice", "Bob")
    closed = Policy(external_commits=setting != "Policy.external_commits", resyncs=setting != "Policy.resyncs")
    back = scenario.outside("Bob", via="Bob", resync=scenario.leaf("Bob"))
    told(explain(with_policy(scenario, "Alice", closed).states["Alice"], back.message, now=NOW), setting)


def test_one_proposal_more_than_the_policy_lets_wait() -> None:
    scenario = group_of("Alice", "Bob")
    bob = with_public(scenario.states["Bob"], policy=Policy(pending_proposals=0))
    update = propose_update(scenario.states["Alice"], entropy=b"u" * 32, now=NOW)
    explained = explain(bob, update.message, now=NOW)
    assert explained.kind is MessageKind.POLICY
    assert "our policy refuses that (Policy.pending_proposals=0)" in explained.sentence


def test_the_other_sides_evidence_does_not_expire_with_the_key_packages_of_its_members() -> None:
    scenario = group_of("Alice", "Bob")
    alice = scenario.states["Alice"]
    other = OtherSide(group_info=encode(group_info(alice)))
    commit = create_commit(alice, entropy=b"c" * 32, now=NOW).message.message
    assert isinstance(commit, PublicMessage)
    assert is_signed_there(Policy(), commit, other, now=NOW + 10_000 * DAY)
    assert vouched(
        Policy(), alice.suite, group_of("Mallory").states["Mallory"].tree, group_info(alice), now=NOW + 10**9
    )


def test_every_advice_belongs_to_an_existing_setting() -> None:
    for setting, step in SETTINGS.items():
        owner, _, name = setting.partition(".")
        assert hasattr({"Policy": Policy(), "LifetimePolicy": LifetimePolicy()}[owner], name)
        assert step.endswith(".")
