"""What a newcomer refuses of a GroupInfo and a Welcome (RFC 9420 §11.2, §11.3, §12.4.3)."""

from __future__ import annotations

from tests.mls.group import (
    test_external_commits,
    test_joining,
    test_keys_on_the_wire,
    test_life_of_a_group,
    test_public_observer,
    test_reinit_and_branch,
    test_unfit_groups,
)
from tests.mls.group.test_reinit_and_branch import BRANCH, REINIT
from tests.mls.tree import test_update_path_refusals
from tests.rfc.rules.rule import Rule, calls, case, refuses
from workbench.mls import errors
from workbench.mls.crypto.primitives import AEAD
from workbench.mls.group import pre_shared_keys, public_observer, resumption_checks, welcome
from workbench.mls.group.group_info import external_pub_of, verified_tree
from workbench.mls.group.signatures import verify_group_info
from workbench.mls.group.welcome import join, open_group_secrets
from workbench.mls.schedule.psk import check_psk_nonce
from workbench.mls.tree import update_path
from workbench.mls.tree.extensions import check_extension_keys
from workbench.mls.tree.tree_validation import validate_tree

no_key = test_keys_on_the_wire.test_what_is_no_key_is_refused_where_it_arrives
a_key = test_keys_on_the_wire.test_what_is_a_key_is_taken_where_it_arrives
ENTERS = test_unfit_groups.test_a_newcomer_enters_a_group_in_order
JOINS = test_joining.test_an_honest_welcome_made_anew_lets_its_receiver_in
CHANGED = test_joining.test_a_group_info_with_one_thing_changed_is_refused
BROKEN = test_reinit_and_branch.test_a_new_group_that_breaks_one_rule_is_refused
WHOLE = test_reinit_and_branch.test_a_new_group_that_is_made_by_hand_and_breaks_none_is_entered

GROUP_INFOS = (
    Rule(
        "signature of a GroupInfo",
        "§12.4.3.1",
        "A GroupInfo is signed with the key of the leaf of its signer.",
        refuses(verify_group_info, errors.InvalidGroupInfo, "does not verify"),
        side="both",
        forged=CHANGED,
        honest=JOINS,
        openmls=("1402",),
    ),
    Rule(
        "signer of a GroupInfo",
        "§12.4.3.1",
        "The leaf of the signer of a GroupInfo is not blank.",
        refuses(verified_tree, errors.InvalidGroupInfo, "is no member"),
        side="receiver",
        forged=CHANGED,
        honest=JOINS,
        openmls=("1402",),
        otherwise=AttributeError,
    ),
    Rule(
        "tree hash",
        "§12.4.3.1",
        "The ratchet tree, from whatever source, has the tree hash of the GroupContext.",
        refuses(verified_tree, errors.InvalidRatchetTree, "tree hash"),
        side="receiver",
        forged=test_unfit_groups.test_a_tree_from_elsewhere_is_checked_like_any_other,
        honest=ENTERS,
        openmls=("1405",),
    ),
    Rule(
        "a newcomer's tree",
        "§12.4.3.1",
        "The ratchet tree of a group that a client joins is valid.",
        calls(verified_tree, validate_tree),
        side="receiver",
        forged=test_unfit_groups.test_a_tree_with_a_key_that_nobody_has_signed_is_refused,
        honest=ENTERS,
        openmls=("1406", "1407"),
    ),
    Rule(
        "keys of external senders in a group that one enters",
        "§5.1.1",
        "The keys of external senders, and the external_pub of a GroupInfo, are keys of the group's cipher suite.",
        calls(verified_tree, check_extension_keys),
        side="receiver",
        forged=case(
            test_keys_on_the_wire.test_what_is_no_key_is_refused_where_it_arrives,
            put=test_keys_on_the_wire.in_a_joined_group,
            wrong=bytes(32),
        ),
        honest=case(
            test_keys_on_the_wire.test_what_is_a_key_is_taken_where_it_arrives,
            put=test_keys_on_the_wire.in_a_joined_group,
        ),
    ),
    Rule(
        "signer of a GroupInfo for those without secrets",
        "§12.4.3.1",
        "The leaf of the signer of a GroupInfo is not blank, for observers too.",
        refuses(public_observer._compare, errors.InvalidGroupInfo, "is no member"),
        side="receiver",
        forged=test_public_observer.test_a_group_info_by_nobody_or_of_another_history_is_refused,
        honest=test_public_observer.test_a_members_group_info_confirms_the_view,
        openmls=("1402",),
        otherwise=AttributeError,
    ),
    Rule(
        "an external key",
        "§12.4.3.2",
        "The GroupInfo with which a client makes an external commit has an external key.",
        refuses(external_pub_of, errors.InvalidGroupInfo, "no external_pub"),
        side="receiver",
        forged=test_external_commits.test_without_an_external_key_nobody_joins_by_a_commit,
        honest=ENTERS,
        otherwise=TypeError,
    ),
)

