"""Figures for handouts and reports, drawn by Graphviz: derivations, epoch histories, ratchet trees.

Graphviz has no hatching. So a node is striped if the attacker has its secret, and has a double outline if it leaked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import graphviz

from workbench.adversary.derivation import Derivation
from workbench.inspect.names import briefly, credential_name
from workbench.lab.errors import NotPossible
from workbench.mls import RatchetTree
from workbench.mls.tree.tree_math import NodeIndex, level, node_width, parent, root
from workbench.mls.wire.tree import LeafNode, ParentNode
from workbench.views.derivation import derivation_view
from workbench.views.epochs import EpochHistory
from workbench.views.schema import MemberView

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Mark:
    """How one node of a tree is printed; `hold` says whether and how the viewer has its private key."""

    node: int
    state: Literal["keyed", "blank", "unknown"]
    member: MemberView | None = None
    hold: Literal["", "held", "leaked", "computed"] = ""
    unmerged: tuple[int, ...] = ()

    @classmethod
    def of(cls, drawn: Mapping[str, Any]) -> Mark:
        """Make a mark from a mark of `widgets/ratchet_tree/frame.js`."""
        member, hold, unmerged = drawn["member"], drawn["hold"], tuple(drawn["unmerged"])
        return cls(drawn["node"], drawn["state"], member, hold, unmerged)

    @property
    def is_leaf(self) -> bool:
        """Whether the node is a leaf: the node index of a leaf is even."""
        return self.node % 2 == 0


@dataclass(frozen=True, slots=True)
class Frame:
    """A tree as a viewer sees it (`widgets.RatchetTree.frame`); `path` has the edges of a commit's path by child."""

    marks: tuple[Mark, ...]
    path: Mapping[int, Literal["path", "filtered"]]


Printable: TypeAlias = "Derivation | EpochHistory | RatchetTree | Frame | nx.DiGraph[str]"
"""The values that can be printed. A graph is a graph of secrets (`workbench.inspect.trace_graph`)."""


def figure(thing: Printable, path: str | Path) -> tuple[Path, Path]:
    """Write a figure as SVG and as PDF. `path` is the name of both files without the ending. Returns their paths.

    Raises `NotPossible` if Graphviz's program `dot` is not installed.
    """
    drawn = drawing(thing)
    files = Path(f"{path}.svg"), Path(f"{path}.pdf")
    for file in files:
        try:
            made = drawn.pipe(file.suffix.removeprefix("."))
        except graphviz.ExecutableNotFound as missing:
            raise NotPossible("Figures are drawn by Graphviz, whose program dot is not installed here") from missing
        file.write_bytes(made)
    return files


def drawing(thing: Printable) -> graphviz.Digraph:
    """A figure as a Graphviz object, which notebooks can show."""
    match thing:
        case Derivation():
            return _derivation(thing)
        case EpochHistory():
            return _epochs(thing)
        case RatchetTree():
            return _tree(_marks(thing), {})
        case Frame():
            return _tree(thing.marks, thing.path)
        case _:
            return _secrets(thing)


INK, MUTED, LINE, LEAKED, DERIVED = "#1b2430", "#5a6472", "#8a93a0", "#b3261e", "#f3c9c4"
HALF_FILLED = "{};0.5:white"
STRIPES = ":".join((DERIVED, "white") * 5)


def _digraph(**attributes: str) -> graphviz.Digraph:
    return graphviz.Digraph(
        graph_attr={"fontname": "Helvetica", "fontsize": "12", "fontcolor": INK, **attributes},
        node_attr={"fontname": "Helvetica", "fontsize": "11", "fontcolor": INK, "color": INK, "label": ""},
        edge_attr={"fontname": "Helvetica", "fontsize": "10", "fontcolor": MUTED, "color": LINE, "arrowsize": "0.6"},
    )


def _text(words: str) -> str:
    """Escape words for a label, in which a backslash has a meaning."""
    return escape(words).replace("\\", "\\\\")


def _lines(*lines: str, align: str = "LEFT", color: str = INK) -> str:
    """Lines of words on white: the first in bold, the others small. Empty lines are left out."""
    first, *others = (_text(line) for line in lines if line)
    rows = [f"<B>{first}</B>", *(f'<FONT POINT-SIZE="9" COLOR="{color}">{line}</FONT>' for line in others)]
    cells = "".join(f'<TR><TD ALIGN="{align}">{row}</TD></TR>' for row in rows)
    return f'<<TABLE BORDER="0" CELLPADDING="1" CELLSPACING="0" BGCOLOR="white">{cells}</TABLE>>'


# Derivations


def _derivation(derivation: Derivation) -> graphviz.Digraph:
    """Secrets as diamonds, leaked ones at the top. The arrows of a step that needs several premises meet in a point."""
    view = derivation_view(derivation.verdict, derivation.fact)
    drawn = _digraph(label=view["title"], labelloc="t", ranksep="0.35", nodesep="0.06")
    for spot in view["folded"]["places"]:
        fact = view["facts"][spot["fact"]]
        leak, name = fact["leak"], str(spot["fact"])
        drawn.node(
            name,
            shape="diamond" if fact["kind"] == "secret" else "note",
            style="filled",
            fillcolor=HALF_FILLED.format(DERIVED if leak is None else LEAKED),
            gradientangle="45",
            peripheries="1" if leak is None else "2",
            fixedsize="true",
            width="0.32",
            height="0.32",
        )
        words = _lines(fact["name"], fact["place"], "" if leak is None else leak["brief"], color=MUTED)
        drawn.node(f"words {name}", words, shape="plaintext", margin="0.02,0")
        with drawn.subgraph(graph_attr={"rank": "same"}) as row:
            row.edge(name, f"words {name}", style="invis")
    for arrow in view["folded"]["arrows"]:
        conclusion = str(arrow["conclusion"])
        label = f"opens {arrow['label']}" if arrow["sealed"] else arrow["label"]
        start = str(arrow["lines"][0]["premise"])
        if len(arrow["lines"]) > 1:
            start = f"meet {conclusion}"
            drawn.node(start, shape="point", width="0.06", color=LINE)
            for line in arrow["lines"]:
                drawn.edge(str(line["premise"]), start, dir="none")
        drawn.edge(start, conclusion, f"<  {_text(label)}>")
    return drawn


