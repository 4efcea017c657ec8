"""What makes proposals valid, one by one and together (RFC 9420 §12.1, §12.2)."""

from __future__ import annotations

from tests.mls.group import (
    test_custom_proposals,
    test_external_commits,
    test_external_proposals,
    test_insiders,
    test_refusals,
    test_x509_groups,
)
from tests.mls.group.test_insiders import HONEST
from tests.mls.group.test_insiders import test_a_commit_that_breaks_none_is_followed as followed
from tests.mls.group.test_insiders import test_a_commit_that_breaks_one_rule_is_refused as broken
from tests.rfc.rules.rule import Rule, Test, calls, case, refuses
from workbench.mls import errors
from workbench.mls.crypto.credentials import TrustAnchors
from workbench.mls.group import proposals, public_commit
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.group.proposal_list import (
    _check_subjects,
    _check_support,
    apply_proposals,
    validate_external_proposal_list,
    validate_proposal_list,
)
from workbench.mls.group.proposals import validate_proposal
from workbench.mls.schedule.psk import check_psk_nonce
from workbench.mls.tree.leaf_node import validate_leaf_node
from workbench.mls.tree.tree_validation import check_capabilities, check_members, check_unique_keys


def commit_of(name: str) -> Test:
    """A commit of a list of proposals that breaks one rule, or none."""
    return case(followed if name in HONEST else broken, name=name, private=False)


REPLACED = test_x509_groups.test_a_credential_is_replaced_only_by_its_successor
LISTS = test_refusals.test_lists_that_the_rfc_forbids_are_refused
HONEST_UPDATE = test_insiders.test_an_honest_update_is_taken_in

ALONE = (
    Rule(
        "key package of an Add",
        "§12.1.1",
        "The key package of an Add is valid.",
        calls(validate_proposal, validate_key_package),
        forged=commit_of("a key package that nobody signed"),
        honest=commit_of("an Add"),
        openmls=("0501",),
    ),
    Rule(
        "leaf of an Update",
        "§12.1.2",
        "The leaf node of an Update is valid, and signed for the sender's place.",
        calls(proposals._validate_update, validate_leaf_node),
        forged=test_insiders.test_an_update_signed_for_another_place_is_refused,
        honest=HONEST_UPDATE,
        openmls=("0601",),
    ),
    Rule(
        "source in an Update",
        "§7.3",
        "The leaf node of an Update says that it comes from one.",
        refuses(proposals._validate_update, errors.InvalidProposal, "source of a key package"),
        forged=test_insiders.test_an_update_of_another_kind_is_refused,
        honest=HONEST_UPDATE,
        openmls=("0109",),
    ),
    Rule(
        "new key of an Update",
        "§7.3",
        "An Update brings another encryption key than the leaf that it replaces.",
        refuses(proposals.check_new_key, errors.InvalidProposal, "another encryption key"),
        forged=test_insiders.test_an_update_with_the_old_key_is_refused_when_it_arrives,
        honest=HONEST_UPDATE,
        openmls=("0109",),
    ),
    Rule(
        "sender of an Update",
        "§12.1.2",
        "An Update replaces its sender's own leaf, so the sender is a member.",
        refuses(proposals._validate_update, errors.InvalidProposal, "who has no leaf"),
        forged=test_external_proposals.test_an_update_from_somebody_without_a_leaf_is_refused,
        honest=HONEST_UPDATE,
        otherwise=errors.InvalidProposal,
    ),
    Rule(
        "who is removed",
        "§12.1.3",
        "A Remove names a member.",
        refuses(validate_proposal, errors.InvalidProposal, "to remove"),
        forged=test_insiders.test_an_unfit_proposal_is_refused_when_it_arrives,
        honest=commit_of("a Remove"),
        openmls=("0701",),
    ),
    Rule(
        "keys for a reinit",
        "§12.1.4",
        "A resumption PSK for a reinit stands in the first commit of the new group only.",
        refuses(proposals._validate_psk, errors.InvalidProposal, "resumption PSK"),
        forged=commit_of("a resumption key for a reinit"),
        honest=commit_of("a resumption key"),
        openmls=("0801",),
    ),
    Rule(
        "keys for a branch",
        "§12.1.4",
        "A resumption PSK for a branch stands in the first commit of the branch only.",
        refuses(proposals._validate_psk, errors.InvalidProposal, "resumption PSK"),
        forged=commit_of("a resumption key for a branch"),
        honest=commit_of("a resumption key"),
        openmls=("0802",),
    ),
    Rule(
        "length of a nonce",
        "§8.4",
        "A psk_nonce is as long as a hash.",
        refuses(check_psk_nonce, errors.InvalidPreSharedKey, "psk_nonce"),
        forged=commit_of("a pre-shared key with a short nonce"),
        honest=commit_of("a pre-shared key"),
        openmls=("0803",),
    ),
    Rule(
        "version of a ReInit",
        "§12.1.5",
        "A ReInit does not go back to an older version.",
        refuses(proposals._validate_reinit, errors.InvalidProposal, "back to version"),
        forged=commit_of("a reinit to an older version"),
        honest=commit_of("a reinit"),
        openmls=("0901",),
    ),
    Rule(
        "sender of an ExternalInit",
        "§12.1.6",
        "An ExternalInit comes from a client that joins by its own commit.",
        refuses(validate_proposal, errors.InvalidProposal, "does not join by a commit"),
        forged=test_refusals.test_an_external_init_by_a_member_is_refused,
        honest=test_external_commits.test_the_honest_commit_signed_again_is_accepted,
        openmls=("0408",),
    ),
    Rule(
        "custom proposals of an external sender",
        "§12.1.8",
        "An external sender proposes a custom proposal only if its type says that it may.",
        refuses(proposals._validate_custom, errors.InvalidProposal, "cannot come from"),
        forged=test_custom_proposals.test_an_external_sender_may_send_what_its_type_allows,
        honest=test_custom_proposals.test_an_external_sender_may_send_what_its_type_allows,
        openmls=("1502",),
    ),
    Rule(
        "proposals that arrive",
        "§12.1",
        "A proposal that comes in a message of its own is valid by itself.",
        calls(public_commit.follow_proposal, validate_proposal),
        forged=test_insiders.test_an_unfit_proposal_is_refused_when_it_arrives,
        honest=HONEST_UPDATE,
        openmls=("0301",),
    ),
)

