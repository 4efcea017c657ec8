from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.tree.leaf_node import ANY_LIFETIME
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, leaf_to_node
from workbench.mls.tree.tree_validation import validate_tree
from workbench.mls.tree.update_path import decrypt_path_secret, merge_path, new_path, open_path, seal_path
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.codec import decode, encode
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.proposals import Add, Proposal, Remove, Update
from workbench.mls.wire.tree import RatchetTreeExtension, UpdatePath


def cases(folder: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text())
    assert found
    return found


def read_tree(encoded: str, suite: CipherSuite) -> RatchetTree:
    return RatchetTree.from_nodes(decode(RatchetTreeExtension, bytes.fromhex(encoded)).ratchet_tree, suite)


def written(tree: RatchetTree) -> str:
    return encode(RatchetTreeExtension(tree.to_nodes())).hex()


def test_proposals_change_the_tree_as_in_the_official_vectors(official_vectors: Path) -> None:
    for case in cases(official_vectors, "tree-operations"):
        before = read_tree(case["tree_before"], cipher_suite(case["cipher_suite"]))
        assert before.hash().hex() == case["tree_hash_before"]
        after = applied(before, decode(Proposal, bytes.fromhex(case["proposal"])), case["proposal_sender"])
        assert (written(after), after.hash().hex()) == (case["tree_after"], case["tree_hash_after"])


def applied(tree: RatchetTree, proposal: Proposal, sender: int) -> RatchetTree:
    match proposal.proposal:
        case Add(key_package):
            return tree.add(key_package.leaf_node)[0]
        case Update(leaf_node):
            return tree.update(LeafIndex(sender), leaf_node)
        case Remove(removed):
            return tree.remove(LeafIndex(removed))
        case other:
            raise AssertionError(other)


def test_trees_of_the_official_vectors_are_valid(official_vectors: Path) -> None:
    for case in cases(official_vectors, "tree-validation"):
        tree = read_tree(case["tree"], cipher_suite(case["cipher_suite"]))
        assert written(tree) == case["tree"]
        nodes = [NodeIndex(x) for x in range(len(case["tree_hashes"]))]
        assert [tree.hash(x).hex() for x in nodes] == case["tree_hashes"]
        assert [list(tree.resolution(x)) for x in nodes] == case["resolutions"]
        validate_tree(tree, bytes.fromhex(case["group_id"]), (), when=None, lifetimes=ANY_LIFETIME)


@pytest.mark.no_cover
@pytest.mark.slow
def test_paths_of_the_official_vectors_can_be_read_and_answered(official_vectors: Path) -> None:
    for case in cases(official_vectors, "treekem"):
        suite = cipher_suite(case["cipher_suite"])
        tree = read_tree(case["ratchet_tree"], suite)
        private_keys = {LeafIndex(member["index"]): held_keys(suite, tree, member) for member in case["leaves_private"]}
        signature_keys = {member["index"]: bytes.fromhex(member["signature_priv"]) for member in case["leaves_private"]}
        for path in case["update_paths"]:
            sender, update_path = path["sender"], decode(UpdatePath, bytes.fromhex(path["update_path"]))
            merged, path_secrets = read_by_all(case, tree, private_keys, sender, update_path, path["commit_secret"])
            assert path_secrets == {
                leaf: bytes.fromhex(secret)
                for leaf, secret in enumerate(path["path_secrets"])
                if secret is not None and leaf != sender
            }
            assert merged.hash().hex() == path["tree_hash_after"]
            group_id = bytes.fromhex(case["group_id"])
            fresh = new_path(suite, tree, sender, group_id, signature_keys[sender], entropy=bytes(32))
            context = context_of(case, fresh.tree)
            answer = seal_path(suite, fresh, (), context, entropy=bytes(32))
            merged, _ = read_by_all(case, tree, private_keys, sender, answer, fresh.commit_secret.hex())
            assert merged == fresh.tree


def held_keys(suite: CipherSuite, tree: RatchetTree, member: dict[str, Any]) -> dict[NodeIndex, bytes]:
    """The private keys of a member, each held against the public key in the tree."""
    leaf = LeafIndex(member["index"])
    keys = {leaf_to_node(leaf): bytes.fromhex(member["encryption_priv"])}
    for given in member["path_secrets"]:
        x = NodeIndex(given["node"])
        node_secret = suite.derive_secret(bytes.fromhex(given["path_secret"]), "node")
        keys[x] = suite.derive_key_pair(node_secret).private_key
    for x, key in keys.items():
        node = tree.node(x)
        assert node is not None
        assert suite.hpke_public_key(key) == node.encryption_key
    return keys


def context_of(case: dict[str, Any], tree: RatchetTree) -> bytes:
    return encode(
        GroupContext(
            ProtocolVersion.mls10,
            case["cipher_suite"],
            bytes.fromhex(case["group_id"]),
            case["epoch"],
            tree.hash(),
            bytes.fromhex(case["confirmed_transcript_hash"]),
            (),
        )
    )


def read_by_all(
    case: dict[str, Any],
    tree: RatchetTree,
    private_keys: dict[LeafIndex, dict[NodeIndex, bytes]],
    sender: LeafIndex,
    update_path: UpdatePath,
    commit_secret: str,
) -> tuple[RatchetTree, dict[LeafIndex, bytes]]:
    """The tree with the path, from which all but the sender get the commit secret; and the path secret of each."""
    suite = cipher_suite(case["cipher_suite"])
    group_id = bytes.fromhex(case["group_id"])
    merged = merge_path(suite, tree, sender, update_path, group_id=group_id, joined=(), extensions=())
    path_secrets = {}
    for leaf, _ in tree.leaves():
        if leaf != sender:
            read = partial(
                open_path,
                suite,
                merged,
                sender,
                update_path,
                joined=(),
                own_leaf=leaf,
                private_keys=private_keys[leaf],
                context=context_of(case, merged),
            )
            assert read().commit_secret.hex() == commit_secret
            _, path_secrets[leaf] = decrypt_path_secret(*read.args, **read.keywords)
    return merged, path_secrets
