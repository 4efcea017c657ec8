"""Functions that write words for several views."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.inspect.names import listed

LEAK_HOLDER = "leak holder"
_LISTED_AT_MOST = 8


def nodes_in_words(nodes: Sequence[int]) -> str:
    """Nodes in words: "node 1 and leaves 2 and 3". More than eight nodes are only counted."""
    if len(nodes) > _LISTED_AT_MOST:
        return f"{len(nodes)} nodes"
    parents = [str(node) for node in nodes if node % 2 == 1]
    leaves = [str(node // 2) for node in nodes if node % 2 == 0]
    groups = []
    if parents:
        groups.append(f"{'node' if len(parents) == 1 else 'nodes'} {listed(parents)}")
    if leaves:
        groups.append(f"{'leaf' if len(leaves) == 1 else 'leaves'} {listed(leaves)}")
    return listed(groups)
