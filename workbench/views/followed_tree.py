"""The view of the ratchet tree of a foreign group: of what an audit has followed, a state, a GroupInfo or a trace."""

from __future__ import annotations

from typing import Any, TypeAlias

from workbench.inspect.trace_format import FORMAT, Trace
from workbench.lab.recording import RecordedCalls
from workbench.mls import GroupState, MLSMessage, PublicGroup, RatchetTree, RatchetTreeExtension
from workbench.mls.group.public_group import DEFAULT_POLICY
from workbench.mls.wire.messages import GroupInfo
from workbench.review.bare_tree import trace_of_tree, tree_alone
from workbench.review.groups import lenient, start_from
from workbench.review.member_history import MemberHistory
from workbench.review.public_trace import public_trace
from workbench.review.replay import HistoryLine
from workbench.views.judged_material import wrong_material
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.schema import RatchetTreeView

PublicMaterial: TypeAlias = GroupState | PublicGroup | GroupInfo | MLSMessage | HistoryLine
TreeMaterial: TypeAlias = RecordedCalls | PublicMaterial | RatchetTree | RatchetTreeExtension | MemberHistory | Trace
"""What has a ratchet tree to draw: one epoch of a group, or a history of it."""


def tree_view_of(material: TreeMaterial, title: str = "") -> RatchetTreeView:
    """The view of the ratchet tree in some material, for `widgets.RatchetTree`. Only a view of a trace has secrets.

    A GroupInfo must have its tree, and is checked. A tree alone is drawn without its group. Raises ValueError for a
    GroupInfo without a valid tree, for a tree that fits no cipher suite, and TypeError for anything else than
    `TreeMaterial`.
    """
    if isinstance(material, RatchetTreeExtension):
        return _view_of_tree(tree_alone(material), title)
    if isinstance(material, RatchetTree):
        return _view_of_tree(material, title)
    return ratchet_tree_view(trace_of(material) or public_trace(history_line(material, "RatchetTree", TAKES)), title)


TAKES = (
    "a World, recorded calls, a state, a PublicGroup, a GroupInfo with its tree, a ratchet tree, a line of an audit, a "
    "MemberHistory or a trace"
)


def trace_of(material: Any) -> Trace | None:
    """The trace that some material is or has; None for material without one."""
    match material:
        case RecordedCalls():
            return material.trace()
        case MemberHistory():
            return material.trace
        case {"format": format_} if format_ == FORMAT:
            trace: Trace = material
            return trace
    return None


def _view_of_tree(tree: RatchetTree, title: str) -> RatchetTreeView:
    """The view of a tree alone: its group and its epoch are not told."""
    view = ratchet_tree_view(trace_of_tree(tree), title or "a group that the material does not name")
    first = view["steps"][0]
    first["title"] = "The tree alone"
    first["sentence"] = "The material has this tree alone: its group and its epoch are unknown."
    first["beats"] = []
    view["keyframe"]["group"] = {}
    return {**view, "alone": True}


def history_line(material: Any, picture: str, takes: str) -> HistoryLine:
    """The material as a line of history; `takes` says what the picture takes, for the error."""
    match material:
        case HistoryLine():
            return material
        case GroupState() | PublicGroup():
            return HistoryLine("", begun={material.epoch: material}, views={material.epoch: material})
        case MLSMessage(message=GroupInfo() as info):
            return history_line(info, picture, takes)
        case GroupInfo():
            group = start_from(material, (), lenient(DEFAULT_POLICY))
            if group is None:
                raise ValueError(
                    "this GroupInfo has no ratchet tree, or is not valid with it: `workbench validate` says more"
                )
            return history_line(group, picture, takes)
    raise wrong_material(picture, takes, material)
