"""Each sentence of RFC 9420 §4 to §15 that demands something, and what becomes of it here.

A sentence is named by its section, the hash of its text and the words around its first MUST. It is kept by rules of
the catalogue (what others send is refused), by code with a test (what is sent here is right), or it binds applications
only.
"""

from __future__ import annotations

from tests.delivery import test_log
from tests.mls.crypto import test_hpke
from tests.mls.framing import test_padding, test_private_message, test_public_message
from tests.mls.group import (
    test_custom_proposals,
    test_deletion_schedule,
    test_external_commits,
    test_external_proposals,
    test_grease,
    test_insiders,
    test_life_of_a_group,
    test_refusals,
    test_successors,
)
from tests.mls.schedule import test_key_schedule, test_secret_tree
from tests.mls.tree import (
    test_leaf_node,
    test_negotiation,
    test_ratchet_tree,
    test_tree_validation,
    test_update_path,
)
from tests.mls.wire import test_codec
from tests.rfc.demand import Demand, application, by_rules, demand, kept
from workbench.delivery.log import appended
from workbench.mls.framing.private_message import protect_private
from workbench.mls.framing.public_message import from_outside, protect_public
from workbench.mls.group.bundle import create_key_package
from workbench.mls.group.commit import create_commit
from workbench.mls.group.custom_proposals import CustomProposalType
from workbench.mls.group.epoch import enter
from workbench.mls.group.group import create_group, protect
from workbench.mls.group.group_info import verified_tree
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.group.proposal_list import apply_proposals, path_required
from workbench.mls.group.successor import branch_group, reinit_group
from workbench.mls.group.welcome import create_welcome, join
from workbench.mls.schedule.key_schedule import external_init_secret
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.tree.extensions import check_extensions
from workbench.mls.tree.grease import greased, refuse_grease
from workbench.mls.tree.leaf_node import validate_leaf_node
from workbench.mls.tree.negotiation import shared_capabilities
from workbench.mls.tree.own_leaf import default_capabilities
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.update_path import path_recipients, prune_private_keys
from workbench.mls.wire.codec import length_header

