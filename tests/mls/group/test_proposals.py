"""Which proposals a member refuses, one by one (RFC 9420 §12.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.changed_objects import NONCE, REINIT, SUITE, refuses
from tests.mls.group.scenario import NOW, Scenario, group_of
from tests.mls.tree.people import written_otherwise
from workbench.mls import (
    Extension,
    ExternalPSK,
    GroupContextExtensions,
    PreSharedKey,
    PreSharedKeyID,
    Remove,
    ResumptionPSK,
    SentProposal,
    Update,
    encode,
)
from workbench.mls import errors as refused
from workbench.mls.group.proposals import validate_proposal
from workbench.mls.tree.own_leaf import sign_leaf_node
from workbench.mls.when import When
from workbench.mls.wire.code_points import ExtensionType, ResumptionPSKUsage
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.proposals import ExternalInit
from workbench.mls.wire.tree import UpdateSource


def check(scenario: Scenario, proposal: Any, sender: str = "Bob") -> None:
    state = scenario.states["Alice"]
    sent = SentProposal(proposal, scenario.leaf(sender))
    validate_proposal(state.public, sent, when=When.at(NOW))


def test_removing_nobody_is_refused() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    check(scenario, Remove(2))
    for nobody in (3, 4, 1000):
        with refuses(refused.InvalidProposal, "§12.1.3", f"no member at leaf {nobody}"):
            check(scenario, Remove(nobody))


def test_an_update_with_the_old_key_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    bob = scenario.states["Bob"]
    old = bob.tree.member(bob.own_leaf)
    for key in (old.encryption_key, written_otherwise(old.encryption_key)):
        same = sign_leaf_node(
            SUITE,
            replace(old, leaf_node_source=UpdateSource(), encryption_key=key),
            bob.signature_private_key,
            group_id=bob.group_id,
            leaf_index=bob.own_leaf,
        )
        with refuses(refused.InvalidProposal, "§7.3", "another encryption key"):
            check(scenario, Update(same))


def test_an_update_with_a_leaf_that_is_none_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidProposal, "§7.3", "source of a key package"):
        check(scenario, Update(scenario.bundle("Bob").key_package.leaf_node))


def test_a_pre_shared_key_with_a_short_nonce_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    check(scenario, PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), NONCE)))
    with refuses(refused.InvalidPreSharedKey, "§8.4", "psk_nonce has 31 bytes"):
        check(scenario, PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), NONCE[1:])))


@pytest.mark.parametrize("usage", [ResumptionPSKUsage.reinit, ResumptionPSKUsage.branch])
def test_a_resumption_key_for_another_group_is_refused_in_a_commit(usage: ResumptionPSKUsage) -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidProposal, "§12.1.4", usage.name):
        check(scenario, PreSharedKey(PreSharedKeyID(ResumptionPSK(usage, b"the group", 0), NONCE)))


def test_a_reinit_to_an_older_version_is_refused() -> None:
    check(group_of("Alice", "Bob"), REINIT)
    with refuses(refused.InvalidProposal, "§12.1.5", "back to version 0"):
        check(group_of("Alice", "Bob"), replace(REINIT, version=0))


def test_a_reinit_to_extensions_that_stand_twice_is_refused() -> None:
    twice = (Extension(64000, b""),) * 2
    with refuses(refused.InvalidExtension, "§13.4", "more than one"):
        check(group_of("Alice", "Bob"), replace(REINIT, extensions=twice))


def test_an_external_init_by_a_member_is_refused() -> None:
    with refuses(refused.InvalidProposal, "§12.1.6", "outside of an external commit"):
        check(group_of("Alice", "Bob"), ExternalInit(b""))


def test_group_extensions_that_stand_twice_are_refused() -> None:
    twice = (Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((), (), ()))),) * 2
    with refuses(refused.InvalidExtension, "§13.4", "more than one"):
        check(group_of("Alice", "Bob"), GroupContextExtensions(twice))
