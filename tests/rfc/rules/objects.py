"""What makes bytes, credentials, leaf nodes, key packages and extensions valid (RFC 9420 §2.1, §5, §7, §10, §13)."""

from __future__ import annotations

from tests.mls.crypto import test_primitives
from tests.mls.group import test_key_package_lifetimes, test_key_packages, test_unfit_groups
from tests.mls.group.test_insiders import test_a_commit_that_breaks_none_is_followed as followed
from tests.mls.group.test_insiders import test_a_commit_that_breaks_one_rule_is_refused as broken
from tests.mls.tree import test_extensions, test_leaf_node, test_tree_validation
from tests.mls.wire import test_codec
from tests.rfc.rules.rule import Rule, Test, calls, case, refuses
from workbench.mls import errors
from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.primitives import EdwardsCurve
from workbench.mls.group import key_package
from workbench.mls.group.group_info import verified_tree
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.group.proposals import _validate_reinit, validate_proposal
from workbench.mls.tree import leaf_node
from workbench.mls.tree.extensions import check_extensions, decode_content
from workbench.mls.tree.leaf_node import LifetimePolicy, verify_leaf_node_signature
from workbench.mls.tree.tree_validation import check_capabilities, check_unique_keys
from workbench.mls.wire import codec, lengths


def commit_of(name: str) -> Test:
    """A commit of a list of proposals that breaks one rule, or none."""
    test = followed if name in HONEST else broken
    return case(test, name=name, private=False)


HONEST = {"an Add", "a reinit", "extensions", "a pre-shared key"}

BYTES = (
    Rule(
        "presence octet",
        "§2.1.1",
        "The octet in front of an optional value is 0 or 1.",
        refuses(codec._optional_decoder, "DecodingFailed", "presence octet"),
        side="both",
        forged=test_codec.test_a_presence_octet_is_0_or_1_even_if_a_good_value_follows,
        honest=test_codec.test_a_presence_octet_is_0_or_1_even_if_a_good_value_follows,
    ),
    Rule(
        "shortest length header",
        "§2.1.2",
        "The length of a vector is written in as few bytes as it needs.",
        refuses(lengths.read_length, "DecodingFailed", "more than it needs"),
        side="both",
        forged=test_codec.test_a_length_header_longer_than_needed_is_refused_though_all_its_bytes_are_there,
        honest=test_codec.test_a_length_header_longer_than_needed_is_refused_though_all_its_bytes_are_there,
    ),
    Rule(
        "prefix 11",
        "§2.1.2",
        "A length header does not start with the bits 11.",
        refuses(lengths.read_length, "DecodingFailed", "start with the bits"),
        side="both",
        forged=test_codec.test_a_fault_names_the_field_the_offset_and_the_reason,
        honest=test_codec.test_a_length_header_longer_than_needed_is_refused_though_all_its_bytes_are_there,
        otherwise=AssertionError,
    ),
)

LEAF = test_leaf_node.test_a_leaf_node_with_one_thing_wrong_is_refused
HONEST_LEAF = test_leaf_node.test_a_leaf_node_is_checked_with_what_anybody_has

