"""The sections of RFC 9420 §4 to §15, and for those that demand nothing by name the code and test that follow them."""

from __future__ import annotations

from tests.mls.crypto import test_ciphersuite, test_hpke
from tests.mls.framing import test_padding, test_private_message
from tests.mls.group import test_commits, test_life_of_a_group
from tests.mls.schedule import test_key_schedule, test_secret_tree, test_transcript
from tests.mls.tree import test_parent_hash, test_ratchet_tree, test_tree_validation, test_update_path
from tests.mls.wire import test_rfc_structs
from tests.rfc.demand import Answer, application, kept
from workbench.mls.crypto.algorithms import algorithms
from workbench.mls.crypto.ciphersuite import CipherSuite, cipher_suite
from workbench.mls.framing.padding import padding_for
from workbench.mls.framing.private_message import protect_private
from workbench.mls.group.epoch import advance_epoch
from workbench.mls.group.group import protect
from workbench.mls.schedule.key_schedule import epoch_from_epoch_secret, export_secret, external_init, next_epoch
from workbench.mls.schedule.secret_tree import SecretTree
from workbench.mls.schedule.transcript import confirmed_transcript_hash
from workbench.mls.tree.parent_hash import parent_hash
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_validation import check_capabilities
from workbench.mls.tree.update_path import new_path, open_path
from workbench.mls.wire.messages import GroupContext

_INTRODUCTION = application("an introduction: the sections below it say what is to be done")

SECTIONS: dict[str, str] = {
    "4": "Ratchet Tree Concepts",
    "4.1": "Ratchet Tree Terminology",
    "4.1.1": "Ratchet Tree Nodes",
    "4.1.2": "Paths through a Ratchet Tree",
    "4.2": "Views of a Ratchet Tree",
    "5": "Cryptographic Objects",
    "5.1": "Cipher Suites",
    "5.1.1": "Public Keys",
    "5.1.2": "Signing",
    "5.1.3": "Public Key Encryption",
    "5.2": "Hash-Based Identifiers",
    "5.3": "Credentials",
    "5.3.1": "Credential Validation",
    "5.3.2": "Credential Expiry and Revocation",
    "5.3.3": "Uniquely Identifying Clients",
    "6": "Message Framing",
    "6.1": "Content Authentication",
    "6.2": "Encoding and Decoding a Public Message",
    "6.3": "Encoding and Decoding a Private Message",
    "6.3.1": "Content Encryption",
    "6.3.2": "Sender Data Encryption",
    "7": "Ratchet Tree Operations",
    "7.1": "Parent Node Contents",
    "7.2": "Leaf Node Contents",
    "7.3": "Leaf Node Validation",
    "7.4": "Ratchet Tree Evolution",
    "7.5": "Synchronizing Views of the Tree",
    "7.6": "Update Paths",
    "7.7": "Adding and Removing Leaves",
    "7.8": "Tree Hashes",
    "7.9": "Parent Hashes",
    "7.9.1": "Using Parent Hashes",
    "7.9.2": "Verifying Parent Hashes",
    "8": "Key Schedule",
    "8.1": "Group Context",
    "8.2": "Transcript Hashes",
    "8.3": "External Initialization",
    "8.4": "Pre-Shared Keys",
    "8.5": "Exporters",
    "8.6": "Resumption PSK",
    "8.7": "Epoch Authenticators",
    "9": "Secret Tree",
    "9.1": "Encryption Keys",
    "9.2": "Deletion Schedule",
    "10": "Key Packages",
    "10.1": "KeyPackage Validation",
    "11": "Group Creation",
    "11.1": "Required Capabilities",
    "11.2": "Reinitialization",
    "11.3": "Subgroup Branching",
    "12": "Group Evolution",
    "12.1": "Proposals",
    "12.1.1": "Add",
    "12.1.2": "Update",
    "12.1.3": "Remove",
    "12.1.4": "PreSharedKey",
    "12.1.5": "ReInit",
    "12.1.6": "ExternalInit",
    "12.1.7": "GroupContextExtensions",
    "12.1.8": "External Proposals",
    "12.1.8.1": "External Senders Extension",
    "12.2": "Proposal List Validation",
    "12.3": "Applying a Proposal List",
    "12.4": "Commit",
    "12.4.1": "Creating a Commit",
    "12.4.2": "Processing a Commit",
    "12.4.3": "Adding Members to the Group",
    "12.4.3.1": "Joining via Welcome Message",
    "12.4.3.2": "Joining via External Commits",
    "12.4.3.3": "Ratchet Tree Extension",
    "13": "Extensibility",
    "13.1": "Additional Cipher Suites",
    "13.2": "Proposals",
    "13.3": "Credential Extensibility",
    "13.4": "Extensions",
    "13.5": "GREASE",
    "14": "Sequencing of State Changes",
    "15": "Application Messages",
    "15.1": "Padding",
    "15.2": "Restrictions",
    "15.3": "Delayed and Reordered Application Messages",
}

