"""Whether to believe a credential: every refusal by name, each beside the honest twin that is accepted."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from tests.mls.crypto.authority import (
    DAY,
    NOW,
    TODAY,
    Authority,
    certify,
    credential,
    key_usage,
    of_authority,
    private_key,
    root_authority,
    subject,
)
from tests.mls.crypto.chain_of_alice import ALICE, CHAIN, KEY, OFFICE, ROOT, TRUST, public_key, refused, validate
from tests.mls.tree.people import leaf_of
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES
from workbench.mls.crypto.credentials import TrustAnchors, authenticate, presented_identities
from workbench.mls.errors import CredentialExpired, InvalidCredential, Misuse, Unsupported
from workbench.mls.when import When
from workbench.mls.wire.codec import encode
from workbench.mls.wire.tree import BasicCredential, Certificate, Credential, X509Credential

# What is loaded


def test_x509_is_loaded_when_the_first_certificate_is_met() -> None:
    basic, x509_credential = Credential(BasicCredential(b"Alice")), credential(*CHAIN)
    program = f"""
import sys
from workbench.mls import *
loaded = lambda: "cryptography.x509" in sys.modules
print(loaded())
TrustAnchors().validate(decode(Credential, {encode(basic)!r}), b"any key", now=0)
presented_identities(decode(Credential, {encode(basic)!r}))
print(loaded())
presented_identities(decode(Credential, {encode(x509_credential)!r}))
print(loaded())
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]


# Whose word is taken


def test_a_basic_credential_is_taken_at_its_word() -> None:
    TrustAnchors().validate(Credential(BasicCredential(b"Alice")), b"any key", now=NOW)


def test_an_x509_credential_needs_a_trust_anchor() -> None:
    refused(InvalidCredential, "needs a trust anchor, and none was named", *CHAIN, trust=TrustAnchors())


@pytest.mark.parametrize("suite", CIPHER_SUITES)
def test_members_of_every_suite_can_be_certified(suite: int) -> None:
    key = private_key("Alice", suite)
    alice = credential(OFFICE.certify("Alice", key), OFFICE.certificate)
    TRUST.validate(alice, public_key(key, suite), now=NOW)


@pytest.mark.parametrize("suite", [2, 5, 7])
def test_every_nist_curve_can_be_that_of_an_issuer(suite: int) -> None:
    root = root_authority("root", suite)
    office = root.certify_authority("office", suite)
    validate(office.certify("Alice", KEY), office.certificate, trust=TrustAnchors((root.certificate,)))


@pytest.mark.parametrize("suite", [1, 4])
def test_issuers_with_edwards_keys_are_said_to_be_unsupported(suite: int) -> None:
    office = ROOT.certify_authority("office", suite)
    refused(Unsupported, "'CN=Alice' is signed with EdDSA", office.certify("Alice", KEY), office.certificate)


def test_the_anchor_may_be_in_the_chain_and_so_may_what_lies_beyond_it() -> None:
    validate(*CHAIN, ROOT.certificate)
    validate(*CHAIN, ROOT.certificate, trust=TrustAnchors((OFFICE.certificate,)))


def test_a_member_may_leave_out_what_everybody_has() -> None:
    refused(InvalidCredential, "no valid path leads from the certificate to a trust anchor", ALICE)
    validate(ALICE, trust=replace(TRUST, intermediates=(OFFICE.certificate,)))


def test_the_certificate_of_a_member_can_itself_be_trusted() -> None:
    validate(ALICE, trust=TrustAnchors((ALICE,), revocation_lists=()))


# Who does not get in


def test_the_chain_must_lead_to_a_known_anchor() -> None:
    stranger = root_authority("stranger")
    refused(InvalidCredential, "no valid path leads", *CHAIN, trust=TrustAnchors((stranger.certificate,)))


def test_an_anchor_of_the_same_name_with_another_key_is_another_anchor() -> None:
    key = private_key("namesake")
    namesake = certify(subject("root"), key, "root", key, of_authority(), TODAY - DAY, TODAY + DAY)
    refused(InvalidCredential, "signature does not match", *CHAIN, trust=TrustAnchors((namesake,)))


def test_the_certificate_must_be_for_the_signature_key() -> None:
    with pytest.raises(InvalidCredential, match="the signature key is not the one that the certificate is for"):
        TRUST.validate(credential(*CHAIN), public_key(private_key("Mallory")), now=NOW)


