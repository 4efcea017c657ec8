"""The service with TLS, by a certificate that the test makes: HTTP and wake-ups, for a device that trusts it or not."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.delivery.live import OPEN, Live, device
from tests.delivery.uploads import GROUP, Person
from workbench.delivery import Unavailable
from workbench.delivery.client import HttpTransport

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Authority:
    """A certificate authority of this test."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def named(cls, name: str) -> Authority:
        """A new authority, which signs its own certificate."""
        key, subject = ec.generate_private_key(ec.SECP256R1()), _name(name)
        made = _certificate(subject, subject, key.public_key()).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        made = made.add_extension(usage, critical=True).add_extension(own, critical=False)
        return cls(key, made.sign(key, hashes.SHA256()))

    @property
    def trust(self) -> ssl.SSLContext:
        """A client that trusts this authority, and nobody else."""
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def issue(self, host: str, folder: Path) -> tuple[str, str]:
        """A certificate for a host and its private key, as files."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        made = (
            _certificate(_name(host), self.certificate.subject, key.public_key())
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(issuer_key, critical=False)
            .sign(self.key, hashes.SHA256())
        )
        certificate, private_key = folder / "certificate.pem", folder / "private_key.pem"
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        private_key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return str(certificate), str(private_key)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder, authority = tmp_path_factory.mktemp("tls"), Authority.named("The authority of this test")
    certificate, private_key = authority.issue("localhost", folder)
    made = Live(
        f"sqlite:///{folder / 'delivery.sqlite3'}",
        folder,
        *("--certificate", certificate, "--private-key", private_key),
        tls=authority.trust,
    )
    yield made
    made.stop()


def test_devices_talk_and_are_woken_over_tls(live: Live) -> None:
    assert live.url.startswith("https://")
    alice, bob = device(live, "Alice"), device(live, "Bob")
    bob.publish_key_package()
    transport = OPEN[-1]
    with transport.wake_ups() as told:
        assert next(told).welcomes == 0
        alice.create_group(GROUP)
        alice.commit(GROUP, add=["Bob"])
        alice.fetch(GROUP)
        assert next(told).welcomes == 1
    bob.accept_invitations()
    alice.send(GROUP, b"hello")
    assert [event.data for event in bob.fetch(GROUP)] == [b"hello"]


def test_a_device_does_not_talk_to_a_service_whose_certificate_it_does_not_trust(live: Live) -> None:
    carol = Person("Carol")
    for trust in (None, Authority.named("Another authority").trust):
        with HttpTransport(live.url, tls=trust, patience=0) as stranger:
            stranger.identify(lambda: carol.claim, carol.sign)
            with pytest.raises(Unavailable, match="CERTIFICATE_VERIFY_FAILED"):
                stranger.login()
            stranger._session = "a session that somebody in between would like to see"
            with pytest.raises(ssl.SSLCertVerificationError), stranger.wake_ups():
                pass


def test_who_speaks_without_tls_gets_no_answer(live: Live) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://localhost:{live.port}/health")
