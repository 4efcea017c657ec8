"""What the RFC forbids to send is not sent; from others it is taken in (RFC 9420 §7.2, §10, §13.4, §13.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.agreement import assert_agreement
from tests.mls.group.changed_objects import refuses, resigned
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.mls.group.test_external_proposals import external, watched
from tests.mls.group.test_key_package_lifetimes import DAY, carol_until
from workbench.mls import (
    Add,
    Capabilities,
    Credential,
    CustomProposal,
    Extension,
    ExternalPSK,
    GroupContextExtensions,
    KeyPackageBundle,
    MLSMessage,
    PreSharedKey,
    PreSharedKeyID,
    ProposalQueued,
    ReInit,
    Renewal,
    cipher_suite,
    create_commit,
    create_group,
    default_capabilities,
    encode,
    external_commit,
    group_info,
    join,
    process,
    propose_self_add,
    propose_update,
)
from workbench.mls import errors as refused
from workbench.mls.group.group_info import group_info_in
from workbench.mls.tree.own_leaf import sign_leaf_node
from workbench.mls.wire.code_points import GREASE, ExtensionType, ProposalType, ProtocolVersion
from workbench.mls.wire.messages import GroupInfo, GroupInfoTBS
from workbench.mls.wire.tree import X509Credential

SUITES = pytest.mark.parametrize("suite", range(1, 8))
ALL_GREASE = tuple(sorted(GREASE))
CAN = default_capabilities()
X509 = Credential(X509Credential(()))


def as_others_make(bundle: KeyPackageBundle, capabilities: Capabilities, **leaf_changes: Any) -> KeyPackageBundle:
    """A key package whose client says this about itself, signed anew."""
    suite = cipher_suite(bundle.key_package.cipher_suite)
    leaf_node = replace(bundle.key_package.leaf_node, capabilities=capabilities, **leaf_changes)
    return resigned(bundle, leaf_node=sign_leaf_node(suite, leaf_node, bundle.signature_private_key))


def is_added(scenario: Scenario, bundle: KeyPackageBundle) -> None:
    """Everybody takes the client in, it joins, and it commits as they do."""
    committed = scenario.commit("Alice", Add(bundle.key_package))
    assert committed.welcome is not None
    scenario.states["Dave"] = join(encode(committed.welcome), bundle, now=NOW)
    scenario.commit("Dave")
    scenario.commit("Bob")
    assert_agreement(scenario)


# A client about itself


def test_what_an_honest_client_says_about_itself_is_sent() -> None:
    can = replace(CAN, extensions=(64000,))
    scenario = group_of("Alice", "Bob")
    bundle = scenario.bundle("Dave", capabilities=can, extensions=[Extension(64000, b"")], last_resort=True)
    create_group(bundle, b"another", entropy=b"g" * 32, now=NOW)
    is_added(scenario, bundle)


def test_nobody_sends_a_key_package_with_an_extension_that_it_does_not_list() -> None:
    with refuses(refused.Misuse, "§7.2", "uses 0xfa00, which its capabilities.extensions do not list"):
        group_of("Alice").bundle("Dave", extensions=[Extension(64000, b"")])


def ways(scenario: Scenario, credential: Credential, capabilities: Capabilities) -> Any:
    """All ways in which a client says for the first time what it can do."""
    key = scenario.signature_private_key("Dave")
    yield lambda: replace(scenario, credentials={"Dave": credential}).bundle("Dave", capabilities=capabilities)
    yield lambda: external_commit(
        encode(group_info(scenario.states["Alice"])),
        credential,
        key,
        entropy=b"e" * 32,
        now=NOW,
        capabilities=capabilities,
    )


@pytest.mark.parametrize(
    ("capabilities", "credential", "reason"),
    [
        (replace(CAN, versions=(2,)), None, "uses 0x0001, which its capabilities.versions do not list"),
        (replace(CAN, cipher_suites=(2,)), None, "uses 0x0001, which its capabilities.cipher_suites do not list"),
        (replace(CAN, credentials=(2,)), None, "uses 0x0001, which its capabilities.credentials do not list"),
        (replace(CAN, credentials=(1,)), X509, "uses 0x0002, which its capabilities.credentials do not list"),
    ],
)
def test_nobody_uses_what_it_does_not_list(
    capabilities: Capabilities, credential: Credential | None, reason: str
) -> None:
    scenario = group_of("Alice", "Bob")
    for way in ways(scenario, credential or scenario.credential("Dave"), capabilities):
        with refuses(refused.Misuse, "§7.2", reason):
            way()


@pytest.mark.parametrize(
    ("capabilities", "reason"),
    [
        (replace(CAN, extensions=(ExtensionType.ratchet_tree,)), "capabilities.extensions list 0x0002, which every"),
        (replace(CAN, proposals=(ProposalType.add,)), "capabilities.proposals list 0x0001, which every"),
    ],
)
def test_nobody_lists_what_every_client_knows(capabilities: Capabilities, reason: str) -> None:
    scenario = group_of("Alice", "Bob")
    for way in ways(scenario, scenario.credential("Dave"), capabilities):
        with refuses(refused.Misuse, "§7.2", reason):
            way()


@pytest.mark.parametrize("place", ["extensions", "leaf_extensions"])
def test_nobody_sends_an_extension_twice_or_where_it_does_not_belong(place: str) -> None:
    scenario, can = group_of("Alice"), replace(CAN, extensions=(64000,))
    twice = [Extension(64000, b""), Extension(64000, b"")]
    with refuses(refused.InvalidExtension, "§13.4", "more than one extension"):
        scenario.bundle("Dave", capabilities=can, **{place: twice})
    with refuses(refused.InvalidExtension, "§17.3", "external_pub belongs in a GroupInfo"):
        scenario.bundle("Dave", **{place: [Extension(ExtensionType.external_pub, b"\0")]})


def test_nobody_changes_to_a_credential_type_that_its_leaf_does_not_list() -> None:
    scenario = group_of("Alice", "Bob", capabilities=replace(CAN, credentials=(1,)))
    bob = scenario.states["Bob"]
    reason = "does not list the type of its new credential, x509"
    with refuses(refused.Misuse, "§7.2", reason):
        propose_update(bob, entropy=b"u" * 32, now=NOW, renew=Renewal(credential=X509))
    with refuses(refused.Misuse, "§7.2", reason):
        create_commit(bob, entropy=b"c" * 32, now=NOW, renew=Renewal(credential=X509))


@SUITES
def test_a_client_that_does_not_list_its_own_cipher_suite_is_added(suite: int) -> None:
    scenario = group_of("Alice", "Bob", suite=suite)
    is_added(scenario, as_others_make(scenario.bundle("Dave"), replace(CAN, cipher_suites=())))


@SUITES
def test_a_client_that_lists_what_every_client_knows_is_added(suite: int) -> None:
    scenario = group_of("Alice", "Bob", suite=suite)
    can = replace(CAN, extensions=tuple(ExtensionType), proposals=tuple(ProposalType))
    is_added(scenario, as_others_make(scenario.bundle("Dave"), can))


# GREASE of others, in each list that one of them can fill


@SUITES
def test_a_client_with_grease_in_every_list_is_added(suite: int) -> None:
    """As mlspp sends it: the extensions of the key package are not even listed in its capabilities."""
    scenario = group_of("Alice", "Bob", suite=suite)
    can = Capabilities(
        versions=(*ALL_GREASE, *CAN.versions),
        cipher_suites=(*ALL_GREASE, *CAN.cipher_suites, *ALL_GREASE),
        extensions=ALL_GREASE[:3],
        proposals=ALL_GREASE,
        credentials=(*ALL_GREASE, *CAN.credentials),
    )
    leaf_extensions = tuple(Extension(kind, b"leaf") for kind in ALL_GREASE[:3])
    bundle = as_others_make(scenario.bundle("Dave"), can, extensions=leaf_extensions)
    bundle = resigned(bundle, extensions=tuple(Extension(kind, b"key package") for kind in ALL_GREASE))
    is_added(scenario, bundle)


@SUITES
def test_a_group_info_with_every_grease_extension_lets_a_client_join(suite: int) -> None:
    scenario = group_of("Alice", "Bob", suite=suite)
    info = group_info_in(group_info(scenario.states["Alice"]))
    grease = tuple(Extension(kind, b"anything") for kind in ALL_GREASE)
    content = GroupInfoTBS(info.group_context, (*grease, *info.extensions), info.confirmation_tag, info.signer)
    key = scenario.signature_private_key("Alice")
    signature = scenario.suite.sign_with_label(key, "GroupInfoTBS", encode(content))
    greased = GroupInfo(content.group_context, content.extensions, content.confirmation_tag, content.signer, signature)
    made = external_commit(
        encode(MLSMessage(ProtocolVersion.mls10, greased)),
        scenario.credential("Dave"),
        scenario.signature_private_key("Dave"),
        entropy=b"e" * 32,
        now=NOW,
    )
    scenario.deliver(made.message, "")
    scenario.states["Dave"] = made.next
    assert_agreement(scenario)


def test_grease_in_a_group_is_like_any_extension_that_all_members_list() -> None:
    """What nobody may send is not looked for on receipt: only support counts (RFC 9420 §13.5)."""
    scenario = group_of("Alice", "Bob", capabilities=replace(CAN, extensions=(0x0A0A,)))
    honest = GroupContextExtensions(())
    grease = GroupContextExtensions((Extension(0x0A0A, b""),))
    scenario.propose("Alice", honest)
    (reference,) = scenario.states["Alice"].proposals
    alice, bob = (
        with_public(state, proposals={reference: replace(state.proposals[reference], proposal=grease)})
        for state in (scenario.states["Alice"], scenario.states["Bob"])
    )
    made = create_commit(alice, by_reference=[reference], entropy=b"c" * 32, now=NOW)
    following, _ = process(bob, made.message, now=NOW)
    assert following.context.extensions == grease.extensions
    assert following.secrets == made.next.secrets


def test_nobody_sends_a_proposal_of_a_grease_type() -> None:
    scenario = watched(group_of("Alice"), "Bob")
    proposal = CustomProposal(0x1A1A, b"")
    sends = (
        lambda: create_commit(scenario.states["Alice"], [proposal], entropy=b"c" * 32, now=NOW),
        lambda: external(scenario, proposal),
    )
    for send in sends:
        with refuses(refused.Misuse, "§13.5", "0x1a1a is GREASE, not the type of a proposal"):
            send()


# Proposals from outside


def from_outside_at(scenario: Scenario, bundle: KeyPackageBundle, now: int) -> MLSMessage:
    state, key = scenario.states["Alice"], bundle.signature_private_key
    return propose_self_add(bundle.key_package, key, state.suite, state.group_id, state.epoch, now=now)


def test_nobody_proposes_an_expired_key_package_from_outside() -> None:
    scenario = watched(group_of("Alice"), "Bob")
    bundle = carol_until(scenario, NOW - 1)
    with refuses(refused.InvalidLeafNode, "§7.3", "is not within the lifetime"):
        from_outside_at(scenario, bundle, NOW)
    with refuses(refused.InvalidLeafNode, "§7.3", "is not within the lifetime"):
        external(scenario, Add(bundle.key_package))


def test_what_was_proposed_from_outside_in_time_is_taken_in_late() -> None:
    scenario = watched(group_of("Alice"), "Bob")
    asks = from_outside_at(scenario, carol_until(scenario, NOW + 1), NOW)
    _, received = process(scenario.states["Bob"], encode(asks), now=NOW + 2 * DAY)
    assert isinstance(received, ProposalQueued)


def test_nobody_proposes_from_outside_what_every_group_refuses() -> None:
    scenario = watched(group_of("Alice"), "Bob")
    misplaced = (Extension(ExtensionType.application_id, b"\0"),)
    short = PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), b"short"))
    external(scenario, PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), bytes(scenario.suite.hash_length))))
    with refuses(refused.InvalidPreSharedKey, "§8.4", "has 5 bytes"):
        external(scenario, short)
    for proposal in (
        GroupContextExtensions(misplaced),
        ReInit(b"another", ProtocolVersion.mls10, scenario.suite.id, misplaced),
    ):
        with refuses(refused.InvalidExtension, "§17.3", "belongs in a leaf node"):
            external(scenario, proposal)
