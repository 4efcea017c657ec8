"""The view of a timeline: the story of a group, step by step, with the history of each member.

It comes from a trace, so a world, recorded calls and material that an audit has followed give the same view. Several
lines of one history, such as the sides of a fork, are its branches: the steps that they share are there once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict

from workbench.inspect.trace_format import HolderId, Trace, TraceStep
from workbench.views.ratchet_tree import members_of
from workbench.views.schema import ViewerView
from workbench.views.sentences import sentence_of, title_of
from workbench.views.signatures import SignatureChecks, SignatureView
from workbench.views.trace_replay import TraceReplay, continues, text_of
from workbench.views.tree_step import sees

FORMAT = "mls-workbench/timeline-view"
VERSION = 1
STEPS_AT_MOST = 5_000
LANES_AT_MOST = 400
"""So many steps and lanes are sent to the browser: the last steps, and the members who did most."""


class TimelineLaneView(TypedDict):
    """A person's device. `recorded` is false if its secrets are unknown here, so where it stands is unknown too."""

    id: str
    name: str
    initial: str
    hue: int
    recorded: bool
    acts: int


class TimelineSpanView(TypedDict):
    """A member is in the group from step `start` until step `end`, null if it still is.

    The words say how it came and went.
    """

    start: int
    end: int | None
    came: str
    went: str


class TimelineGapView(TypedDict):
    """From step `start` until step `end` a member's device was not up to date.

    It was "behind" (a commit has not reached it) or "away" (it is held back: nothing reaches it).
    """

    kind: str
    start: int
    end: int | None


class TimelineHistoryView(TypedDict):
    """The history of one member: an index of the view's lanes, and when it was in the group."""

    lane: int
    spans: list[TimelineSpanView]
    gaps: list[TimelineGapView]


class TimelineNoteView(TypedDict):
    """What else is known of a step: `state` is "refused", "waiting", "unknown" or "told"."""

    state: str
    words: str


class TimelineStepView(TypedDict):
    """One step: `lane` is the lane of who acted, null if it is unknown or no member.

    `touched` are the lanes of members who came, went, or lost their secrets. `unseen_by` are the viewers who cannot
    know what the step did. `text` is the content of an application message.
    """

    kind: str
    lane: int | None
    title: str
    sentence: str
    epoch: int
    members: int
    touched: list[int]
    text: str | None
    sends: bool
    signatures: list[SignatureView]
    notes: list[TimelineNoteView]
    unseen_by: list[str]


class TimelineBranchView(TypedDict):
    """One line of history. It has the steps of the branch `parent` up to step `at`, then its own `steps`.

    The first branch has no parent (-1) and begins after step -1. `histories` are those of the whole line.
    """

    name: str
    parent: int
    at: int
    steps: list[TimelineStepView]
    histories: list[TimelineHistoryView]


class TimelineView(TypedDict):
    """The story of a group. `first` is the number of the first step that is here, and `left_out` says what is not."""

    format: str
    version: int
    title: str
    group_id: str
    viewers: list[ViewerView]
    lanes: list[TimelineLaneView]
    first: int
    left_out: str
    branches: list[TimelineBranchView]


@dataclass(frozen=True)
class TimelineLine:
    """One line of history: its trace, and what is known of its steps besides. `away` are devices that were held back.

    `notes` and `away` are by the number of the step. `name` is for the reader.
    """

    trace: Trace
    name: str = ""
    notes: Mapping[int, Sequence[TimelineNoteView]] = field(default_factory=dict)
    away: Mapping[int, frozenset[HolderId]] = field(default_factory=dict)
    begins_unknown: bool = False


def timeline_view(lines: Sequence[TimelineLine], title: str) -> TimelineView:
    """The view of one or several lines of one group's history; the first is the main line."""
    return GrowingTimeline().view(lines, title)


class GrowingTimeline:
    """Makes the views of lines that grow: of a line that was told before, it tells only the new steps."""

    def __init__(self) -> None:
        self._tellers: list[_Teller] = []

    def view(self, lines: Sequence[TimelineLine], title: str) -> TimelineView:
        """The view of one or several lines of one group's history; the first is the main line."""
        earlier, self._tellers, told = self._tellers, [], list[_Told]()
        for line in lines:
            teller = next((teller for teller in earlier if teller.is_continued_by(line.trace)), None)
            if teller is None:
                teller = _Teller(line.trace)
            else:
                earlier.remove(teller)
            self._tellers.append(teller)
            told.append(teller.tell(line))
        return _view(told, lines, title)


