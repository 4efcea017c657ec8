"""The rules about credentials, and when they are validated (RFC 9420 §5.3)."""

from __future__ import annotations

from tests.mls.crypto import test_credentials, test_revocation
from tests.mls.group import test_late_credentials, test_x509_refusals
from tests.rfc.rules.rule import Check, Rule, Side, calls, case, refuses
from tests.rfc.source import Function
from workbench.mls import errors
from workbench.mls.crypto import certificates, credentials
from workbench.mls.crypto.credentials import TrustAnchors, authenticate
from workbench.mls.group import group, proposal_list, proposals
from workbench.mls.group.authentication import authenticate_external_senders, authenticate_group
from workbench.mls.group.group_info import verified_tree

LATE = test_late_credentials.test_a_credential_that_has_expired_on_the_way_is_accepted_as_far_back_as_the_policy_goes
MET = test_x509_refusals.test_who_is_not_believed_is_met_nowhere

CREDENTIALS = (
    Rule(
        "certificate for another key",
        "§5.3",
        "The certificate of an X.509 credential is for the signature key of its leaf.",
        refuses(certificates.validate_chain, errors.InvalidCredential, "is for"),
        side="both",
        forged=test_credentials.test_the_certificate_must_be_for_the_signature_key,
        honest=test_credentials.test_members_of_every_suite_can_be_certified,
    ),
    Rule(
        "order of the chain",
        "§5.3",
        "Each certificate of a chain certifies the one before it.",
        refuses(certificates._check_order, errors.InvalidCredential, "does not certify"),
        side="both",
        forged=test_credentials.test_each_certificate_certifies_the_one_before_it,
        honest=test_credentials.test_the_anchor_may_be_in_the_chain_and_so_may_what_lies_beyond_it,
    ),
    Rule(
        "empty chain",
        "§5.3",
        "The first certificate is the member's own, so there is one.",
        refuses(certificates.load_chain, errors.InvalidCredential, "holds no certificate"),
        side="both",
        forged=test_credentials.test_an_empty_chain_is_refused,
        honest=test_credentials.test_members_of_every_suite_can_be_certified,
        otherwise=IndexError,
    ),
    Rule(
        "unreadable certificate",
        "§5.3",
        "Each entry of a chain is one certificate in DER.",
        refuses(certificates.read_certificate, errors.InvalidCredential, "not readable"),
        side="both",
        forged=test_credentials.test_what_is_not_a_certificate_is_refused,
        honest=test_credentials.test_members_of_every_suite_can_be_certified,
        otherwise=UnboundLocalError,
    ),
    Rule(
        "signature algorithm of a certificate",
        "§5.1.2",
        "Credentials use the signature algorithm of the cipher suite.",
        refuses(certificates._is_for, errors.InvalidCredential, "with which no cipher suite signs"),
        side="both",
        forged=test_credentials.test_a_key_that_is_none_of_a_cipher_suite_is_refused,
        honest=test_credentials.test_members_of_every_suite_can_be_certified,
        otherwise=errors.InvalidCredential,
    ),
    Rule(
        "path to a trust anchor",
        "§5.3.1",
        "A credential is validated with the Authentication Service: a chain leads to an anchor.",
        refuses(certificates._verified_path, "_explained", ""),
        side="receiver",
        forged=test_credentials.test_the_chain_must_lead_to_a_known_anchor,
        honest=test_credentials.test_members_of_every_suite_can_be_certified,
        otherwise=TypeError,
    ),
    Rule(
        "successor of a credential",
        "§5.3.1",
        "A new credential presents the same identities as the member's old one.",
        refuses(TrustAnchors.validate, errors.InvalidCredential, "other identities"),
        side="both",
        forged=test_credentials.test_a_successor_presents_the_same_identities,
        honest=test_credentials.test_a_renewed_certificate_is_a_valid_successor,
    ),
    Rule(
        "expired credential",
        "§5.3.2",
        "A new credential had not expired when it was sent; the policy says how long ago that may be.",
        refuses(credentials.validate_credential, "", ""),
        side="receiver",
        forged=case(LATE, way=test_late_credentials.adds_dave),
        honest=case(LATE, way=test_late_credentials.adds_dave),
    ),
    Rule(
        "revoked credential",
        "§5.3.2",
        "A credential that its issuer has revoked is not valid.",
        refuses(certificates._check_not_revoked, errors.CredentialRevoked, "has been revoked"),
        side="both",
        forged=test_revocation.test_who_is_on_a_list_is_refused,
        honest=test_revocation.test_who_is_on_no_list_is_accepted_while_the_lists_of_all_issuers_are_current,
    ),
)

