"""Members that know better: a commit made without one check, whole in all else, is refused for that one reason.

Mallory runs this same engine with a single statement taken out, so that what she sends breaks one rule and no other:
the tree, the tags and the signatures all fit. Who runs the engine without that statement too follows her.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.mls.group.changed_objects import refuses, resigned
from tests.mls.group.scenario import NOW, Scenario, group_of
from tests.mls.tree.people import written_otherwise
from tests.rfc.source import Function, without
from workbench.mls import (
    Add,
    Extension,
    ExternalPSK,
    Framing,
    GroupContextExtensions,
    GroupState,
    LeafIndex,
    Lifetime,
    MLSMessage,
    PreSharedKey,
    PreSharedKeyID,
    Remove,
    ResumptionPSK,
    Update,
    create_commit,
    encode,
    process,
    propose,
    propose_update,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.group import commit, key_package, proposal_list, proposals
from workbench.mls.schedule.psk import check_psk_nonce
from workbench.mls.tree import leaf_node, tree_validation
from workbench.mls.tree.own_leaf import default_capabilities, sign_leaf_node
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion, ResumptionPSKUsage
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.proposals import ReInit
from workbench.mls.wire.tree import KeyPackageSource, UpdateSource

ENTROPY = b"Mallory's".ljust(32)
PSKS = {b"id": b"secret"}
PSK = PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), bytes(32)))
NO_EXTENSIONS = GroupContextExtensions(())
TWICE = (Extension(64000, b""),) * 2
NEEDS_MORE = (Extension(ExtensionType.required_capabilities, encode(RequiredCapabilities((64000,), (), ()))),)


def group() -> Scenario:
    return group_of("Mallory", "Bob", "Carol")


TOO_LATE = NOW - leaf_node.CATCH_UP - leaf_node.CLOCK_LEEWAY - 1
"""The end of a lifetime that no message can have been sent in that is read now."""


def commits(state: GroupState, listed: Sequence[Any], **options: Any) -> MLSMessage:
    return create_commit(state, listed, entropy=ENTROPY, now=NOW, psks=PSKS, **options).message


def arrives(state: GroupState, message: MLSMessage) -> GroupState:
    return process(state, encode(message), now=NOW, psks=PSKS)[0]


def strange(scenario: Scenario, **changes: Any) -> Add:
    """Dave's key package with something changed and signed again."""
    return Add(resigned(scenario.bundle("Dave"), **changes).key_package)


def strange_leaf(scenario: Scenario, **changes: Any) -> Add:
    """Dave's key package with something changed in its leaf node, all signed again."""
    bundle = scenario.bundle("Dave")
    changed = sign_leaf_node(
        scenario.suite, replace(bundle.key_package.leaf_node, **changes), bundle.signature_private_key
    )
    return Add(resigned(bundle, leaf_node=changed).key_package)


def lasting(scenario: Scenario, since: int, until: int) -> Add:
    return strange_leaf(scenario, leaf_node_source=KeyPackageSource(Lifetime(since, until)))


def unsigned(scenario: Scenario) -> Add:
    honest = scenario.bundle("Dave").key_package
    return Add(replace(honest, signature=bytes(64)))


def resumption(usage: ResumptionPSKUsage) -> PreSharedKey:
    return PreSharedKey(PreSharedKeyID(ResumptionPSK(usage, b"the group", 1), bytes(32)))


def own_update(scenario: Scenario) -> Update:
    """An Update of Mallory's own leaf."""
    made = propose_update(scenario.states["Mallory"], entropy=b"u" * 32, now=NOW)
    (sent,) = made.next.proposals.values()
    assert isinstance(sent.proposal, Update)
    return sent.proposal


@dataclass(frozen=True)
class Forgery:
    """What Mallory commits, the statement that she has taken out for it, and what others say to it."""

    listed: Callable[[Scenario], Sequence[Any]]
    leaving_out: tuple[Function, str, str]
    error: type[MLSError]
    section: str
    reason: str
    path: bool = True