def _secrets(graph: nx.DiGraph[str]) -> graphviz.Digraph:
    """Every secret of a graph with its name, and arrows to the secrets that are made from it."""
    drawn = _digraph()
    for secret, entry in graph.nodes(data=True):
        where = (f"{place} {entry[place]}" for place in ("epoch", "node") if entry[place] is not None)
        drawn.node(secret, _lines(entry["name"], ", ".join(where), color=MUTED), shape="box", style="rounded")
    for source, target, edge in graph.edges(data=True):
        drawn.edge(source, target, f"<{_text('“' + edge['label'] + '”' if edge['label'] else edge['operation'])}>")
    return drawn


# Epoch histories


def _epochs(history: EpochHistory) -> graphviz.Digraph:
    """Epochs as boxes with their leaks, striped and with a double outline if readable; commits as edges."""
    drawn = _digraph(rankdir="TB", ranksep="0.4")
    for (epoch, authenticator), node in history.graph.nodes(data=True):
        is_readable = node["standing"] == "readable"
        said = {"readable": "readable", "closed": "", "healed": "healed"}[node["standing"]]
        if node["reopeners"]:
            said = f"healed so far: {briefly(node['reopeners'])} would reopen it"
        drawn.node(
            f"{epoch} {authenticator}",
            _lines(f"epoch {node['label']}", said, *(f"leaked: {leak}" for leak in node["leaks"]), align="CENTER"),
            shape="box",
            style="striped" if is_readable else "solid",
            fillcolor=STRIPES if is_readable else "white",
            peripheries="2" if node["leaks"] else "1",
            color=LEAKED if node["leaks"] else INK,
            margin="0.25,0.1" if is_readable else "0.15,0.06",
        )
    for source, target, edge in history.graph.edges(data=True):
        ends = (f"{epoch} {authenticator}" for epoch, authenticator in (source, target))
        drawn.edge(*ends, f"<  {_text(edge['words'])}>")
    return drawn


# Ratchet trees

ACROSS, UP = 0.42, 0.75


def _marks(tree: RatchetTree) -> tuple[Mark, ...]:
    """A tree with its public values only."""
    return tuple(_mark(tree, NodeIndex(node)) for node in range(node_width(tree.leaf_count)))


def _mark(tree: RatchetTree, node: NodeIndex) -> Mark:
    content = tree.node(node)
    match content:
        case LeafNode():
            name = credential_name(content) or f"leaf {node // 2}"
            return Mark(node, "keyed", {"id": name, "name": name, "initial": name[0].upper(), "hue": 0})
        case ParentNode():
            return Mark(node, "keyed", unmerged=tuple(2 * leaf for leaf in content.unmerged_leaves))
        case _:
            return Mark(node, "blank")


def _tree(marks: tuple[Mark, ...], path: Mapping[int, str]) -> graphviz.Digraph:
    """The root is at the top. The node index gives x and the level gives y, as on the screen."""
    drawn = _digraph()
    drawn.engine = "neato"
    drawn.attr("node", fixedsize="true", width="0.42", height="0.42")
    drawn.attr("edge", dir="none")
    leaf_count = (len(marks) + 1) // 2
    for mark in marks:
        node = NodeIndex(mark.node)
        drawn.node(str(node), _inside(mark), pos=f"{ACROSS * node:g},{UP * level(node):g}!", **_look(mark))
        if mark.member is not None:
            words = f"<{_text(mark.member['name'])}>"
            drawn.node(f"name {node}", words, shape="plaintext", fixedsize="false", pos=f"{ACROSS * node:g},-0.34!")
        if node != root(leaf_count):
            kind = path.get(node)
            width, color = "3.5" if kind == "path" else "1", INK if kind else LINE
            drawn.edge(str(parent(node, leaf_count)), str(node), penwidth=width, color=color)
        for leaf in mark.unmerged:
            drawn.edge(str(node), str(leaf), style="dashed")
    return drawn


def _inside(mark: Mark) -> str:
    if mark.state == "unknown":
        return "?"
    words = mark.member["initial"] if mark.member else "" if mark.is_leaf else str(mark.node)
    return _lines(words) if mark.hold in {"leaked", "computed"} else words


def _look(mark: Mark) -> dict[str, str]:
    """Blank nodes are dashed, unknown ones dotted, held ones filled, computed ones striped, leaked ones also double."""
    shape = "box" if mark.is_leaf else "circle"
    if mark.state != "keyed":
        return {"shape": shape, "style": "dashed" if mark.state == "blank" else "dotted", "color": LINE}
    match mark.hold:
        case "held":
            return {"shape": shape, "style": "filled", "fillcolor": INK, "fontcolor": "white"}
        case "leaked" | "computed":
            style, double = "striped" if mark.is_leaf else "wedged", "2" if mark.hold == "leaked" else "1"
            return {"shape": shape, "style": style, "fillcolor": STRIPES, "color": LEAKED, "peripheries": double}
        case _:
            return {"shape": shape}
