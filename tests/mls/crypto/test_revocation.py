"""Revoked certificates are refused, and so is what no current list clears (RFC 9420 §5.3.2)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from tests.mls.crypto.authority import DAY, NOW, TODAY, Authority, key_usage, private_key, root_authority
from tests.mls.crypto.chain_of_alice import ALICE, CHAIN, KEY, OFFICE, ROOT, TRUST, refused, validate
from workbench.mls.crypto.credentials import TrustAnchors
from workbench.mls.errors import CredentialRevoked, RevocationUnknown, Unsupported

BOTH = (OFFICE.revoke(), ROOT.revoke())


def test_who_is_on_no_list_is_accepted_while_the_lists_of_all_issuers_are_current() -> None:
    validate(*CHAIN, trust=replace(TRUST, revocation_lists=BOTH))


@pytest.mark.parametrize(("authority", "revoked"), [(OFFICE, ALICE), (ROOT, OFFICE.certificate)])
def test_who_is_on_a_list_is_refused(authority: Authority, revoked: x509.Certificate) -> None:
    trust = replace(TRUST, revocation_lists=(*BOTH, authority.revoke(revoked)))
    refused(CredentialRevoked, f"{revoked.subject.rfc4514_string()}' has been revoked", *CHAIN, trust=trust)


def test_an_outdated_list_still_tells_who_was_revoked() -> None:
    old = OFFICE.revoke(ALICE, since=TODAY - 3 * DAY, until=TODAY - 2 * DAY)
    refused(CredentialRevoked, "has been revoked", *CHAIN, trust=replace(TRUST, revocation_lists=(old, *BOTH)))


def test_a_list_that_is_out_of_date_does_not_clear_anybody() -> None:
    outdated = OFFICE.revoke(since=TODAY - 3 * DAY, until=TODAY - DAY)
    trust = replace(TRUST, revocation_lists=(outdated, ROOT.revoke()))
    reason = "no revocation list of 'CN=office' is current, so 'CN=Alice' may be revoked"
    refused(RevocationUnknown, reason, *CHAIN, trust=trust)


def test_a_list_of_later_is_as_good_for_what_was_sent_before_it() -> None:
    later = (OFFICE.revoke(since=TODAY + DAY, until=TODAY + 2 * DAY), ROOT.revoke())
    validate(*CHAIN, trust=replace(TRUST, revocation_lists=later))


def test_a_list_is_current_until_its_last_second() -> None:
    trust = replace(TRUST, revocation_lists=BOTH)
    validate(*CHAIN, trust=trust, now=NOW + 24 * 3600)
    refused(RevocationUnknown, "is current", *CHAIN, trust=trust, now=NOW + 24 * 3600 + 1)


def test_a_list_without_an_end_is_never_current() -> None:
    endless = (without_end(OFFICE.revoke()), ROOT.revoke())
    assert endless[0].is_signature_valid(OFFICE.certificate.public_key())  # type: ignore[arg-type] # it is P-256
    refused(RevocationUnknown, "'CN=office' is current", *CHAIN, trust=replace(TRUST, revocation_lists=endless))


def without_end(revocation_list: x509.CertificateRevocationList) -> x509.CertificateRevocationList:
    """The same list, signed anew without `nextUpdate`: the library makes none."""
    until = revocation_list.next_update_utc
    assert until is not None
    content = revocation_list.tbs_certlist_bytes.replace(b"\x17\x0d" + f"{until:%y%m%d%H%M%SZ}".encode(), b"")
    content = sequence(content[2:])
    assert isinstance(OFFICE.key, ec.EllipticCurvePrivateKey)
    signature = OFFICE.key.sign(content, ec.ECDSA(hashes.SHA256()))
    ecdsa_with_sha256 = bytes.fromhex("300a06082a8648ce3d040302")
    signed = content + ecdsa_with_sha256 + bytes([3, len(signature) + 1, 0]) + signature
    return x509.load_der_x509_crl(sequence(signed))


def sequence(content: bytes) -> bytes:
    length = [len(content)] if len(content) < 0x80 else [0x81, len(content)]
    return bytes([0x30, *length]) + content


@pytest.mark.parametrize(
    "other",
    [
        root_authority("stranger").revoke(ALICE),
        Authority(OFFICE.certificate, private_key("forger")).revoke(ALICE),
    ],
    ids=["another name", "another key"],
)
def test_a_list_by_another_issuer_neither_revokes_nor_clears(other: x509.CertificateRevocationList) -> None:
    validate(*CHAIN, trust=replace(TRUST, revocation_lists=(other, *BOTH)))
    refused(RevocationUnknown, "'CN=office'", *CHAIN, trust=replace(TRUST, revocation_lists=(other, ROOT.revoke())))


def test_a_list_by_an_issuer_that_may_not_sign_lists_does_not_count() -> None:
    key = private_key("office")
    marks = [x509.BasicConstraints(ca=True, path_length=None), key_usage("key_cert_sign")]
    office = Authority(ROOT.certify("office", key, extensions=marks), key)
    trust = replace(TRUST, revocation_lists=(office.revoke(), ROOT.revoke()))
    refused(RevocationUnknown, "'CN=office'", office.certify("Alice", KEY), office.certificate, trust=trust)


def test_a_list_that_tells_only_a_part_is_refused() -> None:
    partial = OFFICE.revocation_list().add_extension(x509.DeltaCRLIndicator(1), critical=True)
    with pytest.raises(Unsupported, match="partial or indirect: give a complete list"):
        TrustAnchors((ROOT.certificate,), revocation_lists=(partial.sign(OFFICE.key, hashes.SHA256()),))


def test_a_list_that_speaks_for_other_issuers_is_refused() -> None:
    entry = x509.RevokedCertificateBuilder().serial_number(1).revocation_date(TODAY)
    of_another = x509.CertificateIssuer([x509.DirectoryName(ROOT.certificate.subject)])
    entry = entry.add_extension(of_another, critical=True)
    indirect = OFFICE.revocation_list().add_revoked_certificate(entry.build())
    with pytest.raises(Unsupported, match="partial or indirect"):
        TrustAnchors(revocation_lists=(indirect.sign(OFFICE.key, hashes.SHA256()),))
