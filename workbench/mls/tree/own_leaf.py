"""What a member says about itself (RFC 9420 §7.2)."""

from __future__ import annotations

from dataclasses import replace

from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite
from workbench.mls.tree.leaf_node import to_be_signed
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.code_points import CredentialType, ProtocolVersion
from workbench.mls.wire.tree import Capabilities, LeafNode, Lifetime

BEFORE_NOW = 60 * 60
"""Seconds by which a lifetime begins in the past: for clocks behind ours, and since OpenMLS allows none of leeway."""

TWELVE_WEEKS = 84 * 24 * 60 * 60


def new_lifetime(now: int, seconds: int = TWELVE_WEEKS) -> Lifetime:
    """The lifetime for a key package that is made now, to be used for so many seconds (RFC 9420 §7.2).

    The default is the longest that OpenMLS accepts, and our own default policy (`LONGEST_LIFETIME`).
    """
    return Lifetime(now - BEFORE_NOW, now + seconds)


def default_capabilities() -> Capabilities:
    """All that is built here; nothing that every client has anyway (RFC 9420 §7.2)."""
    return Capabilities(
        versions=(ProtocolVersion.mls10,),
        cipher_suites=tuple(CIPHER_SUITES),
        extensions=(),
        proposals=(),
        credentials=tuple(CredentialType),
    )


def sign_leaf_node(
    suite: CipherSuite,
    leaf_node: LeafNode,
    signature_private_key: bytes,
    *,
    group_id: bytes | None = None,
    leaf_index: LeafIndex | None = None,
) -> LeafNode:
    """The leaf node with its signature (RFC 9420 §7.2).

    `group_id` and `leaf_index` are for those that stand in a group, by an update or a commit.
    """
    signed = to_be_signed(leaf_node, group_id, leaf_index)
    return replace(leaf_node, signature=suite.sign_with_label(signature_private_key, "LeafNodeTBS", signed))
