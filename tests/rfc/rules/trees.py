"""What makes a ratchet tree and the path of a commit valid (RFC 9420 §7, §12.4.2, §12.4.3)."""

from __future__ import annotations

from tests.mls.group import test_unfit_groups
from tests.mls.tree import (
    test_parent_hash,
    test_ratchet_tree,
    test_tree_validation,
    test_update_path,
    test_update_path_refusals,
)
from tests.rfc.rules.rule import Rule, calls, case, refuses
from workbench.mls import errors
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.tree import ratchet_tree, update_path
from workbench.mls.tree.leaf_node import validate_leaf_node
from workbench.mls.tree.parent_hash import verify_parent_hashes
from workbench.mls.tree.ratchet_tree import RatchetTree
from workbench.mls.tree.tree_validation import check_capabilities, check_members, check_unique_keys, validate_tree
from workbench.mls.tree.update_path import merge_path

ARRAY = test_ratchet_tree.test_an_array_that_is_no_tree_is_refused
HONEST_ARRAY = test_ratchet_tree.test_the_array_from_which_the_next_tests_start_is_valid
HONEST_TREE = test_tree_validation.test_a_newcomer_accepts_the_tree_that_commits_have_made
PATH = test_update_path_refusals.test_a_path_with_one_thing_wrong_is_refused
HONEST_PATH = test_update_path_refusals.test_the_path_from_which_the_next_tests_start_is_valid
OPENED = test_update_path.test_all_members_get_the_same_commit_secret

TREES = (
    Rule(
        "last node",
        "§12.4.3.3",
        "The last node of a ratchet tree is not blank.",
        refuses(RatchetTree.from_nodes, errors.InvalidRatchetTree, "must not be blank"),
        side="both",
        forged=case(ARRAY, nodes=test_ratchet_tree.TRAILING),
        honest=HONEST_ARRAY,
    ),
    Rule(
        "odd number of nodes",
        "§12.4.3.3",
        "A ratchet tree ends with a leaf.",
        refuses(RatchetTree.from_nodes, errors.InvalidRatchetTree, "does not end with a leaf"),
        side="both",
        forged=case(ARRAY, nodes=test_ratchet_tree.EVEN),
        honest=HONEST_ARRAY,
    ),
    Rule(
        "kinds of nodes",
        "§12.4.3.3",
        "The nodes with even indices are leaves, and those with odd indices are parents.",
        refuses(RatchetTree.from_nodes, errors.InvalidRatchetTree, "where none can be"),
        side="both",
        forged=ARRAY,
        honest=HONEST_ARRAY,
    ),
    Rule(
        "members below a parent",
        "§7.9.2",
        "A filled parent has a member below it.",
        refuses(ratchet_tree._verify_members_below, errors.InvalidRatchetTree, "no member below"),
        side="receiver",
        forged=ARRAY,
        honest=HONEST_ARRAY,
    ),
    Rule(
        "order of unmerged leaves",
        "§7.1",
        "Unmerged leaves are in increasing order.",
        refuses(ratchet_tree._verify_unmerged_leaves, errors.InvalidRatchetTree, "increasing order"),
        side="both",
        forged=case(ARRAY, nodes=test_ratchet_tree.UNSORTED),
        honest=HONEST_ARRAY,
    ),
    Rule(
        "unmerged leaves are below",
        "§12.4.3.1",
        "An unmerged leaf is a member below the node that lists it.",
        refuses(ratchet_tree._verify_unmerged_leaves, errors.InvalidRatchetTree, "no member below it"),
        side="receiver",
        forged=ARRAY,
        honest=HONEST_ARRAY,
        openmls=("1408",),
    ),
    Rule(
        "unmerged all the way down",
        "§12.4.3.1",
        "A leaf that is unmerged in a node is also unmerged in each filled node between the two.",
        refuses(ratchet_tree._verify_unmerged_leaves, errors.InvalidRatchetTree, "but not in node"),
        side="receiver",
        forged=ARRAY,
        honest=test_ratchet_tree.test_a_leaf_may_be_merged_above_the_node_in_which_it_is_unmerged,
        openmls=("1409",),
    ),
    Rule(
        "parent hashes",
        "§7.9.2",
        "Parent hashes link each filled parent to exactly one signed leaf.",
        refuses(verify_parent_hashes, errors.InvalidRatchetTree, "not to one"),
        side="receiver",
        forged=test_parent_hash.test_a_key_that_somebody_slips_into_a_parent_hangs_on_nobody,
        honest=test_parent_hash.test_links_of_older_commits_may_be_broken_as_in_the_appendix,
        openmls=("1406",),
    ),
    Rule(
        "parent hashes of a newcomer's tree",
        "§7.9.2",
        "A client that joins a group checks all parent hashes.",
        calls(validate_tree, verify_parent_hashes),
        side="receiver",
        forged=test_unfit_groups.test_a_tree_with_a_key_that_nobody_has_signed_is_refused,
        honest=HONEST_TREE,
        openmls=("1406",),
    ),
    Rule(
        "parents of a newcomer's tree",
        "§12.4.3.1",
        "A client that joins a group checks that the key of each filled parent is a key of the cipher suite.",
        calls(validate_tree, CipherSuite.check_encryption_key),
        side="both",
        forged=test_tree_validation.test_a_newcomer_refuses_a_parent_that_nobody_can_seal_to,
        honest=HONEST_TREE,
    ),
    Rule(
        "leaves of a newcomer's tree",
        "§12.4.3.1",
        "A client that joins a group validates each leaf.",
        calls(validate_tree, validate_leaf_node),
        side="receiver",
        forged=test_tree_validation.test_a_newcomer_refuses_a_leaf_in_another_place,
        honest=HONEST_TREE,
        openmls=("1407",),
    ),
    Rule(
        "members of a newcomer's tree",
        "§12.4.3.1",
        "A client that joins a group checks that all members have the demanded capabilities and unique keys.",
        calls(validate_tree, check_members),
        side="receiver",
        forged=test_tree_validation.test_a_newcomer_refuses_members_that_cannot_do_what_the_group_asks,
        honest=HONEST_TREE,
        openmls=("1407",),
    ),
    Rule(
        "key of a parent",
        "§12.4.3.1",
        "No parent has the key of another node.",
        refuses(check_unique_keys, errors.InvalidRatchetTree, "same encryption key"),
        side="receiver",
        forged=test_tree_validation.test_no_parent_may_have_the_key_of_a_member,
        honest=test_tree_validation.test_an_encryption_key_may_be_somebodys_signature_key,
        openmls=("1410",),
    ),
    Rule(
        "a tree has members",
        "§4.1",
        "There is no group without a member.",
        refuses(check_capabilities, errors.InvalidRatchetTree, "no members"),
        side="both",
        forged=test_tree_validation.test_a_tree_without_members_is_no_group,
        honest=test_tree_validation.test_a_group_may_ask_for_what_all_members_can_do,
        otherwise=AttributeError,
    ),
)

