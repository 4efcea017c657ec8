"""The derivation graph: every recorded secret, and the secrets from which it was derived."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from workbench.inspect.trace_format import Trace, TraceSecret

if TYPE_CHECKING:
    import networkx as nx


def derivation_graph(trace: Trace, steps: Collection[int] | None = None) -> nx.DiGraph[str]:
    """A graph of secrets: nodes are ids with the fields of their entries, edges go from an input to an output.

    An edge has the `operation`, its `label`, and the holders that performed it (`by`). Only operations in `steps`
    count, by default all steps. Public constants as inputs make no edges.
    """
    import networkx as nx  # noqa: PLC0415 - it takes a quarter of the time in which the pictures are imported

    graph: nx.DiGraph[str] = nx.DiGraph()
    secrets: dict[str, TraceSecret] = {}
    for number, step in enumerate(trace["steps"]):
        secrets |= step["secrets"]
        if steps is not None and number not in steps:
            continue
        for operation in step["operations"]:
            output = operation["output"]
            for secret in operation["inputs"]:
                if secret is not None and output is not None:
                    graph.add_edge(
                        secret, output, operation=operation["name"], label=operation["label"], by=operation["by"]
                    )
    for secret in graph:
        graph.add_node(secret, **secrets[secret])
    return graph
