from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.mls.tree.people import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    GROUP_ID,
    SUITE,
    Commit,
    Group,
    counting_suite,
    group_of,
    group_with_full_tree,
    leaf_of,
    names,
    private_key_of,
    seed,
    signature_keys,
    written_otherwise,
)
from workbench.mls.crypto.algorithms import algorithms
from workbench.mls.errors import (
    DecryptionFailed,
    InvalidKey,
    InvalidLeafNode,
    InvalidRatchetTree,
    InvalidSignature,
    InvalidUpdatePath,
    MLSError,
    NotForMe,
    UnknownMember,
)
from workbench.mls.tree.own_leaf import default_capabilities, sign_leaf_node
from workbench.mls.tree.parent_hash import chain_path
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, is_ancestor, leaf_to_node
from workbench.mls.tree.tree_validation import validate_tree
from workbench.mls.tree.update_path import (
    OpenedPath,
    decrypt_path_secret,
    merge_path,
    new_path,
    open_path,
    path_recipients,
    private_keys_from,
    prune_private_keys,
    seal_path,
)
from workbench.mls.when import When
from workbench.mls.wire.tree import (
    CommitSource,
    Extension,
    HPKECiphertext,
    UpdatePath,
    UpdatePathNode,
    UpdateSource,
)


def opened_by(group: Group, commit: Commit, reader: LeafIndex, **changes: Any) -> OpenedPath:
    """What `reader`, a member of the group before the commit, gets from its path."""
    given = {
        "merged": commit.merged,
        "committer": commit.fresh.committer,
        "update_path": commit.update_path,
        "joined": commit.joined,
        "own_leaf": reader,
        "private_keys": prune_private_keys(group.tree, commit.before, group.private_keys[reader]),
        "context": commit.context,
    }
    return open_path(group.suite, **{**given, **changes})


def assert_the_tree_invariant(group: Group) -> None:
    """Each member holds the keys of nodes above it, each fits, and none of a node where it is unmerged."""
    for leaf, keys in group.private_keys.items():
        for x, key in keys.items():
            node = group.tree.node(x)
            assert node is not None
            assert is_ancestor(x, leaf_to_node(leaf))
            assert node.encryption_key == group.suite.hpke_public_key(key)
    for above, node in group.tree.parents():
        below = [leaf for leaf in group.names if is_ancestor(above.index, leaf_to_node(leaf))]
        holders = [leaf for leaf in below if above.index in group.private_keys[leaf]]
        assert holders == [leaf for leaf in below if leaf not in node.unmerged_leaves]


# A commit, seen by all


def test_all_members_get_the_same_commit_secret() -> None:
    _, commit = group_of(*"ABCDE").commit(CAROL)
    assert {path.commit_secret for path in commit.opened.values()} == {commit.fresh.commit_secret}
    assert commit.merged == commit.fresh.tree


commits = st.lists(
    st.tuples(st.sampled_from(["commit", "add", "remove"]), st.integers(0, 1 << 16), st.integers(0, 1 << 16)),
    max_size=10,
)


@settings(max_examples=40)
@given(commits)
def test_any_history_of_commits_keeps_the_tree_invariant(history: list[tuple[str, int, int]]) -> None:
    group = group_of("Alice", "Bob")
    for number, (step, who, whom) in enumerate(history):
        members = list(group.names)
        committer = members[who % len(members)]
        others = [leaf for leaf in members if leaf != committer]
        gone = [others[whom % len(others)]] if step == "remove" and others else []
        joiners = [f"{number}a", f"{number}b"] if step == "add" else []
        before = group
        group, commit = group.commit(committer, add=joiners, remove=gone, word=f"{number}")
        assert {path.commit_secret for path in commit.opened.values()} <= {commit.fresh.commit_secret}
        assert commit.merged == commit.fresh.tree
        assert_the_tree_invariant(group)
        for leaf in gone:
            if leaf not in commit.joined:
                with pytest.raises(NotForMe):
                    opened_by(before, commit, leaf)
    validate_tree(group.tree, GROUP_ID, (), when=When.at(5))