def test_the_signature_key_may_be_in_the_other_encoding_of_the_same_point() -> None:
    assert isinstance(KEY, ec.EllipticCurvePrivateKey)
    x = KEY.public_key().public_numbers().x.to_bytes(32, "big")
    same, other = (bytes([2 + (public_key()[-1] + sign) % 2]) + x for sign in (0, 1))
    TRUST.validate(credential(*CHAIN), same, now=NOW)
    with pytest.raises(InvalidCredential, match="the signature key is not the one that the certificate is for"):
        TRUST.validate(credential(*CHAIN), other, now=NOW)


@pytest.mark.parametrize("now", [NOW - 24 * 3600, NOW + 30 * 24 * 3600])
def test_a_certificate_is_valid_from_its_first_second_to_its_last(now: int) -> None:
    validate(*CHAIN, now=now)


def test_a_certificate_that_is_not_yet_valid_is_refused() -> None:
    reason = r"the certificate of 'CN=Alice' is not valid before 2026-01-04 08:00:00\+00:00"
    refused(InvalidCredential, reason, *CHAIN, now=NOW - 24 * 3600 - 1)


def test_an_expired_certificate_is_refused() -> None:
    reason = r"the certificate of 'CN=Alice' was valid until 2026-02-04 08:00:00\+00:00"
    refused(CredentialExpired, reason, *CHAIN, now=NOW + 30 * 24 * 3600 + 1)


@pytest.mark.parametrize("now", [-(10**15), 1 << 62])
def test_a_time_that_no_certificate_can_name_is_the_callers_mistake(now: int) -> None:
    refused(Misuse, "no certificate can name the time", *CHAIN, now=now)


def test_an_expired_issuer_is_refused() -> None:
    key = private_key("office")
    office = Authority(ROOT.certify("office", key, extensions=of_authority(), until=TODAY), key)
    chain = (office.certify("Alice", KEY), office.certificate)
    validate(*chain)
    refused(CredentialExpired, "the certificate of 'CN=office' was valid until", *chain, now=NOW + 1)


def test_each_certificate_certifies_the_one_before_it() -> None:
    house = ROOT.certify_authority("house")
    office = house.certify_authority("office")
    alice = office.certify("Alice", KEY)
    validate(alice, office.certificate, house.certificate)
    refused(
        InvalidCredential,
        "certificate 2 of the chain does not certify those before it",
        alice,
        house.certificate,
        office.certificate,
    )


def test_a_certificate_that_has_nothing_to_do_with_the_others_is_refused() -> None:
    stranger = root_authority("stranger").certificate
    refused(InvalidCredential, "certificate 1 of the chain does not", ALICE, stranger, OFFICE.certificate)
    refused(InvalidCredential, "certificate 2 of the chain does not", *CHAIN, stranger, ROOT.certificate)


def test_an_issuer_must_be_marked_as_one() -> None:
    key = private_key("office")
    for marks in ([key_usage("key_cert_sign")], [x509.BasicConstraints(ca=False, path_length=None)]):
        office = Authority(ROOT.certify("office", key, extensions=marks), key)
        refused(InvalidCredential, "(?i)basicConstraints", office.certify("Alice", KEY), office.certificate)


def test_an_issuer_must_be_allowed_to_sign_certificates() -> None:
    key = private_key("office")
    marks = [x509.BasicConstraints(ca=True, path_length=None), key_usage("digital_signature")]
    office = Authority(ROOT.certify("office", key, extensions=marks), key)
    refused(InvalidCredential, "(?i)keyUsage", office.certify("Alice", KEY), office.certificate)


def test_no_more_issuers_than_the_path_length_allows() -> None:
    desk = OFFICE.certify_authority("desk")
    chain = (desk.certify("Alice", KEY), desk.certificate, OFFICE.certificate)
    refused(InvalidCredential, "path length constraint violated", *chain)
    validate(*chain[:2], trust=TrustAnchors((desk.certificate,)))


def test_an_issuer_is_no_member() -> None:
    marked = OFFICE.certify("Alice", KEY, extensions=of_authority())
    refused(InvalidCredential, "no valid path leads", marked, OFFICE.certificate)


def test_the_key_of_a_member_must_be_for_signing() -> None:
    validate(OFFICE.certify("Alice", KEY, extensions=[key_usage("digital_signature")]), OFFICE.certificate)
    agreeing = OFFICE.certify("Alice", KEY, extensions=[key_usage("key_agreement")])
    refused(InvalidCredential, "the certificate is not for keys that sign", agreeing, OFFICE.certificate)


