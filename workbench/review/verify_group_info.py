"""The checks of GroupInfos and of the trees that belong to them (RFC 9420 §12.4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from workbench.inspect.carving import CarvedObject
from workbench.mls import (
    CipherSuite,
    GroupState,
    LeafIndex,
    MLSMessage,
    RatchetTree,
    decode,
)
from workbench.mls.errors import MLSError
from workbench.mls.group.public_observer import observe
from workbench.mls.group.signatures import verify_group_info
from workbench.mls.tree.extensions import check_extension_keys, check_extensions
from workbench.mls.tree.parent_hash import verify_parent_hashes
from workbench.mls.tree.tree_validation import check_capabilities, check_unique_keys
from workbench.mls.wire.code_points import ExtensionType, ProtocolVersion
from workbench.mls.wire.messages import GroupContext, GroupInfo
from workbench.mls.wire.shapes import Vector
from workbench.mls.wire.tree import Extension, RatchetTreeExtension
from workbench.review.checks import CheckResult, Outcome, checked, failed, not_checkable
from workbench.review.evidence import ReviewEvidence
from workbench.review.verify_leaves import leaf_node_checks, suite_of


def tree_checks(tree: RatchetTree, context: GroupContext, path: str, evidence: ReviewEvidence) -> Iterator[CheckResult]:
    """The checks of a tree that belongs to a GroupContext (RFC 9420 §12.4.3.1)."""
    fits = tree.hash() == context.tree_hash
    reason = "" if fits else "the ratchet tree does not have the tree hash of the group context"
    yield CheckResult("tree hash", Outcome.PASSED if fits else Outcome.FAILED, path, "§12.4.3.1", "tree-hash", reason)
    yield checked("parent hashes", path, "§7.9.2", "parent-hashes", lambda: verify_parent_hashes(tree))
    yield checked("unique keys", path, "§7.3", "unique-encryption-keys", lambda: check_unique_keys(tree))
    yield checked(
        "capabilities of all members",
        path,
        "§7.3",
        "required-capabilities",
        lambda: check_capabilities(tree, context.extensions),
    )
    for index, parent in tree.parents():
        result = checked(
            f"encryption key of node {index.index}",
            f"{path}[{index.index}]",
            "§12.4.3.1",
            "parents-of-a-newcomer-s-tree",
            lambda key=parent.encryption_key: tree.suite.check_encryption_key(key),  # type: ignore[misc]
        )
        if result.outcome is not Outcome.PASSED:
            yield result
    for leaf, leaf_node in tree.leaves():
        for result in leaf_node_checks(
            tree.suite, leaf_node, f"{path}[{2 * leaf}].leaf_node", evidence, context.group_id, leaf
        ):
            yield result


def extension_checks(suite_number: int, extensions: Vector[Extension], path: str) -> Iterator[CheckResult]:
    """The checks of the extensions of a GroupContext (RFC 9420 §13.4)."""
    rule = "extensions-in-a-groupcontext"
    yield checked("extensions", path, "§13.4", rule, lambda: check_extensions(extensions, "a GroupContext"))
    suite = suite_of(suite_number, path)
    if not isinstance(suite, CheckResult):
        yield checked("keys of extensions", path, "§5.1.1", "", lambda: check_extension_keys(suite, extensions))


def tree_of(info: GroupInfo, evidence: ReviewEvidence, suite: CipherSuite) -> RatchetTree | None:
    """The ratchet tree of a GroupInfo: its own, or the one in the material that has its tree hash; None if none has.

    Raises what reading its own tree raises.
    """
    for extension in info.extensions:
        if extension.extension_type == ExtensionType.ratchet_tree:
            nodes = decode(RatchetTreeExtension, extension.extension_data).ratchet_tree
            return RatchetTree.from_nodes(nodes, suite)
    for given in evidence.trees:
        try:
            tree = RatchetTree.from_nodes(given.ratchet_tree, suite)
        except MLSError:
            continue
        if tree.hash() == info.group_context.tree_hash:
            return tree
    group = evidence.group(info.group_context.group_id, info.group_context.epoch)
    return None if group is None or group.tree.hash() != info.group_context.tree_hash else group.tree


def verify_info(found: CarvedObject, root: str, evidence: ReviewEvidence) -> tuple[str, Iterator[CheckResult]]:
    """The scope and the checks of a GroupInfo."""
    info: GroupInfo = found.content
    context = info.group_context
    state = evidence.state(context.group_id, context.epoch)
    scope = (
        "With a member's state of this epoch everything in it can be checked."
        if state
        else "Without a member's state the confirmation tag cannot be checked."
    )
    return scope, group_info_checks(info, root, evidence, state)


def group_info_checks(
    info: GroupInfo, root: str, evidence: ReviewEvidence, state: GroupState | None
) -> Iterator[CheckResult]:
    """The checks of a GroupInfo; `state` is a member's state of its epoch, if there is one."""
    context = info.group_context
    suite = suite_of(context.cipher_suite, f"{root}.group_context.cipher_suite")
    if isinstance(suite, CheckResult):
        yield suite
        return
    yield from extension_checks(context.cipher_suite, context.extensions, f"{root}.group_context.extensions")
    yield checked(
        "extensions of the GroupInfo",
        f"{root}.extensions",
        "§13.4",
        "extensions-in-a-groupinfo",
        lambda: check_extensions(info.extensions, "a GroupInfo"),
    )
    try:
        tree = tree_of(info, evidence, suite)
    except MLSError as error:
        yield failed("ratchet tree", f"{root}.extensions", error)
        return
    if tree is None:
        missing = "the ratchet tree of the epoch"
        yield not_checkable("signature", f"{root}.signature", "§12.4.3", "signature-of-a-groupinfo", missing)
    else:
        signer = tree.leaf(LeafIndex(info.signer))
        if signer is None:
            yield CheckResult(
                "signer",
                Outcome.FAILED,
                f"{root}.signer",
                "§12.4.3.1",
                "signer-of-a-groupinfo",
                f"the signer of the GroupInfo, leaf {info.signer}, is not a member",
            )
        else:
            yield checked(
                "signature",
                f"{root}.signature",
                "§12.4.3.1",
                "signature-of-a-groupinfo",
                lambda: verify_group_info(suite, info, signer.signature_key),
            )
        yield from tree_checks(tree, context, f"{root}.ratchet_tree", evidence)
    yield _confirmation(info, f"{root}.confirmation_tag", suite, state)
    group = evidence.group(context.group_id, context.epoch)
    if group is not None and tree is not None:
        yield checked("agreement with the group", root, "§8.2", "", lambda: observe(group, _framed(info), now=0))


def _confirmation(info: GroupInfo, path: str, suite: CipherSuite, state: GroupState | None) -> CheckResult:
    name, section, rule = "confirmation tag", "§12.4.3.1", "confirmation-tag-of-a-groupinfo"
    if state is None or not state.secrets.confirmation_key:  # mls-rs keeps none
        return not_checkable(name, path, section, rule, "the confirmation key of the epoch: a member's state")
    confirmed = info.group_context.confirmed_transcript_hash
    if suite.verify_mac(state.secrets.confirmation_key, confirmed, info.confirmation_tag):
        return CheckResult(name, Outcome.PASSED, path, section, rule)
    reason = "the confirmation tag was not made with the confirmation key of the epoch"
    return CheckResult(name, Outcome.FAILED, path, section, rule, reason)


def _framed(content: Any) -> MLSMessage:
    return MLSMessage(ProtocolVersion.mls10, content)