LEAF_NODES = (
    Rule(
        "signature key",
        "§10",
        "The signature key of a leaf node is a key of the cipher suite.",
        refuses(EdwardsCurve.check_verifying_key, "_not_a_key", "public"),
        side="both",
        forged=LEAF,
        honest=test_primitives.test_a_signature_verifies_for_its_content_and_key_alone,
        otherwise=ValueError,
    ),
    Rule(
        "encryption key of a leaf",
        "§10",
        "The encryption key of a leaf node is a key of the cipher suite: others can encrypt to it.",
        calls(leaf_node.validate_leaf_node, CipherSuite.check_encryption_key),
        side="both",
        forged=commit_of("a leaf node that nobody can seal to"),
        honest=commit_of("an Add"),
    ),
    Rule(
        "leaf signature",
        "§7.3",
        "A leaf node is signed with its own key; in an Update or a commit, the signature covers its group and place.",
        refuses(verify_leaf_node_signature, errors.InvalidSignature, "not signed with its own key"),
        side="both",
        forged=test_leaf_node.test_a_leaf_node_of_an_update_or_a_commit_is_signed_for_one_place,
        honest=test_leaf_node.test_a_leaf_node_of_a_key_package_is_signed_for_any_place,
        openmls=("0102",),
    ),
    Rule(
        "leaf version",
        "§11.1",
        "A member supports the protocol version of the group.",
        refuses(leaf_node._verify_capabilities, errors.InvalidLeafNode, "MLS 1.0"),
        side="both",
        forged=commit_of("a leaf node for another version"),
        honest=commit_of("an Add"),
    ),
    Rule(
        "own credential type",
        "§7.2",
        "The capabilities of a leaf node list the type of its own credential.",
        refuses(leaf_node._verify_capabilities, errors.InvalidLeafNode, "own credential type"),
        side="both",
        forged=LEAF,
        honest=HONEST_LEAF,
        openmls=("0113",),
    ),
    Rule(
        "own extensions",
        "§7.3",
        "The capabilities of a leaf node list each of its own extensions.",
        refuses(leaf_node._verify_capabilities, errors.InvalidLeafNode, "own extension"),
        side="both",
        forged=commit_of("a leaf node with an extension that it does not list"),
        honest=test_leaf_node.test_a_leaf_node_may_have_extensions_that_it_says_it_supports,
        openmls=("0107",),
    ),
    Rule(
        "lifetime received",
        "§7.3",
        "A received leaf node was within its lifetime when it was sent; the policy says how long ago that may be.",
        refuses(LifetimePolicy._verify_received, errors.RefusedByPolicy, "in a message that was sent"),
        side="receiver",
        forged=commit_of("an expired key package"),
        honest=test_key_package_lifetimes.test_all_agree_whenever_they_read,
        openmls=("0106",),
    ),
    Rule(
        "lifetime sent",
        "§7.3",
        "A leaf node is within its lifetime when it is sent.",
        refuses(LifetimePolicy._verify_present, errors.InvalidLeafNode, "is not within"),
        side="sender",
        taken_in=test_key_package_lifetimes.test_a_member_that_was_away_for_eight_days_follows_past_the_end_of_a_newcomer,
        forged=test_key_packages.test_nobody_commits_an_expired_key_package,
        honest=commit_of("an Add"),
        openmls=("0105",),
    ),
    Rule(
        "longest lifetime",
        "§7.2",
        "The lifetime of a leaf node is no longer than the application accepts.",
        refuses(LifetimePolicy.verify, errors.RefusedByPolicy, "is valid for"),
        side="receiver",
        forged=commit_of("a key package for ever"),
        honest=test_leaf_node.test_without_a_time_only_the_length_of_a_lifetime_is_looked_at,
    ),
    Rule(
        "a lifetime that makes sense",
        "§7.2",
        "A lifetime does not end before it begins.",
        refuses(LifetimePolicy.verify, errors.InvalidLeafNode, "ends before it begins"),
        side="both",
        forged=test_leaf_node.test_a_lifetime_that_ends_before_it_begins_is_none,
        honest=test_leaf_node.test_both_ends_of_a_lifetime_are_in_it,
    ),
    Rule(
        "lifetimes in a tree",
        "§7.3",
        "The members of a group that a client joins are within their lifetimes, if the policy demands that.",
        refuses(LifetimePolicy.verify_member, errors.RefusedByPolicy, "a member of the group"),
        side="receiver",
        forged=test_tree_validation.test_a_policy_decides_whether_members_may_have_outlived_their_key_packages,
        honest=test_tree_validation.test_a_newcomer_accepts_the_tree_that_commits_have_made,
    ),
    Rule(
        "required capabilities",
        "§7.3",
        "Each member supports all that required_capabilities demands.",
        refuses(check_capabilities, errors.InvalidRatchetTree, "does not list"),
        side="both",
        forged=test_tree_validation.test_a_group_may_not_ask_for_more_than_each_member_can_do,
        honest=test_tree_validation.test_a_group_may_ask_for_what_all_members_can_do,
        openmls=("0103",),
    ),
    Rule(
        "credentials of others",
        "§7.3",
        "Each member supports the credential types of all others.",
        refuses(check_capabilities, errors.InvalidRatchetTree, "does not list"),
        side="both",
        forged=test_tree_validation.test_every_member_must_support_the_credentials_of_all_others,
        honest=test_tree_validation.test_a_group_may_ask_for_what_all_members_can_do,
        openmls=("0104",),
    ),
    Rule(
        "credential for others",
        "§7.3",
        "No member has a credential of a type that another member does not support.",
        refuses(check_capabilities, errors.InvalidRatchetTree, "does not list"),
        side="both",
        forged=test_tree_validation.test_nobody_may_show_a_credential_that_another_member_does_not_support,
        honest=test_tree_validation.test_nobody_may_show_a_credential_that_another_member_does_not_support,
        openmls=("0104",),
    ),
    Rule(
        "extensions in use",
        "§13.4",
        "Each member supports every extension of the GroupContext.",
        refuses(check_capabilities, errors.InvalidRatchetTree, "does not list"),
        side="both",
        forged=test_unfit_groups.test_a_group_with_an_extension_that_its_members_do_not_know_is_refused,
        honest=test_tree_validation.test_a_group_may_ask_for_what_all_members_can_do,
    ),
    Rule(
        "unique signature keys",
        "§7.3",
        "No two members have the same signature key.",
        refuses(check_unique_keys, errors.InvalidRatchetTree, "same signature key"),
        side="both",
        forged=test_tree_validation.test_no_two_members_may_have_the_same_signature_key,
        honest=test_tree_validation.test_an_encryption_key_may_be_somebodys_signature_key,
        openmls=("0111",),
    ),
    Rule(
        "unique encryption keys",
        "§7.3",
        "No two members have the same encryption key, in any encoding.",
        refuses(check_unique_keys, errors.InvalidRatchetTree, "same encryption key"),
        side="both",
        forged=commit_of("a leaf with the key of another"),
        honest=commit_of("an Add"),
        openmls=("0112",),
    ),
)

