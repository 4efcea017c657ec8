"""The primitives against Project Wycheproof: known answers, and thousands of inputs that have broken other libraries.

No package has these vectors, so this file is not among the tests that run by themselves: `make soak` runs it, and

    git clone --depth 1 https://github.com/C2SP/wycheproof
    WYCHEPROOF=wycheproof/testvectors_v1 python -m pytest tests/mls/crypto/wycheproof.py

A case is `valid`, `invalid`, or `acceptable`: that one may be refused, but never give another answer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from workbench.mls.crypto.primitives import (
    AEAD,
    AES_128_GCM,
    AES_256_GCM,
    CHACHA20_POLY1305,
    ED448,
    ED25519,
    HKDF,
    HKDF_SHA256,
    HKDF_SHA384,
    HKDF_SHA512,
    P256,
    P384,
    P521,
    X448,
    X25519,
    AgreementCurve,
    SignatureCurve,
)
from workbench.mls.errors import MLSError

Answers = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]
"""Whether we give the answer of a case, which is in a group of cases; an `MLSError` says that we refuse the input."""

EXPECTED: dict[str, set[bool | None]] = {"valid": {True}, "acceptable": {True, None}, "invalid": {False, None}}
"""What our answer may be: the same, another one, or None for a refusal."""

NONCE = 96
"""Bits of the nonce of each AEAD that a cipher suite has."""


def agrees(curve: AgreementCurve, _: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    shared, _own = curve.agree(of(case, "private"), of(case, "public"))
    return shared == of(case, "shared")


def verifies(curve: SignatureCurve, group: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    key = group["publicKey"]
    return curve.verify(bytes.fromhex(key.get("pk") or key["uncompressed"]), of(case, "msg"), of(case, "sig"))


def opens(ciphers: Mapping[int, AEAD], group: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    """What is sealed is the ciphertext, and the ciphertext opens."""
    cipher = ciphers[group["keySize"]]
    key, nonce, aad, sealed = of(case, "key"), of(case, "iv"), of(case, "aad"), of(case, "ct") + of(case, "tag")
    opened = cipher.open(key, nonce, aad, sealed)
    return opened == of(case, "msg") and cipher.seal(key, nonce, aad, opened) == sealed


def expands(kdf: HKDF, _: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    secret = kdf.extract(of(case, "salt"), of(case, "ikm"))
    return kdf.expand(secret, of(case, "info"), case["size"]) == of(case, "okm")


def authenticates(kdf: HKDF, group: Mapping[str, Any], case: Mapping[str, Any]) -> bool:
    """`Extract` is HMAC; a shorter tag is its beginning."""
    return kdf.extract(of(case, "key"), of(case, "msg"))[: group["tagSize"] // 8] == of(case, "tag")


def of(case: Mapping[str, Any], name: str) -> bytes:
    return bytes.fromhex(case[name])


FILES: dict[str, Answers] = {
    "x25519": partial(agrees, X25519),
    "x448": partial(agrees, X448),
    "ecdh_secp256r1_ecpoint": partial(agrees, P256),
    "ecdh_secp384r1_ecpoint": partial(agrees, P384),
    "ecdh_secp521r1_ecpoint": partial(agrees, P521),
    "ed25519": partial(verifies, ED25519),
    "ed448": partial(verifies, ED448),
    "ecdsa_secp256r1_sha256": partial(verifies, P256),
    "ecdsa_secp384r1_sha384": partial(verifies, P384),
    "ecdsa_secp521r1_sha512": partial(verifies, P521),
    "aes_gcm": partial(opens, {128: AES_128_GCM, 256: AES_256_GCM}),
    "chacha20_poly1305": partial(opens, {256: CHACHA20_POLY1305}),
    "hkdf_sha256": partial(expands, HKDF_SHA256),
    "hkdf_sha384": partial(expands, HKDF_SHA384),
    "hkdf_sha512": partial(expands, HKDF_SHA512),
    "hmac_sha256": partial(authenticates, HKDF_SHA256),
    "hmac_sha384": partial(authenticates, HKDF_SHA384),
    "hmac_sha512": partial(authenticates, HKDF_SHA512),
}


def cases(file: str) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """The cases of a file, each with its group, without keys and nonces of lengths that no cipher suite has."""
    folder = os.environ.get("WYCHEPROOF")
    if folder is None:
        pytest.skip("WYCHEPROOF is not set: let it name the folder testvectors_v1 in a clone of C2SP/wycheproof")
    for group in json.loads((Path(folder) / f"{file}_test.json").read_text("utf-8"))["testGroups"]:
        if group["type"] != "AeadTest" or (group["keySize"] in {128, 256} and group["ivSize"] == NONCE):
            yield from ((group, case) for case in group["tests"])


@pytest.mark.parametrize("file", FILES)
def test_no_answer_is_wrong(file: str) -> None:
    wrong, tried = [], 0
    for group, case in cases(file):
        tried += 1
        answered: bool | None
        try:
            answered = FILES[file](group, case)
        except MLSError:
            answered = None
        if answered not in EXPECTED[case["result"]]:
            wrong.append((case["tcId"], case["comment"], case["flags"], answered))
    assert wrong == []
    assert tried > 80
