from __future__ import annotations

from dataclasses import replace

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
    Group,
    counting_suite,
    group_of,
    group_with_full_tree,
    leaf_of,
    names,
    opened_by,
    seed,
    signature_keys,
)
from workbench.mls.crypto.algorithms import algorithms
from workbench.mls.errors import DecryptionFailed, NotForMe, UnknownMember
from workbench.mls.tree.own_leaf import default_capabilities
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, is_ancestor, leaf_to_node
from workbench.mls.tree.tree_validation import validate_tree
from workbench.mls.tree.update_path import merge_path, new_path, path_recipients, prune_private_keys, seal_path
from workbench.mls.when import When


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


@pytest.mark.no_cover
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


def test_a_attacker_with_the_keys_of_a_member_reads_its_path_until_that_member_commits() -> None:
    group = group_with_full_tree(*"ABCD")
    leaked = group.private_keys[BOB]
    after, by_carol = group.commit(CAROL)
    read = opened_by(group, by_carol, BOB, private_keys=leaked)
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


@pytest.mark.no_cover
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