def test_a_critical_extension_that_nobody_knows_is_refused() -> None:
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")
    odd_one = OFFICE.certify("Alice", KEY, extensions=[odd])
    refused(InvalidCredential, "critical", odd_one, OFFICE.certificate)


def test_an_issuer_may_only_certify_names_within_its_constraints() -> None:
    key = private_key("office")
    constraint = x509.NameConstraints([x509.DNSName("example.org")], None)
    office = Authority(ROOT.certify("office", key, extensions=[*of_authority(), constraint]), key)
    for name in ("alice.example.org", "alice.example.com"):
        names = x509.SubjectAlternativeName([x509.DNSName(name)])
        chain = (office.certify("Alice", KEY, extensions=[names]), office.certificate)
        if name.endswith("org"):
            validate(*chain)
        else:
            refused(InvalidCredential, "no permitted name constraints", *chain)


def test_a_certificate_names_somebody() -> None:
    refused(InvalidCredential, "presents no identity", OFFICE.certify("", KEY), OFFICE.certificate)
    named = x509.SubjectAlternativeName([x509.RFC822Name("alice@example.org")])
    validate(OFFICE.certify("", KEY, extensions=[named]), OFFICE.certificate)


# What is no chain at all


def test_an_empty_chain_is_refused() -> None:
    refused(InvalidCredential, "the chain holds no certificate")


def test_a_chain_is_no_longer_than_any_real_one() -> None:
    beyond = [root_authority(f"root {number}").certificate for number in range(14)]
    validate(*CHAIN, ROOT.certificate, *beyond[:13])
    refused(InvalidCredential, "the chain holds 17 certificates", *CHAIN, ROOT.certificate, *beyond)


def test_issuers_that_certify_each_other_in_many_ways_are_not_all_tried() -> None:
    """Each of three issuers is certified by the other two, twice: a search of eight steps has 65,000 ways."""
    keys = [private_key(f"issuer {number}") for number in range(3)]
    each_other = [
        certify(subject(str(above)), keys[above], str(own), keys[own], of_authority(), TODAY - DAY, until)
        for own in range(3)
        for above in range(3)
        if own != above
        for until in (TODAY + DAY, TODAY + 2 * DAY)
    ]
    alice = certify(subject("0"), keys[0], "Alice", KEY, (), TODAY - DAY, TODAY + DAY)
    refused(InvalidCredential, "Exceeded maximum signature", alice, *each_other)


@pytest.mark.parametrize("junk", [b"", b"junk", ALICE.public_bytes(Encoding.DER) + b"\0"])
@pytest.mark.parametrize("position", [0, 1])
def test_what_is_not_a_certificate_is_refused(junk: bytes, position: int) -> None:
    chain = [Certificate(each.public_bytes(Encoding.DER)) for each in CHAIN]
    chain[position] = Certificate(junk)
    with pytest.raises(InvalidCredential, match=f"certificate {position} of the chain is not readable"):
        TRUST.validate(Credential(X509Credential(tuple(chain))), public_key(), now=NOW)


