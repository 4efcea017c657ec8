"""When the Authentication Service of the policy is asked who somebody is (RFC 9420 §5.3.1).

Each event that brings a credential asks at one place, which all who send it and all who receive it pass:

    an Add, an Update, other external senders   `validate_proposal`
    the leaf of a commit's path                 `validate_and_apply`; of a newcomer's, `validate_and_make_room`
    a group that one joins or observes          `verified_tree`: its members, its external senders
    a group that one makes                      `create_group`
    a group that comes from another             `pair_members`: who stands for whom

The question is about what is new. What was accepted once is not asked about again, neither for each message nor in
each epoch, so a member whose credential expires can still be heard (§5.3.2).
"""

from __future__ import annotations

from workbench.mls.crypto.credentials import authenticate
from workbench.mls.group.state import Policy
from workbench.mls.tree.extensions import external_senders_in
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.wire.shapes import Vector
from workbench.mls.wire.tree import Extension


def authenticate_group(policy: Policy, tree: RatchetTree, extensions: Vector[Extension], *, now: int) -> None:
    """Ask about everybody in a group that is new to us (RFC 9420 §5.3.1).

    Raises what the Authentication Service raises.
    """
    for _, leaf_node in tree.leaves():
        authenticate(policy.authentication, leaf_node, now=now)
    authenticate_external_senders(policy, extensions, now=now)


def authenticate_external_senders(
    policy: Policy, extensions: Vector[Extension], *, now: int, present: Vector[Extension] = ()
) -> None:
    """Ask about the external senders that a GroupContext has not had before (RFC 9420 §5.3.1, §12.1.8.1).

    `present` are the extensions until now. Raises what the Authentication Service raises.
    """
    known = external_senders_in(present)
    for sender in external_senders_in(extensions):
        if sender not in known:
            policy.authentication.validate(sender.credential, sender.signature_key, now=now)
