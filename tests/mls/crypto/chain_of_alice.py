"""The certificate of Alice, by an office below a root that is trusted, and what a test expects of its validation."""

from __future__ import annotations

import pytest
from cryptography import x509

from tests.mls.crypto.authority import NOW, PrivateKey, credential, private_bytes, private_key, root_authority
from workbench.mls.crypto.ciphersuite import cipher_suite
from workbench.mls.crypto.credentials import TrustAnchors
from workbench.mls.errors import MLSError

ROOT = root_authority()
OFFICE = ROOT.certify_authority("office", path_length=0)
KEY = private_key("Alice")
ALICE = OFFICE.certify("Alice", KEY)
CHAIN = (ALICE, OFFICE.certificate)
TRUST = TrustAnchors((ROOT.certificate,))


def public_key(key: PrivateKey = KEY, suite: int = 2) -> bytes:
    return cipher_suite(suite).signature_public_key(private_bytes(key))


def validate(*chain: x509.Certificate, trust: TrustAnchors = TRUST, now: int = NOW) -> None:
    trust.validate(credential(*chain), public_key(), now=now)


def refused(
    error: type[MLSError], reason: str, *chain: x509.Certificate, trust: TrustAnchors = TRUST, now: int = NOW
) -> None:
    with pytest.raises(error, match=reason) as caught:
        validate(*chain, trust=trust, now=now)
    assert type(caught.value) is error
