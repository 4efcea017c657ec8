"""When the Authentication Service of the policy is asked about a credential (RFC 9420 §5.3.1).

For each event that brings a credential, one function asks. Both the sender and the receivers call it:

    an Add, an Update, other external senders   `check_is_current`, from `validate_proposal`
    the leaf of a commit's path                 `validate_and_apply`; of a newcomer's, `validate_and_make_room`
    joining or observing a group                `verified_tree`: its members, its external senders
    creating a group                            `create_group`
    a group that comes from another             `pair_members`: which member is which old member

A committer asks again about each proposal that has waited, because the members that it adds will ask too. Apart from
that, the service is asked only about new credentials. An accepted credential is not asked about again, neither for each
message nor in each epoch, so the messages of a member whose credential expires stay acceptable (§5.3.2).
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
    """Ask about all members and external senders of a group that we join or observe (RFC 9420 §5.3.1).

    Raises what the Authentication Service raises.
    """
    for _, leaf_node in tree.leaves():
        authenticate(policy.authentication, leaf_node, when=when)
    authenticate_external_senders(policy, extensions, when=when)


def authenticate_external_senders(
    policy: Policy, extensions: Vector[Extension], *, when: When, present: Vector[Extension] = ()
) -> None:
    """Ask about the external senders that are new in a GroupContext (RFC 9420 §5.3.1, §12.1.8.1).

    `present` are the extensions of the present GroupContext. Raises what the Authentication Service raises.
    """
    known = frozenset(external_senders_in(present))
    for sender in external_senders_in(extensions):
        if sender not in known:
            validate_credential(policy.authentication, sender.credential, sender.signature_key, when=when)
