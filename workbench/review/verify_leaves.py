"""The checks of key packages, leaf nodes and proposals, each by itself (RFC 9420 §7.3, §10.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.mls import (
    CipherSuite,
    LeafIndex,
    cipher_suite,
)
from workbench.mls.crypto.algorithms import Verifier
from workbench.mls.crypto.credentials import validate_credential
from workbench.mls.errors import MLSError
from workbench.mls.group.key_package import validate_key_package
from workbench.mls.tree.extensions import check_extensions
from workbench.mls.tree.leaf_node import ANY_LIFETIME, validate_leaf_node, verify_leaf_node_signature
from workbench.mls.when import When
from workbench.mls.wire.proposals import Add, Proposal, Update
from workbench.mls.wire.tree import BasicCredential, KeyPackage, KeyPackageSource, LeafNode
from workbench.review.checks import CheckResult, Outcome, checked, failed, not_checkable
from workbench.review.evidence import ReviewEvidence


def suite_of(number: int, field: str) -> CipherSuite | CheckResult:
    """A cipher suite, or the check that says that it is not built here."""
    try:
        return cipher_suite(number)
    except MLSError as error:
        return failed("cipher suite", field, error)


def key_package_checks(key_package: KeyPackage, root: str, evidence: ReviewEvidence) -> Iterator[CheckResult]:
    """The checks of a key package by itself (RFC 9420 §10.1)."""
    suite = suite_of(key_package.cipher_suite, f"{root}.cipher_suite")
    if isinstance(suite, CheckResult):
        yield suite
        return
    leaf_node, leaf = key_package.leaf_node, f"{root}.leaf_node"
    yield from leaf_node_checks(suite, leaf_node, leaf, evidence, None, None)
    yield checked(
        "init key", f"{root}.init_key", "§10", "init-key", lambda: suite.check_encryption_key(key_package.init_key)
    )
    yield checked(
        "extensions of the key package",
        f"{root}.extensions",
        "§17.3",
        "extensions-in-a-key-package",
        lambda: check_extensions(key_package.extensions, "a key package"),
    )
    yield checked(
        "signature of the key package",
        f"{root}.signature",
        "§10.1",
        "signature-of-a-key-package",
        lambda: validate_key_package(suite, key_package, now=None, lifetimes=ANY_LIFETIME),
    )


def leaf_node_checks(
    suite: Verifier,
    leaf_node: LeafNode,
    path: str,
    evidence: ReviewEvidence,
    group_id: bytes | None,
    leaf: LeafIndex | None,
) -> Iterator[CheckResult]:
    """The checks of a leaf node; one from inside a group is signed for its place, which must be known."""
    source = leaf_node.leaf_node_source
    if isinstance(source, KeyPackageSource) or group_id is not None:
        by_itself = checked(
            "leaf node by itself",
            path,
            "§7.3",
            "leaf-of-a-key-package",
            lambda: validate_leaf_node(suite, leaf_node, group_id=group_id, leaf_index=leaf, lifetimes=ANY_LIFETIME),
        )
        # All rules of a leaf node hold, so its signature is valid: verifying it twice would take long in a large tree.
        is_signed = by_itself.outcome is Outcome.PASSED
        yield checked(
            "signature of the leaf node",
            f"{path}.signature",
            "§7.3",
            "leaf-signature",
            lambda: None if is_signed else verify_leaf_node_signature(suite, leaf_node, group_id, leaf),
        )
        yield by_itself
    else:
        missing = "the group and the leaf index for which the leaf node is signed"
        yield not_checkable("signature of the leaf node", f"{path}.signature", "§7.3", "leaf-signature", missing)
    yield checked(
        "encryption key",
        f"{path}.encryption_key",
        "§10",
        "encryption-key-of-a-leaf",
        lambda: suite.check_encryption_key(leaf_node.encryption_key),
    )
    if isinstance(source, KeyPackageSource):
        yield from _lifetime(source, f"{path}.leaf_node_source.lifetime", evidence)
    yield _credential(leaf_node, f"{path}.credential", evidence)


def _lifetime(source: KeyPackageSource, path: str, evidence: ReviewEvidence) -> Iterator[CheckResult]:
    lifetimes, now = evidence.policy.lifetimes, evidence.now
    yield checked(
        "length of the lifetime",
        path,
        "§7.2",
        "longest-lifetime",
        lambda: lifetimes.verify(source.lifetime, None),
    )
    if now is None:
        yield not_checkable("lifetime", path, "§7.3", "lifetime-received", "the time of the check (--now)")
    else:
        yield checked(
            "lifetime",
            path,
            "§7.3",
            "lifetime-received",
            lambda: lifetimes.verify(source.lifetime, When.at(now)),
        )


def _credential(leaf_node: LeafNode, path: str, evidence: ReviewEvidence) -> CheckResult:
    name, rule = "credential", "credential-of-an-add"
    if isinstance(leaf_node.credential.credential, BasicCredential):
        missing = "an Authentication Service: a basic credential proves nothing by itself"
        return not_checkable(name, path, "§5.3.1", rule, missing)
    if not evidence.trusts_credentials:
        return not_checkable(name, path, "§5.3.1", rule, "the trust anchors of its issuer (--trust)")
    when = When.at(evidence.now or 0)
    return checked(
        name,
        path,
        "§5.3.1",
        rule,
        lambda: validate_credential(
            evidence.policy.authentication, leaf_node.credential, leaf_node.signature_key, when=when
        ),
    )


def proposal_checks(content: Any, path: str, evidence: ReviewEvidence) -> Iterator[CheckResult]:
    """What can be checked of a proposal by itself."""
    match content:
        case Proposal(Add(key_package)):
            yield from key_package_checks(key_package, f"{path}.add.key_package", evidence)
        case Proposal(Update()):
            missing = "the group and the leaf index for which the leaf node is signed"
            field = f"{path}.update.leaf_node.signature"
            yield not_checkable("signature of the leaf node", field, "§7.3", "leaf-signature", missing)
