"""X.509 credentials: reading certificates, and verifying chains up to trust anchors (RFC 9420 §5.3, RFC 5280).

Chains are verified by the crypto library. It knows issuers with RSA and NIST keys; one that signs certificates
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
    """Raise `InvalidArgument` for what is no certificate, or no revocation list."""
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
    """Refuse a chain by which no anchor certifies at `now` that `signature_key` is its owner's (RFC 9420 §5.3).

    The arguments are those of `TrustAnchors`, and so are the errors.
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


# Checking it


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
    # Members need not be hosts: the subject can say who they are, and then alternative names may be missing.
    .may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    # It only helps to find the issuer, and simple authorities leave it out.
    .may_be_present(x509.AuthorityKeyIdentifier, Criticality.NON_CRITICAL, None)
)
"""What a member's own certificate may hold, where it is not what browsers ask of a web server's."""


def _moment(now: int) -> datetime:
    try:
        return datetime.fromtimestamp(now, UTC)
    except (ValueError, OverflowError, OSError):
        raise Misuse("§5.3.1", f"{now} seconds from 1970 lead to no year that a certificate can name") from None


def _check_order(chain: Sequence[x509.Certificate], path: Sequence[x509.Certificate]) -> None:
    """Each certificate certifies the one before it; some may have been left out (RFC 9420 §5.3).

    What follows after the anchor is for those who trust another one.
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
    """A list of the issuer is current, and none of its lists, however old, names the certificate (RFC 9420 §5.3.2)."""
    lists = [each for each in revocation_lists if _is_by(each, issuer)]
    for each in lists:
        if each.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            raise CredentialRevoked("§5.3.2", f"the certificate of {_named(certificate)} has been revoked")
    if not any(_is_current(each, moment) for each in lists):
        reason = f"no revocation list of {_named(issuer)} is current, so nothing is known of {_named(certificate)}"
        raise RevocationUnknown("§5.3.2", reason)


def _is_by(revocation_list: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    key = issuer.public_key()
    return (
        revocation_list.issuer == issuer.subject
        and all(usage.crl_sign for usage in _key_usage(issuer))
        and isinstance(key, RSAPublicKey | ec.EllipticCurvePublicKey)  # the verifier has let no others issue
        and revocation_list.is_signature_valid(key)
    )


def _is_current(revocation_list: x509.CertificateRevocationList, moment: datetime) -> bool:
    """Whether a list is not out of date at a moment; for one that has passed, a newer list is as good or better."""
    until = revocation_list.next_update_utc
    return until is not None and moment <= until


def _explained(problem: Exception, chain: Sequence[x509.Certificate], moment: datetime) -> MLSError:
    """Why a chain was refused, in better words than the library's where these are known."""
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
        reason = (
            f"the chain holds {len(credential.certificates)} certificates, more than the {MOST_CERTIFICATES} we read"
        )
        raise InvalidCredential("§5.3", reason)
    chain = enumerate(credential.certificates)
    return [read_certificate(each, f"certificate {position} of the chain") for position, each in chain]


MOST_CERTIFICATES = 16
"""So many certificates a chain may hold. Path validation software, such as the crypto library, follows eight issuers.

The rest of a chain lies beyond the anchor, for those who trust another one. Where certificates certify each other in
many ways, the library limits how many signatures it verifies.
"""


def read_certificate(certificate: Certificate, name: str = "the certificate") -> x509.Certificate:
    """A certificate of a chain, readable in all its parts, believed or not (RFC 9420 §5.3).

    Raises `InvalidCredential`, which calls it `name`.
    """
    try:
        read = x509.load_der_x509_certificate(certificate.cert_data)
        for late in _READ_LATE:
            getattr(read, late)
    except _UNREADABLE as problem:
        raise InvalidCredential("§5.3", f"{name} is not readable: {problem}") from None
    return read


_READ_LATE = ("subject", "issuer", "extensions", "not_valid_before_utc", "not_valid_after_utc")
"""What the library reads only when it is asked for."""

_UNREADABLE = (
    ValueError,  # among others the year 0
    TypeError,  # a name that holds bits where it should hold text
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


def _is_for(certificate: x509.Certificate, signature_key: bytes) -> bool:
    """Whether a certificate is for a signature key of a leaf, in whichever encoding that is (RFC 9420 §5.1.1, §5.3)."""
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
            raise InvalidCredential("§5.1.2", "the certificate is for a key that no cipher suite signs with")


_NIST = {each.curve.name: each for each in (P256, P384, P521)}


def _key_usage(certificate: x509.Certificate) -> list[x509.KeyUsage]:
    """What the key of a certificate is for; an empty list says: for anything."""
    return [each.value for each in certificate.extensions if isinstance(each.value, x509.KeyUsage)]


def identities_of(certificate: x509.Certificate) -> frozenset[x509.Name | x509.GeneralName]:
    """Who a certificate says that its owner is: the subject and each alternative name (RFC 9420 §5.3)."""
    subject = [certificate.subject] if certificate.subject.rdns else []
    alternatives = [
        each.value for each in certificate.extensions if isinstance(each.value, x509.SubjectAlternativeName)
    ]
    return frozenset([*subject, *(name for names in alternatives for name in names)])
