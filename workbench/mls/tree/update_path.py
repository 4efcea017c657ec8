"""TreeKEM: fresh keys from a leaf up to the root, and the members that can decrypt them (RFC 9420 §7.4 to §7.6).

A path is made in two steps, `new_path` and `seal_path`, because its ciphertexts are bound to the tree with its public
keys. It is read in two steps as well: `merge_path` puts the public keys into the tree and takes no secret; a member can
then decrypt its path secret with `open_path`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace

from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.crypto.ciphersuite import CipherSuite, HPKEKeyPair
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.errors import InvalidUpdatePath, NotForMe
from workbench.mls.tree.leaf_node import validate_leaf_node
from workbench.mls.tree.own_leaf import sign_leaf_node
from workbench.mls.tree.parent_hash import chain_path
from workbench.mls.tree.ratchet_tree import PathNode, RatchetTree
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex, is_ancestor, leaf_to_node, node_width
from workbench.mls.tree.tree_validation import check_capabilities, check_unique_keys
from workbench.mls.value import value
from workbench.mls.wire.shapes import Vector
from workbench.mls.wire.tree import CommitSource, Extension, LeafNode, UpdatePath, UpdatePathNode


@value
class FreshPath:
    """A committer's new path with its secrets; only `tree` is public (RFC 9420 §7.4)."""

    committer: LeafIndex
    tree: RatchetTree
    path_secrets: Mapping[NodeIndex, bytes] = field(repr=False)
    private_keys: Mapping[NodeIndex, bytes] = field(repr=False)
    commit_secret: bytes = field(repr=False)


@value
class OpenedPath:
    """The secrets that a member gets from its ciphertext in a path (RFC 9420 §7.5).

    `private_keys` are all that it holds from now on; replaced keys are not among them.
    """

    private_keys: Mapping[NodeIndex, bytes] = field(repr=False)
    commit_secret: bytes = field(repr=False)


# The committer


def new_path(
    suite: CipherSuite,
    tree: RatchetTree,
    committer: LeafIndex,
    group_id: bytes,
    signature_private_key: SigningKey,
    *,
    entropy: bytes,
    leaf_node: LeafNode | None = None,
) -> FreshPath:
    """Fresh keys for a leaf and its filtered direct path, already in their tree (RFC 9420 §7.4, §7.5).

    `leaf_node` has the committer's new credential, signature key or capabilities, if any of them changes; its
    encryption key, source and signature are set here. Raises `UnknownMember`.
    """
    secrets = _ratchet(suite, suite.fresh(entropy, "path secret"))
    nodes = [at.node for at in tree.filtered_direct_path(committer)]
    path_secrets = dict(zip(nodes, secrets, strict=False))
    key_pairs = {x: _node_key_pair(suite, path_secret) for x, path_secret in path_secrets.items()}
    leaf_keys = suite.derive_key_pair(suite.fresh(entropy, "path leaf key"))
    parents, parent_hash = chain_path(tree, committer, [keys.public_key for keys in key_pairs.values()])
    signed = sign_leaf_node(
        suite,
        replace(
            leaf_node or tree.member(committer),
            encryption_key=leaf_keys.public_key,
            leaf_node_source=CommitSource(parent_hash),
        ),
        signature_private_key,
        group_id=group_id,
        leaf_index=committer,
    )
    private_keys = {x: keys.private_key for x, keys in key_pairs.items()}
    return FreshPath(
        committer=committer,
        tree=tree.with_path(committer, signed, parents),
        path_secrets=path_secrets,
        private_keys={leaf_to_node(committer): leaf_keys.private_key, **private_keys},
        commit_secret=next(secrets),
    )


def seal_path(
    suite: CipherSuite, path: FreshPath, joined: Collection[LeafIndex], context: bytes, *, entropy: bytes
) -> UpdatePath:
    """The path for the wire: each path secret is sealed to the members below the copath child (RFC 9420 §7.5, §7.6).

    `joined` are the leaves that the same commit adds: their path secrets are in the Welcome. `context` is the
    provisional GroupContext. Raises `InvalidKey` if a key in the tree is not a key of the suite.
    """
    nodes = []
    recipients = path_recipients(path.tree, path.committer, joined)
    for (x, path_secret), readers in zip(path.path_secrets.items(), recipients, strict=True):
        sealed = tuple(
            suite.encrypt_with_label(
                path.tree.encryption_key(reader),
                "UpdatePathNode",
                context,
                path_secret,
                entropy=suite.fresh(entropy, f"path secret for node {reader}"),
            )
            for reader in readers
        )
        nodes.append(UpdatePathNode(path.tree.encryption_key(x), sealed))
    return UpdatePath(path.tree.member(path.committer), tuple(nodes))


