"""A small public key infrastructure, the same in every run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from workbench.mls.wire.tree import Certificate, Credential, X509Credential

PrivateKey: TypeAlias = Ed25519PrivateKey | Ed448PrivateKey | ec.EllipticCurvePrivateKey

NOW = 1_767_600_000
"""5 January 2026, 08:00 UTC."""

TODAY = datetime.fromtimestamp(NOW, UTC)
DAY = timedelta(days=1)

CURVES: dict[int, tuple[ec.EllipticCurve, hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    2: (ec.SECP256R1(), hashes.SHA256()),
    5: (ec.SECP521R1(), hashes.SHA512()),
    7: (ec.SECP384R1(), hashes.SHA384()),
}


def private_key(name: str, suite: int = 2) -> PrivateKey:
    """The signature key of somebody, of the kind that a cipher suite has."""
    seed = hashlib.shake_256(name.encode())
    if suite in CURVES:
        curve, _ = CURVES[suite]
        return ec.derive_private_key(int.from_bytes(seed.digest(curve.key_size // 8 - 1), "big"), curve)
    if suite in {4, 6}:
        return Ed448PrivateKey.from_private_bytes(seed.digest(57))
    return Ed25519PrivateKey.from_private_bytes(seed.digest(32))


def hash_for(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512 | None:
    """The hash that an issuer signs with."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return next(hash_ for curve, hash_ in CURVES.values() if curve.name == key.curve.name)
    return None


def subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)] if name else [])


def key_usage(*uses: str) -> x509.KeyUsage:
    every = "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
    every += " key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{use: use in uses for use in every.split()})


def of_authority(path_length: int | None = None) -> list[x509.ExtensionType]:
    return [x509.BasicConstraints(ca=True, path_length=path_length), key_usage("key_cert_sign", "crl_sign")]


@dataclass(frozen=True)
class Authority:
    """Who certifies others: its certificate, and the key that signs."""

    certificate: x509.Certificate
    key: PrivateKey

    def certify(
        self,
        name: str,
        key: PrivateKey,
        *,
        extensions: Sequence[x509.ExtensionType] = (),
        since: datetime = TODAY - DAY,
        until: datetime = TODAY + 30 * DAY,
    ) -> x509.Certificate:
        return certify(self.certificate.subject, self.key, name, key, extensions, since, until)

    def certify_authority(self, name: str, suite: int = 2, path_length: int | None = None) -> Authority:
        key = private_key(name, suite)
        until = TODAY + 365 * DAY
        return Authority(self.certify(name, key, extensions=of_authority(path_length), until=until), key)

    def revoke(
        self, *revoked: x509.Certificate, since: datetime = TODAY - DAY, until: datetime = TODAY + DAY
    ) -> x509.CertificateRevocationList:
        """A list of those of its certificates that no longer hold."""
        return self.revocation_list(*revoked, since=since, until=until).sign(self.key, hash_for(self.key))

    def revocation_list(
        self, *revoked: x509.Certificate, since: datetime = TODAY - DAY, until: datetime = TODAY + DAY
    ) -> x509.CertificateRevocationListBuilder:
        """The list before it is signed."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        for each in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(since)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.last_update(since).next_update(until)


def root_authority(name: str = "root", suite: int = 2) -> Authority:
    key = private_key(name, suite)
    since, until = TODAY - 365 * DAY, TODAY + 365 * DAY
    return Authority(certify(subject(name), key, name, key, of_authority(), since, until), key)


def certify(
    issuer: x509.Name,
    issuer_key: PrivateKey,
    name: str,
    key: PrivateKey,
    extensions: Sequence[x509.ExtensionType],
    since: datetime,
    until: datetime,
) -> x509.Certificate:
    builder = x509.CertificateBuilder(issuer, subject(name), key.public_key())
    serial_number = int.from_bytes(hashlib.sha256(f"{issuer} {name} {until}".encode()).digest()[:8], "big")
    builder = builder.serial_number(serial_number).not_valid_before(since).not_valid_after(until)
    for extension in extensions:
        critical = isinstance(extension, x509.BasicConstraints | x509.KeyUsage | x509.UnrecognizedExtension)
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, hash_for(issuer_key))


def credential(*chain: x509.Certificate) -> Credential:
    certificates = (Certificate(each.public_bytes(Encoding.DER)) for each in chain)
    return Credential(X509Credential(tuple(certificates)))


def loaded(private_key: bytes, suite: int) -> PrivateKey:
    """The private key of a cipher suite as the library has it."""
    if suite in CURVES:
        return ec.derive_private_key(int.from_bytes(private_key, "big"), CURVES[suite][0])
    if suite in {4, 6}:
        return Ed448PrivateKey.from_private_bytes(private_key)
    return Ed25519PrivateKey.from_private_bytes(private_key)


def private_bytes(key: PrivateKey) -> bytes:
    """The private key as the cipher suites have it."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.private_numbers().private_value.to_bytes((key.curve.key_size + 7) // 8, "big")
    return key.private_bytes_raw()
