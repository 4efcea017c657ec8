"""Vectors of update paths: treekem (RFC 9420 §7.4 to §7.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, leaf_to_node
from workbench.mls.tree.update_path import OpenedPath, merge_path, new_path, open_path, private_keys_from, seal_path
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.codec import encode
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.tree import UpdatePath
from workbench.vectors.case import CaseFailed, VectorCase, expect, expect_equal, located
from workbench.vectors.tree import tree_in


@dataclass(frozen=True, slots=True)
class VectorMember:
    """The private keys and secrets of one leaf."""

    private_keys: Mapping[NodeIndex, bytes]
    signature_private_key: bytes


@dataclass(frozen=True, slots=True)
class VectorGroup:
    """The tree of a case and the secrets of all its members; `context` has the hash of the tree before the path."""

    suite: CipherSuite
    tree: RatchetTree
    context: GroupContext
    members: Mapping[LeafIndex, VectorMember]


def treekem(case: VectorCase) -> None:
    """Check that all members open each given path and each new path to the same commit secret (RFC 9420 §7.5)."""
    suite = case.suite()
    tree = tree_in(suite, case, "ratchet_tree")
    context = GroupContext(
        ProtocolVersion.mls10,
        suite.id,
        case.data("group_id"),
        case.number("epoch", 64),
        tree.hash(),
        case.data("confirmed_transcript_hash"),
        (),
    )
    members = {
        LeafIndex(given.number("index")): _member_in(suite, tree, given) for given in case.each("leaves_private")
    }
    expect_equal("the list of members in leaves_private", sorted(members), [leaf for leaf, _ in tree.leaves()])
    group = VectorGroup(suite, tree, context, members)
    for given in case.each("update_paths"):
        sender = LeafIndex(given.number("sender"))
        expect(f"{given.where('sender')} is a member", sender in members)
        with located(given.path):
            _follow_given_path(group, sender, given)
        with located(f"a path made anew for {given.path}"):
            _follow_new_path(group, sender, given.entropy())


def _member_in(suite: CipherSuite, tree: RatchetTree, given: VectorCase) -> VectorMember:
    """The private state of a leaf; each key in it must fit the public key in the tree."""
    leaf = LeafIndex(given.number("index"))
    private_keys = {leaf_to_node(leaf): given.data("encryption_priv")}
    for entry in given.each("path_secrets"):
        node_secret = suite.derive_secret(entry.data("path_secret"), "node")
        private_keys[NodeIndex(entry.number("node"))] = suite.derive_key_pair(node_secret).private_key
    with located(given.path):
        for x, private_key in private_keys.items():
            node = tree.node(x)
            expect(f"node {x}, of which {given.path} holds a key, is filled", node is not None)
            public_key = None if node is None else node.encryption_key
            expect_equal(f"the public key of node {x} in {given.path}", suite.hpke_public_key(private_key), public_key)
        signature_private_key = given.data("signature_priv")
        signature_key = suite.signature_public_key(signature_private_key)
        expect_equal(f"the signature key in {given.path}", signature_key, tree.member(leaf).signature_key)
    return VectorMember(private_keys, signature_private_key)


def _follow_given_path(group: VectorGroup, sender: LeafIndex, given: VectorCase) -> None:
    """Check that a given path fits the tree, and opens to the given secrets."""
    update_path = given.decoded(UpdatePath, "update_path")
    merged = _merge(group, sender, update_path)
    expect_equal(given.where("tree_hash_after"), merged.hash(), given.data("tree_hash_after"))
    commit_secret, path_secrets = given.data("commit_secret"), given.all_data("path_secrets")
    for leaf in group.members:
        path_secret = path_secrets[leaf] if leaf < len(path_secrets) else None
        where = f"{given.where('path_secrets')}[{leaf}]"
        if leaf == sender:
            expect(f"{where} is null, because the sender opens nothing", path_secret is None)
            continue
        if path_secret is None:
            raise CaseFailed(f"{where} is missing")
        opened = _open(group, sender, update_path, merged, leaf)
        expect_equal(f"the commit secret of leaf {leaf} in {given.path}", opened.commit_secret, commit_secret)
        # What was opened is not kept, only the private keys that follow from it: from one secret of this length alone.
        expect_equal(f"the length of {where}", group.suite.hash_length, len(path_secret))
        expected = private_keys_from(group.suite, merged, sender, leaf_to_node(leaf), path_secret)
        learned = {x: key for x, key in opened.private_keys.items() if x in expected}
        expect(f"{where} is what leaf {leaf} has decrypted", learned == expected)


def _follow_new_path(group: VectorGroup, sender: LeafIndex, entropy: bytes) -> None:
    """Check that a new path of the sender fits the tree, and opens to the sender's commit secret for all others."""
    made = new_path(
        group.suite,
        group.tree,
        sender,
        group.context.group_id,
        group.members[sender].signature_private_key,
        entropy=entropy,
    )
    context = replace(group.context, tree_hash=made.tree.hash())
    update_path = seal_path(group.suite, made, (), encode(context), entropy=entropy)
    merged = _merge(group, sender, update_path)
    expect(f"everybody sees the tree that leaf {sender} sees after a path made anew", merged == made.tree)
    for leaf in group.members:
        if leaf != sender:
            opened = _open(group, sender, update_path, merged, leaf)
            same = opened.commit_secret == made.commit_secret
            expect(f"leaf {leaf} gets the commit secret of a path that leaf {sender} made anew", same)


def _merge(group: VectorGroup, sender: LeafIndex, update_path: UpdatePath) -> RatchetTree:
    group_id = group.context.group_id
    return merge_path(group.suite, group.tree, sender, update_path, group_id=group_id, joined=(), extensions=())


def _open(
    group: VectorGroup, sender: LeafIndex, update_path: UpdatePath, merged: RatchetTree, leaf: LeafIndex
) -> OpenedPath:
    return open_path(
        group.suite,
        merged,
        sender,
        update_path,
        joined=(),
        own_leaf=leaf,
        private_keys=group.members[leaf].private_keys,
        context=encode(replace(group.context, tree_hash=merged.hash())),
    )