ANSWERS: dict[str, Answer] = {
    "4": _INTRODUCTION,
    "4.1.1": kept(RatchetTree.resolution, test_ratchet_tree.test_the_resolution_is_that_of_the_figure_in_the_rfc),
    "4.1.2": kept(
        RatchetTree.filtered_direct_path,
        test_ratchet_tree.test_the_filtered_direct_paths_are_those_of_the_table_in_the_rfc,
    ),
    "4.2": kept(open_path, test_update_path.test_any_history_of_commits_keeps_the_tree_invariant),
    "5": _INTRODUCTION,
    "5.1": kept(cipher_suite, test_ciphersuite.test_the_registered_suites_are_one_to_seven),
    "5.1.1": kept(
        CipherSuite.hpke_public_key,
        test_ciphersuite.test_the_public_key_of_an_hpke_key_pair_follows_from_its_private_key,
    ),
    "5.1.3": kept(CipherSuite.encrypt_with_label, test_hpke.test_a_ciphertext_opens_for_no_other_label_context_or_key),
    "5.2": kept(
        CipherSuite.ref_hash,
        test_ciphersuite.test_references_differ_by_label_and_value_and_not_by_who_computes_them,
    ),
    "6.3": kept(protect_private, test_private_message.test_the_server_sees_neither_the_sender_nor_the_content),
    "7": _INTRODUCTION,
    "7.4": kept(new_path, test_update_path.test_all_members_get_the_same_commit_secret),
    "7.7": kept(
        RatchetTree.with_room, test_ratchet_tree.test_a_third_member_doubles_the_tree_and_its_removal_halves_it
    ),
    "7.9": kept(parent_hash, test_parent_hash.test_a_sibling_is_hashed_as_it_was_before_unmerged_leaves_came),
    "7.9.1": application("it says what parent hashes are good for; how they are checked stands in the next section"),
    "8": kept(next_epoch, test_key_schedule.test_every_input_decides_every_secret_of_the_epoch),
    "8.1": kept(GroupContext, test_rfc_structs.test_every_struct_of_the_rfc_has_the_same_fields_here),
    "8.2": kept(
        confirmed_transcript_hash,
        test_transcript.test_the_confirmed_hash_depends_on_all_that_was_sent_and_on_all_before,
    ),
    "8.3": kept(
        external_init,
        test_key_schedule.test_an_init_secret_from_outside_reaches_all_who_hold_the_external_secret,
    ),
    "8.5": kept(export_secret, test_key_schedule.test_exported_secrets_differ_by_label_context_and_length),
    "8.6": kept(advance_epoch, test_commits.test_only_so_many_resumption_keys_are_kept),
    "8.7": kept(epoch_from_epoch_secret, test_key_schedule.test_every_input_decides_every_secret_of_the_epoch),
    "9": kept(SecretTree, test_secret_tree.test_sender_and_receiver_derive_the_same_keys),
    "12": _INTRODUCTION,
    "13": _INTRODUCTION,
    "13.1": kept(algorithms, test_ciphersuite.test_a_suite_that_is_not_built_is_unsupported_and_not_invalid),
    "13.3": kept(check_capabilities, test_tree_validation.test_every_member_must_support_the_credentials_of_all_others),
    "15": kept(protect, test_life_of_a_group.test_messages_may_arrive_in_any_order_and_each_only_once),
    "15.1": kept(padding_for, test_padding.test_padme_costs_less_than_an_eighth_and_pads_nothing_twice),
}
"""What follows a section in which no sentence demands anything and no rule stands, or why nothing does."""
