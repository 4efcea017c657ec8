"""The view of two sides of a group: the epochs of each line of history, and where commits differ, down to the field.

A side is a member, or the group, after a step of a line of history. The view has the epochs that a side may be in, so a
reader chooses and moves the sides without Python. Epochs that two lines share are there once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final, TypedDict

from workbench.inspect.dissect import Dissection, dissect
from workbench.inspect.field_differences import FieldDifference, different_fields, innermost
from workbench.inspect.fields import Field
from workbench.inspect.trace_format import HolderId, NodeKey, Trace, TraceMessage, TraceStep, custom_types
from workbench.mls import decode
from workbench.mls.wire.messages import GroupContext
from workbench.mls.wire.proposals import Commit
from workbench.mls.wire.tree import Node, ParentNode
from workbench.review.states import EPOCH_AUTHENTICATOR, content_words, facts_of, fingerprint
from workbench.views.ratchet_tree import members_of, viewers_of
from workbench.views.schema import MemberView, ViewerView
from workbench.views.sentences import title_of
from workbench.views.trace_replay import TraceReplay
from workbench.views.tree_step import sees

FORMAT: Final = "mls-workbench/group-diff-view"
VERSION: Final = 1

ROWS_OF_A_COMMIT: Final = 80
ROWS_AT_MOST: Final = 4_000
"""So many fields of one commit are compared in the view, and of all commits. The commits at a fork come first."""

LONGEST_TEXT: Final = 72
PRINT: Final = 2
"""So many bytes of a public key are shown beside its node."""

SECTIONS: Final = {
    "group": "8.1",
    "epoch": "8.1",
    "cipher suite": "8.1",
    "confirmed transcript hash": "8.2",
    "tree hash": "7.8",
    "extensions": "13.4",
    EPOCH_AUTHENTICATOR: "8.7",
}
"""The section of RFC 9420 about each fact of an epoch, in the order in which the facts are shown."""


class DiffFactView(TypedDict):
    """A fact of an epoch that is compared: a field of its GroupContext, or the fingerprint of its authenticator."""

    name: str
    section: str


class DiffNodeView(TypedDict):
    """The content of a node in words, the fingerprint of its encoding, and the member whose leaf it is.

    `print` is the start of its public key, and `unmerged` are the node indices of its unmerged leaves.
    """

    words: str
    digest: str
    member: str | None
    print: str
    unmerged: list[int]


class DiffEpochView(TypedDict):
    """An epoch. `id` is equal for equal group contexts. `commit` is the commit that began it, -1 if it is unknown.

    `facts` are in the order of the view's facts, null if not recorded. `nodes` has the nodes that changed, as indexes
    of the view's nodes, null if the node is blank now. `known_by` are the holders who have learned the epoch
    authenticator by the end of the history.
    """

    id: str
    epoch: int
    commit: int
    facts: list[str | None]
    node_count: int
    nodes: dict[NodeKey, int | None]
    unseen_by: list[str]
    known_by: list[str]


class DiffPlaceView(TypedDict):
    """From this step on a member is in this epoch; null if it is in none."""

    step: int
    epoch: int | None


class DiffLineView(TypedDict):
    """One line of history: the epochs that it passes, as indexes of the view's epochs, and where members stand.

    `begins` has the step with which each of these epochs begins, `steps` the titles of all steps.
    """

    name: str
    epochs: list[int]
    begins: list[int]
    steps: list[str]
    places: dict[str, list[DiffPlaceView]]


class DiffCommitView(TypedDict):
    """A commit in words: who did what. `ends` is the epoch that it ends, `size` its bytes on the wire."""

    words: str
    member: str | None
    ends: int
    size: int
    digest: str
    is_private: bool


class DiffValueView(TypedDict):
    """A field on one side: its value, and its first byte and the byte after it."""

    text: str
    start: int
    end: int


class DiffFieldView(TypedDict):
    """A field that is not the same in two commits; null on the side that does not have it."""

    path: str
    section: str
    first: DiffValueView | None
    second: DiffValueView | None


class DiffPairView(TypedDict):
    """Two commits, field by field, or what one commit says (`second` is -1). `left_out` counts further fields.

    `struct` is the struct whose bytes are counted: of a private commit, the Commit that was encrypted.
    """

    first: int
    second: int
    struct: str
    fields: list[DiffFieldView]
    left_out: int


class GroupDiffView(TypedDict):
    """All that is compared."""

    format: str
    version: int
    title: str
    viewers: list[ViewerView]
    members: list[MemberView]
    facts: list[DiffFactView]
    nodes: list[DiffNodeView]
    epochs: list[DiffEpochView]
    lines: list[DiffLineView]
    commits: list[DiffCommitView]
    pairs: list[DiffPairView]


@dataclass(frozen=True)
class DiffLine:
    """One line of history: its trace and a name for it. `authenticators` are fingerprints that no trace has."""

    trace: Trace
    name: str = ""
    authenticators: Mapping[int, str] = field(default_factory=dict)


def group_diff_view(lines: Sequence[DiffLine], title: str) -> GroupDiffView:
    """The view of one or several lines of history."""
    writer = _Writer()
    told = [writer.line(line) for line in lines]
    members = {member["id"]: member for line in lines for member in members_of(line.trace)}
    viewers = {viewer["id"]: viewer for line in lines for viewer in viewers_of(line.trace)}
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": title,
        "viewers": [*viewers.values()],
        "members": [*members.values()],
        "facts": [{"name": name, "section": section} for name, section in SECTIONS.items()],
        "nodes": writer.nodes,
        "epochs": writer.epochs,
        "lines": told,
        "commits": writer.commits,
        "pairs": [*_pairs(told, writer)],
    }


class _Writer:
    """The epochs, nodes and commits of all lines, and the fields of each commit."""

    def __init__(self) -> None:
        self.nodes: list[DiffNodeView] = []
        self.epochs: list[DiffEpochView] = []
        self.commits: list[DiffCommitView] = []
        self.dissected: list[Dissection] = []
        self._known: dict[tuple[int, str], int] = {}
        self._known_nodes: dict[tuple[str, HolderId | None], int] = {}

    def line(self, line: DiffLine) -> DiffLineView:
        """One line; epochs and commits that another line has are not written again."""
        replay = TraceReplay.of(line.trace)
        told: DiffLineView = {"name": line.name, "epochs": [], "begins": [], "steps": [], "places": {}}
        here = dict(line.authenticators)
        for number, step in enumerate(line.trace["steps"]):
            before, places = dict(replay.at_leaf), dict(replay.places)
            replay.apply(step)
            names_before = {node: replay.names[holder] for node, holder in before.items()}
            names = names_before | {node: replay.names[holder] for node, holder in replay.at_leaf.items()}
            title = title_of(replay, step, names, names_before)
            told["steps"].append(title)
            for holder, place in step["places"].items():
                epoch = None if place is None else place["epoch"]
                told["places"].setdefault(holder, []).append({"step": number, "epoch": epoch})
            if step["context"] is not None:
                previous = told["epochs"][-1] if told["epochs"] else -1
                key = (previous, step["context"])
                if key not in self._known:
                    unseen = [viewer for viewer in replay.viewers if not sees(viewer, step, places, replay.places)]
                    self._known[key] = len(self.epochs)
                    self.epochs.append(self._epoch(step, self._commit(step, title, replay), unseen, replay))
                told["epochs"].append(self._known[key])
                told["begins"].append(number)
            self._authenticators(told, step, replay, here)
        return told

    def _epoch(self, step: TraceStep, commit: int, unseen: list[HolderId], replay: TraceReplay) -> DiffEpochView:
        context, tree = bytes.fromhex(step["context"] or ""), step["tree"]
        facts = facts_of(decode(GroupContext, context))
        nodes: dict[NodeKey, int | None] = {}
        if tree is not None:
            nodes |= {str(node): None for node in tree["blank"]}
            nodes |= {node: self._node(data, replay.at_leaf.get(int(node))) for node, data in tree["nodes"].items()}
        return {
            "id": fingerprint(context),
            "epoch": step["epoch"],
            "commit": commit,
            "facts": [facts.get(name) for name in SECTIONS],
            "node_count": 2 * replay.leaf_count - 1,
            "nodes": nodes,
            "unseen_by": unseen,
            "known_by": [],
        }

    def _node(self, data: str, member: HolderId | None) -> int:
        """The index of a node in the view; a node that two lines have is there once."""
        if (data, member) not in self._known_nodes:
            self._known_nodes[data, member] = len(self.nodes)
            self.nodes.append(_node(bytes.fromhex(data), member))
        return self._known_nodes[data, member]

    def _commit(self, step: TraceStep, title: str, replay: TraceReplay) -> int:
        message = next((each for each in step["messages"] if each["kind"] == "commit"), None)
        if message is None or step["commit"] is None:
            return -1
        wire = bytes.fromhex(message["wire"])
        self.dissected.append(_dissected(message, custom_types(step)))
        self.commits.append(
            {
                "words": title,
                "member": replay.at_leaf.get(2 * step["commit"]["committer"]),
                "ends": step["epoch"] - 1,
                "size": len(wire),
                "digest": fingerprint(wire),
                "is_private": "content" in message,
            }
        )
        return len(self.commits) - 1

    def _authenticators(self, told: DiffLineView, step: TraceStep, replay: TraceReplay, here: dict[int, str]) -> None:
        """Write the fingerprints of epoch authenticators that are known after a step, and who has learned them."""
        at = {self.epochs[index]["epoch"]: self.epochs[index] for index in told["epochs"]}
        for holder, secrets in step["keys_learned"].items():
            for secret in (replay.secrets[each] for each in secrets):
                epoch = secret["epoch"]
                if secret["name"] == "epoch_authenticator" and secret["value"] and epoch in at:
                    here[epoch] = fingerprint(bytes.fromhex(secret["value"]))
                    at[epoch]["known_by"] += [holder] if holder not in at[epoch]["known_by"] else []
        for epoch, digest in here.items():
            if epoch in at:
                at[epoch]["facts"][-1] = digest


def _node(data: bytes, member: HolderId | None) -> DiffNodeView:
    entry = decode(Node, data)
    unmerged = [2 * leaf for leaf in entry.node.unmerged_leaves] if isinstance(entry.node, ParentNode) else []
    return {
        "words": content_words(entry),
        "digest": fingerprint(data),
        "member": member,
        "print": entry.node.encryption_key[:PRINT].hex(),
        "unmerged": unmerged,
    }


# Two commits, field by field


def _dissected(message: TraceMessage, custom: frozenset[int]) -> Dissection:
    """The fields of a commit: of a private one, those of its Commit, if a recorded device has opened it."""
    content = message.get("content")
    if content is not None:
        return dissect(bytes.fromhex(content), Commit, custom=custom)
    return dissect(bytes.fromhex(message["wire"]), custom=custom)


def _pairs(lines: Sequence[DiffLineView], writer: _Writer) -> Iterator[DiffPairView]:
    """The commits at each fork against each other, then each commit alone, the last first, while there is room."""
    room = ROWS_AT_MOST
    forks = [_parting(one, other, writer.epochs) for one, other in combinations(lines, 2)]
    alone = [(number, -1) for number in reversed(range(len(writer.commits)))]
    for first, second in [*dict.fromkeys(each for each in forks if each is not None), *alone]:
        pair = _pair(first, second, writer, min(room, ROWS_OF_A_COMMIT))
        room -= len(pair["fields"])
        if pair["fields"]:
            yield pair


def _parting(one: DiffLineView, other: DiffLineView, epochs: Sequence[DiffEpochView]) -> tuple[int, int] | None:
    """The commits at which two lines part; None if they do not part, or it is not known where."""
    ours = {epochs[index]["epoch"]: epochs[index] for index in one["epochs"]}
    theirs = {epochs[index]["epoch"]: epochs[index] for index in other["epochs"]}
    common = sorted(ours.keys() & theirs.keys())
    first = next((epoch for epoch in common if ours[epoch]["id"] != theirs[epoch]["id"]), None)
    if first is None or ours[first]["commit"] < 0 or theirs[first]["commit"] < 0:
        return None
    return ours[first]["commit"], theirs[first]["commit"]


def _pair(first: int, second: int, writer: _Writer, room: int) -> DiffPairView:
    one = writer.dissected[first]
    if second < 0:
        said = [*innermost(one)]
        inside = [each for each in said if ".commit." in each[0] and ".capabilities." not in each[0]]
        found = [FieldDifference(path, each, None) for path, each in inside or said]
    else:
        found = [*different_fields(one, writer.dissected[second])]
    return {
        "first": first,
        "second": second,
        "struct": one.root.type,
        "fields": [_field(each) for each in found[:room]],
        "left_out": max(0, len(found) - room),
    }


def _field(different: FieldDifference) -> DiffFieldView:
    known = different.first or different.second
    return {
        "path": different.path,
        "section": "" if known is None else known.section.removeprefix("§"),
        "first": _value(different.first),
        "second": _value(different.second),
    }


def _value(found: Field | None) -> DiffValueView | None:
    if found is None:
        return None
    text = found.text
    if isinstance(found.value, str) and text.endswith(" bytes"):
        text = found.value if len(found.value) <= LONGEST_TEXT else f"{found.value[:LONGEST_TEXT]}…"
    text = text or f"{found.type}, {found.length} bytes"
    return {"text": text, "start": found.offset, "end": found.offset + found.length}
