"""Whether a leaf node is valid by itself (RFC 9420 §7.2, §7.3).

What takes the whole group (keys that nobody else has, capabilities that everybody shares) is in
`tree_validation.py`; whether the credential tells the truth is for the Authentication Service (§5.3.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidLeafNode, InvalidSignature
from workbench.mls.tree.extensions import DEFAULT_EXTENSIONS, check_extensions
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.codec import encode
from workbench.mls.wire.tree import KeyPackageSource, LeafNode, LeafNodeTBS, Lifetime, in_a_group

LONGEST_LIFETIME = 84 * 24 * 60 * 60 + 60 * 60
"""Seconds in twelve weeks and an hour: what OpenMLS accepts at most.

A group is as strict as its strictest member, for whoever refuses an Add that the others take is alone from then on. So
this is the default, though mls-rs issues key packages for a year: a group that wants these has to say so, all its
members alike. It also bounds for how long a stolen init key opens what was sealed to it.
"""

CLOCK_LEEWAY = 5 * 60
"""Seconds by which two clocks may differ: what Kerberos allows (RFC 4120), ample for clients with NTP (§7.2)."""


@dataclass(frozen=True, slots=True)
class LifetimePolicy:
    """Which lifetimes an application accepts (RFC 9420 §7.2, §7.3).

    `longest` is the most seconds a leaf node may be valid for in all, None for any number. `in_trees` says
    whether the members of a group that we join must be within their lifetimes too: recommended, not required.
    `leeway` is how many seconds the clocks of others may differ from ours; there is none for what we send ourselves.
    What is issued for others to accept should not need any of it (`new_lifetime`).
    """

    longest: int | None = LONGEST_LIFETIME
    in_trees: bool = True
    leeway: int = CLOCK_LEEWAY

    def verify(self, lifetime: Lifetime, now: int | None) -> None:
        """`InvalidLeafNode` if it is not accepted at `now`, seconds since 1970; None stands for any time."""
        if self.longest is not None and lifetime.not_after - lifetime.not_before > self.longest:
            raise InvalidLeafNode("§7.2", f"the leaf node is valid for more than {self.longest} seconds")
        if now is not None and not lifetime.not_before - self.leeway <= now <= lifetime.not_after + self.leeway:
            reason = f"{now} is not between {lifetime.not_before} and {lifetime.not_after}, its lifetime"
            raise InvalidLeafNode("§7.3", reason)


DEFAULT_LIFETIMES = LifetimePolicy()


def validate_leaf_node(
    suite: Verifier,
    leaf_node: LeafNode,
    *,
    group_id: bytes | None = None,
    leaf_index: LeafIndex | None = None,
    now: int | None = None,
    lifetimes: LifetimePolicy = DEFAULT_LIFETIMES,
) -> None:
    """Check all of a leaf node that can be checked without its group (RFC 9420 §7.3).

    `group_id` and `leaf_index` say where it stands; a leaf node outside of any group has neither.
    Raises `InvalidLeafNode`, `InvalidSignature`, `InvalidKey`, `InvalidExtension` or `Malformed`.
    """
    _verify_capabilities(leaf_node)
    if isinstance(leaf_node.leaf_node_source, KeyPackageSource):
        lifetimes.verify(leaf_node.leaf_node_source.lifetime, now)
    suite.check_encryption_key(leaf_node.encryption_key)
    verify_leaf_node_signature(suite, leaf_node, group_id, leaf_index)


def _verify_capabilities(leaf_node: LeafNode) -> None:
    """What a leaf node uses, it must say that it supports; values that we do not know are no fault (§7.2).

    The cipher suite is not looked up in the list: its keys prove it, and there are clients in the field that use
    suite 7 and list only 1 to 6 (some official test vectors come from them).
    """
    can = leaf_node.capabilities
    if ProtocolVersion.mls10 not in can.versions:
        raise InvalidLeafNode("§11.1", "the capabilities do not list MLS 1.0")
    credential = leaf_node.credential.credential.TAG
    if credential not in can.credentials:
        raise InvalidLeafNode("§7.2", f"the capabilities do not list its own credential type {credential.name}")
    check_extensions(leaf_node.extensions, "a leaf node")
    for extension in leaf_node.extensions:
        if extension.extension_type not in DEFAULT_EXTENSIONS | {*can.extensions}:
            reason = f"the capabilities do not list its own extension {extension.extension_type:#06x}"
            raise InvalidLeafNode("§7.3", reason)


def verify_leaf_node_signature(
    suite: Verifier, leaf_node: LeafNode, group_id: bytes | None, leaf_index: LeafIndex | None
) -> None:
    """The member has signed its leaf node for this place in this group (RFC 9420 §7.2).

    Raises `InvalidSignature`, or `InvalidKey` when the signature key is none.
    """
    signed = to_be_signed(leaf_node, group_id, leaf_index)
    if not suite.verify_with_label(leaf_node.signature_key, "LeafNodeTBS", signed, leaf_node.signature):
        raise InvalidSignature("§7.3", "the leaf node is not signed with its own key for this place")


def to_be_signed(leaf_node: LeafNode, group_id: bytes | None, leaf_index: LeafIndex | None) -> bytes:
    """What the signature of a leaf node covers: the place only if its member knew it (RFC 9420 §7.2)."""
    placed = in_a_group(leaf_node.leaf_node_source)
    return encode(
        LeafNodeTBS(
            leaf_node.encryption_key,
            leaf_node.signature_key,
            leaf_node.credential,
            leaf_node.capabilities,
            leaf_node.leaf_node_source,
            leaf_node.extensions,
            group_id if placed else None,
            leaf_index if placed else None,
        )
    )