def test_a_removed_member_has_no_ciphertext_in_the_path() -> None:
    group = group_with_full_tree(*"ABCD")
    _, commit = group.commit(ALICE, remove=[DAVE])
    with pytest.raises(NotForMe, match="no ciphertext of the path is for a key of the member at leaf 3"):
        opened_by(group, commit, DAVE)
    for tried in group.private_keys[DAVE].values():
        for node in commit.update_path.nodes:
            for ciphertext in node.encrypted_path_secret:
                with pytest.raises(DecryptionFailed):
                    SUITE.decrypt_with_label(tried, "UpdatePathNode", commit.context, ciphertext)


def test_a_thief_with_the_keys_of_a_member_reads_its_path_until_that_member_commits() -> None:
    group = group_with_full_tree(*"ABCD")
    stolen = group.private_keys[BOB]
    after, by_carol = group.commit(CAROL)
    read = opened_by(group, by_carol, BOB, private_keys=stolen)
    assert read.commit_secret == by_carol.fresh.commit_secret
    healed, _ = after.commit(BOB)
    _, next_by_carol = healed.commit(CAROL, word="again")
    kept = prune_private_keys(after.tree, healed.tree, read.private_keys)
    assert kept == {}
    with pytest.raises(NotForMe):
        opened_by(healed, next_by_carol, BOB, private_keys=kept)


def test_a_joiner_gets_its_keys_from_the_welcome_and_none_from_the_path() -> None:
    group = group_with_full_tree(*"ABCD")
    after, commit = group.commit(ALICE, add=["E", "F"])
    assert [len(node.encrypted_path_secret) for node in commit.update_path.nodes] == [1, 1, 0]
    assert set(after.private_keys[LeafIndex(4)]) == {8, 7}
    with pytest.raises(NotForMe, match="the member at leaf 4"):
        opened_by(after, commit, LeafIndex(4))


def test_the_committer_has_no_ciphertext_for_itself() -> None:
    group = group_of(*"AB")
    _, commit = group.commit(ALICE)
    with pytest.raises(NotForMe):
        opened_by(group, commit, ALICE)


def test_the_secret_of_a_node_is_sealed_to_its_key_and_to_each_unmerged_leaf_in_order() -> None:
    group = group_with_full_tree(*"ABCDEFGH")
    tree = group.tree.remove(LeafIndex(5)).remove(LeafIndex(6))
    assert path_recipients(tree, ALICE, ()) == ((2,), (5,), (8, 14))
    tree = group.commit(LeafIndex(7), remove=[LeafIndex(5), LeafIndex(6)])[0].tree
    for name in ("new F", "new G"):
        tree, _ = tree.add(leaf_of(name))
    assert path_recipients(tree, ALICE, ()) == ((2,), (5,), (11, 10, 12))
    assert path_recipients(tree, ALICE, [LeafIndex(5)]) == ((2,), (5,), (11, 12))


def test_a_member_alone_commits_without_parents() -> None:
    group, commit = group_of("Alice").commit(ALICE)
    assert commit.update_path.nodes == ()
    assert set(group.private_keys[ALICE]) == {0}
    assert len(commit.fresh.commit_secret) == SUITE.hash_length


def test_a_member_opens_one_ciphertext_however_many_there_are() -> None:
    suite = counting_suite()
    group = group_of(*names(16), suite=suite)
    _, commit = group.commit(ALICE)
    assert sum(len(node.encrypted_path_secret) for node in commit.update_path.nodes) == 15
    suite.count["decrypt"] = 0
    opened_by(group, commit, LeafIndex(9))
    assert suite.count["decrypt"] == 1


