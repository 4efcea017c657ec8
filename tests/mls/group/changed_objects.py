"""Valid objects with one thing changed, and the error that a test expects of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.mls.group.scenario import NOW, Scenario
from workbench.mls import (
    ExternalPSK,
    KeyPackageBundle,
    MLSMessage,
    PreSharedKey,
    PreSharedKeyID,
    cipher_suite,
    encode,
    validate_key_package,
)
from workbench.mls.errors import MLSError
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.proposals import ReInit
from workbench.mls.wire.tree import KeyPackageTBS

SUITE = cipher_suite(1)
NONCE = bytes(SUITE.hash_length)
REINIT = ReInit(b"another group", ProtocolVersion.mls10, 1, ())


def refuses(error: type[MLSError], section: str, reason: str) -> Any:
    """Expect one error, with its section and a part of its reason."""
    return pytest.raises(error, match=rf"{reason}.*\(RFC 9420 {section}\)")


def resigned(bundle: KeyPackageBundle, **changes: Any) -> KeyPackageBundle:
    """The bundle with its key package changed and signed again."""
    changed = replace(bundle.key_package, **changes)
    content = KeyPackageTBS(
        changed.version, changed.cipher_suite, changed.init_key, changed.leaf_node, changed.extensions
    )
    suite = cipher_suite(bundle.key_package.cipher_suite)
    signature = suite.sign_with_label(bundle.signature_private_key, "KeyPackageTBS", encode(content))
    return replace(bundle, key_package=replace(changed, signature=signature))


def package(**changes: Any) -> KeyPackageBundle:
    return resigned(Scenario(SUITE).bundle("Eve"), **changes)


def validate(bundle: KeyPackageBundle) -> None:
    validate_key_package(SUITE, bundle.key_package, now=NOW)


PSK = PreSharedKey(PreSharedKeyID(ExternalPSK(b"id"), NONCE))


def moved(message: MLSMessage, **changes: Any) -> MLSMessage:
    inner: Any = message.message
    return replace(message, message=replace(inner, **changes))
