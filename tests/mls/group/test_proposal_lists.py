"""Which proposals may stand in one commit, and which a committer chooses (RFC 9420 §12.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.changed_objects import PSK, REINIT, package, refuses
from tests.mls.group.scenario import NOW, group_of
from workbench.mls import (
    Add,
    Extension,
    GroupContextExtensions,
    LeafIndex,
    PreSharedKey,
    Remove,
    SentProposal,
    Update,
    cipher_suite,
    create_commit,
    encode,
)
from workbench.mls import errors as refused
from workbench.mls.group.proposal_list import validate_proposal_list
from workbench.mls.group.proposal_selection import select_proposals
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.proposals import ExternalInit


def sent(proposal: Any, sender: int = 1) -> SentProposal:
    return SentProposal(proposal, LeafIndex(sender))


ADD = Add(package().key_package)
EXTENSIONS = GroupContextExtensions(())
UPDATE = Update(package().key_package.leaf_node)


@pytest.mark.parametrize(
    ("listed", "reason"),
    [
        ([sent(UPDATE, 0)], "its own Update"),
        ([sent(Remove(0))], "removes itself"),
        ([sent(ExternalInit(b""))], "ExternalInit"),
        ([sent(REINIT), sent(ADD)], "ReInit"),
        ([sent(UPDATE), sent(Remove(1))], "same leaf, 1"),
        ([sent(ADD), sent(ADD)], "signature key twice"),
        ([sent(PSK), sent(PSK)], "pre-shared key"),
        ([sent(EXTENSIONS), sent(EXTENSIONS)], "extensions"),
    ],
)
def test_lists_that_the_rfc_forbids_are_refused(listed: list[SentProposal], reason: str) -> None:
    with refuses(refused.InvalidProposalList, "§12.2", reason):
        validate_proposal_list(listed, LeafIndex(0))


POINT = cipher_suite(2).signature_key_pair(bytes(32)).public_key
COMPRESSED = bytes([2 + POINT[-1] % 2]) + POINT[1:33]


def added(signature_key: bytes, suite: int = 2) -> Add:
    """An Add of a client with this signature key."""
    leaf_node = replace(ADD.key_package.leaf_node, signature_key=signature_key)
    return Add(replace(ADD.key_package, cipher_suite=suite, leaf_node=leaf_node))


def test_two_encodings_of_one_signature_key_are_one_client() -> None:
    one, other = added(POINT), added(COMPRESSED)
    with refuses(refused.InvalidProposalList, "§12.2", "signature key twice"):
        validate_proposal_list([sent(one), sent(other)], LeafIndex(0))
    assert select_proposals([sent(one), sent(other)], [], LeafIndex(0)) == (sent(one),)
    assert select_proposals([sent(other)], [sent(one, 0)], LeafIndex(0)) == ()


def test_in_a_suite_that_nobody_knows_only_the_same_bytes_are_one_client() -> None:
    pending = [sent(added(key, 0xF00D)) for key in (POINT, COMPRESSED, POINT)]
    assert select_proposals(pending, [], LeafIndex(0)) == (*pending[:2],)


def test_a_list_with_one_of_each_is_fine() -> None:
    validate_proposal_list([sent(UPDATE), sent(Remove(2)), sent(ADD), sent(PSK), sent(EXTENSIONS)], LeafIndex(0))


def test_a_committer_takes_what_fits_together() -> None:
    newer = Update(replace(UPDATE.leaf_node, encryption_key=b"newer"))
    pending = [sent(UPDATE), sent(newer), sent(UPDATE, 0), sent(Remove(0)), sent(ADD), sent(ADD), sent(REINIT)]
    assert select_proposals(pending, [], LeafIndex(0)) == (sent(newer), sent(ADD))


def test_a_committer_prefers_a_remove_and_its_own_proposals() -> None:
    pending = [sent(UPDATE), sent(Remove(1), 2), sent(ADD), sent(UPDATE, 3)]
    assert select_proposals(pending, [sent(ADD, 0)], LeafIndex(0)) == (sent(Remove(1), 2), sent(UPDATE, 3))


def test_a_committer_takes_a_reinit_only_alone() -> None:
    assert select_proposals([sent(REINIT)], [], LeafIndex(0)) == (sent(REINIT),)


def test_adding_a_member_twice_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidRatchetTree, "§7.3", "same signature key"):
        scenario.commit("Alice", adds=["Bob"])


def test_a_proposal_of_a_key_that_one_does_not_hold_stops_ones_commit_only_if_one_names_it() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    scenario.propose("Carol", PSK)
    (reference,) = scenario.states["Alice"].proposals
    with refuses(refused.UnknownPreSharedKey, "§8.4", "external key 6964"):
        create_commit(scenario.states["Alice"], entropy=next(scenario.entropy), now=NOW, by_reference=[reference])
    assert scenario.commit("Alice").advanced.proposals == ()
    scenario.propose("Carol", PSK)
    keys = {b"id": b"secret"}
    held = create_commit(scenario.states["Bob"], entropy=next(scenario.entropy), now=NOW, psks=keys)
    assert [type(sent.proposal) for sent in held.advanced.proposals] == [PreSharedKey]


def test_a_proposal_that_fits_no_tree_stops_nobodys_commit() -> None:
    scenario = group_of("Alice", "Bob", "Carol")
    scenario.propose("Bob", Add(scenario.bundle("Carol").key_package))
    needs = encode(RequiredCapabilities((64000,), (), ()))
    required = GroupContextExtensions((Extension(ExtensionType.required_capabilities, needs),))
    scenario.propose("Bob", required)
    scenario.propose_update("Carol")
    committed = scenario.commit("Alice")
    assert committed.advanced.updated == (scenario.leaf("Carol"),)
    assert not committed.advanced.added
    assert scenario.states["Bob"].secrets == scenario.states["Carol"].secrets == committed.next.secrets
    scenario.send("Alice", b"and on we go")


def test_requiring_what_a_member_cannot_do_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    needs = encode(RequiredCapabilities((64000,), (), ()))
    with refuses(refused.InvalidRatchetTree, "§7.3", "does not list 0xfa00"):
        scenario.commit("Alice", GroupContextExtensions((Extension(ExtensionType.required_capabilities, needs),)))