DEMANDS: dict[str, list[Demand]] = {
    "5.1.2": [
        demand("8222edbf", "It MUST be the same", by_rules("signature algorithm of a certificate", "signature key")),
    ],
    "5.3": [
        demand("4bcbeac2", "the end-entity certificate MUST be identical to", by_rules("certificate for another key")),
    ],
    "5.3.1": [
        demand(
            "b4e58aee",
            "the group, it MUST be validated with",
            by_rules(
                "credential of an Add",
                "credential of an Update",
                "credential of a committer",
                "credential of a newcomer",
                "credentials of a group",
                "external senders that are let in",
            ),
        ),
        demand(
            "6cd69f12",
            "above, the AS MUST also verify that",
            by_rules(
                "credential of an Update",
                "credential of a committer",
                "credential of who comes back",
                "successor of a credential",
            ),
        ),
    ],
    "5.3.3": [
        demand(
            "870112c6",
            "However, applications MUST NOT rely on",
            application("the engine never looks into an application_id"),
        ),
    ],
    "6": [
        demand(
            "e3c6daaf",
            "Applications MUST use PrivateMessage to",
            by_rules("application data is sent encrypted", "application data is encrypted"),
        ),
    ],
    "6.1": [
        demand(
            "a156bd6d",
            "The sender MUST use the private",
            by_rules(
                "signature by a member",
                "signature by an external sender",
                "signature by a newcomer",
                "signature by a client that asks to be added",
            ),
        ),
        demand(
            "65924b56",
            "of the message MUST be `proposal` and",
            by_rules("content of an external sender", "proposals of an external sender"),
        ),
        demand("72fe72f3", "of the message MUST be `commit`.", by_rules("content of a newcomer")),
        demand(
            "011b810e", "of the message MUST be `proposal` and", by_rules("content of a client that asks to be added")
        ),
        demand(
            "420cd3c6",
            "of an MLSMessage MUST verify the signature",
            by_rules(
                "signature of content",
                "signature by a member",
                "signature by an external sender",
                "signature by a newcomer",
                "signature by a client that asks to be added",
            ),
        ),
    ],
    "6.2": [
        demand(
            "707db239",
            "by members, it MUST be set to",
            kept(protect_public, test_public_message.test_a_members_message_survives_the_wire),
        ),
        demand(
            "d51853b2",
            "AuthenticatedContent, the application MUST check `membership_tag` and",
            by_rules("membership tag", "signature of content", "confirmation tag"),
        ),
    ],
    "6.3.1": [
        demand(
            "cffd78ad",
            "The `padding` field MUST be filled with",
            kept(
                protect_private,
                test_padding.test_so_many_bytes_make_messages_of_different_lengths_equally_long,
            ),
        ),
        demand("748669ee", "A receiver MUST verify that there", by_rules("padding")),
        demand(
            "4795f232",
            "deterministically, a client MUST keep persistent state",
            application("a state says how far each ratchet is; not to lose it is for whoever keeps it"),
        ),
        demand(
            "9104bb36",
            "of a message MUST generate a fresh",
            kept(protect_private, test_private_message.test_other_entropy_changes_the_ciphertext_under_the_same_key),
        ),
        demand(
            "f20a8156",
            "The sender MUST include the reuse",
            kept(
                protect_private,
                test_private_message.test_a_message_survives_the_wire_and_leaves_both_sides_with_the_same_keys,
            ),
        ),
        demand(
            "075e962d",
            "PrivateMessageContent, the application MUST check that the",
            by_rules("signature of content", "confirmation tag"),
        ),
        demand(
            "b78afa11",
            "AAD and ciphertext MUST fit within the",
            kept(length_header, test_codec.test_a_vector_of_a_gigabyte_is_too_long),
        ),
    ],
    "6.3.2": [
        demand(
            "fb6c7fdb", "object, the sender MUST verify Sender.sender_type is", by_rules("sender of a PrivateMessage")
        ),
        demand(
            "168069de",
            "decryption, the recipient MUST verify that the",
            by_rules("sender is a member", "sender is in the tree"),
        ),
    ],
    "7.1": [
        demand(
            "16b205f4",
            "the `unmerged_leaves` vector MUST be sorted in",
            by_rules("order of unmerged leaves"),
            kept(
                RatchetTree.add,
                test_ratchet_tree.test_an_added_leaf_is_unmerged_in_each_filled_node_above_it_and_in_order,
            ),
        ),
    ],
    "7.2": [
        demand(
            "d3257a34",
            'considered "default" and MUST NOT be listed:',
            by_rules("what every client can do"),
            kept(default_capabilities, test_tree_validation.test_what_every_client_can_do_is_not_listed),
        ),
        demand(
            "fa208122",
            "The client MUST list all values",
            by_rules("what a client uses"),
            kept(default_capabilities, test_tree_validation.test_what_every_client_can_do_is_not_listed),
        ),
        demand("ffa21159", "of a LeafNode MUST be included in", by_rules("own extensions", "own credential type")),
        demand(
            "c6745ab1",
            "values in `capabilities` MUST be ignored, and",
            kept(validate_leaf_node, test_leaf_node.test_capabilities_that_we_do_not_know_are_no_fault),
        ),
        demand("d4057de5", "Applications MUST define a maximum", by_rules("longest lifetime")),
        demand("7ea13fbd", "of LeafNode content MUST be reflected by", by_rules("leaf signature")),
    ],
    "7.3": [
        demand("ab241e11", "and credential types MUST be listed in", by_rules("required capabilities")),
        demand(
            "fd580cab",
            "then the client MUST verify that the",
            by_rules(
                "lifetime sent",
                "key package of a founder",
                "proposals that have expired while they waited",
                "key packages from outside",
            ),
        ),
    ],
    "7.5": [
        demand(
            "b5ad79e6", "the group, it MUST adhere to the", by_rules("leaf of a path", "source in a path", "new keys")
        ),
        demand(
            "c2e87558",
            "the same Commit MUST be excluded from",
            by_rules("ciphertexts of a path"),
            kept(path_recipients, test_update_path.test_a_joiner_gets_its_keys_from_the_welcome_and_none_from_the_path),
        ),
        demand(
            "a33444ed",
            "update, each recipient MUST delete outdated key",
            kept(prune_private_keys, test_deletion_schedule.test_replaced_private_keys_are_gone),
        ),
    ],
    "7.6": [
        demand("1893ec90", "corresponding copath node MUST exclude all new", by_rules("ciphertexts of a path")),
        demand("0f5d6060", "the `encrypted_path_secret` vector MUST be equal to", by_rules("ciphertexts of a path")),
    ],
    "7.8": [
        demand(
            "e2c57263",
            "optional node value MUST be absent if",
            kept(RatchetTree.hash, test_ratchet_tree.test_any_history_gives_the_tree_of_the_array_algorithms),
        ),
    ],
    "7.9.2": [
        demand(
            "7b249ebe",
            "the new member MUST authenticate that each",
            by_rules("parent hashes", "parent hashes of a newcomer's tree"),
        ),
        demand("2d14be8e", "an UpdatePath, clients MUST recompute the expected", by_rules("parent hash of a path")),
    ],
    "8.4": [
        demand(
            "ea7bc95b",
            "and GroupSecrets objects MUST indicate the same",
            kept(create_welcome, test_life_of_a_group.test_pre_shared_keys_are_mixed_in),
        ),
        demand(
            "7e8720a6", "of its PreSharedKeyID MUST be set to", by_rules("length of a nonce", "nonces of a Welcome")
        ),
    ],
    "9.1": [
        demand(
            "72379248",
            "Each key/nonce pair MUST NOT be used",
            by_rules("each key once"),
            kept(SecretTree.next_key, test_secret_tree.test_no_two_leaves_ratchets_or_generations_share_a_key),
        ),
    ],
    "9.2": [
        demand(
            "bc9f2d46",
            "a value, they MUST immediately delete (all",
            kept(SecretTree.key_for, test_secret_tree.test_nothing_that_follows_from_the_tree_is_a_key_that_was_used),
        ),
        demand(
            "7dd958e4",
            "been consumed and MUST be deleted:",
            kept(enter, test_deletion_schedule.test_a_fresh_epoch_holds_what_it_needs_and_nothing_that_led_to_it),
        ),
    ],
    "10": [
        demand(
            "63d8d90f",
            "value for `init_key` MUST be a public",
            by_rules("init key"),
            kept(
                create_key_package, test_hpke.test_the_same_entropy_gives_the_same_ciphertext_and_other_entropy_another
            ),
        ),
        demand(
            "a7da1f74", "the `leaf_node` field MUST be valid for", by_rules("encryption key of a leaf", "signature key")
        ),
        demand(
            "b736b7f4", "invalid signature field MUST be considered malformed.", by_rules("signature of a key package")
        ),
        demand("322b735a", "object, then it MUST verify that the", by_rules("version of a key package")),
        demand("fbc93eeb", "in a KeyPackage MUST be set to", by_rules("source in a key package")),
        demand(
            "e4342582",
            "or `leaf_node.extensions` fields MUST be included in",
            by_rules("extensions of a key package", "own extensions"),
        ),
        demand(
            "c4ee33d2",
            "extensions in `KeyPackage.extensions` MUST be ignored, and",
            kept(validate_key_package, test_refusals.test_a_key_package_may_have_extensions_that_only_its_client_knows),
        ),
    ],
    "11": [
        demand(
            "92e23495",
            "attacks, the creator MUST use the `capabilities`",
            application("who makes a group chooses its suite, and can ask what all can do"),
            kept(shared_capabilities, test_negotiation.test_what_one_of_all_lacks_is_not_shared),
        ),
        demand(
            "cb53e5af",
            "of the group MUST take the following",
            kept(create_group, test_key_schedule.test_the_first_epoch_follows_from_its_epoch_secret_alone),
        ),
    ],
    "11.2": [
        demand("193908f0", "the Welcome message MUST be the same", by_rules("what the ReInit announced")),
        demand("0b02ecd5", "the Welcome message MUST be 1.", by_rules("epoch of a new group")),
        demand(
            "c1485697",
            "The Welcome message MUST specify a PreSharedKeyID",
            by_rules("a ReInit was committed"),
            kept(reinit_group, test_successors.test_a_group_goes_on_as_the_reinit_announced_whoever_makes_it),
        ),
        demand("1ebc3463", "with usage `reinit` MUST NOT be used", by_rules("keys for a reinit")),
        demand("5e6a8109", "and usage `reinit` MUST be considered invalid.", by_rules("keys for a reinit")),
    ],
    "11.3": [
        demand(
            "9141edc6",
            "the PreSharedKeyID object MUST be a randomly",
            by_rules("length of a nonce"),
            kept(branch_group, test_successors.test_some_members_branch_off_and_the_old_group_lives_on),
        ),
        demand(
            "9e0ed540",
            "with usage `branch` MUST verify that the",
            by_rules("epoch of a new group", "suite of a branch", "no strangers in a branch"),
        ),
        demand("b5a11f08", "the Welcome message MUST be 1.", by_rules("epoch of a new group")),
        demand("a0f042cf", "a new subgroup MUST match some LeafNode", by_rules("no strangers in a branch")),
        demand("6f08e6ca", "with usage `branch` MUST NOT be used", by_rules("keys for a branch")),
        demand("f19beab2", "and usage `branch` MUST be considered invalid.", by_rules("keys for a branch")),
    ],
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
            kept(protect, test_refusals.test_application_data_waits_for_pending_proposals),
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
            kept(reinit_group, test_successors.test_nobody_is_left_behind_by_a_reinit),
        ),
        demand(
            "d751d65b",
            "The Welcome message MUST include a PreSharedKeyID",
            kept(reinit_group, test_successors.test_a_group_goes_on_as_the_reinit_announced_whoever_makes_it),
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
            kept(verified_tree, test_refusals.test_extensions_of_a_group_info_that_we_do_not_know_are_ignored),
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
            kept(join, test_refusals.test_a_welcome_without_a_tree_needs_one_from_elsewhere),
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
    "13.2": [
        demand(
            "62fc181a", "non-default proposal type MUST NOT be included", by_rules("custom proposals that all can do")
        ),
    ],
    "13.4": [
        demand(
            "e4c50f3a",
            "to work, implementations MUST correctly handle extensible",
            by_rules("one of each extension", "extensions in use"),
        ),
        demand(
            "379660df",
            "posts a KeyPackage MUST support all parameters",
            application("a client lists what it can do; `default_capabilities` are what is built here"),
        ),
        demand(
            "0913909e",
            "a KeyPackage object MUST ignore all unrecognized",
            kept(validate_key_package, test_refusals.test_a_key_package_may_have_extensions_that_only_its_client_knows),
        ),
        demand(
            "1b6ab09a",
            "a GroupInfo object MUST ignore all unrecognized",
            kept(verified_tree, test_refusals.test_extensions_of_a_group_info_that_we_do_not_know_are_ignored),
        ),
        demand("f2a7569b", "list of extensions MUST NOT have more", by_rules("one of each extension")),
        demand("914cfc67", "to a group MUST verify that the", by_rules("extensions in use", "required capabilities")),
        demand("b4423508", "The `capabilities` field MUST indicate support for", by_rules("extensions in use")),
        demand("f463ec4f", "joining a group MUST verify that it", by_rules("extensions in use")),
        demand("df11b72a", "Otherwise, it MUST treat the enclosing", by_rules("extensions in use")),
        demand(
            "f9cb5903",
            "by the group MUST be supported by",
            by_rules("extensions in use", "group extensions that all can do"),
        ),
    ],
    "13.5": [
        demand(
            "7cdacbcb",
            "GREASE values MUST NOT be sent",
            by_rules("GREASE in a GroupContext", "GREASE as a proposal"),
            kept(refuse_grease, test_grease.test_grease_is_never_sent_where_all_must_support_it),
            kept(CustomProposalType, test_custom_proposals.test_no_custom_type_takes_a_number_that_the_rfc_gives_away),
        ),
        demand(
            "08bceafe",
            "range.) These values MUST only appear in",
            kept(greased, test_grease.test_a_key_package_is_greased_in_every_list_that_may_hold_it),
            kept(CustomProposalType, test_custom_proposals.test_no_custom_type_takes_a_number_that_the_rfc_gives_away),
        ),
        demand(
            "cfde3118",
            "Clients MUST NOT implement any",
            kept(check_extensions, test_grease.test_grease_in_a_group_context_is_refused_as_any_unknown_extension_is),
        ),
        demand(
            "4306ab7c",
            "GREASE values MUST be handled using",
            kept(check_extensions, test_grease.test_a_group_full_of_grease_lives_like_any_other),
        ),
        demand(
            "b4964f75",
            "supported capabilities, clients MUST represent their own",
            kept(shared_capabilities, test_negotiation.test_grease_of_others_is_never_shared),
        ),
        demand(
            "5153a7eb",
            "client's own capabilities MUST NOT contain GREASE",
            kept(default_capabilities, test_grease.test_nothing_is_greased_unless_asked_for),
        ),
    ],
    "14": [
        demand(
            "4aaf46ac",
            "Applications MUST have an established",
            kept(appended, test_log.test_the_first_commit_of_an_epoch_wins),
        ),
        demand(
            "c5e92a33",
            "The approach chosen MUST minimize the amount",
            application("how long a state is kept that another commit has overtaken is for whoever holds it"),
        ),
        demand(
            "d08748e4",
            "of Commit messages MUST NOT modify a",
            kept(create_commit, test_life_of_a_group.test_a_commit_that_lost_is_dropped_without_a_trace),
        ),
        demand(
            "a9ca00d7",
            "to a Commit MUST NOT be delivered",
            kept(appended, test_log.test_a_welcome_is_kept_only_if_its_commit_is_accepted),
        ),
    ],
    "15.2": [
        demand(
            "cb14d791",
            "each epoch, senders MUST NOT encrypt more",
            kept(length_header, test_codec.test_a_vector_of_a_gigabyte_is_too_long),
        ),
        demand(
            "9431efe1",
            "Hence this change MUST be applied before",
            kept(enter, test_deletion_schedule.test_the_old_epoch_is_gone_but_for_its_resumption_psk),
        ),
    ],
}
