"""The view of the ratchet tree of a foreign group: of what an audit has followed, a state, a GroupInfo or a trace."""

from __future__ import annotations

from typing import Any, TypeAlias

from workbench.inspect.names import shown
from workbench.inspect.trace_format import FORMAT, Trace
from workbench.lab.recording import RecordedCalls
from workbench.mls import GroupState, MLSMessage, PublicGroup
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.wire.messages import GroupInfo
from workbench.review.groups import lenient, start_from
from workbench.review.public_trace import public_trace
from workbench.review.replay import HistoryLine
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import RatchetTreeView

TreeMaterial: TypeAlias = RecordedCalls | GroupState | PublicGroup | GroupInfo | MLSMessage | HistoryLine | Trace
"""What has a ratchet tree to draw: one epoch of a group, or a history of it."""


def tree_view_of(material: TreeMaterial, title: str = "") -> RatchetTreeView:
    """The view of the ratchet tree in some material, for `widgets.RatchetTree`; secrets are left out but in a trace.

    A GroupInfo must have its tree, and is checked. Raises ValueError for a GroupInfo without a valid tree, and
    TypeError for anything else than `TreeMaterial`.
    """
    if isinstance(material, RecordedCalls):
        return ratchet_tree_view(material.trace(), title or None)
    if isinstance(material, dict) and material.get("format") == FORMAT:
        return ratchet_tree_view(material, title or None)
    line = history_line(material)
    name = shown(next(iter(line.begun.values())).group_id)
    return followed_tree_view(public_trace(line), title or f"group {name}")


def followed_tree_view(trace: Trace, title: str) -> RatchetTreeView:
    """The view of a trace of `workbench.review.public_trace`; how the group began is not known, and is not told."""
    view = ratchet_tree_view(trace, title)
    first = view["steps"][0]
    first["title"] = f"Epoch {first['epoch']}"
    first["sentence"] = f"The material begins with the tree of epoch {first['epoch']}."
    first["beats"] = []
    return view


def history_line(material: Any) -> HistoryLine:
    """The material as a line of history."""
    match material:
        case HistoryLine():
            return material
        case GroupState() | PublicGroup():
            return HistoryLine("", begun={material.epoch: material}, views={material.epoch: material})
        case MLSMessage(message=GroupInfo() as info):
            return history_line(info)
        case GroupInfo():
            group = start_from(material, (), lenient(DEFAULT_POLICY))
            if group is None:
                raise ValueError(
                    "this GroupInfo has no ratchet tree, or is not valid with it: `workbench validate` says more"
                )
            return history_line(group)
    raise TypeError(
        f"a picture of a ratchet tree takes a World, a state, a PublicGroup, a GroupInfo with its tree, a line of an "
        f"audit or a trace, not a {type(material).__name__}"
    )
