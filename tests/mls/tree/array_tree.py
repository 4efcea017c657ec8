"""The ratchet tree as RFC 9420 Appendix C tells it: a list of nodes, every answer worked out from scratch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from workbench.mls.crypto.ciphersuite import CipherSuite
from workbench.mls.tree import tree_math
from workbench.mls.tree.tree_math import LeafIndex, NodeIndex
from workbench.mls.wire.codec import encode
from workbench.mls.wire.tree import (
    LeafNode,
    LeafNodeHashInput,
    Node,
    ParentNode,
    ParentNodeHashInput,
    TreeHashInput,
)


@dataclass
class ArrayTree:
    """All nodes from left to right, always 2^d - 1 of them."""

    nodes: list[LeafNode | ParentNode | None]

    @property
    def leaf_count(self) -> int:
        return (len(self.nodes) + 1) // 2

    def members(self) -> list[LeafIndex]:
        return [LeafIndex(x // 2) for x in range(0, len(self.nodes), 2) if self.nodes[x] is not None]

    def add(self, leaf_node: LeafNode) -> None:
        if None not in self.nodes[::2]:
            self.nodes += [None] * (len(self.nodes) + 1)
        leaf = self.nodes[::2].index(None)
        for x in tree_math.direct_path(NodeIndex(2 * leaf), self.leaf_count):
            node = self.nodes[x]
            if isinstance(node, ParentNode):
                self.nodes[x] = replace(node, unmerged_leaves=tuple(sorted((*node.unmerged_leaves, leaf))))
        self.nodes[2 * leaf] = leaf_node

    def update(self, leaf: LeafIndex, leaf_node: LeafNode | None) -> None:
        for x in tree_math.direct_path(NodeIndex(2 * leaf), self.leaf_count):
            self.nodes[x] = None
        self.nodes[2 * leaf] = leaf_node

    def remove(self, leaf: LeafIndex) -> None:
        self.update(leaf, None)
        while len(self.nodes) > 1 and not any(self.nodes[len(self.nodes) // 2 + 1 :: 2]):
            del self.nodes[len(self.nodes) // 2 :]

    def resolution(self, x: NodeIndex) -> list[int]:
        node = self.nodes[x]
        if isinstance(node, LeafNode):
            return [x]
        if isinstance(node, ParentNode):
            return [x, *(2 * leaf for leaf in node.unmerged_leaves)]
        if tree_math.is_leaf(x):
            return []
        return self.resolution(tree_math.left(x)) + self.resolution(tree_math.right(x))

    def filtered_direct_path(self, leaf: LeafIndex) -> list[tuple[int, int]]:
        x = NodeIndex(2 * leaf)
        path = (x, *tree_math.direct_path(x, self.leaf_count))
        beside = [(above, tree_math.sibling(below, self.leaf_count)) for below, above in pairwise(path)]
        return [(above, sibling) for above, sibling in beside if self.resolution(sibling)]

    def tree_hash(self, x: NodeIndex, suite: CipherSuite) -> bytes:
        node = self.nodes[x]
        hashed: LeafNodeHashInput | ParentNodeHashInput
        if tree_math.is_leaf(x):
            hashed = LeafNodeHashInput(x // 2, node if isinstance(node, LeafNode) else None)
        else:
            below = [self.tree_hash(child(x), suite) for child in (tree_math.left, tree_math.right)]
            hashed = ParentNodeHashInput(node if isinstance(node, ParentNode) else None, *below)
        return suite.hash(encode(TreeHashInput(hashed)))

    def stripped(self) -> tuple[Node | None, ...]:
        nodes = [None if node is None else Node(node) for node in self.nodes]
        while nodes and nodes[-1] is None:
            nodes.pop()
        return tuple(nodes)
