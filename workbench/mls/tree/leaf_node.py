"""Whether a leaf node is valid by itself (RFC 9420 §7.2, §7.3).

The rules that compare all members (unique keys, shared capabilities) are in `tree_validation.py`; the Authentication
Service validates the credential (§5.3.1).
"""

from __future__ import annotations

from workbench.mls.arguments import Seconds, check_fields
from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidLeafNode, InvalidSignature, RefusedByPolicy
from workbench.mls.tree.extensions import DEFAULT_EXTENSIONS, check_extensions
from workbench.mls.tree.tree_math import LeafIndex
from workbench.mls.value import value
from workbench.mls.when import When
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.codec import encode
from workbench.mls.wire.tree import KeyPackageSource, LeafNode, LeafNodeTBS, Lifetime, in_a_group

DAY = 24 * 60 * 60

LONGEST_LIFETIME = 366 * DAY + 2 * 60 * 60
"""Seconds in a leap year and two hours: mls-rs issues lifetimes of a year that begin an hour early.

A member that refuses an Add which the other members accept cannot follow the group any more. So the default accepts
lifetimes that are common among implementations. Our own lifetimes are shorter (`new_lifetime`): the longest that
OpenMLS accepts. A lower limit bounds how long a leaked init key is of use; all members should set the same limit.
"""

CATCH_UP = 30 * DAY
"""Seconds by which a message of others may be late: delivery services keep messages about so long for a client that is
offline. A client that stays offline longer may have to join again, if something in its messages has expired."""

CLOCK_LEEWAY = 5 * 60
"""Seconds by which two clocks may differ: as many as Kerberos allows (RFC 4120), and ample with NTP (§7.2)."""


@value
class LifetimePolicy:
    """The lifetimes that an application accepts, and how late the messages of others may be (RFC 9420 §7.2, §7.3).

    `longest` is the most seconds for which a leaf node may be valid, None for any number. `in_trees` says whether the
    members of a group that we join must be within their lifetimes too: the RFC recommends that and does not require it.
    `leeway` is the most seconds by which the clocks of others may differ from ours. Objects that we send get no leeway,
    and a lifetime that we issue should not depend on the leeway of others (`new_lifetime`).

    `catch_up` is the most seconds between sending and reading a message for which the time of sending counts
    (`When.received`). It holds for lifetimes and credentials alike. A key package that expired longer ago is refused,
    whatever time the delivery service names. So `catch_up` also bounds how long a member and a server that conspire can
    use an expired key package. The RFC recommends the check on receipt and does not require it, because the committer
    has to make it (§7.3).

    `clock` is False where there is no clock, as in test vectors: then every lifetime counts as current.
    """

    longest: Seconds | None = LONGEST_LIFETIME
    in_trees: bool = True
    leeway: Seconds = CLOCK_LEEWAY
    catch_up: Seconds = CATCH_UP
    clock: bool = True

    def __post_init__(self) -> None:
        check_fields(self)

    def received(self, now: int, sent_at: int | None = None) -> When:
        """The time at which a message that is read `now` was sent; the delivery service says that it was `sent_at`."""
        return When.received(now, sent_at, self.catch_up)

    def verify(self, lifetime: Lifetime, when: When | None) -> None:
        """Refuse a lifetime that is too long, or ends before it begins, or is not current at the time `when`.

        Without `when`, the time is not checked. Raises `InvalidLeafNode`, or `RefusedByPolicy` for a lifetime that is
        too long, and for one in a received message that is not current.
        """
        if lifetime.not_after < lifetime.not_before:
            raise InvalidLeafNode("§7.2", f"the lifetime of the leaf node ends before it begins: {_named(lifetime)}")
        seconds = lifetime.not_after - lifetime.not_before
        if self.longest is not None and seconds > self.longest:
            reason = f"the leaf node is valid for {seconds} seconds"
            raise RefusedByPolicy("§7.2", reason, setting="LifetimePolicy.longest", value=self.longest)
        if when is not None and when.by_others:
            self._verify_received(lifetime, when)
        elif when is not None:
            self._verify_present(lifetime, when)

    def _verify_present(self, lifetime: Lifetime, when: When) -> None:
        """The sender of a leaf node must check that it is valid at the time of sending (RFC 9420 §7.3)."""
        if not self._holds(lifetime, when):
            reason = f"{when.latest} is not within the lifetime of the leaf node, {_named(lifetime)}"
            raise InvalidLeafNode("§7.3", reason)

    def _verify_received(self, lifetime: Lifetime, when: When) -> None:
        """The receiver of a leaf node should check that it was valid when it was sent (RFC 9420 §7.3)."""
        if not self._holds(lifetime, when):
            early = lifetime.not_before > when.latest
            setting, value = ("leeway", self.leeway) if early else ("catch_up", self.catch_up)
            sent = f"between {when.earliest} and {when.latest}"
            reason = f"a leaf node with the lifetime {_named(lifetime)} is in a message that was sent {sent}"
            raise RefusedByPolicy("§7.3", reason, setting=f"LifetimePolicy.{setting}", value=value)

    def verify_member(self, lifetime: Lifetime, when: When) -> None:
        """Refuse the lifetime of a member in a group that we join (RFC 9420 §7.3). Raises `RefusedByPolicy`."""
        if self.in_trees and not self._holds(lifetime, when):
            reason = f"a member of the group has the lifetime {_named(lifetime)}, and the time is {when.latest}"
            raise RefusedByPolicy("§7.3", reason, setting="LifetimePolicy.in_trees", value=self.in_trees)

    def _holds(self, lifetime: Lifetime, when: When) -> bool:
        """Whether a lifetime and a time overlap, with the leeway for the clocks of others."""
        if not self.clock:
            return True
        return lifetime.not_before - self.leeway <= when.latest and when.earliest <= lifetime.not_after + self.leeway


