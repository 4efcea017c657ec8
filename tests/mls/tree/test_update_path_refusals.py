"""A path with one thing wrong is refused (RFC 9420 §7.5, §7.6, §12.4.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.tree.people import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    GROUP_ID,
    SUITE,
    group_with_full_tree,
    leaf_of,
    opened_by,
    private_key_of,
    seed,
    signature_keys,
    written_otherwise,
)
from workbench.mls.errors import (
    DecryptionFailed,
    InvalidKey,
    InvalidLeafNode,
    InvalidRatchetTree,
    InvalidSignature,
    InvalidUpdatePath,
    MLSError,
)
from workbench.mls.tree.own_leaf import default_capabilities, sign_leaf_node
from workbench.mls.tree.parent_hash import chain_path
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, leaf_to_node
from workbench.mls.tree.update_path import decrypt_path_secret, merge_path, new_path, private_keys_from, seal_path
from workbench.mls.wire.tree import CommitSource, Extension, HPKECiphertext, UpdatePath, UpdatePathNode, UpdateSource

# A path with one thing wrong, found without a secret


GROUP = group_with_full_tree(*"ABCD")
_, COMMIT = GROUP.commit(ALICE)
PATH = COMMIT.update_path


def with_leaf(**changes: Any) -> UpdatePath:
    """The path with another leaf node, signed as it should be."""
    changed = replace(PATH.leaf_node, **changes)
    signer = signature_keys("A").private_key
    return replace(PATH, leaf_node=sign_leaf_node(SUITE, changed, signer, group_id=GROUP_ID, leaf_index=ALICE))


def with_node(**changes: Any) -> UpdatePath:
    """The path with another first node."""
    return replace(PATH, nodes=(replace(PATH.nodes[0], **changes), *PATH.nodes[1:]))


def merge(path: UpdatePath) -> RatchetTree:
    return merge_path(SUITE, GROUP.tree, ALICE, path, group_id=GROUP_ID, joined=(), extensions=())


def key_in_tree(x: int) -> bytes:
    node = GROUP.tree.node(NodeIndex(x))
    assert node is not None
    return node.encryption_key


OLD_LEAF = key_in_tree(0)
SPARE = HPKECiphertext(b"", b"")


def test_the_path_from_which_the_next_tests_start_is_valid() -> None:
    assert merge(PATH) == COMMIT.merged
    assert merge(with_leaf()) == COMMIT.merged


@pytest.mark.parametrize(
    ("path", "error", "reason"),
    [
        (with_leaf(leaf_node_source=UpdateSource()), InvalidUpdatePath, "must have the source of a commit"),
        (
            with_leaf(leaf_node_source=leaf_of("A").leaf_node_source),
            InvalidUpdatePath,
            "must have the source of a commit",
        ),
        (replace(PATH, nodes=PATH.nodes[:1]), InvalidUpdatePath, "the path has 1 nodes, the tree asks for 2"),
        (
            replace(PATH, nodes=(*PATH.nodes, UpdatePathNode(b"", ()))),
            InvalidUpdatePath,
            "the path has 3 nodes, the tree asks for 2",
        ),
        (
            with_node(encrypted_path_secret=()),
            InvalidUpdatePath,
            "node 0 of the path has 0 ciphertexts for 1 recipients",
        ),
        (
            with_node(encrypted_path_secret=(SPARE, SPARE)),
            InvalidUpdatePath,
            "node 0 of the path has 2 ciphertexts for 1 recipients",
        ),
        (with_leaf(encryption_key=OLD_LEAF), InvalidUpdatePath, "a public key of the path is not new"),
        (
            with_leaf(encryption_key=written_otherwise(OLD_LEAF)),
            InvalidUpdatePath,
            "a public key of the path is not new",
        ),
        (
            with_node(encryption_key=written_otherwise(key_in_tree(2))),
            InvalidUpdatePath,
            "a public key of the path is not new",
        ),
        (
            with_node(encryption_key=written_otherwise(PATH.nodes[1].encryption_key)),
            InvalidUpdatePath,
            "a public key of the path is not new",
        ),
        (with_leaf(encryption_key=key_in_tree(5)), InvalidUpdatePath, "a public key of the path is not new"),
        (with_node(encryption_key=key_in_tree(2)), InvalidUpdatePath, "a public key of the path is not new"),
        (
            with_node(encryption_key=PATH.nodes[1].encryption_key),
            InvalidUpdatePath,
            "a public key of the path is not new",
        ),
        (
            with_node(encryption_key=PATH.leaf_node.encryption_key),
            InvalidUpdatePath,
            "a public key of the path is not new",
        ),
        (with_node(encryption_key=b"\x01" * 32), InvalidUpdatePath, "the parent hash of the leaf is not that of"),
        (
            with_leaf(leaf_node_source=CommitSource(bytes(32))),
            InvalidUpdatePath,
            "the parent hash of the leaf is not that of the path above it",
        ),
        (
            replace(PATH, leaf_node=replace(PATH.leaf_node, signature=bytes(64))),
            InvalidSignature,
            "not signed with its own key",
        ),
        (
            with_leaf(capabilities=replace(default_capabilities(), credentials=())),
            InvalidLeafNode,
            "its own credential type",
        ),
    ],
)
def test_a_path_with_one_thing_wrong_is_refused(path: UpdatePath, error: type[MLSError], reason: str) -> None:
    with pytest.raises(error, match=reason):
        merge(path)


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("key", [b"", b"short", bytes(32)], ids=repr)
def test_a_key_of_a_path_that_nobody_can_seal_to_is_refused(place: int, key: bytes) -> None:
    keys = [node.encryption_key for node in PATH.nodes]
    keys[place] = key
    _, parent_hash = chain_path(GROUP.tree, ALICE, keys)
    nodes = (replace(node, encryption_key=key) for node, key in zip(PATH.nodes, keys, strict=True))
    path = replace(with_leaf(leaf_node_source=CommitSource(parent_hash)), nodes=tuple(nodes))
    with pytest.raises(InvalidKey, match=f"these {len(key)} bytes are not a usable public key of X25519"):
        merge(path)


def test_a_committer_may_not_take_the_signature_key_of_another() -> None:
    signer = signature_keys("B")
    fresh = new_path(SUITE, GROUP.tree, ALICE, GROUP_ID, signer.private_key, entropy=seed(1), leaf_node=leaf_of("B"))
    path = seal_path(SUITE, fresh, (), b"", entropy=seed(1))
    with pytest.raises(InvalidRatchetTree, match="two members have the same signature key"):
        merge(path)


def test_a_committer_must_be_able_to_do_what_the_group_asks() -> None:
    asked = (Extension(0xF001, b""),)
    with pytest.raises(InvalidRatchetTree, match="member 0 does not list 0xf001 in its extensions"):
        merge_path(SUITE, GROUP.tree, ALICE, PATH, group_id=GROUP_ID, joined=(), extensions=asked)


# A path with one thing wrong, found by who can open it


def test_a_ciphertext_for_another_context_does_not_open() -> None:
    with pytest.raises(DecryptionFailed):
        opened_by(GROUP, COMMIT, BOB, context=b"another group context")


def test_a_ciphertext_that_was_changed_does_not_open() -> None:
    sealed = PATH.nodes[0].encrypted_path_secret[0]
    changed = replace(sealed, ciphertext=bytes(len(sealed.ciphertext)))
    with pytest.raises(DecryptionFailed):
        opened_by(GROUP, COMMIT, BOB, update_path=with_node(encrypted_path_secret=(changed,)))


def test_nobody_minds_the_ciphertexts_of_others() -> None:
    spoiled = with_node(encrypted_path_secret=(SPARE,))
    assert opened_by(GROUP, COMMIT, CAROL, update_path=spoiled).commit_secret == COMMIT.fresh.commit_secret


@pytest.mark.parametrize("reader", [BOB, CAROL])
def test_a_secret_that_does_not_lead_to_the_public_keys_is_refused(reader: LeafIndex) -> None:
    lying = replace(COMMIT.fresh, path_secrets={x: seed(x) for x in COMMIT.fresh.path_secrets})
    path = seal_path(SUITE, lying, (), COMMIT.context, entropy=seed(1))
    with pytest.raises(InvalidUpdatePath, match=r"the path secret of node [13] does not lead to its public key"):
        opened_by(GROUP, COMMIT, reader, update_path=path)


def test_a_joiner_refuses_a_path_secret_that_does_not_lead_to_the_public_keys() -> None:
    with pytest.raises(InvalidUpdatePath, match="the path secret of node 1 does not lead to its public key"):
        private_keys_from(SUITE, COMMIT.merged, ALICE, NodeIndex(1), seed("another"))


def test_each_reader_finds_the_lowest_secret_above_it() -> None:
    for reader, x in ((BOB, 1), (CAROL, 3), (DAVE, 3)):
        found = decrypt_path_secret(
            SUITE,
            COMMIT.merged,
            ALICE,
            PATH,
            joined=(),
            own_leaf=reader,
            private_keys=GROUP.private_keys[reader],
            context=COMMIT.context,
        )
        assert found == (x, COMMIT.fresh.path_secrets[NodeIndex(x)])


def test_a_member_without_a_key_for_the_copath_node_uses_its_leaf() -> None:
    group = group_with_full_tree(*"ABCD")
    group, _ = group.commit(DAVE, remove=[CAROL])
    tree, leaf = group.tree.add(leaf_of("new C"))
    joined = replace(
        group,
        tree=tree,
        names={**group.names, leaf: "new C"},
        private_keys={**group.private_keys, leaf: {leaf_to_node(leaf): private_key_of("new C")}},
    )
    _, commit = joined.commit(ALICE)
    assert commit.opened[leaf].commit_secret == commit.fresh.commit_secret