@pytest.mark.parametrize("size", [16, 128])
def test_making_and_merging_a_path_hashes_a_few_times_per_level(size: int) -> None:
    suite = counting_suite()
    group = group_of(*names(size), suite=suite)
    group.tree.hash()
    suite.count["hash"] = 0
    _, commit = group.commit(ALICE)
    commit.merged.hash()
    levels = size.bit_length() - 1
    parent_hashes, tree_hashes = levels, levels + 1
    assert suite.count["hash"] == 2 * (parent_hashes + tree_hashes)  # the committer, then the readers


def test_a_path_can_be_followed_with_public_algorithms_only() -> None:
    _, commit = group_of(*"ABC").commit(ALICE)
    merged = merge_path(
        algorithms(1), commit.before, ALICE, commit.update_path, group_id=GROUP_ID, joined=(), extensions=()
    )
    assert merged == commit.merged


def test_somebody_outside_can_commit_from_the_next_free_leaf() -> None:
    group = group_with_full_tree(*"ABCD")
    tree, leaf = group.tree.with_room()
    assert (leaf, tree.leaf_count, tree.leaf(leaf)) == (4, 8, None)
    fresh = new_path(
        SUITE, tree, leaf, GROUP_ID, signature_keys("E").private_key, entropy=seed(1), leaf_node=leaf_of("E")
    )
    path = seal_path(SUITE, fresh, (), b"context", entropy=seed(1))
    merged = merge_path(SUITE, tree, leaf, path, group_id=GROUP_ID, joined=(), extensions=())
    validate_tree(merged, GROUP_ID, (), when=When.at(5))
    with pytest.raises(UnknownMember, match="there is no member at leaf 4"):
        new_path(SUITE, tree, leaf, GROUP_ID, signature_keys("E").private_key, entropy=seed(1))


def test_a_member_can_say_something_new_about_itself_with_its_path() -> None:
    group = group_of(*"AB")
    can = replace(default_capabilities(), extensions=(0xF001,))
    said = leaf_of("A", capabilities=can)
    signer = signature_keys("A").private_key
    fresh = new_path(SUITE, group.tree, ALICE, GROUP_ID, signer, entropy=seed(1), leaf_node=said)
    assert fresh.tree.member(ALICE).capabilities == can


def test_the_same_entropy_gives_the_same_path() -> None:
    assert group_of(*"ABC").commit(ALICE)[1].update_path == group_of(*"ABC").commit(ALICE)[1].update_path


def test_nothing_secret_shows_in_a_path() -> None:
    group = group_of(*"AB")
    _, commit = group.commit(ALICE)
    for shown in (repr(commit.fresh), repr(commit.opened[BOB])):
        assert "path_secrets" not in shown
        assert "private_keys" not in shown
        assert "commit_secret" not in shown


# Private keys that are still good


def test_keys_of_nodes_that_are_blank_or_replaced_or_gone_are_pruned() -> None:
    group = group_with_full_tree(*"ABCDE")
    keys = group.private_keys[ALICE]
    assert set(keys) == {0, 1, 3, 7}
    assert prune_private_keys(group.tree, group.tree, keys) == keys
    assert set(prune_private_keys(group.tree, group.tree.remove(DAVE), keys)) == {0, 1}
    assert set(prune_private_keys(group.tree, group.tree.remove(LeafIndex(4)), keys)) == {0, 1, 3}
    assert set(prune_private_keys(group.tree, group.tree.update(ALICE, leaf_of("new A")), keys)) == set()
    after, _ = group.commit(CAROL)
    assert set(prune_private_keys(group.tree, after.tree, keys)) == {0, 1}


def test_a_member_keeps_the_keys_below_the_path_and_none_of_the_replaced_ones() -> None:
    group = group_with_full_tree(*"ABCD")
    after, commit = group.commit(CAROL)
    old, new = group.private_keys[ALICE], commit.opened[ALICE].private_keys
    assert {x: new[x] for x in map(NodeIndex, (0, 1))} == {x: old[x] for x in map(NodeIndex, (0, 1))}
    assert new[NodeIndex(3)] != old[NodeIndex(3)]
    assert set(after.private_keys[ALICE]) == {0, 1, 3}


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
