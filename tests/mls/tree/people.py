"""Members with keys of their own, whose tree is changed by real commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from workbench.mls.crypto.algorithms import ALGORITHMS
from workbench.mls.crypto.ciphersuite import CipherSuite, SignatureKeyPair
from workbench.mls.tree.own_leaf import default_capabilities, sign_leaf_node
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, common_ancestor, leaf_to_node
from workbench.mls.tree.update_path import (
    FreshPath,
    OpenedPath,
    merge_path,
    new_path,
    open_path,
    private_keys_from,
    prune_private_keys,
    seal_path,
)
from workbench.mls.wire.tree import (
    BasicCredential,
    Capabilities,
    CommitSource,
    Credential,
    Extension,
    KeyPackageSource,
    LeafNode,
    Lifetime,
    Node,
    ParentNode,
    UpdatePath,
    UpdateSource,
)

GROUP_ID = b"the group"
ALICE, BOB, CAROL, DAVE = map(LeafIndex, range(4))
FROM_1970_ON = Lifetime(0, 1000)


@dataclass(frozen=True, eq=False, repr=False)
class CountingSuite(CipherSuite):
    """A suite that counts what it is asked to do."""

    count: dict[str, int] = field(default_factory=lambda: {"hash": 0, "decrypt": 0})

    def hash(self, data: bytes) -> bytes:
        self.count["hash"] += 1
        return super().hash(data)

    def decrypt_with_label(self, *arguments: object) -> bytes:
        self.count["decrypt"] += 1
        return super().decrypt_with_label(*arguments)  # type: ignore[arg-type] # passed on as they came


SUITE = CipherSuite(ALGORITHMS[1])


def counting_suite() -> CountingSuite:
    return CountingSuite(ALGORITHMS[1])


def seed(*words: object) -> bytes:
    """32 bytes that are the same in every run."""
    return SUITE.hash(repr(words).encode())


@cache
def signature_keys(name: str) -> SignatureKeyPair:
    return SUITE.signature_key_pair(seed("signature", name))


@cache
def leaf_of(
    name: str,
    *,
    keys: str | None = None,
    source: KeyPackageSource | UpdateSource | CommitSource | None = None,
    leaf_index: LeafIndex | None = None,
    capabilities: Capabilities | None = None,
    extensions: tuple[Extension, ...] = (),
) -> LeafNode:
    """The signed leaf node of the member called `name`; `keys` names its encryption key."""
    unsigned = LeafNode(
        encryption_key=SUITE.derive_key_pair(seed("encryption", keys or name)).public_key,
        signature_key=signature_keys(name).public_key,
        credential=Credential(BasicCredential(name.encode())),
        capabilities=capabilities or default_capabilities(),
        leaf_node_source=source or KeyPackageSource(FROM_1970_ON),
        extensions=extensions,
        signature=b"",
    )
    return sign_leaf_node(SUITE, unsigned, signature_keys(name).private_key, group_id=GROUP_ID, leaf_index=leaf_index)


def written_otherwise(encryption_key: bytes) -> bytes:
    """The same X25519 key in other bytes: its top bit is ignored (RFC 7748 §5)."""
    return encryption_key[:-1] + bytes([encryption_key[-1] ^ 0x80])


def private_key_of(name: str) -> bytes:
    return SUITE.derive_key_pair(seed("encryption", name)).private_key


def tree_of(nodes: Sequence[LeafNode | ParentNode | None], suite: CipherSuite = SUITE) -> RatchetTree:
    return RatchetTree.from_nodes([None if node is None else Node(node) for node in nodes], suite)


def tree_of_members(names: Iterable[str], suite: CipherSuite = SUITE) -> RatchetTree:
    """What one gets by adding all of them: no parent has a key."""
    first, *others = names
    tree = tree_of([leaf_of(first)], suite)
    for name in others:
        tree, _ = tree.add(leaf_of(name))
    return tree


def names(count: int) -> list[str]:
    return [f"member {number}" for number in range(count)]


@dataclass(frozen=True)
class Commit:
    """What became of a commit: the public half, and what each member has learned."""

    before: RatchetTree
    update_path: UpdatePath
    context: bytes
    fresh: FreshPath
    merged: RatchetTree
    opened: Mapping[LeafIndex, OpenedPath]
    joined: tuple[LeafIndex, ...]


@dataclass(frozen=True)
class Group:
    """A tree, and for each member its name and private keys."""

    tree: RatchetTree
    names: Mapping[LeafIndex, str]
    private_keys: Mapping[LeafIndex, Mapping[NodeIndex, bytes]]
    suite: CipherSuite = SUITE

    def commit(
        self, committer: LeafIndex, *, add: Collection[str] = (), remove: Collection[LeafIndex] = (), word: str = ""
    ) -> tuple[Group, Commit]:
        """One commit with a path, read by everybody who is in the group after it."""
        tree, names_after = self.tree, dict(self.names)
        for leaf in remove:
            tree = tree.remove(leaf)
            del names_after[leaf]
        joined = []
        for name in add:
            tree, leaf = tree.add(leaf_of(name))
            names_after[leaf] = name
            joined.append(leaf)
        signer = signature_keys(names_after[committer]).private_key
        entropy = seed("path", word, committer, tree.hash())
        fresh = new_path(self.suite, tree, committer, GROUP_ID, signer, entropy=entropy)
        context = fresh.tree.hash()
        update_path = seal_path(self.suite, fresh, joined, context, entropy=entropy)
        merged = merge_path(self.suite, tree, committer, update_path, group_id=GROUP_ID, joined=joined, extensions=())
        opened = {
            leaf: open_path(
                self.suite,
                merged,
                committer,
                update_path,
                joined=joined,
                own_leaf=leaf,
                private_keys=prune_private_keys(self.tree, tree, self.private_keys[leaf]),
                context=context,
            )
            for leaf in names_after
            if leaf != committer and leaf not in joined
        }
        keys: dict[LeafIndex, Mapping[NodeIndex, bytes]] = {x: path.private_keys for x, path in opened.items()}
        keys[committer] = fresh.private_keys
        for leaf in joined:
            shared = common_ancestor(leaf_to_node(leaf), leaf_to_node(committer))
            learned = private_keys_from(self.suite, merged, committer, shared, fresh.path_secrets[shared])
            keys[leaf] = {leaf_to_node(leaf): private_key_of(names_after[leaf]), **learned}
        after = replace(self, tree=merged, names=names_after, private_keys=keys)
        return after, Commit(tree, update_path, context, fresh, merged, opened, tuple(joined))


def group_of(*members: str, suite: CipherSuite = SUITE) -> Group:
    """A group in which nobody has committed yet."""
    leaves = [LeafIndex(number) for number in range(len(members))]
    return Group(
        tree_of_members(members, suite),
        dict(zip(leaves, members, strict=True)),
        {leaf: {leaf_to_node(leaf): private_key_of(name)} for leaf, name in zip(leaves, members, strict=True)},
        suite,
    )


def group_with_full_tree(*members: str, suite: CipherSuite = SUITE) -> Group:
    """A group in which everybody has committed once."""
    group = group_of(*members, suite=suite)
    for leaf in group.names:
        group, _ = group.commit(leaf)
    return group


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