def _view(told: Sequence[_Told], lines: Sequence[TimelineLine], title: str) -> TimelineView:
    people = {holder["id"]: holder for line in lines for holder in line.trace["holders"] if holder["kind"] == "member"}
    looks = {member["id"]: member for line in lines for member in members_of(line.trace)}
    acts: dict[HolderId, int] = dict.fromkeys(people, 0)
    for each in told:
        for step in each.steps:
            for holder in (step.actor, *step.touched):
                if holder in acts:
                    acts[holder] += 1
    kept = sorted(people, key=lambda holder: -acts[holder])[:LANES_AT_MOST]
    lanes = {holder: lane for lane, holder in enumerate(holder for holder in people if holder in {*kept})}
    longest = max(len(each.steps) for each in told)
    first = max(0, longest - STEPS_AT_MOST)
    branches = [_branch(told, lines, number, lanes, first) for number in range(len(lines))]
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": title,
        "group_id": lines[0].trace["group_id"],
        "viewers": [
            {"id": holder["id"], "name": holder["name"], "kind": holder["kind"]}
            for holder in lines[0].trace["holders"]
            if holder["recorded"]
        ],
        "lanes": [
            {
                "id": holder,
                "name": people[holder]["name"],
                "initial": looks[holder]["initial"],
                "hue": looks[holder]["hue"],
                "recorded": people[holder]["recorded"],
                "acts": acts[holder],
            }
            for holder in lanes
        ],
        "first": first,
        "left_out": _left_out(first, len(people) - len(lanes)),
        "branches": branches,
    }


def _left_out(steps: int, lanes: int) -> str:
    parts = [f"steps 1 to {steps}"] if steps else []
    parts += [f"{lanes} members who did nothing"] if lanes else []
    return f"Left out here: {' and '.join(parts)}." if parts else ""


def _branch(
    told: Sequence[_Told], lines: Sequence[TimelineLine], number: int, lanes: Mapping[HolderId, int], first: int
) -> TimelineBranchView:
    own = told[number]
    shared = [(common_steps(lines[number].trace, lines[other].trace), -other) for other in range(number)]
    common, parent = max(shared, default=(0, 1))
    start = common if number else first
    return {
        "name": lines[number].name,
        "parent": -parent if common else -1,
        "at": start - 1,
        "steps": [step.view(lanes) for step in own.steps[start:]],
        "histories": [
            {"lane": lanes[holder], "spans": history.spans, "gaps": history.gaps}
            for holder, history in own.histories.items()
            if holder in lanes
        ],
    }


def common_steps(one: Trace, other: Trace) -> int:
    """How many first steps two traces have in common: the same messages, by the same actors, and the same context."""
    steps = zip(one["steps"], other["steps"], strict=False)
    return next(
        (at for at, (ours, theirs) in enumerate(steps) if _told_apart(ours) != _told_apart(theirs)),
        min(len(one["steps"]), len(other["steps"])),
    )


def _told_apart(step: TraceStep) -> tuple[object, ...]:
    wires = tuple(message["wire"] for message in step["messages"])
    return step["kind"], step["actor"], step["epoch"], step["context"], wires, step.get("victim")


# One line


@dataclass
class _Step:
    kind: str
    actor: HolderId | None
    title: str
    sentence: str
    epoch: int
    members: int
    touched: list[HolderId]
    text: str | None
    sends: bool
    signatures: list[SignatureView]
    notes: list[TimelineNoteView]
    unseen_by: list[str]

    def view(self, lanes: Mapping[HolderId, int]) -> TimelineStepView:
        return {
            "kind": self.kind,
            "lane": lanes.get(self.actor) if self.actor is not None else None,
            "title": self.title,
            "sentence": self.sentence,
            "epoch": self.epoch,
            "members": self.members,
            "touched": [lanes[holder] for holder in self.touched if holder in lanes],
            "text": self.text,
            "sends": self.sends,
            "signatures": self.signatures,
            "notes": self.notes,
            "unseen_by": self.unseen_by,
        }


@dataclass
class _History:
    spans: list[TimelineSpanView] = field(default_factory=list)
    gaps: list[TimelineGapView] = field(default_factory=list)

    @property
    def is_in(self) -> bool:
        return bool(self.spans) and self.spans[-1]["end"] is None

    def gap(self, kind: str, step: int, *, is_there: bool) -> None:
        """Open or close a gap of a kind."""
        last = next((gap for gap in reversed(self.gaps) if gap["kind"] == kind), None)
        is_open = last is not None and last["end"] is None
        if is_there and not is_open:
            self.gaps.append({"kind": kind, "start": step, "end": None})
        if is_open and not is_there:
            self.gaps = [{**gap, "end": step} if gap is last else gap for gap in self.gaps]


