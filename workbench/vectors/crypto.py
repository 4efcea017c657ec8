"""Vectors of the labelled operations of a cipher suite: crypto-basics (RFC 9420 §5, §8, §9.1)."""

from __future__ import annotations

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.crypto.entropy import fresh
from workbench.mls.wire.tree import HPKECiphertext
from workbench.vectors.case import VectorCase, expect, expect_equal, located


def crypto_basics(case: VectorCase) -> None:
    """Check each operation's output, and that new signatures and ciphertexts can be read (RFC 9420 §5)."""
    suite = case.suite()
    _derivations(suite, case)
    _sign_with_label(suite, case.inside("sign_with_label"))
    _encrypt_with_label(suite, case.inside("encrypt_with_label"))


def _derivations(suite: CipherSuite, case: VectorCase) -> None:
    given = case.inside("ref_hash")
    out = suite.ref_hash(given.text("label"), given.data("value"))
    expect_equal(given.where("out"), out, given.data("out"))
    given = case.inside("expand_with_label")
    out = suite.expand_with_label(
        given.data("secret"), given.text("label"), given.data("context"), given.number("length", 16)
    )
    expect_equal(given.where("out"), out, given.data("out"))
    given = case.inside("derive_secret")
    out = suite.derive_secret(given.data("secret"), given.text("label"))
    expect_equal(given.where("out"), out, given.data("out"))
    given = case.inside("derive_tree_secret")
    out = suite.derive_tree_secret(
        given.data("secret"), given.text("label"), given.number("generation"), given.number("length", 16)
    )
    expect_equal(given.where("out"), out, given.data("out"))


def _sign_with_label(suite: CipherSuite, given: VectorCase) -> None:
    private_key, public_key = given.data("priv"), given.data("pub")
    label, content = given.text("label"), given.data("content")
    holds = suite.verify_with_label(public_key, label, content, given.data("signature"))
    expect("sign_with_label.signature verifies", holds)
    signature = suite.sign_with_label(private_key, label, content)
    expect(
        "a signature made with sign_with_label.priv verifies with its pub",
        suite.verify_with_label(public_key, label, content, signature),
    )


def _encrypt_with_label(suite: CipherSuite, given: VectorCase) -> None:
    private_key, public_key = given.data("priv"), given.data("pub")
    label, context, plaintext = given.text("label"), given.data("context"), given.data("plaintext")
    sealed = HPKECiphertext(given.data("kem_output"), given.data("ciphertext"))
    with located("encrypt_with_label.ciphertext"):
        opened = suite.decrypt_with_label(private_key, label, context, sealed)
    expect_equal("encrypt_with_label.plaintext", opened, plaintext)
    entropy = fresh(given.entropy(), "encrypt_with_label", suite.hash_length)
    with located("a ciphertext made anew for encrypt_with_label.pub"):
        sealed = suite.encrypt_with_label(public_key, label, context, plaintext, entropy=entropy)
        opened = suite.decrypt_with_label(private_key, label, context, sealed)
    expect_equal("the plaintext encrypted to encrypt_with_label.pub", opened, plaintext)
