"""Makes the view of a ratchet tree from a trace, and goes on with it when the trace has grown."""

from __future__ import annotations

from collections import defaultdict

from workbench.inspect.trace_format import SecretId, Trace, TraceHolder, TraceSecret, TraceStep
from workbench.views.schema import (
    FORMAT,
    VERSION,
    KeyframeView,
    KeyView,
    MemberView,
    RatchetTreeView,
    StepView,
    ViewerView,
)
from workbench.views.sentences import group_title
from workbench.views.trace_replay import StepOperations, TraceReplay, continues
from workbench.views.tree_step import deleted_in, learned_in, sees, step_view

HUES = 8


def ratchet_tree_view(trace: Trace, title: str | None = None) -> RatchetTreeView:
    """The view of a group's ratchet tree through time, for `widgets.RatchetTree`."""
    return GrowingTree().view(trace, title)


class GrowingTree:
    """Makes the views of a trace that grows: of a longer trace of the same history it makes only the new steps.

    The steps of a written trace never change. But a later step may put an earlier key into the tree, or bring a holder
    who saw nothing of the earlier steps: these parts of the earlier steps are made again.
    """

    _keyframe: KeyframeView

    def __init__(self) -> None:
        self._recorded: list[TraceStep] = []
        self._holders: list[TraceHolder] = []

    def view(self, trace: Trace, title: str | None = None) -> RatchetTreeView:
        """The view of a trace. If the trace does not continue the last one, all of the view is made anew."""
        if not self._recorded or not self._is_continued_by(trace):
            self._begin(trace)
        self._meet(trace)
        self._go_on(trace)
        return {
            "format": FORMAT,
            "version": VERSION,
            "title": title or group_title(self._replay, trace["steps"][0], trace["group_id"]),
            "suite": trace["suite"],
            "group_id": trace["group_id"],
            "members": members_of(trace),
            "viewers": viewers_of(trace),
            "keyframe": self._keyframe,
            "keys": dict(self._keys),
            "steps": list(self._steps),
        }

    def _is_continued_by(self, trace: Trace) -> bool:
        """Whether a trace has the same first steps, and holders who are new have done nothing in them."""
        known = len(self._holders)
        new = {holder["id"] for holder in trace["holders"][known:]}
        return (
            continues(trace, self._recorded)
            and trace["holders"][:known] == self._holders
            and not any(new & step["places"].keys() for step in self._recorded)
        )

    def _begin(self, trace: Trace) -> None:
        self._recorded, self._holders = [], []
        self._replay = TraceReplay.of({**trace, "holders": []})
        self._in_tree: set[SecretId] = set()
        self._steps: list[StepView] = []
        self._keys: dict[SecretId, KeyView] = {}
        self._named_in: defaultdict[SecretId, list[int]] = defaultdict(list)

    def _meet(self, trace: Trace) -> None:
        """Take up the holders who are new: of the earlier steps they saw only what everybody sees."""
        replay = self._replay
        new = TraceReplay.of({**trace, "holders": trace["holders"][len(self._holders) :]})
        replay.trace = trace
        replay.names |= new.names
        replay.viewers += new.viewers
        self._holders = list(trace["holders"])
        for number, recorded in enumerate(self._recorded):
            unseen = [viewer for viewer in new.viewers if not sees(viewer, recorded, {}, {})]
            if unseen:
                before = self._steps[number].get("unseen_by", [])
                self._steps[number] = {**self._steps[number], "unseen_by": [*before, *unseen]}
        if self._recorded and new.viewers:
            self._keyframe = {**self._keyframe, "unseen_by": self._steps[0].get("unseen_by", [])}

    def _go_on(self, trace: Trace) -> None:
        """Make the new steps."""
        begun = len(self._recorded)
        new = trace["steps"][begun:]
        trees = [step["tree"] for step in new if step["tree"] is not None]
        fresh = {key for tree in trees for key in tree["keys"].values()} - self._in_tree
        self._in_tree |= fresh
        for number in sorted({number for key in fresh for number in self._named_in.pop(key, ())}):
            recorded = self._recorded[number]
            learned = learned_in(recorded, StepOperations(recorded), self._in_tree)
            deleted = deleted_in(recorded, self._in_tree)
            self._steps[number] = {**self._steps[number], "keys_learned": learned, "keys_deleted": deleted}
        for number, recorded in enumerate(new, begun):
            self._steps.append(step_view(self._replay, recorded, number, self._in_tree))
            self._recorded.append(recorded)
            for keys in (*recorded["keys_learned"].values(), *recorded["keys_deleted"].values()):
                for key in keys:
                    if key not in self._in_tree:
                        self._named_in[key].append(number)
        secrets = self._replay.secrets
        named = (
            *(key for step in new for key in step["secrets"]),
            *(key for tree in trees for key in tree["keys"].values()),
        )
        self._keys |= {key: _key(secrets[key]) for key in named if key in self._in_tree and key in secrets}
        if begun == 0:
            self._keyframe = _keyframe(self._steps[0])


def _keyframe(first: StepView) -> KeyframeView:
    """The tree after the first step, which is taken out of the step."""
    keyframe: KeyframeView = {
        "epoch": first["epoch"],
        "leaf_count": first.pop("leaf_count", 1),
        "nodes": first["set"],
        "hashes": first.pop("hashes", {}),
        "group": first.pop("group", {}),
        "unseen_by": first.get("unseen_by", []),
    }
    first["set"], first["blank"] = {}, []
    return keyframe


def members_of(trace: Trace) -> list[MemberView]:
    """All people who are in the group at any time, each with a hue."""
    people = [holder for holder in trace["holders"] if holder["kind"] == "member"]
    return [
        {
            "id": holder["id"],
            "name": holder["name"],
            "initial": _initial(holder["name"]),
            "hue": number % HUES,
        }
        for number, holder in enumerate(people)
    ]


def _initial(name: str) -> str:
    """The short name of a member: "A" for Alice, "A2" for "Alice 2", "3" for "leaf 3"."""
    head, _, number = name.rpartition(" ")
    if name.startswith("“"):
        return name.strip("“” ")[:1]
    if not number.isdecimal() or not head:
        return name.lstrip()[0]
    return number if head == "leaf" else head[0] + number


def viewers_of(trace: Trace) -> list[ViewerView]:
    """The holders whose secrets were recorded, members first."""
    watched = [holder for holder in trace["holders"] if holder["recorded"]]
    watched.sort(key=lambda holder: holder["kind"] != "member")
    return [{"id": holder["id"], "name": holder["name"], "kind": holder["kind"]} for holder in watched]


def _key(secret: TraceSecret) -> KeyView:
    return {"public": secret.get("public", ""), "private": secret["value"]}