KEY_PACKAGES = (
    Rule(
        "source in a key package",
        "§7.3",
        "The leaf node of a key package has the source key_package.",
        refuses(validate_key_package, errors.InvalidKeyPackage, "source of an update"),
        side="both",
        forged=test_key_packages.test_a_key_package_whose_leaf_is_an_update_is_refused,
        honest=test_key_packages.test_a_key_package_of_another_suite_is_refused,
        openmls=("0108",),
        otherwise=errors.InvalidSignature,
    ),
    Rule(
        "suite of a key package",
        "§10.1",
        "A key package is for the cipher suite of the group.",
        refuses(validate_key_package, errors.InvalidKeyPackage, "cipher suite"),
        side="both",
        forged=commit_of("a key package for another suite"),
        honest=commit_of("an Add"),
        openmls=("0201",),
    ),
    Rule(
        "version of a key package",
        "§10.1",
        "A key package is for the version of the group, and of the message that carries it.",
        refuses(codec._uint_decoder, "DecodingFailed", "allowed"),
        side="receiver",
        forged=test_key_packages.test_a_key_package_of_another_version_is_refused,
        honest=test_key_packages.test_a_key_package_of_another_version_is_refused,
        openmls=("0201", "0205"),
        otherwise=KeyError,
    ),
    Rule(
        "leaf of a key package",
        "§10.1",
        "The leaf node of a key package is valid.",
        calls(validate_key_package, leaf_node.validate_leaf_node),
        side="both",
        forged=commit_of("a leaf node with an extension that it does not list"),
        honest=commit_of("an Add"),
        openmls=("0202",),
    ),
    Rule(
        "signature of a key package",
        "§10.1",
        "A key package is signed with the key of its leaf node.",
        refuses(validate_key_package, errors.InvalidKeyPackage, "does not verify"),
        side="both",
        forged=commit_of("a key package that nobody signed"),
        honest=commit_of("an Add"),
        openmls=("0203",),
    ),
    Rule(
        "init key and leaf key",
        "§10.1",
        "The init key of a key package is not the encryption key of its leaf.",
        refuses(validate_key_package, errors.InvalidKeyPackage, "init key is also"),
        side="both",
        forged=test_key_packages.test_a_key_package_whose_init_key_is_its_leaf_key_is_refused,
        honest=commit_of("an Add"),
        openmls=("0204",),
    ),
    Rule(
        "init key",
        "§10",
        "The init key of a key package is a key of the cipher suite.",
        calls(validate_key_package, CipherSuite.check_encryption_key),
        side="both",
        forged=test_key_packages.test_a_key_package_whose_init_key_is_none_is_refused,
        honest=commit_of("an Add"),
    ),
)

