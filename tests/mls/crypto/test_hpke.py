"""HPKE against the RFC's own vectors, and against the library's HPKE."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hpke as library
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.mls.crypto.rfc9180 import AAD, EXPORTER_CONTEXT, INFO, PLAINTEXT, VECTORS, Vector
from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite, cipher_suite
from workbench.mls.errors import DecryptionFailed

every_vector = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.section)
every_suite = pytest.mark.parametrize("suite", CIPHER_SUITES.values(), ids=repr)


@every_vector
def test_key_pairs_follow_from_their_ikm_as_in_the_rfc(vector: Vector) -> None:
    assert vector.hpke.derive_private_key(vector.ikm_r) == vector.sk_r
    assert vector.hpke.kem.curve.public_key(vector.sk_r) == vector.pk_r


@every_vector
def test_both_sides_share_the_secret_of_the_rfc(vector: Vector) -> None:
    assert vector.hpke._encap(vector.pk_r, vector.ikm_e) == (vector.shared_secret, vector.enc)
    assert vector.hpke._decap(vector.enc, vector.sk_r) == vector.shared_secret


@every_vector
def test_the_plaintext_of_the_rfc_is_sealed_to_its_ciphertext_and_opened_again(vector: Vector) -> None:
    sealed = vector.hpke.seal(vector.pk_r, INFO, AAD, PLAINTEXT, vector.ikm_e)
    assert sealed == (vector.enc, vector.ct)
    assert vector.hpke.open(vector.enc, vector.sk_r, INFO, AAD, vector.ct) == PLAINTEXT


@every_vector
def test_both_sides_export_the_secret_of_the_rfc(vector: Vector) -> None:
    sent = vector.hpke.send_export(vector.pk_r, INFO, EXPORTER_CONTEXT, 32, vector.ikm_e)
    assert sent == (vector.enc, vector.exported)
    assert vector.hpke.receive_export(vector.enc, vector.sk_r, INFO, EXPORTER_CONTEXT, 32) == vector.exported


KEMS = {0x0020: library.KEM.X25519, 0x0010: library.KEM.P256, 0x0011: library.KEM.P384, 0x0012: library.KEM.P521}
KDFS = {1: library.KDF.HKDF_SHA256, 2: library.KDF.HKDF_SHA384, 3: library.KDF.HKDF_SHA512}
AEADS = {1: library.AEAD.AES_128_GCM, 2: library.AEAD.AES_256_GCM, 3: library.AEAD.CHACHA20_POLY1305}
CURVES = {0x0010: ec.SECP256R1(), 0x0011: ec.SECP384R1(), 0x0012: ec.SECP521R1()}


@pytest.mark.parametrize("number", [1, 2, 3, 5, 7])
def test_the_library_opens_what_we_seal_and_we_open_what_it_seals(number: int) -> None:
    suite = cipher_suite(number)
    ours, keys = suite.hpke, suite.derive_key_pair(b"receiver")
    other = library.Suite(KEMS[ours.kem.id], KDFS[ours.kdf.id], AEADS[ours.aead.id])
    public_key: X25519PublicKey | ec.EllipticCurvePublicKey
    private_key: X25519PrivateKey | ec.EllipticCurvePrivateKey
    if ours.kem.id in CURVES:
        curve = CURVES[ours.kem.id]
        public_key = ec.EllipticCurvePublicKey.from_encoded_point(curve, keys.public_key)
        private_key = ec.derive_private_key(int.from_bytes(keys.private_key, "big"), curve)
    else:
        public_key = X25519PublicKey.from_public_bytes(keys.public_key)
        private_key = X25519PrivateKey.from_private_bytes(keys.private_key)

    enc, ciphertext = ours.seal(keys.public_key, INFO, b"", PLAINTEXT, b"ephemeral")
    assert other.decrypt(enc + ciphertext, private_key, INFO) == PLAINTEXT

    sealed = other.encrypt(PLAINTEXT, public_key, INFO)
    assert ours.open(sealed[: len(enc)], keys.private_key, INFO, b"", sealed[len(enc) :]) == PLAINTEXT


@every_suite
@given(ikm=st.binary(min_size=32, max_size=66), context=st.binary(max_size=80), plaintext=st.binary(max_size=80))
def test_what_is_encrypted_to_a_key_is_decrypted_with_it(
    suite: CipherSuite, ikm: bytes, context: bytes, plaintext: bytes
) -> None:
    keys = suite.derive_key_pair(ikm)
    sealed = suite.encrypt_with_label(keys.public_key, "Test", context, plaintext, entropy=bytes(32))
    assert suite.decrypt_with_label(keys.private_key, "Test", context, sealed) == plaintext


@every_suite
def test_the_same_entropy_gives_the_same_ciphertext_and_other_entropy_another(suite: CipherSuite) -> None:
    public_key = suite.derive_key_pair(b"receiver").public_key

    def seal(entropy: bytes) -> object:
        return suite.encrypt_with_label(public_key, "Test", b"", b"plaintext", entropy=entropy)

    assert seal(b"1" * 32) == seal(b"1" * 32)
    assert seal(b"1" * 32) != seal(b"2" * 32)


@every_suite
def test_a_ciphertext_opens_for_no_other_label_context_or_key(suite: CipherSuite) -> None:
    keys = suite.derive_key_pair(b"receiver")
    sealed = suite.encrypt_with_label(keys.public_key, "Test", b"context", b"plaintext", entropy=bytes(32))
    other = suite.derive_key_pair(b"somebody else").private_key
    for private_key, label, context in (
        (keys.private_key, "Toast", b"context"),
        (keys.private_key, "Test", b"another"),
        (other, "Test", b"context"),
    ):
        with pytest.raises(DecryptionFailed, match=r"not encrypted to this key as 'T.* §5\.1\.3"):
            suite.decrypt_with_label(private_key, label, context, sealed)


@every_suite
def test_an_exported_secret_is_shared_by_both_sides_and_by_nobody_else(suite: CipherSuite) -> None:
    keys = suite.derive_key_pair(b"group")
    kem_output, secret = suite.export_to(keys.public_key, "test", suite.hash_length, entropy=bytes(32))
    assert suite.export_from(keys.private_key, kem_output, "test", suite.hash_length) == secret
    other = suite.derive_key_pair(b"another group").private_key
    assert suite.export_from(other, kem_output, "test", suite.hash_length) != secret