TOGETHER = (
    Rule(
        "proposals by value",
        "§12.2",
        "Each proposal that a commit holds is valid by itself.",
        calls(public_commit.validate_and_apply, validate_proposal),
        forged=commit_of("a key package that nobody signed"),
        honest=commit_of("much together"),
        openmls=("0301",),
    ),
    Rule(
        "Update of the committer",
        "§12.2",
        "A committer does not commit an Update of its own.",
        refuses(validate_proposal_list, errors.InvalidProposalList, "an Update of its own"),
        forged=commit_of("an Update of the committer's own"),
        honest=commit_of("much together"),
        openmls=("0302",),
    ),
    Rule(
        "Remove of the committer",
        "§12.2",
        "A committer does not remove itself.",
        refuses(validate_proposal_list, errors.InvalidProposalList, "removes itself"),
        forged=LISTS,
        honest=commit_of("a Remove"),
        openmls=("0303",),
    ),
    Rule(
        "one change of a leaf",
        "§12.2",
        "No two Updates or Removes are about one leaf.",
        refuses(_check_subjects, errors.InvalidProposalList, "about the same"),
        forged=LISTS,
        honest=commit_of("much together"),
        openmls=("0304",),
    ),
    Rule(
        "one Add of a client",
        "§12.2",
        "No two Adds are of one client: they have different signature keys.",
        refuses(_check_subjects, errors.InvalidProposalList, "about the same"),
        forged=LISTS,
        honest=commit_of("much together"),
        openmls=("0305",),
    ),
    Rule(
        "no Add of a member",
        "§12.2",
        "No Add is of a client that is in the group already, unless it is removed.",
        refuses(check_unique_keys, errors.InvalidRatchetTree, "same signature key"),
        forged=commit_of("a client that is there already"),
        honest=commit_of("a member that goes and comes back"),
        openmls=("0306",),
    ),
    Rule(
        "one use of a key",
        "§12.2",
        "No two proposals name one pre-shared key.",
        refuses(_check_subjects, errors.InvalidProposalList, "about the same"),
        forged=commit_of("one pre-shared key twice"),
        honest=commit_of("a pre-shared key"),
        openmls=("0307",),
    ),
    Rule(
        "one GroupContextExtensions",
        "§12.2",
        "There is one GroupContextExtensions at most.",
        refuses(_check_subjects, errors.InvalidProposalList, "about the same"),
        forged=commit_of("two sets of group extensions"),
        honest=commit_of("extensions"),
        openmls=("0308",),
    ),
    Rule(
        "ReInit alone",
        "§12.2",
        "A ReInit stands alone.",
        refuses(validate_proposal_list, errors.InvalidProposalList, "a ReInit stands"),
        forged=commit_of("a reinit beside another proposal"),
        honest=commit_of("a reinit"),
        openmls=("0309",),
    ),
    Rule(
        "no ExternalInit",
        "§12.2",
        "A member commits no ExternalInit.",
        refuses(validate_proposal_list, errors.InvalidProposalList, "an ExternalInit stands"),
        forged=LISTS,
        honest=commit_of("much together"),
        openmls=("0310",),
    ),
    Rule(
        "custom proposals that all can do",
        "§12.2",
        "A custom proposal is committed only if all who will process the commit list its type.",
        refuses(_check_support, errors.InvalidProposalList, "does not support"),
        forged=test_custom_proposals.test_all_who_process_a_commit_must_support_its_custom_proposals,
        honest=test_custom_proposals.test_those_who_are_removed_or_added_with_it_need_not_support_a_custom_proposal,
        openmls=("0311",),
    ),
    Rule(
        "the tree that results",
        "§12.2",
        "The tree is valid after the proposals: all members can do what the group asks, and share no key.",
        calls(apply_proposals, check_members),
        forged=commit_of("a client that is there already"),
        honest=commit_of("much together"),
        openmls=("0312",),
    ),
    Rule(
        "group extensions that all can do",
        "§12.1.7",
        "A GroupContextExtensions asks for nothing that a member cannot do.",
        refuses(check_capabilities, errors.InvalidRatchetTree, "does not list"),
        forged=commit_of("group extensions that a member cannot do"),
        honest=commit_of("extensions"),
        openmls=("1001",),
    ),
)

