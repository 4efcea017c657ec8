"""Who a member says it is, and whether to believe it (RFC 9420 §5.3).

The protocol carries credentials; an Authentication Service decides about them (RFC 9750 §4). It is the
application's, so it is an argument: whatever has the one method of `AuthenticationService`. The one that is built
here, `TrustAnchors`, takes basic credentials at their word and verifies X.509 chains up to roots that the
application trusts.

When it is asked (§5.3.1): for every leaf node that comes in with a credential or signature key that its place in
the tree did not have, and for every member of a group that one joins. It is not asked again for each message:
what a member signed stays accepted when its credential expires later (§5.3.2).

Chains are verified by the crypto library. It knows issuers with RSA and NIST keys; one that signs certificates
with Ed25519 or Ed448 is `Unsupported`. A member's own key may be of any cipher suite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Protocol, TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from workbench.mls.errors import (
    CredentialExpired,
    CredentialRevoked,
    InvalidCredential,
    Misuse,
    MLSError,
    RevocationUnknown,
    Unsupported,
)
from workbench.mls.when import When
from workbench.mls.wire.tree import Certificate, Credential, LeafNode, X509Credential

Identity: TypeAlias = bytes | x509.Name | x509.GeneralName
"""What a credential presents: the bytes of a basic one; the subject and each alternative name of a certificate."""


class AuthenticationService(Protocol):
    """Who decides whether a credential tells the truth (RFC 9420 §5.3.1)."""

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        """Refuse a credential that does not bind its identities to `signature_key` at `now`.

        With `replaced`, its member's credential until now, refuse one that is no valid successor of it: nothing
        else stops one member from taking the place of another. `now` is in seconds since 1970: the present, or for what
        others have sent the time of that. A refusal is an `MLSError`; for a credential that has expired it is a
        `CredentialExpired` that says until when it was good.
        """


def authenticate(
    service: AuthenticationService, leaf_node: LeafNode, *, when: When, replaced: LeafNode | None = None
) -> None:
    """Have the Authentication Service validate what a leaf node brings that is new (RFC 9420 §5.3.1).

    `replaced` is the leaf node in whose place it comes. If that has the same credential and key, nothing is new:
    a member may update its encryption key while its credential is expired.
    """
    if replaced is None:
        validate_credential(service, leaf_node.credential, leaf_node.signature_key, when=when)
    elif (leaf_node.credential, leaf_node.signature_key) != (replaced.credential, replaced.signature_key):
        validate_credential(
            service, leaf_node.credential, leaf_node.signature_key, when=when, replaced=replaced.credential
        )


def validate_credential(
    service: AuthenticationService,
    credential: Credential,
    signature_key: bytes,
    *,
    when: When,
    replaced: Credential | None = None,
) -> None:
    """Have a credential validated by the latest possible time at which it had not expired (RFC 9420 §5.3.2).

    Raises what the service raises.
    """
    now = when.latest
    while True:
        try:
            return service.validate(credential, signature_key, now=now, replaced=replaced)
        except CredentialExpired as expired:
            if expired.until is None or not when.earliest <= expired.until < now:
                raise
            now = expired.until


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """Basic credentials are taken at their word, X.509 chains must lead to one of `anchors` (RFC 9420 §5.3).

    `intermediates` are certificates that members may leave out of their chains because everybody has them.
    `revocation_lists` are all that is known of revoked certificates: every issuer of a chain must have a current
    one among them. None stands for an application that does not revoke.
    """

    anchors: tuple[x509.Certificate, ...] = ()
    intermediates: tuple[x509.Certificate, ...] = ()
    revocation_lists: tuple[x509.CertificateRevocationList, ...] | None = None

    def __post_init__(self) -> None:
        for revocation_list in self.revocation_lists or ():
            extensions = [revocation_list.extensions, *(entry.extensions for entry in revocation_list)]
            if any(extension.critical for each in extensions for extension in each):
                reason = "a revocation list with critical extensions is partial or indirect: give the complete one"
                raise Unsupported("§5.3.2", reason)

    def validate(
        self, credential: Credential, signature_key: bytes, *, now: int, replaced: Credential | None = None
    ) -> None:
        """Refuse a credential as `AuthenticationService` says.

        A successor presents the same identities as what it replaces. Raises `InvalidCredential`,
        `CredentialExpired`, `CredentialRevoked`, `RevocationUnknown` or `Unsupported`.
        """
        if isinstance(credential.credential, X509Credential):
            self._validate_chain(_load(credential.credential), signature_key, _moment(now))
        if replaced is not None and presented_identities(credential) != presented_identities(replaced):
            raise InvalidCredential("§5.3.1", "the new credential presents other identities than the one it replaces")

    def _validate_chain(self, chain: Sequence[x509.Certificate], signature_key: bytes, moment: datetime) -> None:
        own = chain[0]
        if _signature_key(own) != signature_key:
            raise InvalidCredential("§5.3", "the signature key is not the one that the certificate is for")
        path = self._path(chain, moment)
        _check_order(chain, path)
        if not _identities(own):
            raise InvalidCredential("§5.3", "the certificate presents no identity")
        if not all(usage.digital_signature for usage in _key_usage(own)):
            raise InvalidCredential("§5.3", "the certificate is not for keys that sign")
        if self.revocation_lists is not None:
            for certificate, issuer in pairwise(path):
                _check_not_revoked(certificate, issuer, self.revocation_lists, moment)

    def _path(self, chain: Sequence[x509.Certificate], moment: datetime) -> Sequence[x509.Certificate]:
        """The verified path from the member's own certificate to an anchor."""
        if not self.anchors:
            raise InvalidCredential("§5.3.1", "an X.509 credential needs a trust anchor, and none was named")
        builder = PolicyBuilder().store(Store(list(self.anchors))).time(moment)
        builder = builder.extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=_MEMBERS)
        try:
            return builder.build_client_verifier().verify(chain[0], [*chain[1:], *self.intermediates]).chain
        except VerificationError as problem:
            raise _explained(problem, chain, moment) from None