# Everybody


def path_recipients(
    tree: RatchetTree, committer: LeafIndex, joined: Collection[LeafIndex]
) -> tuple[tuple[NodeIndex, ...], ...]:
    """For each node of a path, the nodes to whose keys its secret is sealed, in order (RFC 9420 §7.6).

    The tree may be the one before the path or after it. The leaves in `joined` get a Welcome instead.
    """
    return tuple(_readers(tree, at, joined) for at in tree.filtered_direct_path(committer))


def _readers(tree: RatchetTree, at: PathNode, joined: Collection[LeafIndex]) -> tuple[NodeIndex, ...]:
    left_out = {leaf_to_node(leaf) for leaf in joined}
    return tuple(x for x in tree.resolution(at.copath_child) if x not in left_out)


def merge_path(
    suite: Verifier,
    tree: RatchetTree,
    committer: LeafIndex,
    update_path: UpdatePath,
    *,
    group_id: bytes,
    joined: Collection[LeafIndex],
    extensions: Vector[Extension],
) -> RatchetTree:
    """Check a path, and put its public keys into the tree; this takes no secret (RFC 9420 §7.5, §12.4.2).

    `tree` is the one after the commit's proposals, `joined` are the leaves that they added, and `extensions` are those
    of the new GroupContext. Raises `InvalidUpdatePath`, `InvalidRatchetTree`, `InvalidKey`, or what
    `validate_leaf_node` raises.
    """
    leaf_node = update_path.leaf_node
    if not isinstance(leaf_node.leaf_node_source, CommitSource):
        raise InvalidUpdatePath("§7.3", "the leaf node of a path must have the source of a commit")
    _verify_form(tree, committer, update_path, joined)
    _verify_new_keys(tree, update_path)
    for node in update_path.nodes:
        suite.check_encryption_key(node.encryption_key)
    validate_leaf_node(suite, leaf_node, group_id=group_id, leaf_index=committer)
    parents, parent_hash = chain_path(tree, committer, [node.encryption_key for node in update_path.nodes])
    if leaf_node.leaf_node_source.parent_hash != parent_hash:
        raise InvalidUpdatePath("§7.9.2", "the parent hash of the leaf is not that of the path above it")
    merged = tree.with_path(committer, leaf_node, parents)
    check_capabilities(merged, extensions)
    replaced = tree.leaf(committer)
    if replaced is None or replaced.signature_key != leaf_node.signature_key:
        check_unique_keys(merged)
    return merged


def _verify_form(
    tree: RatchetTree, committer: LeafIndex, update_path: UpdatePath, joined: Collection[LeafIndex]
) -> None:
    """Check that the path has one node for each in the filtered direct path, and one ciphertext for each reader."""
    recipients = path_recipients(tree, committer, joined)
    if len(update_path.nodes) != len(recipients):
        reason = f"the path has {len(update_path.nodes)} nodes, the tree asks for {len(recipients)}"
        raise InvalidUpdatePath("§7.5", reason)
    for position, (node, readers) in enumerate(zip(update_path.nodes, recipients, strict=True)):
        found = len(node.encrypted_path_secret)
        if found != len(readers):
            reason = f"node {position} of the path has {found} ciphertexts for {len(readers)} recipients"
            raise InvalidUpdatePath("§7.6", reason)


def _verify_new_keys(tree: RatchetTree, update_path: UpdatePath) -> None:
    """Check that the public keys of the path differ from each other and from all in the tree (RFC 9420 §12.4.2)."""
    keys = [update_path.leaf_node.encryption_key, *(node.encryption_key for node in update_path.nodes)]
    if len({*map(tree.suite.canonical_encryption_key, keys)}) != len(keys) or tree.holds_encryption_key(keys):
        raise InvalidUpdatePath("§12.4.2", "a public key of the path is not new")


# A member


def open_path(
    suite: CipherSuite,
    merged: RatchetTree,
    committer: LeafIndex,
    update_path: UpdatePath,
    *,
    joined: Collection[LeafIndex],
    own_leaf: LeafIndex,
    private_keys: Mapping[NodeIndex, bytes],
    context: bytes,
) -> OpenedPath:
    """Decrypt this member's ciphertext in a path, and derive the secrets above (RFC 9420 §7.5).

    `merged` is the result of `merge_path`, and `private_keys` are those that the member still holds after the proposals
    (`prune_private_keys`). Raises `NotForMe`, `DecryptionFailed`, `InvalidKey` or `InvalidUpdatePath`.
    """
    start, path_secret = decrypt_path_secret(
        suite,
        merged,
        committer,
        update_path,
        joined=joined,
        own_leaf=own_leaf,
        private_keys=private_keys,
        context=context,
    )
    opened = climb_path(suite, merged, committer, start, path_secret)
    return OpenedPath({**private_keys, **opened.private_keys}, opened.commit_secret)