NEWCOMER = test_external_commits.test_lists_that_the_rfc_forbids_a_newcomer_are_refused
HONEST_NEWCOMER = test_external_commits.test_a_newcomer_may_commit_what_is_its_own_to_commit

BY_A_NEWCOMER = (
    Rule(
        "one ExternalInit",
        "§12.2",
        "A newcomer's commit holds one ExternalInit.",
        refuses(validate_external_proposal_list, errors.InvalidProposalList, "a newcomer's commit holds"),
        forged=NEWCOMER,
        honest=HONEST_NEWCOMER,
        openmls=("0401",),
    ),
    Rule(
        "one Remove",
        "§12.2",
        "A newcomer removes one leaf at most.",
        refuses(validate_external_proposal_list, errors.InvalidProposalList, "more than its own old leaf"),
        forged=NEWCOMER,
        honest=HONEST_NEWCOMER,
        openmls=("0402",),
    ),
    Rule(
        "Remove of its own",
        "§12.2",
        "The leaf that a newcomer removes presents the same identities as its new one.",
        refuses(TrustAnchors.validate, errors.InvalidCredential, "other identities"),
        forged=case(REPLACED, way=test_x509_groups.by_coming_back, reason=test_x509_groups.RENAMED[3], suite=1),
        honest=test_external_commits.test_a_member_that_lost_its_state_comes_back_in_place_of_its_old_leaf,
        openmls=("0402",),
    ),
    Rule(
        "new key of a newcomer",
        "§12.2",
        "The leaf with which a newcomer replaces its old one has another encryption key, as an Update would.",
        calls(public_commit.validate_and_make_room, proposals.check_new_key),
        forged=test_external_commits.test_a_resync_with_the_keys_of_an_older_commit_is_refused,
        honest=test_external_commits.test_a_member_that_lost_its_state_comes_back_in_place_of_its_old_leaf,
        openmls=("0402",),
    ),
    Rule(
        "nothing else",
        "§12.2",
        "A newcomer commits nothing but an ExternalInit, a Remove and pre-shared keys.",
        refuses(validate_external_proposal_list, errors.InvalidProposalList, "a newcomer may not commit"),
        forged=NEWCOMER,
        honest=HONEST_NEWCOMER,
        openmls=("0404",),
    ),
    Rule(
        "custom proposals of a newcomer",
        "§12.2",
        "A newcomer commits a custom proposal only if its type says that it may.",
        refuses(proposals._validate_custom, errors.InvalidProposalList, "a newcomer may not commit"),
        forged=test_custom_proposals.test_a_newcomer_may_commit_what_its_type_allows,
        honest=test_custom_proposals.test_a_newcomer_may_commit_what_its_type_allows,
        openmls=("0404",),
    ),
    Rule(
        "proposals of a newcomer",
        "§12.2",
        "Each proposal of a newcomer's commit is valid by itself.",
        calls(public_commit.validate_and_make_room, validate_proposal),
        forged=test_external_commits.test_a_short_nonce_in_an_external_commit_is_refused,
        honest=test_external_commits.test_the_honest_commit_signed_again_is_accepted,
    ),
)
