"""What a timeline is made of: a world, a trace, or what an audit has followed. What nobody knows is told as unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from workbench.client import Event
from workbench.inspect.names import counted, device_of, shown
from workbench.inspect.trace_format import Trace
from workbench.lab import World
from workbench.lab.recording import RecordedCalls
from workbench.review.member_history import MemberHistory
from workbench.review.public_trace import public_trace
from workbench.review.replay import HistoryLine, Replay, ReplayedMessage, whole_lines
from workbench.views.followed_tree import PublicMaterial, history_line, trace_of
from workbench.views.ratchet_tree import ratchet_tree_view
from workbench.views.timeline import TimelineLine, TimelineNoteView, TimelineView, notes, timeline_view

TimelineMaterial: TypeAlias = World | RecordedCalls | Replay | PublicMaterial | MemberHistory | Trace
"""What has a timeline: a history with its steps, or the lines of history that an audit has followed."""

TAKES = (
    "a World, recorded calls, what an audit follows of a group, a state, a PublicGroup, a GroupInfo with its tree, "
    "a MemberHistory or a trace"
)

TELLING = {"refused": "refused", "waiting": "waiting", "reopened": "told", "unsent": "told"}
"""The events of devices that a timeline tells beside the step itself, each with the state of its note."""


def timeline_view_of(
    material: TimelineMaterial, *, branches: Sequence[tuple[str, World]] = (), title: str = ""
) -> TimelineView:
    """The timeline of some material. `branches` are other histories of the same group, each with its name.

    Raises TypeError for anything else than `TimelineMaterial`, and ValueError for a GroupInfo without a valid tree.
    """
    if isinstance(material, World):
        lines = [world_line(material), *(world_line(world, name) for name, world in branches)]
        return timeline_view(lines, title or ratchet_tree_title(material.trace()))
    if isinstance(material, RecordedCalls):
        traces = material.traces()
        lines = [
            TimelineLine(trace, f"branch {number}" if number > 1 else "") for number, trace in enumerate(traces, 1)
        ]
        return timeline_view(lines, title or ratchet_tree_title(traces[0]))
    if (trace := trace_of(material)) is not None:
        return timeline_view([TimelineLine(trace)], title or ratchet_tree_title(trace))
    if isinstance(material, Replay):
        followed = whole_lines(material.lines)
    else:
        followed = [history_line(material, "Timeline", TAKES)]
    if not followed:
        raise ValueError(
            "nothing of this group could be followed: the material has no state, and no GroupInfo with its tree"
        )
    name = shown(next(iter(followed[0].begun.values())).group_id)
    return timeline_view([followed_line(line) for line in followed], title or f"group {name}")


def ratchet_tree_title(trace: Trace) -> str:
    """The title of a recorded group, the same as that of its tree."""
    return ratchet_tree_view({**trace, "steps": trace["steps"][:1]})["title"]


def world_line(world: World, name: str = "") -> TimelineLine:
    """The line of a world's group: its trace, what its devices refused or wait for, and which were held back."""
    told = (
        (number, TELLING[event.kind], f"{_upper(device_of(device))}: {_said(event)}")
        for number, step in enumerate(world.history)
        for device, events in step.events.items()
        for event in events
        if event.kind in TELLING
    )
    away = {number: step.held for number, step in enumerate(world.history)}
    return TimelineLine(world.trace(), name, notes(told), away)


def _said(event: Event) -> str:
    return f"{event.text}." if not event.text.endswith(".") else event.text


def _upper(words: str) -> str:
    return words[0].upper() + words[1:]


def followed_line(line: HistoryLine) -> TimelineLine:
    """The line that an audit has followed: its commits, and what became of the other messages of each epoch."""
    trace = public_trace(line)
    step_of = {step["epoch"]: number for number, step in enumerate(trace["steps"])}
    told = [
        (step_of[epoch], note["state"], note["words"])
        for epoch in sorted(line.begun)
        for note in _outcomes(
            each for each in line.messages if each.view.epoch == epoch and each.object not in line.commits
        )
    ]
    told += [(len(trace["steps"]) - 1, "unknown", line.ended)] if line.ended else []
    return TimelineLine(trace, line.start, notes(told), begins_unknown=True)


def _outcomes(messages: Iterable[ReplayedMessage]) -> list[TimelineNoteView]:
    """What became of messages that did not end an epoch: those that were verified are counted."""
    verified, others = 0, list[TimelineNoteView]()
    for each in messages:
        where, kind = each.object.where, each.object.content_type
        what = "message" if kind is None else kind.name
        if each.is_verified:
            verified += 1
        elif each.error is not None:
            others.append({"state": "refused", "words": f"The {what} in {where} is not valid: {each.error}."})
        else:
            others.append(
                {"state": "unknown", "words": f"The {what} in {where} cannot be checked: it takes {each.missing}."}
            )
    words = f"{counted(verified, 'other message')} of this epoch verified."
    return [*([TimelineNoteView(state="told", words=words)] if verified else []), *others]
