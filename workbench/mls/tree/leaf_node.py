"""Whether a leaf node is valid by itself (RFC 9420 §7.2, §7.3).

What takes the whole group (keys that nobody else has, capabilities that everybody shares) is in
`tree_validation.py`; whether the credential tells the truth is for the Authentication Service (§5.3.1).
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
"""Seconds in a leap year and two hours: a year is what mls-rs issues, begun an hour early for clocks that are behind.

Whoever refuses an Add that the other members accept cannot follow the group any more, so the default accepts what is
common among implementations. What we issue is shorter (`new_lifetime`): the longest that OpenMLS accepts. A shorter
limit also bounds for how long a leaked init key opens what was sealed to it; all members should set the same one.
"""

CATCH_UP = 30 * DAY
"""Seconds by which a message of others may be late: about as long as delivery services keep messages for a client that
is offline. Whoever stays away longer, while something in the messages expires, has to join again."""

CLOCK_LEEWAY = 5 * 60
"""Seconds by which two clocks may differ: what Kerberos allows (RFC 4120), ample for clients with NTP (§7.2)."""


@value
class LifetimePolicy:
    """Which lifetimes an application accepts, and how late what others have sent may be (RFC 9420 §7.2, §7.3).

    `longest` is the most seconds a leaf node may be valid for in all, None for any number. `in_trees` says
    whether the members of a group that we join must be within their lifetimes too: recommended, not required.
    `leeway` is how many seconds the clocks of others may differ from ours; there is none for what we send ourselves.
    What is issued for others to accept should not need any of it (`new_lifetime`).

    `catch_up` is how many seconds late a message may be read and still be judged by the time when it was sent, or may
    have been sent (`When.received`). It covers lifetimes and credentials alike. A key package that expired longer ago
    is refused whatever a delivery service says about the time, so this also bounds how long one can be used after its
    end by a member and a server that conspire. The RFC recommends the check on receipt and does not require it, because
    the member that commits has to make it (§7.3).

    `clock` is False where there is no time to judge by, as in test vectors: then no lifetime has begun too late or
    ended too early.
    """

    longest: Seconds | None = LONGEST_LIFETIME
    in_trees: bool = True
    leeway: Seconds = CLOCK_LEEWAY
    catch_up: Seconds = CATCH_UP
    clock: bool = True

    def __post_init__(self) -> None:
        check_fields(self)

    def received(self, now: int, sent_at: int | None = None) -> When:
        """When a message may have been sent that is read `now`; `sent_at` is what its deliverer says."""
        return When.received(now, sent_at, self.catch_up)

    def verify(self, lifetime: Lifetime, when: When | None) -> None:
        """Refuse a lifetime that is too long or makes no sense, or that is not that of the time, if one is given.

        Raises `InvalidLeafNode`, or `RefusedByPolicy` for what only a policy decides: how long is too long, and on
        receipt how late is too late.
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
        """Who sends a leaf node, or is about to, must see that it is valid now (RFC 9420 §7.3)."""
        if not self._holds(lifetime, when):
            reason = f"{when.latest} is not within the lifetime of the leaf node, {_named(lifetime)}"
            raise InvalidLeafNode("§7.3", reason)

    def _verify_received(self, lifetime: Lifetime, when: When) -> None:
        """Who receives one should see that it can have been valid when it was sent (RFC 9420 §7.3)."""
        if not self._holds(lifetime, when):
            early = lifetime.not_before > when.latest
            setting, value = ("leeway", self.leeway) if early else ("catch_up", self.catch_up)
            sent = f"between {when.earliest} and {when.latest}"
            reason = f"a leaf node with the lifetime {_named(lifetime)} is in a message that was sent {sent}"
            raise RefusedByPolicy("§7.3", reason, setting=f"LifetimePolicy.{setting}", value=value)

    def verify_member(self, lifetime: Lifetime, when: When) -> None:
        """Refuse a lifetime in the tree of a group that one enters (RFC 9420 §7.3). Raises `RefusedByPolicy`."""
        if self.in_trees and not self._holds(lifetime, when):
            reason = f"a member of the group has the lifetime {_named(lifetime)}, and the time is {when.latest}"
            raise RefusedByPolicy("§7.3", reason, setting="LifetimePolicy.in_trees", value=self.in_trees)

    def _holds(self, lifetime: Lifetime, when: When) -> bool:
        """Whether some moment is in both, by clocks that differ by the leeway at most."""
        if not self.clock:
            return True
        return lifetime.not_before - self.leeway <= when.latest and when.earliest <= lifetime.not_after + self.leeway


def _named(lifetime: Lifetime) -> str:
    return f"from {lifetime.not_before} to {lifetime.not_after}"


DEFAULT_LIFETIMES = LifetimePolicy()

ANY_LIFETIME = LifetimePolicy(longest=None, clock=False)
"""For histories without a clock, and for whom it makes no difference whether a key package has expired."""

ANY_LENGTH = LifetimePolicy(longest=None, leeway=0)
"""Within its lifetime by our own clock, however long that is: for what we send or hand on. Receivers have policies of
their own."""


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

    `group_id` and `leaf_index` say where it stands; a leaf node outside of any group has neither. Its lifetime must be
    one that `now` is in, if that is given. Raises `InvalidLeafNode`, `RefusedByPolicy`, `InvalidSignature`,
    `InvalidKey`, `InvalidExtension` or `Malformed`.
    """
    _verify_capabilities(leaf_node)
    if isinstance(leaf_node.leaf_node_source, KeyPackageSource):
        lifetimes.verify(leaf_node.leaf_node_source.lifetime, None if now is None else When.at(now))
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
    known = DEFAULT_EXTENSIONS.union(can.extensions)
    for extension in leaf_node.extensions:
        if extension.extension_type not in known:
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