LISTS: dict[str, Forgery] = {
    "a key package that nobody signed": Forgery(
        lambda scenario: [unsigned(scenario)],
        (key_package.validate_key_package, "InvalidKeyPackage", "does not verify"),
        refused.InvalidKeyPackage,
        "§10.1",
        "signature of the key package",
    ),
    "a key package for another suite": Forgery(
        lambda scenario: [strange(scenario, cipher_suite=3)],
        (key_package.validate_key_package, "InvalidKeyPackage", "cipher suite"),
        refused.InvalidKeyPackage,
        "§10.1",
        "cipher suite 3",
    ),
    "a key package with an extension that belongs elsewhere": Forgery(
        lambda scenario: [strange(scenario, extensions=(Extension(ExtensionType.external_pub, b"\0"),))],
        (key_package.validate_key_package, "check_extensions", ""),
        refused.InvalidExtension,
        "§17.3",
        "external_pub belongs in a GroupInfo, not in a key package",
    ),
    "an expired key package": Forgery(
        lambda scenario: [lasting(scenario, TOO_LATE - 3600, TOO_LATE)],
        (leaf_node.LifetimePolicy._verify_present, "InvalidLeafNode", "is not within"),
        refused.RefusedByPolicy,
        "§7.3",
        r"our policy refuses that \(LifetimePolicy.catch_up=2592000\)",
    ),
    "a key package for later": Forgery(
        lambda scenario: [lasting(scenario, NOW + leaf_node.CLOCK_LEEWAY + 1, NOW + 3600)],
        (leaf_node.LifetimePolicy._verify_present, "InvalidLeafNode", "is not within"),
        refused.RefusedByPolicy,
        "§7.3",
        r"our policy refuses that \(LifetimePolicy.leeway=300\)",
    ),
    "a key package for ever": Forgery(
        lambda scenario: [lasting(scenario, 0, (1 << 64) - 1)],
        (leaf_node.LifetimePolicy.verify, "RefusedByPolicy", "is valid for"),
        refused.RefusedByPolicy,
        "§7.2",
        r"valid for 18446744073709551615 seconds.*\(LifetimePolicy.longest=31629600\)",
    ),
    "a leaf node with an extension that it does not list": Forgery(
        lambda scenario: [strange_leaf(scenario, extensions=(Extension(64000, b""),))],
        (leaf_node._verify_capabilities, "InvalidLeafNode", "own extension"),
        refused.InvalidLeafNode,
        "§7.3",
        "own extension 0xfa00",
    ),
    "a leaf node with an extension that belongs elsewhere": Forgery(
        lambda scenario: [strange_leaf(scenario, extensions=(Extension(ExtensionType.external_pub, b"\0"),))],
        (leaf_node._verify_capabilities, "check_extensions", ""),
        refused.InvalidExtension,
        "§17.3",
        "external_pub belongs in a GroupInfo, not in a leaf node",
    ),
    "a leaf node that nobody can seal to": Forgery(
        lambda scenario: [strange_leaf(scenario, encryption_key=bytes(32))],
        (leaf_node.validate_leaf_node, "check_encryption_key", ""),
        refused.InvalidKey,
        "§5.1.1",
        "not a usable public key of X25519",
    ),
    "a leaf node for another version": Forgery(
        lambda scenario: [strange_leaf(scenario, capabilities=replace(default_capabilities(), versions=(2,)))],
        (leaf_node._verify_capabilities, "InvalidLeafNode", "MLS 1.0"),
        refused.InvalidLeafNode,
        "§11.1",
        "do not list MLS 1.0",
    ),
    "a pre-shared key with a short nonce": Forgery(
        lambda _: [PreSharedKey(replace(PSK.psk, psk_nonce=b"short"))],
        (check_psk_nonce, "InvalidPreSharedKey", "psk_nonce"),
        refused.InvalidPreSharedKey,
        "§8.4",
        "has 5 bytes",
    ),
    "a resumption key for a reinit": Forgery(
        lambda _: [resumption(ResumptionPSKUsage.reinit)],
        (proposals.validate_psk, "InvalidProposal", "resumption PSK"),
        refused.InvalidProposal,
        "§12.1.4",
        "for reinit has no place here",
    ),
    "a resumption key for a branch": Forgery(
        lambda _: [resumption(ResumptionPSKUsage.branch)],
        (proposals.validate_psk, "InvalidProposal", "resumption PSK"),
        refused.InvalidProposal,
        "§12.1.4",
        "for branch has no place here",
    ),
    "a reinit to an older version": Forgery(
        lambda _: [ReInit(b"another", 0, 1, ())],
        (proposals._validate_reinit, "InvalidProposal", "back to version"),
        refused.InvalidProposal,
        "§12.1.5",
        "back to version 0",
    ),
    "a reinit to a version that is not built": Forgery(
        lambda _: [ReInit(b"another", 2, 1, ())],
        (proposals._validate_reinit, "Unsupported", "only 1 is supported"),
        refused.Unsupported,
        "§12.1.5",
        "protocol version 2",
    ),
    "a reinit to a suite that is not built": Forgery(
        lambda _: [ReInit(b"another", ProtocolVersion.mls10, 0x0A0A, ())],
        (proposals._validate_reinit, "check_extension_keys", ""),
        refused.Unsupported,
        "§17.1",
        "cipher suite 0x0a0a",
    ),
    "a reinit with an extension twice": Forgery(
        lambda _: [ReInit(b"another", ProtocolVersion.mls10, 1, TWICE)],
        (proposals._validate_reinit, "check_extensions", ""),
        refused.InvalidExtension,
        "§13.4",
        "more than one extension",
    ),
    "a reinit beside another proposal": Forgery(
        lambda _: [ReInit(b"another", ProtocolVersion.mls10, 1, ()), PSK],
        (proposal_list.validate_proposal_list, "InvalidProposalList", "a ReInit stands"),
        refused.InvalidProposalList,
        "§12.2",
        "a ReInit stands beside",
    ),
    "group extensions that belong elsewhere": Forgery(
        lambda _: [GroupContextExtensions((Extension(ExtensionType.application_id, b"\0"),))],
        (proposals.validate_proposal, "check_extensions", ""),
        refused.InvalidExtension,
        "§17.3",
        "application_id belongs in a leaf node, not in a GroupContext",
    ),
    "two sets of group extensions": Forgery(
        lambda _: [NO_EXTENSIONS, NO_EXTENSIONS],
        (proposal_list._check_subjects, "InvalidProposalList", "about the same"),
        refused.InvalidProposalList,
        "§12.2",
        "the group's extensions",
    ),
    "group extensions that a member cannot do": Forgery(
        lambda _: [GroupContextExtensions(NEEDS_MORE)],
        (tree_validation.check_capabilities, "InvalidRatchetTree", "does not list"),
        refused.InvalidRatchetTree,
        "§7.3",
        "does not list 0xfa00",
    ),
    "one pre-shared key twice": Forgery(
        lambda _: [PSK, PSK],
        (proposal_list._check_subjects, "InvalidProposalList", "about the same"),
        refused.InvalidProposalList,
        "§12.2",
        "same pre-shared key",
    ),
    "an Update of the committer's own": Forgery(
        lambda scenario: [own_update(scenario)],
        (proposal_list.validate_proposal_list, "InvalidProposalList", "its own Update"),
        refused.InvalidProposalList,
        "§12.2",
        "its own Update",
    ),
    "a client that is there already": Forgery(
        lambda scenario: [Add(scenario.bundle("Carol").key_package)],
        (tree_validation.check_unique_keys, "InvalidRatchetTree", "same signature key"),
        refused.InvalidRatchetTree,
        "§7.3",
        "same signature key",
    ),
    "a leaf with the key of another": Forgery(
        lambda scenario: [
            strange_leaf(scenario, encryption_key=scenario.states["Bob"].tree.member(LeafIndex(1)).encryption_key)
        ],
        (tree_validation.check_unique_keys, "InvalidRatchetTree", "same encryption key"),
        refused.InvalidRatchetTree,
        "§12.4.3.1",
        "same encryption key",
    ),
    "a leaf with the key of another in other bytes": Forgery(
        lambda scenario: [
            strange_leaf(
                scenario,
                encryption_key=written_otherwise(
                    scenario.states["Bob"].tree.member(LeafIndex(1)).encryption_key,
                ),
            )
        ],
        (tree_validation.check_unique_keys, "InvalidRatchetTree", "same encryption key"),
        refused.InvalidRatchetTree,
        "§12.4.3.1",
        "same encryption key",
    ),
    "a Remove without a path": Forgery(
        lambda _: [Remove(2)],
        (commit.make_commit, "path", ""),
        refused.InvalidCommit,
        "§12.4.2",
        "UpdatePath is missing",
        path=False,
    ),
    "nothing without a path": Forgery(
        lambda _: [],
        (commit.make_commit, "path", ""),
        refused.InvalidCommit,
        "§12.4.2",
        "UpdatePath is missing",
        path=False,
    ),
    "extensions without a path": Forgery(
        lambda _: [NO_EXTENSIONS],
        (commit.make_commit, "path", ""),
        refused.InvalidCommit,
        "§12.4.2",
        "UpdatePath is missing",
        path=False,
    ),
}
"""Lists of proposals that Mallory commits by value."""