PATHS = (
    Rule(
        "source in a path",
        "§12.4.2",
        "The leaf node of a path has the source commit.",
        refuses(merge_path, errors.InvalidUpdatePath, "source of a commit"),
        side="both",
        forged=PATH,
        honest=HONEST_PATH,
        openmls=("0110", "1207"),
        otherwise=AttributeError,
    ),
    Rule(
        "leaf of a path",
        "§12.4.2",
        "The leaf node of a path is valid.",
        calls(merge_path, validate_leaf_node),
        side="both",
        forged=PATH,
        honest=HONEST_PATH,
        openmls=("1207",),
    ),
    Rule(
        "keys of a path",
        "§12.4.2",
        "Each key of a path is a key of the cipher suite: others can encrypt to it.",
        calls(merge_path, CipherSuite.check_encryption_key),
        side="both",
        forged=test_update_path_refusals.test_a_key_of_a_path_that_nobody_can_seal_to_is_refused,
        honest=HONEST_PATH,
    ),
    Rule(
        "new keys",
        "§12.4.2",
        "No key of a path is in the tree already, neither in the committer's leaf nor in another node.",
        refuses(update_path._verify_new_keys, errors.InvalidUpdatePath, "is not new"),
        side="both",
        forged=PATH,
        honest=HONEST_PATH,
        openmls=("1208", "1209"),
    ),
    Rule(
        "length of a path",
        "§7.5",
        "A path has one node for each node of the filtered direct path.",
        refuses(update_path._verify_form, errors.InvalidUpdatePath, "the tree asks for"),
        side="both",
        forged=PATH,
        honest=HONEST_PATH,
        otherwise=ValueError,
    ),
    Rule(
        "ciphertexts of a path",
        "§7.6",
        "Each node of a path has one ciphertext for each node in the resolution of its copath child, without the "
        "leaves that the same commit adds.",
        refuses(update_path._verify_form, errors.InvalidUpdatePath, "recipients"),
        side="both",
        forged=PATH,
        honest=HONEST_PATH,
        openmls=("1101",),
    ),
    Rule(
        "parent hash of a path",
        "§7.9.2",
        "The parent hash in the committer's leaf is that of the path above it.",
        refuses(merge_path, errors.InvalidUpdatePath, "parent hash"),
        side="both",
        forged=PATH,
        honest=HONEST_PATH,
    ),
    Rule(
        "capabilities of a committer",
        "§7.3",
        "The leaf node of a path has the capabilities that the group demands.",
        calls(merge_path, check_capabilities),
        side="both",
        forged=test_update_path_refusals.test_a_committer_must_be_able_to_do_what_the_group_asks,
        honest=HONEST_PATH,
        openmls=("0312",),
    ),
    Rule(
        "signature key of a committer",
        "§7.3",
        "The leaf node of a path does not have the signature key of another member.",
        calls(merge_path, check_unique_keys),
        side="both",
        forged=test_update_path_refusals.test_a_committer_may_not_take_the_signature_key_of_another,
        honest=test_update_path.test_somebody_outside_can_commit_from_the_next_free_leaf,
        openmls=("0312",),
    ),
    Rule(
        "ciphertext for this context",
        "§7.6",
        "The encryption of a path secret is bound to the provisional GroupContext.",
        refuses(CipherSuite.decrypt_with_label, errors.DecryptionFailed, "in this context"),
        side="both",
        forged=test_update_path_refusals.test_a_ciphertext_for_another_context_does_not_open,
        honest=OPENED,
        otherwise=TypeError,
    ),
    Rule(
        "path secrets lead to their keys",
        "§7.5",
        "The keys that are derived from a path secret are those in the path.",
        refuses(update_path._derived_keys, errors.InvalidUpdatePath, "does not lead to its public key"),
        side="receiver",
        forged=test_update_path_refusals.test_a_secret_that_does_not_lead_to_the_public_keys_is_refused,
        honest=OPENED,
    ),
)
