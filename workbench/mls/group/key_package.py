"""Validating key packages (RFC 9420 §10).

This takes no secret, so a directory can check the key packages that it hands out.
"""

from __future__ import annotations

from workbench.mls.arguments import Seconds, checks_arguments
from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.errors import InvalidKeyPackage
from workbench.mls.tree.extensions import check_extensions
from workbench.mls.tree.leaf_node import DEFAULT_LIFETIMES, LifetimePolicy, validate_leaf_node
from workbench.mls.wire.code_points import LAST_RESORT
from workbench.mls.wire.codec import encode
from workbench.mls.wire.tree import KeyPackage, KeyPackageSource, KeyPackageTBS


@checks_arguments
def key_package_ref(suite: Verifier, key_package: KeyPackage) -> bytes:
    """The hash by which a Welcome names a key package (RFC 9420 §5.2)."""
    return suite.ref_hash("MLS 1.0 KeyPackage Reference", encode(key_package))


@checks_arguments
def is_last_resort(key_package: KeyPackage) -> bool:
    """Whether a key package may be used again when its client has no other (RFC 9420 §10, §16.8).

    Any other key package is used once. The mark is signed, so the members see it in an Add. A client that was added
    with such a key package should update its leaf soon, because its init key still exists and may leak.
    """
    return any(extension.extension_type == LAST_RESORT for extension in key_package.extensions)


@checks_arguments
def validate_key_package(
    suite: Verifier, key_package: KeyPackage, *, now: Seconds | None, lifetimes: LifetimePolicy = DEFAULT_LIFETIMES
) -> None:
    """Check a key package by itself, as a directory or a member does (RFC 9420 §10.1).

    `now` is in seconds since 1970. With None the lifetime is not compared with a time; for a key package in a proposal,
    `check_is_current` does that. Extensions that the leaf does not list are ignored like all unknown ones (§13.4): only
    the sender has to list them (§10). Raises `InvalidKeyPackage`, or what `validate_leaf_node` raises.
    """
    if key_package.cipher_suite != suite.id:
        raise InvalidKeyPackage(
            "§10.1", f"the key package is for cipher suite {key_package.cipher_suite}, the group uses {suite.id}"
        )
    leaf_node = key_package.leaf_node
    if not isinstance(leaf_node.leaf_node_source, KeyPackageSource):
        raise InvalidKeyPackage("§7.3", "the leaf node of a key package has the source of an update or a commit")
    check_extensions(key_package.extensions, "a key package")
    canonical = suite.canonical_encryption_key
    if canonical(leaf_node.encryption_key) == canonical(key_package.init_key):
        raise InvalidKeyPackage("§10.1", "the init key is also the leaf's encryption key")
    suite.check_encryption_key(key_package.init_key)
    validate_leaf_node(suite, leaf_node, now=now, lifetimes=lifetimes)
    content = KeyPackageTBS(
        key_package.version, key_package.cipher_suite, key_package.init_key, leaf_node, key_package.extensions
    )
    if not suite.verify_with_label(leaf_node.signature_key, "KeyPackageTBS", encode(content), key_package.signature):
        raise InvalidKeyPackage("§10.1", "the signature of the key package does not verify")