def climb_path(
    suite: CipherSuite, merged: RatchetTree, committer: LeafIndex, start: NodeIndex | None, path_secret: bytes
) -> OpenedPath:
    """Derive all secrets that follow from the path secret of one node, up to the commit secret (RFC 9420 §7.4).

    `start` is the node, None if the path has no nodes. Raises `InvalidUpdatePath`.
    """
    secrets = _ratchet(suite, path_secret)
    nodes = [] if start is None else _path_from(merged, committer, start)
    return OpenedPath(_derived_keys(suite, merged, nodes, secrets), next(secrets))


def decrypt_path_secret(
    suite: CipherSuite,
    merged: RatchetTree,
    committer: LeafIndex,
    update_path: UpdatePath,
    *,
    joined: Collection[LeafIndex],
    own_leaf: LeafIndex,
    private_keys: Mapping[NodeIndex, bytes],
    context: bytes,
) -> tuple[NodeIndex, bytes]:
    """The lowest node of a path above this member, and its path secret: one decryption (RFC 9420 §7.5).

    Raises `NotForMe`, `DecryptionFailed` or `InvalidKey`.
    """
    for at, node in zip(merged.filtered_direct_path(committer), update_path.nodes, strict=True):
        if is_ancestor(at.copath_child, leaf_to_node(own_leaf)):
            for place, reader in enumerate(_readers(merged, at, joined)):
                if reader in private_keys:
                    key, ciphertext = private_keys[reader], node.encrypted_path_secret[place]
                    return at.node, suite.decrypt_with_label(key, "UpdatePathNode", context, ciphertext)
    raise NotForMe("§7.5", f"no ciphertext of the path is for a key of the member at leaf {own_leaf}")


def private_keys_from(
    suite: CipherSuite, tree: RatchetTree, committer: LeafIndex, shared: NodeIndex, path_secret: bytes
) -> dict[NodeIndex, bytes]:
    """The private keys that a new member derives from the path secret in its Welcome (RFC 9420 §12.4.3.1).

    `shared` is the lowest node above both the new member and the committer. Raises `InvalidUpdatePath`.
    """
    return _derived_keys(suite, tree, _path_from(tree, committer, shared), _ratchet(suite, path_secret))


def prune_private_keys(
    before: RatchetTree, after: RatchetTree, private_keys: Mapping[NodeIndex, bytes]
) -> dict[NodeIndex, bytes]:
    """The private keys of nodes whose public key has not changed; the others MUST be deleted (RFC 9420 §7.5)."""
    width = node_width(after.leaf_count)
    return {
        x: private_key
        for x, private_key in private_keys.items()
        if x < width and (node := after.node(x)) and node.encryption_key == before.encryption_key(x)
    }


# The ratchet of path secrets


def _ratchet(suite: CipherSuite, path_secret: bytes) -> Iterator[bytes]:
    """A path secret and those above it; the one after the root's is the commit secret (RFC 9420 §7.4)."""
    while True:
        yield path_secret
        path_secret = suite.derive_secret(path_secret, "path")


def _node_key_pair(suite: CipherSuite, path_secret: bytes) -> HPKEKeyPair:
    """The key pair of a node (RFC 9420 §7.4)."""
    return suite.derive_key_pair(suite.derive_secret(path_secret, "node"))


def _path_from(tree: RatchetTree, committer: LeafIndex, start: NodeIndex) -> list[NodeIndex]:
    """The nodes of a path from `start` up."""
    return [at.node for at in tree.filtered_direct_path(committer) if is_ancestor(at.node, start)]


def _derived_keys(
    suite: CipherSuite, tree: RatchetTree, nodes: Collection[NodeIndex], secrets: Iterator[bytes]
) -> dict[NodeIndex, bytes]:
    """Derive the private keys of nodes from their path secrets; each must fit the public key in the tree."""
    private_keys = {}
    for x, path_secret in zip(nodes, secrets, strict=False):
        keys = _node_key_pair(suite, path_secret)
        node = tree.node(x)
        if node is None or node.encryption_key != keys.public_key:
            raise InvalidUpdatePath("§7.5", f"the path secret of node {x} does not lead to its public key")
        private_keys[x] = keys.private_key
    return private_keys