WELCOMES = (
    Rule(
        "suite of a Welcome",
        "§12.4.3.1",
        "A Welcome is for the cipher suite of the key package.",
        refuses(open_group_secrets, errors.InvalidWelcome, "the Welcome is for"),
        side="receiver",
        forged=test_joining.test_a_welcome_of_another_suite_is_refused,
        honest=JOINS,
        openmls=("1404",),
        otherwise=errors.DecryptionFailed,
    ),
    Rule(
        "suite of the group",
        "§12.4.3.1",
        "The group of a Welcome has the version and cipher suite of the key package.",
        refuses(welcome._check_suite, errors.InvalidGroupInfo, "another version or cipher suite"),
        side="receiver",
        forged=test_unfit_groups.test_a_group_of_another_suite_than_its_welcome_is_refused,
        honest=JOINS,
        openmls=("1404",),
    ),
    Rule(
        "entry of a Welcome",
        "§12.4.3.1",
        "A Welcome holds an entry for the key package.",
        refuses(open_group_secrets, errors.NotForMe, "no entry of the Welcome"),
        side="receiver",
        forged=test_joining.test_a_welcome_for_somebody_else_is_refused,
        honest=JOINS,
        otherwise=AttributeError,
    ),
    Rule(
        "keys of a Welcome",
        "§12.4.3.1",
        "A newcomer has each pre-shared key that its Welcome names.",
        refuses(pre_shared_keys._find, errors.UnknownPreSharedKey, "is needed and not held here"),
        side="receiver",
        forged=test_unfit_groups.test_a_welcome_with_a_key_that_the_newcomer_does_not_have_is_refused,
        honest=case(test_unfit_groups.test_a_welcome_opens_with_the_right_keys_alone, error=None),
        openmls=("1401",),
        otherwise=TypeError,
    ),
    Rule(
        "nonces of a Welcome",
        "§8.4",
        "Each psk_nonce in a Welcome is as long as a hash.",
        calls(join, check_psk_nonce),
        side="both",
        forged=test_unfit_groups.test_a_welcome_with_a_short_nonce_is_refused,
        honest=case(test_unfit_groups.test_a_welcome_opens_with_the_right_keys_alone, error=None),
    ),
    Rule(
        "one link",
        "§12.4.3.1",
        "A Welcome names at most one resumption PSK for a reinit or a branch.",
        refuses(resumption_checks.linking_psk, errors.InvalidWelcome, "more than one"),
        side="receiver",
        forged=test_joining.test_a_welcome_that_links_to_two_old_groups_is_refused,
        honest=WHOLE,
        openmls=("1401",),
        otherwise=errors.UnknownPreSharedKey,
    ),
    Rule(
        "the old group of a link",
        "§12.4.3.1",
        "The new member was in the old group that its Welcome names.",
        refuses(resumption_checks.old_group_of, errors.UnknownPreSharedKey, "its last state is needed"),
        side="receiver",
        forged=test_reinit_and_branch.test_without_the_old_group_nobody_enters_the_new_one,
        honest=WHOLE,
        openmls=("1401",),
        otherwise=AttributeError,
    ),
    Rule(
        "the link of an announced group",
        "§11.2",
        "The Welcome to the group that a ReInit announced names a resumption PSK for reinit.",
        refuses(resumption_checks.check_announced, errors.InvalidWelcome, "no resumption PSK for reinit"),
        side="both",
        forged=test_reinit_and_branch.test_a_group_of_the_announced_id_that_does_not_come_from_the_old_one_is_refused,
        honest=test_reinit_and_branch.test_a_new_group_that_is_made_by_hand_and_breaks_none_is_entered,
    ),
    Rule(
        "sealed GroupInfo",
        "§12.4.3.1",
        "The GroupInfo decrypts with a key from the joiner secret and the pre-shared keys.",
        refuses(AEAD.open, errors.DecryptionFailed, "this key, nonce"),
        side="both",
        forged=test_unfit_groups.test_a_welcome_opens_with_the_right_keys_alone,
        honest=JOINS,
        otherwise=errors.InvalidArgument,
    ),
    Rule(
        "own leaf",
        "§12.4.3.1",
        "One leaf of the tree is the leaf node of the key package.",
        refuses(welcome._find_own_leaf, errors.InvalidWelcome, "no leaf of the tree"),
        side="receiver",
        forged=test_joining.test_a_welcome_into_a_tree_without_oneself_is_refused,
        honest=JOINS,
        otherwise=TypeError,
    ),
    Rule(
        "path secret of a Welcome",
        "§12.4.3.1",
        "The private keys that are derived from the path secret fit the public keys in the tree.",
        refuses(update_path._derived_keys, errors.InvalidUpdatePath, "does not lead to its public key"),
        side="receiver",
        forged=test_update_path_refusals.test_a_joiner_refuses_a_path_secret_that_does_not_lead_to_the_public_keys,
        honest=test_life_of_a_group.test_a_newcomer_joins_with_the_tree_from_elsewhere,
    ),
    Rule(
        "a missing path secret",
        "§12.4.3.1",
        "A Welcome has a path secret if a filled parent above the new member does not list it as unmerged.",
        refuses(welcome._check_parent_keys, errors.InvalidWelcome, "lacks the path secret"),
        side="both",
        forged=test_joining.test_a_welcome_without_the_path_secret_that_the_tree_demands_is_refused,
        honest=JOINS,
    ),
    Rule(
        "confirmation tag of a GroupInfo",
        "§12.4.3.1",
        "The confirmation tag of a GroupInfo is that of the epoch to which the joiner secret leads.",
        refuses(join, errors.InvalidTag, "confirmation tag"),
        side="both",
        forged=CHANGED,
        honest=JOINS,
        openmls=("1411",),
    ),
)

