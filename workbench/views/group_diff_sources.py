"""The material of two sides of a group: worlds, traces, what an audit has followed, or states of any implementation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from workbench.inspect.carving import CarvedObject, carve
from workbench.inspect.material import pieces_in
from workbench.inspect.names import credential_name, shown
from workbench.inspect.trace_format import Trace
from workbench.lab import World
from workbench.lab.recording import RecordedCalls
from workbench.mls import GroupState, MLSMessage, encode
from workbench.review.member_history import MemberHistory
from workbench.review.public_trace import public_trace
from workbench.review.replay import HistoryLine, Replay, whole_lines
from workbench.review.states import fingerprint, lines_to
from workbench.views.followed_tree import PublicMaterial, history_line, trace_of
from workbench.views.group_diff import DiffLine, GroupDiffView, group_diff_view
from workbench.views.timeline_sources import ratchet_tree_title

DiffMaterial: TypeAlias = World | RecordedCalls | Replay | PublicMaterial | MemberHistory | Trace
"""What can be compared: a history with its steps, lines of history that an audit has followed, a state, a GroupInfo."""

TAKES = (
    "Worlds, recorded calls, what an audit follows of a group, states, PublicGroups, GroupInfos with their trees, "
    "MemberHistories or traces"
)


def group_diff_view_of(
    *material: DiffMaterial, messages: Iterable[CarvedObject | MLSMessage | bytes] = (), title: str = ""
) -> GroupDiffView:
    """The view of one or several histories or states of a group.

    `messages` are commits that led to states, with a GroupInfo of an epoch before the states parted: with them the view
    has the first commit that differs. Raises TypeError for anything else than `DiffMaterial`, and ValueError for a
    GroupInfo without a valid tree, and for `messages` beside anything but states.
    """
    objects = [*_objects(messages)]
    states = [each for each in material if isinstance(each, GroupState)]
    if objects and (len(states) < len(material) or len({state.group_id for state in states}) > 1):
        raise ValueError("messages lead to states of one group: a world, a trace and a GroupInfo take none")
    followed = lines_to(states, objects) if objects else [None] * len(states)
    leading = dict(zip(map(id, states), followed, strict=True))
    lines = [line for each in material for line in _lines(each, leading.get(id(each)))]
    if not lines:
        raise ValueError("there is nothing to compare: give a world, a trace, a replay of an audit, or two states")
    named = [
        line if line.name or len(lines) == 1 else DiffLine(line.trace, f"line {number}", line.authenticators)
        for number, line in enumerate(lines, 1)
    ]
    return group_diff_view(_distinct(named), title or _title(named[0]))


def _title(line: DiffLine) -> str:
    has_people = any(holder["recorded"] and holder["kind"] == "member" for holder in line.trace["holders"])
    return ratchet_tree_title(line.trace) if has_people else f"group {shown(bytes.fromhex(line.trace['group_id']))}"


def _distinct(lines: Sequence[DiffLine]) -> list[DiffLine]:
    """The lines, of which those of one name are numbered."""
    names = [line.name for line in lines]
    return [
        DiffLine(line.trace, f"{line.name} ({names[:number].count(line.name) + 1})", line.authenticators)
        if line.name and names.count(line.name) > 1
        else line
        for number, line in enumerate(lines)
    ]


def _lines(material: DiffMaterial, leading: HistoryLine | None) -> list[DiffLine]:
    match material:
        case World():
            return [DiffLine(material.trace())]
        case RecordedCalls():
            return [DiffLine(trace) for trace in material.traces()]
        case Replay():
            return [_followed(line) for line in whole_lines(material.lines)]
        case GroupState():
            name = credential_name(material.tree.member(material.own_leaf)) if material.active else ""
            line = _followed(leading or history_line(material, "GroupDiff", TAKES), name and f"{name}'s state")
            return [DiffLine(line.trace, line.name, {material.epoch: _authenticator(material)})]
    trace = trace_of(material)
    return [DiffLine(trace) if trace is not None else _followed(history_line(material, "GroupDiff", TAKES))]


def _followed(line: HistoryLine, name: str = "") -> DiffLine:
    known = {epoch: _authenticator(view) for epoch, view in line.begun.items() if isinstance(view, GroupState)}
    return DiffLine(public_trace(line), name, known)


def _authenticator(state: GroupState) -> str:
    return fingerprint(state.secrets.epoch_authenticator)


def _objects(messages: Iterable[CarvedObject | MLSMessage | bytes]) -> Iterable[CarvedObject]:
    for number, each in enumerate(messages):
        if isinstance(each, CarvedObject):
            yield each
        else:
            data = each if isinstance(each, bytes) else encode(each)
            yield from carve(pieces_in(data, f"message {number}"))