def forged(scenario: Scenario, forgery: Forgery, **options: Any) -> MLSMessage:
    listed = forgery.listed(scenario)
    with without(*forgery.leaving_out):
        return commits(scenario.states["Mallory"], listed, path=forgery.path, **options)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("private", [False, True])
def test_a_commit_that_breaks_one_rule_is_refused(name: str, private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario, forgery = group(), LISTS[name]
    message = forged(scenario, forgery, framing=Framing(private=private))
    with refuses(forgery.error, forgery.section, forgery.reason):
        arrives(scenario.states["Bob"], message)


HONEST: dict[str, Callable[[Scenario], Sequence[Any]]] = {
    "nothing": lambda _: [],
    "an Add": lambda scenario: [Add(scenario.bundle("Dave").key_package)],
    "an Add with extensions that its client does not list": lambda scenario: [
        strange(scenario, extensions=(Extension(64000, b""), Extension(0x0A0A, b"GREASE"), Extension(0xF0F0, b"")))
    ],
    "a Remove": lambda _: [Remove(2)],
    "a pre-shared key": lambda _: [PSK],
    "a resumption key": lambda _: [resumption(ResumptionPSKUsage.application)],
    "extensions": lambda _: [NO_EXTENSIONS],
    "a reinit": lambda _: [ReInit(b"another", ProtocolVersion.mls10, 1, ())],
    "a member that goes and comes back": lambda scenario: [Remove(2), Add(scenario.bundle("Carol").key_package)],
    "much together": lambda scenario: [Remove(2), Add(scenario.bundle("Dave").key_package), PSK, NO_EXTENSIONS],
}


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("private", [False, True])
def test_a_commit_that_breaks_none_is_followed(name: str, private: bool) -> None:  # noqa: FBT001 - a parameter
    scenario = group()
    mallory, framing = scenario.states["Mallory"], Framing(private=private)
    made = create_commit(mallory, HONEST[name](scenario), entropy=ENTROPY, now=NOW, psks=PSKS, framing=framing)
    assert arrives(scenario.states["Bob"], made.message).secrets == made.next.secrets


# Proposals that travel alone


def proposes(state: GroupState, proposal: Any) -> MLSMessage:
    return propose(state, proposal, entropy=ENTROPY, now=NOW).message


def test_an_unfit_proposal_is_refused_when_it_arrives() -> None:
    scenario = group()
    mallory, bob = scenario.states["Mallory"], scenario.states["Bob"]
    arrives(bob, proposes(mallory, Remove(2)))
    with without(proposals.validate_proposal, "InvalidProposal", "to remove"):
        message = proposes(mallory, Remove(3))
    with refuses(refused.InvalidProposal, "§12.1.3", "no member at leaf 3"):
        arrives(bob, message)


def test_an_update_signed_for_another_place_is_refused() -> None:
    scenario = group()
    mallory, bob = scenario.states["Mallory"], scenario.states["Bob"]
    honest = own_update(scenario)
    arrives(bob, proposes(mallory, honest))
    elsewhere = sign_leaf_node(
        scenario.suite,
        honest.leaf_node,
        mallory.signature_private_key,
        group_id=mallory.group_id,
        leaf_index=LeafIndex(2),
    )
    with without(proposals._validate_update, "validate_leaf_node", ""):
        message = proposes(mallory, Update(elsewhere))
    with refuses(refused.InvalidSignature, "§7.3", "for this place"):
        arrives(bob, message)


def test_an_update_of_another_kind_is_refused() -> None:
    scenario = group()
    mallory, bob = scenario.states["Mallory"], scenario.states["Bob"]
    leaf = scenario.bundle("Mallory").key_package.leaf_node
    with without(proposals._validate_update, "InvalidProposal", "source of a key package"):
        message = proposes(mallory, Update(leaf))
    with refuses(refused.InvalidProposal, "§7.3", "source of a key package"):
        arrives(bob, message)


def test_an_update_with_the_old_key_is_refused_when_it_arrives() -> None:
    scenario = group()
    mallory, bob = scenario.states["Mallory"], scenario.states["Bob"]
    same = sign_leaf_node(
        scenario.suite,
        replace(mallory.tree.member(mallory.own_leaf), leaf_node_source=UpdateSource()),
        mallory.signature_private_key,
        group_id=mallory.group_id,
        leaf_index=mallory.own_leaf,
    )
    with without(proposals.check_new_key, "InvalidProposal", "another encryption key"):
        message = proposes(mallory, Update(same))
    with refuses(refused.InvalidProposal, "§7.3", "another encryption key"):
        arrives(bob, message)


def test_an_honest_update_is_taken_in() -> None:
    scenario = group()
    scenario.propose_update("Mallory")
    scenario.commit("Bob")
