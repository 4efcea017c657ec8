"""The demands of RFC 9420, section 12, each with the rule or the code that keeps it."""

from __future__ import annotations

from tests.mls.group import (
    test_custom_proposals,
    test_external_commits,
    test_external_proposals,
    test_insiders,
    test_joining,
    test_life_of_a_group,
    test_messages,
    test_reinit_and_branch,
)
from tests.mls.tree import test_ratchet_tree
from tests.rfc.demand import Demand, application, by_rules, demand, kept
from workbench.mls.framing.public_content import from_outside
from workbench.mls.group.applied_proposals import apply_proposals
from workbench.mls.group.group import protect
from workbench.mls.group.group_info import verified_tree
from workbench.mls.group.proposal_list import path_required
from workbench.mls.group.reinit_and_branch import reinit_group
from workbench.mls.group.welcome import create_welcome, join
from workbench.mls.schedule.key_schedule import external_init_secret
from workbench.mls.tree.ratchet_tree import RatchetTree

GROUP_EVOLUTION: dict[str, list[Demand]] = {
    "12.1": [
        demand(
            "0c832262",
            "Proposal, a client MUST verify the signature",
            by_rules("epoch of a proposal", "signature of content"),
        ),
    ],
    "12.1.4": [
        demand(
            "6e1e1cb7",
            "The `psk_nonce` MUST be randomly sampled.",
            application(
                "who proposes a pre-shared key makes its nonce; for ReInit and branch it is drawn from entropy"
            ),
        ),
    ],
    "12.1.8": [
        demand(
            "e855e11f",
            "An external proposal MUST be sent as",
            kept(from_outside, test_external_proposals.test_external_proposals_travel_in_the_clear_and_carry_no_tag),
        ),
        demand("333236d4", "than the above MUST be rejected as", by_rules("proposals of an external sender")),
        demand(
            "44f6b01d", "in the future MUST define whether they", by_rules("custom proposals of an external sender")
        ),
    ],
    "12.2": [
        demand(
            "2036679b",
            "processing a Commit MUST verify that the",
            by_rules("proposals by value", "the list of a commit", "proposals of a newcomer", "one ExternalInit"),
        ),
        demand("5ae33292", "the Commit message MUST be rejected as", by_rules("the list of a commit", "nothing else")),
        demand(
            "771b31cc", "the external Commit MUST meet the same", by_rules("new key of a newcomer", "Remove of its own")
        ),
        demand(
            "8a744df5",
            "in the LeafNode MUST present a set",
            by_rules("credential of who comes back", "Remove of its own"),
        ),
    ],
    "12.3": [
        demand(
            "d04725e2",
            "The client MUST apply the proposals",
            kept(apply_proposals, test_insiders.test_a_commit_that_breaks_none_is_followed),
        ),
        demand("57b15c45", "The new `extensions` MUST be used when", by_rules("group extensions that all can do")),
        demand(
            "f41032b9",
            "in the future MUST specify how the",
            application("binds whoever defines a proposal type; a custom one changes nothing that the engine applies"),
        ),
    ],
    "12.4": [
        demand(
            "cbefee11",
            "within an epoch MUST send a Commit",
            kept(protect, test_messages.test_application_data_waits_for_pending_proposals),
        ),
        demand("ff7c68ba", "of a Commit MUST verify that the", by_rules("the list of a commit", "proposals by value")),
        demand("ba4ef9ac", "of a Commit MUST be populated.", by_rules("a path where it is needed")),
        demand(
            "975140c4",
            "New proposal types MUST state whether they",
            kept(path_required, test_custom_proposals.test_a_custom_type_says_whether_its_commit_needs_a_path),
        ),
    ],
    "12.4.1": [
        demand("b940ca41", "above), then it MUST be populated.", by_rules("a path where it is needed")),
        demand(
            "ea6f0dcc",
            "of the `psks` MUST be the same",
            kept(create_welcome, test_life_of_a_group.test_pre_shared_keys_are_mixed_in),
        ),
        demand(
            "cbf90445",
            "in this step MUST cover every new",
            kept(create_welcome, test_life_of_a_group.test_a_group_grows_and_shrinks),
        ),
        demand(
            "b05e301b",
            "Commit, the committer MUST create a new",
            kept(reinit_group, test_reinit_and_branch.test_nobody_is_left_behind_by_a_reinit),
        ),
        demand(
            "d751d65b",
            "The Welcome message MUST include a PreSharedKeyID",
            kept(reinit_group, test_reinit_and_branch.test_a_group_goes_on_as_the_reinit_announced_whoever_makes_it),
        ),
    ],
    "12.4.2": [
        demand("fb4b7ab6", "The `leaf_node_source` field MUST be set to", by_rules("source in a path")),
        demand("9826f157", "proposal, the client MUST NOT use the", by_rules("nothing in a group that has ended")),
        demand(
            "daca8c3c",
            "Instead, it MUST wait for a",
            by_rules("nothing in a group that has ended", "a ReInit was committed"),
        ),
    ],
    "12.4.3": [
        demand(
            "366b7c25",
            "extensions in `GroupInfo.extensions` MUST be ignored, and",
            kept(verified_tree, test_joining.test_extensions_of_a_group_info_that_we_do_not_know_are_ignored),
        ),
        demand(
            "dd404c22",
            "in `GroupInfo.group_context.extensions`, however, MUST be supported by",
            by_rules("extensions in use"),
        ),
        demand(
            "39a869b4",
            "New members MUST verify that `group_id`",
            application("a state is of one group; the client knows in which groups it is"),
        ),
        demand("2d38f059", "New members also MUST verify the `signature`", by_rules("signature of a GroupInfo")),
    ],
    "12.4.3.1": [
        demand(
            "4a1e2291",
            "then the client MUST download the tree",
            kept(join, test_joining.test_a_welcome_without_a_tree_needs_one_from_elsewhere),
        ),
        demand("2b70f39c", "The private key MUST be the private", by_rules("path secret of a Welcome")),
    ],
    "12.4.3.2": [
        demand("79d9c738", "* External Commits MUST contain a `path`", by_rules("path of a newcomer")),
        demand("b88f487f", "* The Commit MUST NOT include any", by_rules("no references by a newcomer")),
        demand("c7c99579", "* External Commits MUST be signed by", by_rules("signature by a newcomer")),
        demand(
            "f918a931", "the enclosing AuthenticatedContent MUST verify using the", by_rules("signature by a newcomer")
        ),
        demand(
            "e31b6952",
            "and new members MUST use the external",
            kept(external_init_secret, test_external_commits.test_another_kem_output_leads_to_another_epoch),
        ),
        demand(
            "7ae26822",
            "the external Commit MUST be `new_member_commit`.",
            by_rules("sender of an ExternalInit", "content of a newcomer"),
        ),
    ],
    "12.4.3.3": [
        demand(
            "8013ced0",
            "but the sender MUST NOT include blank",
            kept(
                RatchetTree.to_nodes, test_ratchet_tree.test_a_third_member_doubles_the_tree_and_its_removal_halves_it
            ),
        ),
        demand(
            "49b59327",
            "The receiver MUST check that the",
            by_rules("last node"),
            kept(RatchetTree.from_nodes, test_ratchet_tree.test_blank_nodes_beyond_the_end_of_the_array_are_there),
        ),
        demand("04743fb7", "tree, the client MUST verify that the", by_rules("tree hash")),
    ],
}
