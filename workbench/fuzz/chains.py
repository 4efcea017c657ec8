"""Chains of certificates that are damaged byte by byte; the crypto library parses them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from workbench.fuzz.scene import NOW
from workbench.fuzz.subject import Layer, Subject
from workbench.mls import CipherSuite, Credential, TrustAnchors, decode, encode
from workbench.mls.wire.tree import Certificate, X509Credential

TODAY, DAY = datetime.fromtimestamp(NOW, UTC), timedelta(days=1)
USES = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"]
USES += ["key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]


@cache
def x509_chain() -> Subject:
    """The certificates of a member and its issuer, for a receiver with the root and its revocation lists."""
    root, issuer, member = (ec.derive_private_key(number, ec.SECP256R1()) for number in (1001, 1002, 1003))
    top = _certificate("root", root, "root", root)
    chain = (_certificate("issuer", root, "root", issuer), _certificate("member", issuer, "issuer", member))
    lists = tuple(_revocation_list(name, key) for name, key in (("root", root), ("issuer", issuer)))
    trust = TrustAnchors((top,), revocation_lists=lists)
    shown = tuple(Certificate(each.public_bytes(Encoding.DER)) for each in reversed(chain))
    key = member.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def feed(_suite: CipherSuite, data: bytes) -> object:
        credential = decode(Credential, data)
        trust.validate(credential, key, now=NOW)
        return credential

    layer = Layer("wire", Credential, encode(Credential(X509Credential(shown))))
    return Subject("X509Credential", (layer,), feed, sealed=False)


def issuers_in_layers() -> Iterator[Certificate]:
    """A chain of three issuers in each of five layers, and each certifies all of the layer below; no root is known."""
    keys = [ec.derive_private_key(number, ec.SECP256R1()) for number in range(1003, 1020)]
    layers = [("member", keys[0]), *((f"layer {number}", key) for number, key in enumerate(keys[1:7]))]
    for (name, key), (issuer, signer) in pairwise(layers):
        for copy in range(1 if name == "member" else 3):
            made = _certificate(name, signer, issuer, key, days=1 + copy)
            yield Certificate(made.public_bytes(Encoding.DER))


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _certificate(
    name: str, signer: ec.EllipticCurvePrivateKey, issuer: str, key: ec.EllipticCurvePrivateKey, days: int = 1
) -> x509.Certificate:
    builder = x509.CertificateBuilder(_name(issuer), _name(name), key.public_key(), len(name))
    builder = builder.not_valid_before(TODAY - DAY).not_valid_after(TODAY + days * DAY)
    own = {"digital_signature"} if name == "member" else {"key_cert_sign", "crl_sign"}
    builder = builder.add_extension(x509.KeyUsage(**{use: use in own for use in USES}), critical=True)
    if name != "member":
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(signer, SHA256(), ecdsa_deterministic=True)


def _revocation_list(name: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateRevocationList:
    builder = x509.CertificateRevocationListBuilder(_name(name), TODAY - DAY, TODAY + DAY)
    return builder.sign(key, SHA256(), ecdsa_deterministic=True)