def _named(lifetime: Lifetime) -> str:
    return f"from {lifetime.not_before} to {lifetime.not_after}"


DEFAULT_LIFETIMES = LifetimePolicy()

ANY_LIFETIME = LifetimePolicy(longest=None, clock=False)
"""For histories without a clock, and for observers to whom expired key packages make no difference."""

ANY_LENGTH = LifetimePolicy(longest=None, leeway=0)
"""Any length, but current by our own clock: for objects that we send or pass on. Receivers have their own policies."""


def validate_leaf_node(
    suite: Verifier,
    leaf_node: LeafNode,
    *,
    group_id: bytes | None = None,
    leaf_index: LeafIndex | None = None,
    now: int | None = None,
    lifetimes: LifetimePolicy = DEFAULT_LIFETIMES,
) -> None:
    """Check all rules of a leaf node that need only its group's id (RFC 9420 §7.3).

    `group_id` and `leaf_index` are its place; a leaf node in a key package has neither. If `now` is given, the lifetime
    must be current. Raises `InvalidLeafNode`, `RefusedByPolicy`, `InvalidSignature`, `InvalidKey`, `InvalidExtension`
    or `Malformed`.
    """
    _verify_capabilities(leaf_node)
    if isinstance(leaf_node.leaf_node_source, KeyPackageSource):
        lifetimes.verify(leaf_node.leaf_node_source.lifetime, None if now is None else When.at(now))
    suite.check_encryption_key(leaf_node.encryption_key)
    verify_leaf_node_signature(suite, leaf_node, group_id, leaf_index)


def _verify_capabilities(leaf_node: LeafNode) -> None:
    """Check that a leaf node lists the capabilities that it uses; unknown values are allowed (RFC 9420 §7.2).

    The cipher suite need not be in the list: the keys prove that the client supports it, and some clients in the field
    use suite 7 and list only 1 to 6 (some official test vectors come from them).
    """
    can = leaf_node.capabilities
    if ProtocolVersion.mls10 not in can.versions:
        raise InvalidLeafNode("§11.1", "the capabilities do not list MLS 1.0")
    credential = leaf_node.credential.credential.TAG
    if credential not in can.credentials:
        raise InvalidLeafNode("§7.2", f"the capabilities do not list its own credential type {credential.name}")
    check_extensions(leaf_node.extensions, "a leaf node")
    known = DEFAULT_EXTENSIONS.union(can.extensions)
    for extension in leaf_node.extensions:
        if extension.extension_type not in known:
            reason = f"the capabilities do not list its own extension {extension.extension_type:#06x}"
            raise InvalidLeafNode("§7.3", reason)


def verify_leaf_node_signature(
    suite: Verifier, leaf_node: LeafNode, group_id: bytes | None, leaf_index: LeafIndex | None
) -> None:
    """Check that the member has signed its leaf node for this place in this group (RFC 9420 §7.2).

    Raises `InvalidSignature`, or `InvalidKey` when the signature key is not a key of the suite.
    """
    signed = to_be_signed(leaf_node, group_id, leaf_index)
    if not suite.verify_with_label(leaf_node.signature_key, "LeafNodeTBS", signed, leaf_node.signature):
        raise InvalidSignature("§7.3", "the leaf node is not signed with its own key for this place")


def to_be_signed(leaf_node: LeafNode, group_id: bytes | None, leaf_index: LeafIndex | None) -> bytes:
    """The bytes that a leaf node's signature covers: the place too, unless it is in a key package (RFC 9420 §7.2)."""
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
