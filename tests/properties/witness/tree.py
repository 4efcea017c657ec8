"""The ratchet tree once more: a list of encoded nodes, all answers by recursion from the root (RFC 9420 §4, §7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from tests.properties.witness.algorithms import Suite
from tests.properties.witness.fields import Part, optional, take_apart, uint, vector

Range: TypeAlias = tuple[int, int]
"""The first and the last node of a subtree; its head is in the middle."""


@dataclass
class Tree:
    """All nodes from left to right, 2^(d+1) - 1 of them; each an encoded LeafNode or ParentNode, or None."""

    suite: Suite
    nodes: list[bytes | None]

    @classmethod
    def of_extension(cls, suite: Suite, data: bytes) -> Tree:
        """From the contents of a ratchet_tree extension (RFC 9420 §12.4.3.3)."""
        nodes: list[bytes | None] = []
        for x, entry in enumerate(take_apart(data, "ratchet-tree")["ratchet_tree"]):
            assert not entry.names or entry["node_type"].number == 1 + x % 2
            nodes.append(entry.body[1:] or None)
        assert nodes[-1] is not None
        width = 1
        while width < len(nodes):
            width = 2 * width + 1
        return cls(suite, nodes + [None] * (width - len(nodes)))

    @property
    def whole(self) -> Range:
        return 0, len(self.nodes) - 1

    def leaf(self, index: int) -> Part:
        node = self.nodes[2 * index]
        assert node is not None
        return take_apart(node, "LeafNode")

    def parent(self, x: int) -> Part | None:
        node = self.nodes[x]
        return None if node is None else take_apart(node, "ParentNode")

    def encryption_key(self, x: int) -> bytes:
        node = self.nodes[x]
        assert node is not None
        return take_apart(node, "ParentNode" if x % 2 else "LeafNode")["encryption_key"].body

    def unmerged(self, x: int) -> list[int]:
        node = self.parent(x)
        return [] if node is None else [leaf.number for leaf in node["unmerged_leaves"]]

    # §4.1

    def resolution(self, at: Range) -> list[int]:
        x = sum(at) // 2
        if self.nodes[x] is not None:
            return [x, *(2 * leaf for leaf in (self.unmerged(x) if x % 2 else []))]
        return [] if x % 2 == 0 else [*self.resolution((at[0], x - 1)), *self.resolution((x + 1, at[1]))]

    def way_up(self, leaf: int) -> list[tuple[int, Range]]:
        """The direct path from the leaf's parent up, each node with its child on the copath."""
        way, at = [], self.whole
        while at[0] < at[1]:
            x = sum(at) // 2
            below, beside = ((at[0], x - 1), (x + 1, at[1])) if 2 * leaf < x else ((x + 1, at[1]), (at[0], x - 1))
            way.append((x, beside))
            at = below
        return way[::-1]

    def filtered_way_up(self, leaf: int) -> list[tuple[int, Range]]:
        return [(x, beside) for x, beside in self.way_up(leaf) if self.resolution(beside)]

    # §7.8, §7.9

    def hash(self, at: Range | None = None, without: frozenset[int] = frozenset()) -> bytes:
        """The tree hash, as if the leaves in `without` had never been added."""
        low, high = at or self.whole
        x = (low + high) // 2
        node = self.nodes[x]
        if x % 2 == 0:
            node = None if x // 2 in without else node
            return self.suite.hash(b"\1" + uint(x // 2, 4) + optional(None if node is None else node))
        if node is not None and without:
            kept = b"".join(uint(leaf, 4) for leaf in self.unmerged(x) if leaf not in without)
            node = take_apart(node, "ParentNode").up_to("unmerged_leaves") + vector(kept)
        left, right = self.hash((low, x - 1), without), self.hash((x + 1, high), without)
        return self.suite.hash(b"\2" + optional(node) + vector(left) + vector(right))

    def parent_hash(self, x: int, sibling: Range) -> bytes:
        """The parent hash of a child of `x`, whose other child is `sibling`."""
        node = self.parent(x)
        assert node is not None
        original = self.hash(sibling, frozenset(self.unmerged(x)))
        return self.suite.hash(node.up_to("unmerged_leaves") + vector(original))

    def check_parent_hashes(self) -> None:
        """Each filled parent is the parent of one node below that was made with it (RFC 9420 §7.9.2)."""
        for low, high in self._parents(self.whole):
            x = (low + high) // 2
            if self.nodes[x] is None:
                continue
            left, right = (low, x - 1), (x + 1, high)
            linked = [
                below
                for child, sibling in ((left, right), (right, left))
                for below in self.resolution(child)
                if self._claims(below) == self.parent_hash(x, sibling)
                and {2 * leaf for leaf in self.unmerged(x) if child[0] <= 2 * leaf <= child[1]}
                == set(self.resolution(child)) - {below}
            ]
            assert len(linked) == 1

    def _claims(self, x: int) -> bytes | None:
        node = self.parent(x) if x % 2 else self.leaf(x // 2)
        assert node is not None
        return node["parent_hash"].body if "parent_hash" in node.names else None

    def _parents(self, at: Range) -> Iterator[Range]:
        if at[0] < at[1]:
            x = sum(at) // 2
            yield at
            yield from self._parents((at[0], x - 1))
            yield from self._parents((x + 1, at[1]))

    # §12.1

    def add(self, leaf_node: bytes) -> int:
        leaf = self.room()
        self.nodes[2 * leaf] = leaf_node
        for x, _ in self.way_up(leaf):
            node = self.parent(x)
            if node is not None:
                unmerged = b"".join(uint(each, 4) for each in sorted([*self.unmerged(x), leaf]))
                self.nodes[x] = node.up_to("unmerged_leaves") + vector(unmerged)
        return leaf

    def room(self) -> int:
        """The leftmost blank leaf; the tree doubles if there is none (RFC 9420 §7.7)."""
        if None not in self.nodes[::2]:
            self.nodes += [None] * (len(self.nodes) + 1)
        return self.nodes[::2].index(None)

    def replace(self, leaf: int, leaf_node: bytes | None) -> None:
        self.nodes[2 * leaf] = leaf_node
        for x, _ in self.way_up(leaf):
            self.nodes[x] = None

    def remove(self, leaf: int) -> None:
        self.replace(leaf, None)
        while len(self.nodes) > 1 and not any(self.nodes[len(self.nodes) // 2 + 1 :: 2]):
            del self.nodes[len(self.nodes) // 2 :]