PLACES = test_extensions.test_an_extension_of_the_rfc_stands_where_the_rfc_puts_it_and_nowhere_else

EXTENSIONS = (
    Rule(
        "one of each extension",
        "§13.4",
        "No list holds two extensions of one type.",
        refuses(check_extensions, errors.InvalidExtension, "more than one extension"),
        side="both",
        forged=test_extensions.test_an_unknown_extension_may_say_anything_but_only_once,
        honest=PLACES,
    ),
    Rule(
        "place of an extension",
        "§17.3",
        "An extension of the RFC stands only in the object for which it is defined.",
        refuses(check_extensions, errors.InvalidExtension, "belongs in"),
        side="both",
        forged=PLACES,
        honest=PLACES,
    ),
    Rule(
        "content of an extension",
        "§17.3",
        "An extension of the RFC has the content of its type.",
        calls(check_extensions, decode_content),
        side="both",
        forged=test_extensions.test_an_extension_has_the_content_of_its_type,
        honest=PLACES,
    ),
    Rule(
        "extensions in a leaf node",
        "§17.3",
        "A leaf node has no extension that belongs elsewhere.",
        calls(leaf_node._verify_capabilities, check_extensions),
        side="both",
        forged=commit_of("a leaf node with an extension that belongs elsewhere"),
        honest=test_leaf_node.test_a_leaf_node_may_have_extensions_that_it_says_it_supports,
        openmls=("1601",),
    ),
    Rule(
        "extensions in a GroupInfo",
        "§17.3",
        "A GroupInfo has no extension that belongs elsewhere.",
        calls(verified_tree, check_extensions, "a GroupInfo"),
        side="both",
        forged=test_unfit_groups.test_a_group_info_with_an_extension_too_many_is_refused,
        honest=test_unfit_groups.test_a_newcomer_enters_a_group_in_order,
        openmls=("1602",),
    ),
    Rule(
        "extensions in a GroupContext",
        "§17.3",
        "The GroupContext of a group that a client joins has no extension that belongs elsewhere.",
        calls(verified_tree, check_extensions, "a GroupContext"),
        side="both",
        forged=test_unfit_groups.test_a_group_with_an_extension_that_belongs_elsewhere_is_refused,
        honest=test_unfit_groups.test_a_newcomer_enters_a_group_in_order,
        openmls=("1603",),
    ),
    Rule(
        "extensions in a GroupContextExtensions",
        "§17.3",
        "A GroupContextExtensions brings no extension that belongs elsewhere.",
        calls(validate_proposal, check_extensions),
        side="both",
        forged=commit_of("group extensions that belong elsewhere"),
        honest=commit_of("extensions"),
        openmls=("1603",),
    ),
    Rule(
        "extensions in a ReInit",
        "§13.4",
        "A ReInit announces extensions that a GroupContext may have.",
        calls(_validate_reinit, check_extensions),
        side="both",
        forged=commit_of("a reinit with an extension twice"),
        honest=commit_of("a reinit"),
        openmls=("1603",),
    ),
    Rule(
        "extensions in a key package",
        "§17.3",
        "A key package has no extension that belongs elsewhere.",
        calls(key_package.validate_key_package, check_extensions),
        side="both",
        forged=commit_of("a key package with an extension that belongs elsewhere"),
        honest=commit_of("an Add"),
        openmls=("1604",),
    ),
)
