"""Pre-shared keys: their values, their names, their order and their number all count."""

from __future__ import annotations

import pytest

from workbench.mls.crypto.ciphersuite import CIPHER_SUITES, CipherSuite
from workbench.mls.errors import InvalidPreSharedKey
from workbench.mls.schedule.psk import check_psk_nonce, psk_secret
from workbench.mls.wire.code_points import ResumptionPSKUsage
from workbench.mls.wire.proposals import ExternalPSK, PreSharedKeyID, ResumptionPSK

every_suite = pytest.mark.parametrize("suite", CIPHER_SUITES.values(), ids=repr)


def external(name: bytes, nonce: bytes = b"nonce") -> PreSharedKeyID:
    return PreSharedKeyID(ExternalPSK(name), nonce)


@every_suite
def test_without_pre_shared_keys_the_secret_is_all_zeros(suite: CipherSuite) -> None:
    assert psk_secret(suite, ()) == bytes(suite.hash_length)


@every_suite
def test_the_secret_depends_on_each_key_its_name_its_nonce_and_the_order(suite: CipherSuite) -> None:
    one, two = (external(b"one"), b"first key"), (external(b"two"), b"second key")
    resumption = PreSharedKeyID(ResumptionPSK(ResumptionPSKUsage.application, b"group", 4), b"nonce")
    lists = (
        (one,),
        (two,),
        (one, two),
        (two, one),
        (one, one),
        ((external(b"one"), b"another key"),),
        ((external(b"uno"), b"first key"),),
        ((external(b"one", b"other nonce"), b"first key"),),
        ((resumption, b"first key"),),
    )
    assert len({psk_secret(suite, psks) for psks in lists}) == len(lists)


@every_suite
def test_a_nonce_must_be_as_long_as_the_hash(suite: CipherSuite) -> None:
    check_psk_nonce(suite, external(b"key", bytes(suite.hash_length)))
    for length in (0, suite.hash_length - 1, suite.hash_length + 1):
        with pytest.raises(InvalidPreSharedKey, match=rf"has {length} bytes, not the {suite.hash_length}.*§8\.4"):
            check_psk_nonce(suite, external(b"key", bytes(length)))