DEFAULT_AUTHENTICATION = TrustAnchors()
"""Basic credentials are taken at their word; no X.509 chain is accepted, for no anchor is trusted by itself."""

_MEMBERS = (
    ExtensionPolicy.webpki_defaults_ee()
    # Members need not be hosts: the subject can say who they are, and then alternative names may be missing.
    .may_be_present(x509.SubjectAlternativeName, Criticality.AGNOSTIC, None)
    # It only helps to find the issuer, and simple authorities leave it out.
    .may_be_present(x509.AuthorityKeyIdentifier, Criticality.NON_CRITICAL, None)
)
"""What a member's own certificate may hold, where it is not what browsers ask of a web server's."""


def presented_identities(credential: Credential) -> frozenset[Identity]:
    """Who a credential says that its member is, believed or not (RFC 9420 §5.3).

    To be compared with whom the application expects. Raises `InvalidCredential`.
    """
    if isinstance(credential.credential, X509Credential):
        return _identities(_load(credential.credential)[0])
    return frozenset([credential.credential.identity])


def _identities(certificate: x509.Certificate) -> frozenset[Identity]:
    subject = [certificate.subject] if certificate.subject.rdns else []
    alternatives = [
        each.value for each in certificate.extensions if isinstance(each.value, x509.SubjectAlternativeName)
    ]
    return frozenset([*subject, *(name for names in alternatives for name in names)])


def _moment(now: int) -> datetime:
    try:
        return datetime.fromtimestamp(now, UTC)
    except (ValueError, OverflowError, OSError):
        raise Misuse("§5.3.1", f"{now} seconds from 1970 lead to no year that a certificate can name") from None


# Reading a chain


def _load(credential: X509Credential) -> list[x509.Certificate]:
    if not credential.certificates:
        raise InvalidCredential("§5.3", "the chain holds no certificate")
    chain = enumerate(credential.certificates)
    return [read_certificate(each, f"certificate {position} of the chain") for position, each in chain]


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


def _signature_key(certificate: x509.Certificate) -> bytes:
    """The public key of a certificate in the encoding of the cipher suites (RFC 9420 §5.1.1)."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        raise InvalidCredential("§5.3", "the certificate is for a key that is not readable") from None
    match key:
        case Ed25519PublicKey() | Ed448PublicKey():
            return key.public_bytes_raw()
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1() | ec.SECP384R1() | ec.SECP521R1()):
            return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        case _:
            raise InvalidCredential("§5.1.2", "the certificate is for a key that no cipher suite signs with")


def _key_usage(certificate: x509.Certificate) -> list[x509.KeyUsage]:
    """What the key of a certificate is for; an empty list says: for anything."""
    return [each.value for each in certificate.extensions if isinstance(each.value, x509.KeyUsage)]


# Checking it


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
