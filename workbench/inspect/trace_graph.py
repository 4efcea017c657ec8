"""The derivation graph: every recorded secret, and what it was made from."""

from __future__ import annotations

from collections.abc import Collection

import graphviz
import networkx as nx

from workbench.inspect.trace_format import Secret, Trace


def derivation_graph(trace: Trace, steps: Collection[int] | None = None) -> nx.DiGraph[str]:
    """Secrets by id as nodes, with the fields of their entries; an edge wherever one went into another.

    An edge has the `operation`, its `label` and `by` whom. `steps` are those of interest, all by default. Inputs
    that are public constants are no secrets and make no edges.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    secrets: dict[str, Secret] = {}
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


def figure(graph: nx.DiGraph[str]) -> graphviz.Digraph:
    """The graph to be printed, each secret under its name."""
    drawn = graphviz.Digraph(node_attr={"shape": "box", "fontname": "monospace"}, edge_attr={"fontname": "monospace"})
    for secret, entry in graph.nodes(data=True):
        drawn.node(secret, _words(entry))
    for source, target, edge in graph.edges(data=True):
        drawn.edge(source, target, f"“{edge['label']}”" if edge["label"] else edge["operation"])
    return drawn


def _words(entry: dict[str, object]) -> str:
    """The name of a secret and its place: "path_secret, epoch 3, node 1"."""
    places = [f"{place} {entry[place]}" for place in ("epoch", "node") if entry[place] is not None]
    return "\n".join([str(entry["name"]), *places])
