"""X.509 credentials: reading certificates, and verifying chains up to trust anchors (RFC 9420 §5.3, RFC 5280).

The crypto library verifies the chains. It knows issuers with RSA and NIST keys; an issuer that signs certificates
with Ed25519 or Ed448 is `Unsupported`. A member's own key may be of any cipher suite.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from workbench.mls.crypto.primitives import P256, P384, P521
from workbench.mls.errors import (
    CredentialExpired,
    CredentialRevoked,
    InvalidArgument,
    InvalidCredential,
    Misuse,
    MLSError,
    RevocationUnknown,
    Unsupported,
)
from workbench.mls.wire.tree import Certificate, X509Credential
from workbench.mls.wire.values import described


def check_types(anchors: Sequence[object], intermediates: Sequence[object], revocation_lists: Sequence[object]) -> None:
    """Raise `InvalidArgument` for an anchor or intermediate that is not a certificate, or a wrong revocation list."""
    for name, given, kind in (
        ("anchors", anchors, x509.Certificate),
        ("intermediates", intermediates, x509.Certificate),
        ("revocation_lists", revocation_lists, x509.CertificateRevocationList),
    ):
        for place, each in enumerate(given):
            if not isinstance(each, kind):
                reason = f"must be a {kind.__name__}, not {described(each)}"
                raise InvalidArgument(f"TrustAnchors.{name}[{place}]", reason)


def validate_chain(
    chain: Sequence[x509.Certificate],
    signature_key: bytes,
    *,
    now: int,
    anchors: Sequence[x509.Certificate],
    intermediates: Sequence[x509.Certificate],
    revocation_lists: Sequence[x509.CertificateRevocationList] | None,
) -> None:
    """Refuse a chain in which no anchor certifies `signature_key` at the time `now` (RFC 9420 §5.3).

    The arguments and the errors are those of `TrustAnchors`.
    """
    own, moment = chain[0], _moment(now)
    if not _is_for(own, signature_key):
        raise InvalidCredential("§5.3", "the signature key is not the one that the certificate is for")
    path = _verified_path(chain, moment, anchors, intermediates)
    _check_order(chain, path)
    if not identities_of(own):
        raise InvalidCredential("§5.3", "the certificate presents no identity")
    if not all(usage.digital_signature for usage in _key_usage(own)):
        raise InvalidCredential("§5.3", "the certificate is not for keys that sign")
    if revocation_lists is not None:
        for certificate, issuer in pairwise(path):
            _check_not_revoked(certificate, issuer, revocation_lists, moment)


# Checking a chain


def _verified_path(
    chain: Sequence[x509.Certificate],
    moment: datetime,
    anchors: Sequence[x509.Certificate],
    intermediates: Sequence[x509.Certificate],
) -> Sequence[x509.Certificate]:
    """The verified path from the member's own certificate to an anchor."""
    if not anchors:
        raise InvalidCredential("§5.3.1", "an X.509 credential needs a trust anchor, and none was named")
    builder = PolicyBuilder().store(Store(list(anchors))).time(moment)
    builder = builder.extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=_MEMBERS)
    try:
        return builder.build_client_verifier().verify(chain[0], [*chain[1:], *intermediates]).chain
    except VerificationError as problem:
        raise _explained(problem, chain, moment) from None


_MEMBERS = (
    ExtensionPolicy.webpki_defaults_ee()
    # A member need not be a host. Its subject can name it, and then the alternative names may be missing.
    .may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    # This extension only helps to find the issuer, and simple authorities leave it out.
    .may_be_present(x509.AuthorityKeyIdentifier, Criticality.NON_CRITICAL, None)
)
"""The extensions of a member's own certificate: those of a web server's, with two that may be missing."""


def _moment(now: int) -> datetime:
    try:
        return datetime.fromtimestamp(now, UTC)
    except (ValueError, OverflowError, OSError):
        raise Misuse("§5.3.1", f"no certificate can name the time {now} seconds after 1970") from None


def _check_order(chain: Sequence[x509.Certificate], path: Sequence[x509.Certificate]) -> None:
    """Check that each certificate certifies the one before it; some may have been left out (RFC 9420 §5.3).

    Certificates after the anchor are for receivers that trust another anchor.
    """
    last = chain.index(path[-1]) + 1 if path[-1] in chain else len(chain)
    remaining = iter(path)
    for position, certificate in enumerate(chain[:last]):
        if certificate not in remaining:
            raise InvalidCredential("§5.3", f"certificate {position} of the chain does not certify those before it")


def _check_not_revoked(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    revocation_lists: Sequence[x509.CertificateRevocationList],
    moment: datetime,
) -> None:
    """Check that a list of the issuer is current, and that none of its lists has the certificate (RFC 9420 §5.3.2)."""
    lists = [each for each in revocation_lists if _is_by(each, issuer)]
    for each in lists:
        if each.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            raise CredentialRevoked("§5.3.2", f"the certificate of {_named(certificate)} has been revoked")
    if not any(_is_current(each, moment) for each in lists):
        reason = f"no revocation list of {_named(issuer)} is current, so {_named(certificate)} may be revoked"
        raise RevocationUnknown("§5.3.2", reason)