@dataclass
class _Told:
    steps: list[_Step]
    histories: dict[HolderId, _History]


class _Teller:
    """Tells one line step by step, and goes on when the line has grown."""

    def __init__(self, trace: Trace) -> None:
        self.told: list[TraceStep] = []
        self.holders = [*trace["holders"]]
        self.replay = TraceReplay.of(trace)
        self.checks = SignatureChecks.of(trace)
        self.steps: list[_Step] = []
        self.histories: dict[HolderId, _History] = {}
        self.recorded = {holder["id"] for holder in trace["holders"] if holder["recorded"]}

    def is_continued_by(self, trace: Trace) -> bool:
        """Whether a trace begins with the steps that were told, and has the same people."""
        return self.holders == trace["holders"] and continues(trace, self.told)

    def tell(self, line: TimelineLine) -> _Told:
        """Tell the new steps of a line."""
        begun = len(self.told)
        for index, recorded in enumerate(line.trace["steps"][begun:], begun):
            self.steps.append(self._step(line, recorded, index))
            self.told.append(recorded)
        histories = {
            holder: replace(each, spans=[*each.spans], gaps=[*each.gaps]) for holder, each in self.histories.items()
        }
        return _Told([*self.steps], histories)

    def _step(self, line: TimelineLine, recorded: TraceStep, index: int) -> _Step:
        replay = self.replay
        before, places = dict(replay.at_leaf), dict(replay.places)
        replay.apply(recorded)
        names_before = {node: replay.names[holder] for node, holder in before.items()}
        names = names_before | {node: replay.names[holder] for node, holder in replay.at_leaf.items()}
        title = title_of(replay, recorded, names, names_before)
        sentence = sentence_of(replay, recorded, names, names_before)
        came = "was in the group when the record begins" if index == 0 and line.begins_unknown else title
        touched = self._come_and_go(index, {*before.values()}, came, title)
        self._find_gaps(index, line.away.get(index, frozenset()))
        victim = recorded.get("victim")
        texts = (text_of(message) for message in recorded["messages"])
        return _Step(
            recorded["kind"],
            recorded["actor"] if recorded["actor"] is not None else _committer(recorded, replay),
            title,
            sentence,
            recorded["epoch"],
            len(replay.at_leaf),
            [*touched, *([victim] if victim is not None else [])],
            next((text for text in texts if text is not None), None),
            bool(recorded["messages"]),
            self.checks.apply(recorded, index),
            list(line.notes.get(index, ())),
            [viewer for viewer in replay.viewers if not sees(viewer, recorded, places, replay.places)],
        )

    def _come_and_go(self, index: int, before: set[HolderId], how: str, title: str) -> list[HolderId]:
        """The members who came and went, in whose histories the step is written; `how` says how members came."""
        now = {*self.replay.at_leaf.values()}
        came = [holder for holder in self.replay.at_leaf.values() if holder not in before]
        went = [holder for holder in before if holder not in now]
        for holder in came:
            self.histories.setdefault(holder, _History()).spans.append(
                {"start": index, "end": None, "came": how, "went": ""}
            )
        for holder in went:
            history = self.histories[holder]
            history.spans[-1] = {**history.spans[-1], "end": index, "went": title}
            history.gaps = [{**gap, "end": index} if gap["end"] is None else gap for gap in history.gaps]
        return [*came, *sorted(went)]

    def _find_gaps(self, index: int, away: frozenset[HolderId]) -> None:
        for holder, history in self.histories.items():
            if not history.is_in or holder not in self.recorded:
                continue
            place = self.replay.places.get(holder)
            is_behind = place is None or place["epoch"] < self.replay.epoch
            history.gap("away", index, is_there=holder in away)
            history.gap("behind", index, is_there=is_behind and holder not in away)


def _committer(recorded: TraceStep, replay: TraceReplay) -> HolderId | None:
    """Who made the commit of a step whose actor the record does not name."""
    commit = recorded["commit"]
    return None if commit is None else replay.at_leaf.get(2 * commit["committer"])


def notes(told: Iterable[tuple[int, str, str]]) -> dict[int, list[TimelineNoteView]]:
    """Notes by their steps, from (step, state, words)."""
    found: dict[int, list[TimelineNoteView]] = {}
    for step, state, words in told:
        found.setdefault(step, []).append({"state": state, "words": words})
    return found
