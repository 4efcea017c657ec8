"""A client's own leaf node: its lifetime, its capabilities and its signature (RFC 9420 §7.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workbench.mls.arguments import Seconds, checks_arguments
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.errors import Misuse
from workbench.mls.tree.extensions import DEFAULT_EXTENSIONS, DEFAULT_PROPOSALS, check_extensions
from workbench.mls.tree.leaf_node import to_be_signed
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.code_points import CredentialType, ProtocolVersion
from workbench.mls.wire.shapes import Vector
from workbench.mls.wire.tree import Capabilities, Extension, KeyPackageSource, LeafNode, Lifetime

BEFORE_NOW = 60 * 60
"""Seconds by which a lifetime begins in the past, for receivers whose clocks are behind ours: OpenMLS has no leeway."""

LAST_SECOND = (1 << 64) - 1
"""The last time that a lifetime can name (RFC 9420 §7.2)."""

TWELVE_WEEKS = 84 * 24 * 60 * 60


@checks_arguments
def new_lifetime(now: Seconds, seconds: Seconds = TWELVE_WEEKS) -> Lifetime:
    """The lifetime of a key package that is made `now` and valid for `seconds` (RFC 9420 §7.2).

    The default is the longest that OpenMLS accepts; we accept a longer one from others (`LONGEST_LIFETIME`).
    """
    if now + seconds > LAST_SECOND:
        raise Misuse("§7.2", f"the end of the lifetime, {now} + {seconds} seconds, does not fit in uint64")
    return Lifetime(max(now - BEFORE_NOW, 0), now + seconds)


@checks_arguments
def default_capabilities() -> Capabilities:
    """The capabilities of this implementation, without those that every client has (RFC 9420 §7.2)."""
    return Capabilities(
        versions=(ProtocolVersion.mls10,),
        cipher_suites=tuple(CIPHER_SUITES),
        extensions=(),
        proposals=(),
        credentials=tuple(CredentialType),
    )


def check_own_leaf(suite: CipherSuite, leaf_node: LeafNode, others: Vector[Extension] = ()) -> None:
    """Refuse to send a leaf node whose capabilities lack a value in use or list a default one (RFC 9420 §7.2, §10).

    `others` are the extensions of the key package around it. Most of these rules bind only the sender, so they are not
    checked on receipt. Raises `Misuse`, or `InvalidExtension` for an extension that stands twice or belongs elsewhere.
    """
    can = leaf_node.capabilities
    check_extensions(leaf_node.extensions, "a leaf node")
    check_extensions(others, "a key package")
    source = leaf_node.leaf_node_source
    if isinstance(source, KeyPackageSource) and source.lifetime.not_after < source.lifetime.not_before:
        raise Misuse("§7.2", f"the lifetime ends before it begins: {source.lifetime}")
    in_use = {extension.extension_type for extension in (*leaf_node.extensions, *others)} - DEFAULT_EXTENSIONS
    for name, used, listed in (
        ("versions", {int(ProtocolVersion.mls10)}, can.versions),
        ("cipher_suites", {suite.id}, can.cipher_suites),
        ("extensions", in_use, can.extensions),
        ("credentials", {int(leaf_node.credential.credential.TAG)}, can.credentials),
    ):
        if unlisted := used.difference(listed):
            reason = f"the leaf node uses {_named(unlisted)}, which its capabilities.{name} do not list"
            raise Misuse("§7.2", reason)
    for name, known, listed in (
        ("extensions", DEFAULT_EXTENSIONS, can.extensions),
        ("proposals", DEFAULT_PROPOSALS, can.proposals),
    ):
        if needless := known.intersection(listed):
            reason = f"capabilities.{name} list {_named(needless)}, which every client supports: leave that out"
            raise Misuse("§7.2", reason)


def _named(values: Iterable[int]) -> str:
    return ", ".join(f"{value:#06x}" for value in sorted(values))


def sign_leaf_node(
    suite: CipherSuite,
    leaf_node: LeafNode,
    signature_private_key: SigningKey,
    *,
    group_id: bytes | None = None,
    leaf_index: LeafIndex | None = None,
) -> LeafNode:
    """The leaf node with its signature (RFC 9420 §7.2).

    `group_id` and `leaf_index` are given for a leaf node of an Update or a commit.
    """
    signed = to_be_signed(leaf_node, group_id, leaf_index)
    return replace(leaf_node, signature=suite.sign_with_label(signature_private_key, "LeafNodeTBS", signed))