REPLACED = test_x509_refusals.test_a_credential_is_replaced_only_by_its_successor
SENDERS = test_x509_refusals.test_an_external_sender_who_is_not_believed_is_refused


def asked(
    name: str, demands: str, check: Check, test: Function, way: Function, numbers: tuple[str, ...] = (), *, side: Side
) -> Rule:
    """An event in which the Authentication Service is asked; the honest twin stands in the same test."""
    tests = case(test, way=way, suite=1)
    return Rule(name, "§5.3.1", demands, check, tests, tests, numbers, side=side)


AUTHENTICATION = (
    asked(
        "credential of an Add",
        "The Authentication Service validates the credential of a client that is to be added.",
        calls(proposals.check_is_current, authenticate, "leaf_node, when=when)"),
        MET,
        test_x509_refusals.is_added,
        ("0101",),
        side="both",
    ),
    asked(
        "credential of an Update",
        "The Authentication Service validates a new credential in an Update, as a successor of the old one.",
        calls(proposals.check_is_current, authenticate, "replaced="),
        REPLACED,
        test_x509_refusals.by_an_update,
        ("0101",),
        side="receiver",
    ),
    asked(
        "credential of a committer",
        "The Authentication Service validates a new credential in a path, as a successor of the old one.",
        calls(proposal_list._validate_leaf_of_path, authenticate),
        REPLACED,
        test_x509_refusals.by_a_commit,
        ("0101",),
        side="receiver",
    ),
    asked(
        "credential of a newcomer",
        "The Authentication Service validates the credential of a client that joins by a commit.",
        calls(proposal_list._validate_leaf_of_path, authenticate),
        MET,
        test_x509_refusals.joins_by_a_commit,
        ("0101",),
        side="receiver",
    ),
    asked(
        "credential of who comes back",
        "The Authentication Service validates the credential of a client that replaces its old leaf, as a successor.",
        calls(proposal_list._validate_leaf_of_path, authenticate),
        REPLACED,
        test_x509_refusals.by_coming_back,
        ("0101", "0402"),
        side="receiver",
    ),
    asked(
        "credentials of a group",
        "The Authentication Service validates the credentials of all members of a group that a client joins.",
        calls(verified_tree, authenticate_group),
        MET,
        test_x509_refusals.is_in_a_group_that_one_is_welcomed_to,
        ("0101", "1407"),
        side="receiver",
    ),
    asked(
        "credential of a founder",
        "The Authentication Service validates the credential of a client that creates a group.",
        calls(group.create_group, authenticate_group),
        MET,
        test_x509_refusals.makes_a_group,
        side="both",
    ),
    asked(
        "external senders that are let in",
        "The Authentication Service validates the credentials of new external senders.",
        calls(proposals.check_is_current, authenticate_external_senders),
        SENDERS,
        test_x509_refusals.is_let_in,
        side="receiver",
    ),
    asked(
        "external senders of a new group",
        "The Authentication Service validates the credentials of external senders that a ReInit brings.",
        calls(proposals.check_is_current, authenticate_external_senders),
        SENDERS,
        test_x509_refusals.comes_with_a_new_group,
        side="receiver",
    ),
    asked(
        "external senders of a group",
        "The Authentication Service validates the credentials of the external senders of a group that a client joins.",
        calls(authenticate_group, authenticate_external_senders),
        SENDERS,
        test_x509_refusals.is_there_when_one_joins,
        side="receiver",
    ),
)
