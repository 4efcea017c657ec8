"""When the Authentication Service of the policy is asked who somebody is (RFC 9420 §5.3.1).

Each event that brings a credential asks at one place, which all who send it and all who receive it pass:

    an Add, an Update, other external senders   `check_is_current`, from `validate_proposal`
    the leaf of a commit's path                 `validate_and_apply`; of a newcomer's, `validate_and_make_room`
    a group that one joins or observes          `verified_tree`: its members, its external senders
    a group that one makes                      `create_group`
    a group that comes from another             `pair_members`: who stands for whom

A proposal that has waited is asked about again by the member that commits it, for the members whom it lets in will ask.
Otherwise the question is about what is new. What was accepted once is not asked about again, neither for each message
nor in each epoch, so a member whose credential expires can still be heard (§5.3.2).
"""

from __future__ import annotations

from workbench.mls.crypto.credentials import authenticate, validate_credential
from workbench.mls.group.public_group import Policy
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.when import When
from workbench.mls.wire.shapes import Vector
from workbench.mls.wire.tree import Extension


def authenticate_group(policy: Policy, tree: RatchetTree, extensions: Vector[Extension], *, when: When) -> None:
    """Ask about everybody in a group that is new to us (RFC 9420 §5.3.1).

    Raises what the Authentication Service raises.
    """
    for _, leaf_node in tree.leaves():
        authenticate(policy.authentication, leaf_node, when=when)
    authenticate_external_senders(policy, extensions, when=when)


def authenticate_external_senders(
    policy: Policy, extensions: Vector[Extension], *, when: When, present: Vector[Extension] = ()
) -> None:
    """Ask about the external senders that a GroupContext has not had before (RFC 9420 §5.3.1, §12.1.8.1).

    `present` are the extensions until now. Raises what the Authentication Service raises.
    """
    known = frozenset(external_senders_in(present))
    for sender in external_senders_in(extensions):
        if sender not in known:
            validate_credential(policy.authentication, sender.credential, sender.signature_key, when=when)
