from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mls.tree.people import (
    ALICE,
    BOB,
    GROUP_ID,
    SUITE,
    group_with_full_tree,
    leaf_of,
    tree_of,
    tree_of_members,
    written_otherwise,
)
from workbench.mls.crypto.ciphersuite import cipher_suite
from workbench.mls.crypto.primitives import P256
from workbench.mls.errors import InvalidKey, InvalidRatchetTree, InvalidSignature, RefusedByPolicy
from workbench.mls.tree.leaf_node import LifetimePolicy
from workbench.mls.tree.own_leaf import default_capabilities
from workbench.mls.tree.parent_hash import chain_path
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_validation import check_capabilities, check_members, check_unique_keys, validate_tree
from workbench.mls.when import When
from workbench.mls.wire.code_points import ExtensionType
from workbench.mls.wire.codec import encode
from workbench.mls.wire.extensions import RequiredCapabilities
from workbench.mls.wire.tree import (
    Capabilities,
    Certificate,
    CommitSource,
    Credential,
    Extension,
    Node,
    ParentNode,
    X509Credential,
)

ABLE = replace(default_capabilities(), extensions=(0xF001, 0xF002), proposals=(0xF003,))


def required(
    extensions: tuple[int, ...] = (), proposals: tuple[int, ...] = (), credentials: tuple[int, ...] = ()
) -> tuple[Extension, ...]:
    content = encode(RequiredCapabilities(extensions, proposals, credentials))
    return (Extension(ExtensionType.required_capabilities, content),)


def test_a_newcomer_accepts_the_tree_that_commits_have_made() -> None:
    group = group_with_full_tree(*"ABCDE")
    group, _ = group.commit(ALICE, add=["F"], remove=[BOB])
    validate_tree(group.tree, GROUP_ID, (), when=When.at(5))


def test_a_newcomer_refuses_a_tree_of_another_group() -> None:
    with pytest.raises(InvalidSignature, match="for this place"):
        validate_tree(group_with_full_tree(*"ABC").tree, b"another group", (), when=When.at(5))


def test_a_newcomer_refuses_a_leaf_in_another_place() -> None:
    group = group_with_full_tree(*"AB")
    alice, bob = group.tree.member(ALICE), group.tree.member(BOB)
    with pytest.raises(InvalidSignature, match="for this place"):
        validate_tree(tree_of([bob, None, alice]), GROUP_ID, (), when=When.at(5))


def test_a_newcomer_refuses_a_parent_that_nobody_signed() -> None:
    tree = tree_of([leaf_of("A"), ParentNode(b"\x01" * 32, b"", ()), leaf_of("B")])
    with pytest.raises(InvalidRatchetTree, match="the parent hashes link node 1 to 0 nodes"):
        validate_tree(tree, GROUP_ID, (), when=When.at(5))


@pytest.mark.parametrize("key", [b"", b"short", bytes(32)], ids=repr)
def test_a_newcomer_refuses_a_parent_that_nobody_can_seal_to(key: bytes) -> None:
    tree = tree_of_members("AB")
    parents, parent_hash = chain_path(tree, ALICE, [key])
    committer = leaf_of("A", source=CommitSource(parent_hash), leaf_index=ALICE)
    with pytest.raises(InvalidKey, match=f"these {len(key)} bytes are not a usable public key of X25519"):
        validate_tree(tree.with_path(ALICE, committer, parents), GROUP_ID, (), when=When.at(5))


def test_a_newcomer_refuses_members_that_cannot_do_what_the_group_asks() -> None:
    with pytest.raises(InvalidRatchetTree, match="member 0 does not list 0xf001 in its extensions"):
        validate_tree(tree_of_members("AB"), GROUP_ID, required(extensions=(0xF001,)), when=When.at(5))


def test_a_policy_decides_whether_members_may_have_outlived_their_key_packages() -> None:
    tree = tree_of_members("AB")
    validate_tree(tree, GROUP_ID, (), when=When.at(2000), lifetimes=LifetimePolicy(in_trees=False))
    reason = r"lifetime from 0 to 1000, and the time is 2000: our policy refuses that \(LifetimePolicy.in_trees=True\)"
    with pytest.raises(RefusedByPolicy, match=reason):
        validate_tree(tree, GROUP_ID, (), when=When.at(2000))


def test_a_group_may_ask_for_what_all_members_can_do() -> None:
    tree = tree_of([leaf_of("A", capabilities=ABLE), None, leaf_of("B", capabilities=ABLE)])
    check_capabilities(tree, (*required((0xF001,), (0xF003,), (1, 2)), Extension(0xF002, b"")))


@pytest.mark.parametrize(
    ("extensions", "reason"),
    [
        (required(extensions=(0xF001,)), "member 1 does not list 0xf001 in its extensions"),
        ((Extension(0xF002, b""),), "member 1 does not list 0xf002 in its extensions"),
        (required(proposals=(0xF003,)), "member 1 does not list 0xf003 in its proposals"),
        (required(credentials=(7,)), "member 0 does not list 0x0007 in its credentials"),
    ],
)
def test_a_group_may_not_ask_for_more_than_each_member_can_do(extensions: tuple[Extension, ...], reason: str) -> None:
    tree = tree_of([leaf_of("A", capabilities=ABLE), None, leaf_of("B")])
    with pytest.raises(InvalidRatchetTree, match=reason):
        check_capabilities(tree, extensions)


def only_x509_for_others(own: Capabilities) -> Capabilities:
    return replace(own, credentials=(2,))


