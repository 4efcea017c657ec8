"""Groups that nobody should enter: what a newcomer refuses of a GroupInfo and a Welcome that an insider has made.

All that can be signed, hashed and tagged is, so that each breaks one rule and no other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.changed_objects import refuses
from tests.mls.group.scenario import NOW, Scenario, group_of, with_public
from tests.rfc.source import without
from workbench.mls import (
    Add,
    Extension,
    ExternalPSK,
    GroupState,
    KeyPackageBundle,
    LeafIndex,
    MLSMessage,
    NodeIndex,
    PreSharedKey,
    PreSharedKeyID,
    RatchetTree,
    RatchetTreeExtension,
    create_commit,
    encode,
    external_commit,
    join,
)
from workbench.mls import errors as refused
from workbench.mls.errors import MLSError
from workbench.mls.group.group_info import sign_group_info
from workbench.mls.schedule.psk import check_psk_nonce
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.extensions import ApplicationId
from workbench.mls.wire.messages import GroupInfo, GroupInfoTBS
from workbench.mls.wire.tree import Node, ParentNode

APPLICATION_ID = Extension(ExtensionType.application_id, encode(ApplicationId(b"id")))
UNKNOWN = Extension(64000, b"")


def described(state: GroupState, *extensions: Extension) -> GroupInfo:
    """A GroupInfo with more extensions, signed by its maker."""
    info = sign_group_info(state, ratchet_tree=True, external_pub=True)
    content = GroupInfoTBS(info.group_context, (*info.extensions, *extensions), info.confirmation_tag, info.signer)
    signature = state.suite.sign_with_label(state.signature_private_key, "GroupInfoTBS", encode(content))
    return replace(info, extensions=content.extensions, signature=signature)


def enters(scenario: Scenario, info: GroupInfo) -> None:
    keys = scenario.credential("Carol"), scenario.signature_private_key("Carol")
    external_commit(info, *keys, entropy=next(scenario.entropy), now=NOW)


def with_tree(state: GroupState, tree: RatchetTree) -> GroupState:
    """The state as if its group had this tree."""
    return with_public(state, tree=tree, context=replace(state.context, tree_hash=tree.hash()))


def with_parent(tree: RatchetTree, parent: ParentNode) -> RatchetTree:
    """The tree of two with another root."""
    nodes = list(tree.to_nodes())
    nodes[1] = Node(parent)
    return RatchetTree.from_nodes(nodes, tree.suite)


def with_context(state: GroupState, **changes: Any) -> GroupState:
    return with_public(state, context=replace(state.context, **changes))


def test_a_newcomer_enters_a_group_in_order() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.commit("Alice")
    enters(scenario, described(scenario.states["Alice"]))
    enters(scenario, described(scenario.states["Alice"], UNKNOWN))


@pytest.mark.parametrize(
    ("extensions", "section", "reason"),
    [
        ((APPLICATION_ID,), "§17.3", "application_id belongs in a leaf node, not in a GroupInfo"),
        ((UNKNOWN, UNKNOWN), "§13.4", "a GroupInfo has more than one extension of type 0xfa00"),
    ],
)
def test_a_group_info_with_an_extension_too_many_is_refused(
    extensions: tuple[Extension, ...], section: str, reason: str
) -> None:
    scenario = group_of("Alice", "Bob")
    with refuses(refused.InvalidExtension, section, reason):
        enters(scenario, described(scenario.states["Alice"], *extensions))


def test_a_group_with_an_extension_that_belongs_elsewhere_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    state = with_context(scenario.states["Alice"], extensions=(APPLICATION_ID,))
    with refuses(refused.InvalidExtension, "§17.3", "application_id belongs in a leaf node, not in a GroupContext"):
        enters(scenario, described(state))


def test_a_group_with_an_extension_that_its_members_do_not_know_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    state = with_context(scenario.states["Alice"], extensions=(UNKNOWN,))
    with refuses(refused.InvalidRatchetTree, "§7.3", "does not list 0xfa00 in its extensions"):
        enters(scenario, described(state))


def test_another_tree_than_the_group_info_names_is_refused() -> None:
    scenario = group_of("Alice", "Bob", "Dave")
    alice = scenario.states["Alice"]
    other = with_public(alice, tree=alice.tree.remove(LeafIndex(1)))
    with refuses(refused.InvalidRatchetTree, "§12.4.3.1", "tree hash"):
        enters(scenario, described(other))


def test_a_tree_with_a_key_that_nobody_has_signed_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    scenario.commit("Alice")
    alice = scenario.states["Alice"]
    root = alice.tree.node(NodeIndex(1))
    assert isinstance(root, ParentNode)
    planted = with_parent(alice.tree, replace(root, encryption_key=alice.suite.derive_key_pair(bytes(32)).public_key))
    with refuses(refused.InvalidRatchetTree, "§7.9.2", "to 0 nodes"):
        enters(scenario, described(with_tree(alice, planted)))


# Welcomes


def welcomed(scenario: Scenario, state: GroupState, *also: Any, **options: Any) -> tuple[KeyPackageBundle, MLSMessage]:
    """Carol's key package, and a Welcome for it by whoever has this state."""
    bundle = scenario.bundle("Carol")
    made = create_commit(state, [Add(bundle.key_package), *also], entropy=b"w" * 32, now=NOW, **options)
    assert made.welcome is not None
    return bundle, made.welcome