def _is_by(revocation_list: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    return (
        revocation_list.issuer == issuer.subject
        and all(usage.crl_sign for usage in _key_usage(issuer))
        and isinstance(key, RSAPublicKey | ec.EllipticCurvePublicKey)  # the verifier accepts no other issuers
        and revocation_list.is_signature_valid(key)
    )


def _is_current(revocation_list: x509.CertificateRevocationList, moment: datetime) -> bool:
    """Whether a list is not out of date at a moment. For a past moment, a newer list is at least as good."""
    until = revocation_list.next_update_utc
    return until is not None and moment <= until


def _explained(problem: Exception, chain: Sequence[x509.Certificate], moment: datetime) -> MLSError:
    """Why a chain was refused: in our own words for the usual reasons, else in the library's."""
    for each in chain:
        if moment < each.not_valid_before_utc:
            reason = f"the certificate of {_named(each)} is not valid before {each.not_valid_before_utc}"
            return InvalidCredential("§5.3.1", reason)
        if moment > each.not_valid_after_utc:
            reason = f"the certificate of {_named(each)} was valid until {each.not_valid_after_utc}"
            return CredentialExpired("§5.3.2", reason, until=int(each.not_valid_after_utc.timestamp()))
        if each.issuer != each.subject and each.signature_algorithm_oid in _EDDSA:
            reason = f"the certificate of {_named(each)} is signed with EdDSA, which the X.509 verifier does not know"
            return Unsupported("§5.3.1", reason)
    words = str(problem).removeprefix("validation failed: ").removeprefix("candidates exhausted: ")
    return InvalidCredential("§5.3.1", f"no valid path leads from the certificate to a trust anchor: {words}")


_EDDSA = (x509.SignatureAlgorithmOID.ED25519, x509.SignatureAlgorithmOID.ED448)


def _named(certificate: x509.Certificate) -> str:
    return repr(certificate.subject.rfc4514_string())


# Reading a chain


def load_chain(credential: X509Credential) -> list[x509.Certificate]:
    """The certificates of a chain, the member's own first (RFC 9420 §5.3). Raises `InvalidCredential`."""
    if not credential.certificates:
        raise InvalidCredential("§5.3", "the chain holds no certificate")
    if len(credential.certificates) > MOST_CERTIFICATES:
        count = len(credential.certificates)
        reason = f"the chain holds {count} certificates; at most {MOST_CERTIFICATES} are read here"
        raise InvalidCredential("§5.3", reason)
    chain = enumerate(credential.certificates)
    return [read_certificate(each, f"certificate {position} of the chain") for position, each in chain]


MOST_CERTIFICATES = 16
"""The most certificates that a chain may hold. Path validators such as the crypto library follow eight issuers.

The certificates beyond the anchor are for receivers that trust another anchor. Where certificates certify each other in
many ways, the library limits the number of signatures that it verifies.
"""


def read_certificate(certificate: Certificate, name: str = "the certificate") -> x509.Certificate:
    """Read all parts of a certificate of a chain, without verifying it (RFC 9420 §5.3).

    Raises `InvalidCredential`, whose reason calls the certificate `name`.
    """
    try:
        read = x509.load_der_x509_certificate(certificate.cert_data)
        for late in _READ_LATE:
            getattr(read, late)
    except _UNREADABLE as problem:
        raise InvalidCredential("§5.3", f"{name} is not readable: {problem}") from None
    return read


_READ_LATE = ("subject", "issuer", "extensions", "not_valid_before_utc", "not_valid_after_utc")
"""The parts that the library reads only when they are asked for."""

_UNREADABLE = (
    ValueError,  # among others the year 0
    TypeError,  # a name that holds bits where it should hold text
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def _is_for(certificate: x509.Certificate, signature_key: bytes) -> bool:
    """Whether a certificate is for a signature key, in either encoding of the key (RFC 9420 §5.1.1, §5.3)."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidCredential("§5.3", "the certificate is for a key that is not readable") from None
    match key:
        case Ed25519PublicKey() | Ed448PublicKey():
            return key.public_bytes_raw() == signature_key
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1() | ec.SECP384R1() | ec.SECP521R1() as curve):
            point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
            return point == _NIST[curve.name].canonical_public_key(signature_key)
        case _:
            raise InvalidCredential("§5.1.2", "the certificate is for a kind of key with which no cipher suite signs")


_NIST = {each.curve.name: each for each in (P256, P384, P521)}


def _key_usage(certificate: x509.Certificate) -> list[x509.KeyUsage]:
    """The uses of a certificate's key. An empty list allows any use."""
    return [each.value for each in certificate.extensions if isinstance(each.value, x509.KeyUsage)]


def identities_of(certificate: x509.Certificate) -> frozenset[x509.Name | x509.GeneralName]:
    """The identities of a certificate's owner: the subject and each alternative name (RFC 9420 §5.3)."""
    subject = [certificate.subject] if certificate.subject.rdns else []
    alternatives = [
        each.value for each in certificate.extensions if isinstance(each.value, x509.SubjectAlternativeName)
    ]
    return frozenset([*subject, *(name for names in alternatives for name in names)])