SUCCESSORS = (
    Rule(
        "epoch of a new group",
        "§12.4.3.1",
        "Clients join a group that comes from another in its epoch 1.",
        refuses(resumption_checks.check_link, errors.InvalidWelcome, "in its epoch 1"),
        side="both",
        forged=BROKEN,
        honest=WHOLE,
        openmls=("1412",),
    ),
    Rule(
        "epoch of the link",
        "§12.4.3.1",
        "A resumption PSK for a reinit or a branch is of the epoch whose membership the new group is compared with.",
        refuses(resumption_checks.check_link, errors.InvalidWelcome, "whose state is of epoch"),
        side="both",
        forged=test_reinit_and_branch.test_a_branch_is_entered_with_the_state_of_the_epoch_that_it_left,
        honest=WHOLE,
        openmls=("1413", "1414"),
    ),
    Rule(
        "a ReInit was committed",
        "§12.4.3.1",
        "The last commit of the old group held a ReInit.",
        refuses(resumption_checks._check_reinit, errors.InvalidWelcome, "held no ReInit"),
        side="receiver",
        forged=test_reinit_and_branch.test_a_group_that_was_not_ended_is_not_left_for_a_new_one,
        honest=case(WHOLE, usage=REINIT),
        openmls=("1413",),
        otherwise=errors.InvalidWelcome,
    ),
    Rule(
        "what the ReInit announced",
        "§11.2",
        "The new group has the id, version, cipher suite and extensions that the ReInit announced.",
        refuses(resumption_checks._check_reinit, errors.InvalidWelcome, "the ReInit announced"),
        side="both",
        forged=test_reinit_and_branch.test_a_new_group_that_is_not_the_announced_one_is_refused,
        honest=case(WHOLE, usage=REINIT),
        openmls=("1413",),
    ),
    Rule(
        "all come along",
        "§12.4.3.1",
        "After a ReInit all members of the old group are in the new one.",
        refuses(resumption_checks._check_reinit, errors.InvalidWelcome, "are not in the new one"),
        side="both",
        forged=BROKEN,
        honest=case(WHOLE, usage=REINIT),
        openmls=("1413",),
    ),
    Rule(
        "suite of a branch",
        "§11.3",
        "A branch has the version and cipher suite of the old group.",
        refuses(resumption_checks._check_branch, errors.InvalidWelcome, "must have the version"),
        side="both",
        forged=BROKEN,
        honest=case(WHOLE, usage=BRANCH),
        openmls=("1414",),
    ),
    Rule(
        "no strangers in a branch",
        "§11.3",
        "Each member of a branch was in the old group.",
        refuses(resumption_checks._check_branch, errors.InvalidWelcome, "were not in the old group"),
        side="both",
        forged=BROKEN,
        honest=case(WHOLE, usage=BRANCH),
        openmls=("1414",),
    ),
)