@pytest.mark.parametrize(
    ("found", "planted"),
    [
        (b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05"),  # version 6
        (x509.oid.ExtensionOID.KEY_USAGE, x509.oid.ExtensionOID.BASIC_CONSTRAINTS),  # one extension twice
        (b"\x0c\x05Alice", b"\x0c\x05Ali\xff\xff"),  # a name that is no UTF-8
        (b"\x0c\x05Alice", b"\x03\x05\0lice"),  # a name that is no text
        (b"20510101", b"00000101"),  # the year 0
    ],
)
def test_a_certificate_that_can_only_be_read_in_part_is_refused(
    found: bytes | x509.ObjectIdentifier, planted: bytes | x509.ObjectIdentifier
) -> None:
    names = [x509.BasicConstraints(ca=False, path_length=None), key_usage("digital_signature")]
    issued = OFFICE.certify("Alice", KEY, extensions=names, until=datetime(2051, 1, 1, tzinfo=UTC))
    whole = issued.public_bytes(Encoding.DER)
    damaged = whole.replace(_der(found), _der(planted))
    assert damaged != whole
    with pytest.raises(InvalidCredential, match="certificate 0 of the chain is not readable"):
        TRUST.validate(Credential(X509Credential((Certificate(damaged),))), public_key(), now=NOW)


def _der(what: bytes | x509.ObjectIdentifier) -> bytes:
    if isinstance(what, bytes):
        return what
    return bytes([0x55, 0x1D, int(what.dotted_string.rpartition(".")[2])])


def test_a_key_that_is_none_of_a_cipher_suite_is_refused() -> None:
    other = X25519PrivateKey.from_private_bytes(bytes(32)).public_key()
    builder = x509.CertificateBuilder(OFFICE.certificate.subject, subject("Alice"), other, 7)
    builder = builder.not_valid_before(TODAY).not_valid_after(TODAY + DAY)
    refused(InvalidCredential, "with which no cipher suite signs", builder.sign(OFFICE.key, hashes.SHA256()))


def test_a_key_that_is_no_point_of_its_curve_is_refused() -> None:
    damaged = ALICE.public_bytes(Encoding.DER).replace(public_key(), b"\x04" + bytes(64))
    with pytest.raises(InvalidCredential, match="a key that is not readable"):
        TRUST.validate(Credential(X509Credential((Certificate(damaged),))), public_key(), now=NOW)


# Identities and successors


def test_the_identity_of_a_basic_credential_is_its_bytes() -> None:
    assert presented_identities(Credential(BasicCredential(b"Alice"))) == {b"Alice"}


def test_the_identities_of_a_certificate_are_its_subject_and_its_alternative_names() -> None:
    names = [x509.DNSName("alice.example"), x509.RFC822Name("alice@example.org"), x509.IPAddress(ip_address("::1"))]
    named = OFFICE.certify("Alice", KEY, extensions=[x509.SubjectAlternativeName(names)])
    assert presented_identities(credential(named)) == {subject("Alice"), *names}


def test_identities_can_be_asked_for_before_the_credential_is_believed() -> None:
    stranger = root_authority("stranger")
    assert presented_identities(credential(stranger.certify("Alice", KEY))) == {subject("Alice")}
    with pytest.raises(InvalidCredential, match="the chain holds no certificate"):
        presented_identities(credential())


RENEWED = (OFFICE.certify("Alice", KEY, until=TODAY + 60 * DAY), OFFICE.certificate)


def test_a_renewed_certificate_is_a_valid_successor() -> None:
    TRUST.validate(credential(*RENEWED), public_key(), now=NOW, replaced=credential(*CHAIN))


@pytest.mark.parametrize(
    "replaced",
    [credential(OFFICE.certify("Bob", KEY), OFFICE.certificate), Credential(BasicCredential(b"Alice"))],
    ids=["another subject", "another kind"],
)
def test_a_successor_presents_the_same_identities(replaced: Credential) -> None:
    with pytest.raises(InvalidCredential, match="presents other identities than the one it replaces"):
        TRUST.validate(credential(*RENEWED), public_key(), now=NOW, replaced=replaced)


def test_the_successor_of_an_expired_credential_is_accepted_when_it_is_valid_itself() -> None:
    later = NOW + 40 * 24 * 3600
    refused(CredentialExpired, "was valid until", *CHAIN, now=later)
    TRUST.validate(credential(*RENEWED), public_key(), now=later, replaced=credential(*CHAIN))


# When the Authentication Service is asked


class Asked:
    """An Authentication Service of an application: it accepts, and notes what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[Credential, bytes, int, Credential | None]] = []

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        self.calls.append((credential, signature_key, now, replaced))


LEAF = leaf_of("Alice")


def test_the_application_is_asked_about_a_new_member() -> None:
    service = Asked()
    authenticate(service, LEAF, when=When.at(NOW))
    assert service.calls == [(LEAF.credential, LEAF.signature_key, NOW, None)]


def test_the_application_is_asked_about_a_new_credential_and_about_a_new_key() -> None:
    for new in (replace(LEAF, credential=Credential(BasicCredential(b"Al"))), replace(LEAF, signature_key=b"new")):
        service = Asked()
        authenticate(service, new, when=When.at(NOW), replaced=LEAF)
        assert service.calls == [(new.credential, new.signature_key, NOW, LEAF.credential)]


def test_the_application_is_not_asked_again_about_what_stays_as_it_was() -> None:
    service = Asked()
    authenticate(service, replace(LEAF, encryption_key=b"new"), when=When.at(NOW), replaced=LEAF)
    assert service.calls == []