def test_every_member_must_support_the_credentials_of_all_others() -> None:
    tree = tree_of_members("AB")
    stranger = leaf_of("C", capabilities=only_x509_for_others(default_capabilities()))
    tree, _ = tree.add(stranger)
    with pytest.raises(InvalidRatchetTree, match="member 2 does not list 0x0001 in its credentials"):
        check_capabilities(tree, ())


def test_nobody_may_show_a_credential_that_another_member_does_not_support() -> None:
    narrow = leaf_of("A", capabilities=replace(default_capabilities(), credentials=(1,)))
    certified = replace(leaf_of("B"), credential=Credential(X509Credential((Certificate(b"of B"),))))
    check_capabilities(tree_of([narrow, None, leaf_of("B")]), ())
    with pytest.raises(InvalidRatchetTree, match="member 0 does not list 0x0002 in its credentials"):
        check_capabilities(tree_of([narrow, None, certified]), ())


def test_what_every_client_can_do_is_not_listed() -> None:
    can = default_capabilities()
    assert (can.extensions, can.proposals) == ((), ())
    assert can.cipher_suites == (1, 2, 3, 4, 5, 6, 7)


def test_a_tree_without_members_is_no_group() -> None:
    with pytest.raises(InvalidRatchetTree, match="the tree has no members"):
        check_members(tree_of_members("A").remove(ALICE), ())


def test_what_the_members_share_is_found_anew_after_each_change() -> None:
    tree = tree_of([leaf_of("A", capabilities=ABLE), None, leaf_of("B")])
    asked = required(extensions=(0xF001,))
    with pytest.raises(InvalidRatchetTree, match="member 1"):
        check_capabilities(tree, asked)
    check_capabilities(tree.update(BOB, leaf_of("B", capabilities=ABLE)), asked)
    check_capabilities(tree.remove(BOB), asked)


@pytest.mark.parametrize("size", [2, 100])
def test_no_two_members_may_have_the_same_encryption_key(size: int) -> None:
    tree = tree_of_members([f"member {number}" for number in range(size)])
    check_unique_keys(tree)
    tree, _ = tree.add(leaf_of("attacker", keys="member 0"))
    with pytest.raises(InvalidRatchetTree, match="two nodes of the tree have the same encryption key"):
        check_unique_keys(tree)


@pytest.mark.parametrize("size", [2, 100])
def test_the_same_encryption_key_in_other_bytes_is_the_same_key(size: int) -> None:
    tree = tree_of_members([f"member {number}" for number in range(size)])
    taken = tree.member(ALICE).encryption_key
    tree, _ = tree.add(replace(leaf_of("another"), encryption_key=written_otherwise(taken)))
    assert tree.holds_encryption_key([written_otherwise(tree.member(BOB).encryption_key)])
    with pytest.raises(InvalidRatchetTree, match="two nodes of the tree have the same encryption key"):
        check_unique_keys(tree)


@pytest.mark.parametrize("size", [1, 2, 100])
def test_a_tree_knows_its_keys_in_other_bytes(size: int) -> None:
    tree = tree_of_members([f"member {number}" for number in range(size)])
    for _, leaf_node in tree.leaves():
        assert tree.holds_encryption_key([written_otherwise(leaf_node.encryption_key)])
        alone = tree_of([replace(leaf_node, encryption_key=written_otherwise(leaf_node.encryption_key))])
        assert alone.holds_encryption_key([leaf_node.encryption_key])
    assert not tree.holds_encryption_key([leaf_of("somebody else").encryption_key])


@pytest.mark.parametrize("above", [1, 63])
def test_no_parent_may_have_the_key_of_a_member_in_other_bytes(above: int) -> None:
    tree = tree_of_members([f"member {number}" for number in range(64)])
    nodes = [*tree.to_nodes()]
    nodes[above] = Node(ParentNode(written_otherwise(leaf_of("member 0").encryption_key), b"", ()))
    with pytest.raises(InvalidRatchetTree, match="two nodes of the tree have the same encryption key"):
        check_unique_keys(RatchetTree.from_nodes(nodes, SUITE))


def test_no_parent_may_have_the_key_of_a_member() -> None:
    tree = tree_of([leaf_of("A"), ParentNode(leaf_of("B").encryption_key, b"", ()), leaf_of("B")])
    with pytest.raises(InvalidRatchetTree, match="two nodes of the tree have the same encryption key"):
        check_unique_keys(tree)


@pytest.mark.parametrize("size", [2, 100])
def test_no_two_members_may_have_the_same_signature_key(size: int) -> None:
    tree = tree_of_members([f"member {number}" for number in range(size)])
    tree, _ = tree.add(leaf_of("member 0", keys="another"))
    with pytest.raises(InvalidRatchetTree, match="two members have the same signature key"):
        check_members(tree, ())


def test_the_same_signature_key_in_another_encoding_is_the_same_key() -> None:
    point = P256.public_key(bytes(31) + b"\7")
    compressed = bytes([2 + point[-1] % 2]) + point[1:33]
    leaves = [replace(leaf_of("A"), signature_key=point), None, replace(leaf_of("B"), signature_key=compressed)]
    tree = tree_of(leaves, cipher_suite(2))
    with pytest.raises(InvalidRatchetTree, match="two members have the same signature key"):
        check_unique_keys(tree)


def test_an_encryption_key_may_be_somebodys_signature_key() -> None:
    odd = replace(leaf_of("A"), encryption_key=leaf_of("B").signature_key)
    check_unique_keys(tree_of([odd, None, leaf_of("B")], SUITE))