def psk(nonce: bytes) -> PreSharedKey:
    return PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), nonce))


def test_a_group_of_another_suite_than_its_welcome_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    state = with_context(scenario.states["Alice"], cipher_suite=3)
    bundle, welcome = welcomed(scenario, state)
    with refuses(refused.InvalidGroupInfo, "§12.4.3.1", "version or cipher suite"):
        join(welcome, bundle, now=NOW)


def test_a_welcome_with_a_short_nonce_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    keys = {b"id": b"secret"}
    bundle, welcome = welcomed(scenario, scenario.states["Alice"], psk(bytes(32)), psks=keys)
    join(welcome, bundle, now=NOW, psks=keys)
    with without(check_psk_nonce, "InvalidPreSharedKey", "psk_nonce"):
        bundle, welcome = welcomed(scenario, scenario.states["Alice"], psk(bytes(31)), psks=keys)
    with refuses(refused.InvalidPreSharedKey, "§8.4", "31 bytes"):
        join(welcome, bundle, now=NOW, psks=keys)


def test_a_welcome_with_a_key_that_the_newcomer_does_not_have_is_refused() -> None:
    scenario = group_of("Alice", "Bob")
    keys = {b"id": b"secret"}
    bundle, welcome = welcomed(scenario, scenario.states["Alice"], psk(bytes(32)), psks=keys)
    join(welcome, bundle, now=NOW, psks=keys)
    with refuses(refused.UnknownPreSharedKey, "§8.4", "external key 6964 is needed"):
        join(welcome, bundle, now=NOW)


@pytest.mark.parametrize(("psks", "error"), [({b"id": b"secret"}, None), ({b"id": b"other"}, refused.DecryptionFailed)])
def test_a_welcome_opens_with_the_right_keys_alone(psks: dict[bytes, bytes], error: type[MLSError] | None) -> None:
    scenario = group_of("Alice", "Bob")
    bundle, welcome = welcomed(scenario, scenario.states["Alice"], psk(bytes(32)), psks={b"id": b"secret"})
    if error is None:
        join(welcome, bundle, now=NOW, psks=psks)
    else:
        with refuses(error, "§5.1", "not sealed with this key"):
            join(welcome, bundle, now=NOW, psks=psks)


def test_a_tree_from_elsewhere_is_checked_like_any_other() -> None:
    scenario = group_of("Alice", "Bob", "Dave")
    alice = scenario.states["Alice"]
    bundle = scenario.bundle("Carol")
    made = create_commit(alice, [Add(bundle.key_package)], entropy=b"w" * 32, now=NOW, ratchet_tree=False, path=False)
    assert made.welcome is not None
    tree = made.next.tree
    join(made.welcome, bundle, now=NOW, ratchet_tree=RatchetTreeExtension(tree.to_nodes()))
    other = RatchetTreeExtension(tree.remove(LeafIndex(1)).to_nodes())
    with refuses(refused.InvalidRatchetTree, "§12.4.3.1", "tree hash"):
        join(made.welcome, bundle, now=NOW, ratchet_tree=other)
