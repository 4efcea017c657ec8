"""Each sentence of RFC 9420 §4 to §15 that says SHOULD or RECOMMENDED, and what is chosen here."""

from __future__ import annotations

from tests.mls.group import (
    test_commits,
    test_custom_proposals,
    test_grease,
    test_life_of_a_group,
    test_proposal_lists,
    test_x509_groups,
)
from tests.mls.schedule import test_secret_tree
from tests.rfc.demand import Demand, application, by_rules, demand, kept
from workbench.mls.crypto.credentials import authenticate
from workbench.mls.group.commit import create_commit
from workbench.mls.group.epoch import advance_epoch, last_state
from workbench.mls.group.group_info import sign_group_info
from workbench.mls.group.proposal_selection import select_proposals
from workbench.mls.group.public_commit import process_public_commit
from workbench.mls.schedule.secret_tree import RatchetLimits
from workbench.mls.tree.grease import greased

ADVICES: dict[str, list[Demand]] = {
    "5.3.2": [
        demand(
            "23b3a40b",
            "this reason, members SHOULD accept Update proposals",
            kept(authenticate, test_x509_groups.test_who_has_expired_is_still_heard_and_may_renew_but_not_be_met),
        ),
        demand(
            "4fa98387",
            "offline), the client SHOULD accept signatures from",
            kept(authenticate, test_x509_groups.test_who_has_expired_is_still_heard_and_may_renew_but_not_be_met),
        ),
    ],
    "5.3.3": [
        demand(
            "870112c6",
            "Authentication Service, and SHOULD gracefully handle cases",
            application("what an application_id says is never looked into"),
        ),
    ],
    "6": [
        demand(
            "e3c6daaf",
            "application messages and SHOULD use PrivateMessage to",
            kept(create_commit, test_life_of_a_group.test_handshake_messages_travel_in_the_clear_or_sealed),
            application("both are built; the caller chooses, in the clear by default so that a server can follow"),
        ),
    ],
    "7.2": [
        demand(
            "c6745ab1",
            "a `capabilities` field SHOULD include some random",
            kept(greased, test_grease.test_a_key_package_is_greased_in_every_list_that_may_hold_it),
            application("it is sent when the caller asks, so that bytes in lessons stay readable"),
        ),
        demand(
            "41136116",
            "in a group SHOULD maintain time synchronization",
            application("time is an argument; the policy allows for clocks that differ"),
        ),
    ],
    "7.3": [
        demand("336bf2da", "joining, it is RECOMMENDED that the client", by_rules("lifetime received")),
    ],
    "8.5": [
        demand("4ec94598", "Applications SHOULD provide a unique", application("the label is the application's")),
        demand(
            "be5564d2",
            "It is RECOMMENDED for the application",
            application("when to export anew is for whoever uses what is exported"),
        ),
    ],
    "8.6": [
        demand(
            "38a5ae2b",
            "The application SHOULD specify an upper",
            kept(advance_epoch, test_commits.test_only_so_many_resumption_keys_are_kept),
        ),
    ],
    "10": [
        demand(
            "bde845e4",
            "only once and SHOULD NOT be reused",
            application("a directory hands out each once; which is the last resort is marked by its client"),
        ),
        demand(
            "c4ee33d2",
            "a KeyPackage object SHOULD include some random",
            kept(greased, test_grease.test_a_key_package_is_greased_in_every_list_that_may_hold_it),
        ),
    ],
    "11": [
        demand(
            "6ba70aaa",
            "creation, then it SHOULD fetch KeyPackages for",
            application("whoever makes a group fetches the key packages and chooses"),
        ),
        demand("7a043cee", "Group IDs SHOULD be constructed in", application("the group id is an argument")),
    ],
    "12.2": [
        demand(
            "0a665960",
            "such proposals they SHOULD prefer any Remove",
            kept(select_proposals, test_proposal_lists.test_a_committer_takes_what_fits_together),
        ),
        demand(
            "5d006214",
            "the epoch, they SHOULD prefer them over",
            kept(select_proposals, test_proposal_lists.test_a_committer_takes_a_reinit_only_alone),
        ),
    ],
    "12.4": [
        demand(
            "2a2a2253",
            "of a Commit SHOULD include all proposals",
            kept(select_proposals, test_proposal_lists.test_a_committer_takes_what_fits_together),
        ),
        demand(
            "06a379d8",
            "of a Commit SHOULD NOT enforce that",
            kept(
                process_public_commit,
                test_custom_proposals.test_a_pending_custom_proposal_that_not_all_support_stops_nobodys_commit,
            ),
        ),
    ],
    "12.4.2": [
        demand(
            "f2bb2349",
            "the group and SHOULD promptly delete its",
            kept(last_state, test_life_of_a_group.test_a_removed_member_still_reads_what_came_late_in_its_last_epoch),
            application(
                "when no late message can come any more is known to the application, which then deletes the state"
            ),
        ),
    ],
    "12.4.3": [
        demand(
            "366b7c25",
            "a GroupInfo object SHOULD include some random",
            kept(sign_group_info, test_grease.test_a_group_info_holds_grease_for_newcomers_to_ignore),
        ),
    ],
    "13.5": [
        demand(
            "1228f206",
            "an MLS client SHOULD include a random",
            kept(greased, test_grease.test_a_group_full_of_grease_lives_like_any_other),
        ),
    ],
    "15.1": [
        demand(
            "429d3cdf",
            "so padding schemes SHOULD avoid increasing message",
            application(
                "which sizes a transport can carry is known to the application; padding is an argument or a policy"
            ),
        ),
    ],
    "15.3": [
        demand(
            "a1994318",
            "Applications SHOULD define a policy",
            kept(RatchetLimits, test_secret_tree.test_never_more_keys_are_kept_than_the_limit),
        ),
        demand(
            "818c61a3",
            "Applications SHOULD also define a",
            kept(RatchetLimits, test_secret_tree.test_as_many_keys_may_be_skipped_as_allowed_and_not_one_more),
        ),
    ],
}
