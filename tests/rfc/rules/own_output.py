"""What the RFC forbids to send: our own output holds it, and from others it is taken in (RFC 9420 §7, §10, §13)."""

from __future__ import annotations

from tests.mls.group import (
    test_grease,
    test_key_package_lifetimes,
    test_key_packages,
    test_own_output,
    test_reinit_and_branch,
)
from tests.rfc.rules.rule import Rule, calls, refuses
from workbench.mls import errors
from workbench.mls.group import external_proposals, group, proposal_selection, proposals
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.group.state import require_active
from workbench.mls.tree.grease import refuse_grease
from workbench.mls.tree.own_leaf import check_own_leaf

HONEST = test_own_output.test_what_an_honest_client_says_about_itself_is_sent

OWN_OUTPUT = (
    Rule(
        "extensions of a key package",
        "§10",
        "The capabilities of a key package list each of its extensions.",
        refuses(check_own_leaf, errors.Misuse, "do not list"),
        side="sender",
        taken_in=test_key_packages.test_an_extension_that_a_key_package_does_not_list_is_ignored,
        forged=test_own_output.test_nobody_sends_a_key_package_with_an_extension_that_it_does_not_list,
        honest=HONEST,
    ),
    Rule(
        "what a client uses",
        "§7.2",
        "The capabilities of a client list the version, the cipher suite and the credential type that it uses.",
        refuses(check_own_leaf, errors.Misuse, "do not list"),
        side="sender",
        taken_in=test_own_output.test_a_client_that_does_not_list_its_own_cipher_suite_is_added,
        forged=test_own_output.test_nobody_uses_what_it_does_not_list,
        honest=HONEST,
    ),
    Rule(
        "what every client can do",
        "§7.2",
        "Capabilities do not list the extensions and proposals that every client supports.",
        refuses(check_own_leaf, errors.Misuse, "which every client supports"),
        side="sender",
        taken_in=test_own_output.test_a_client_that_lists_what_every_client_knows_is_added,
        forged=test_own_output.test_nobody_lists_what_every_client_knows,
        honest=HONEST,
    ),
    Rule(
        "key package of a founder",
        "§7.3",
        "A client that creates a group has a valid key package: all members get its leaf.",
        calls(group.create_group, validate_key_package),
        side="sender",
        taken_in="the group has no other member yet; those who join look at the tree as they do at any",
        forged=test_key_package_lifetimes.test_nobody_makes_a_group_with_a_key_package_that_has_expired,
        honest=HONEST,
    ),
    Rule(
        "proposals that have expired while they waited",
        "§7.3",
        "A committer does not commit a proposal whose leaf node has expired while it waited.",
        calls(proposal_selection.named_proposals, proposals.check_is_current),
        side="sender",
        taken_in=test_key_package_lifetimes.test_the_commit_of_a_proposal_that_has_expired_since_is_followed,
        forged=test_key_package_lifetimes.test_a_proposal_that_has_expired_while_it_waited_is_not_committed_by_name,
        honest=test_key_package_lifetimes.test_a_proposal_that_is_still_valid_is_committed_by_name,
    ),
    Rule(
        "key packages from outside",
        "§7.3",
        "A client outside that proposes an Add sends a key package that is valid now.",
        calls(external_proposals._check_own, validate_key_package),
        side="sender",
        taken_in=test_own_output.test_what_was_proposed_from_outside_in_time_is_taken_in_late,
        forged=test_own_output.test_nobody_proposes_an_expired_key_package_from_outside,
        honest=test_own_output.test_what_was_proposed_from_outside_in_time_is_taken_in_late,
    ),
    Rule(
        "GREASE in a GroupContext",
        "§13.5",
        "Nobody puts a GREASE value into the extensions of a group.",
        refuses(refuse_grease, errors.Misuse, "which has no place in a GroupContext"),
        side="sender",
        taken_in=test_own_output.test_grease_in_a_group_is_like_any_extension_that_all_members_list,
        forged=test_grease.test_grease_is_never_sent_where_all_must_support_it,
        honest=test_grease.test_grease_is_never_sent_where_all_must_support_it,
        otherwise=errors.InvalidRatchetTree,
    ),
    Rule(
        "GREASE as a proposal",
        "§13.5",
        "Nobody sends a proposal of a GREASE type.",
        refuses(proposals.refuse_grease_in, errors.Misuse, "not the type of a proposal"),
        side="sender",
        taken_in="no policy can name such a type: it is refused as unknown, like any other that is",
        forged=test_own_output.test_nobody_sends_a_proposal_of_a_grease_type,
        honest=test_grease.test_grease_is_never_sent_where_all_must_support_it,
        otherwise=errors.Unsupported,
    ),
    Rule(
        "nothing by who was removed",
        "§12.4.2",
        "A removed member sends nothing in the group.",
        refuses(require_active, errors.GroupInactive, "no longer in the group"),
        side="sender",
        taken_in="it has the keys of no epoch in which it is no member",
        forged=test_reinit_and_branch.test_who_was_removed_sends_nothing,
        honest=test_key_package_lifetimes.test_all_agree_whenever_they_read,
    ),
)
