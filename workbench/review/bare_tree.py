"""A ratchet tree without its group: its cipher suite is found by its keys and signatures, all else is unknown."""

from __future__ import annotations

from workbench.inspect.trace_format import Trace
from workbench.inspect.trace_writer import RecordedStep, TraceWriter
from workbench.mls import CIPHER_SUITES, PublicGroup, RatchetTree, RatchetTreeExtension, cipher_suite
from workbench.mls.errors import MLSError
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.tree.leaf_node import verify_leaf_node_signature
from workbench.mls.wire.code_points import ProtocolVersion
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.tree import KeyPackageSource
from workbench.review.groups import lenient
from workbench.review.public_trace import OBSERVER


def tree_alone(bare: RatchetTreeExtension) -> RatchetTree:
    """The tree, with the first cipher suite that its keys and the signatures of its key packages fit.

    Cipher suites that share their algorithms for keys and hashes cannot be told apart by a tree, and give the same
    tree. Raises ValueError if the tree fits no cipher suite.
    """
    for suite in CIPHER_SUITES.values():
        try:
            tree = RatchetTree.from_nodes(bare.ratchet_tree, suite)
            for _, parent in tree.parents():
                suite.check_encryption_key(parent.encryption_key)
            for _, leaf_node in tree.leaves():
                suite.check_encryption_key(leaf_node.encryption_key)
                if isinstance(leaf_node.leaf_node_source, KeyPackageSource):
                    verify_leaf_node_signature(suite, leaf_node, None, None)
        except MLSError:
            continue
        return tree
    raise ValueError("this ratchet tree fits no cipher suite: its keys, or the signatures of its leaves, are not valid")


def trace_of_tree(tree: RatchetTree) -> Trace:
    """A trace of one step that has the tree. Its group id is empty, and its epoch means nothing."""
    suite = cipher_suite(tree.suite.id)
    context = GroupContext(ProtocolVersion.mls10, suite.id, b"", 0, tree.hash(), b"", ())
    group = PublicGroup(suite, context, tree, b"", {}, lenient(DEFAULT_POLICY))
    writer = TraceWriter(suite, b"")
    writer.add_holder(OBSERVER, "an observer", "server")
    writer.write(RecordedStep("found", None, 0, after=group, followers={OBSERVER: 0}))
    return writer.trace()
