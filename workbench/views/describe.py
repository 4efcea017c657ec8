"""What the picture shows, in words: the same words as widgets/words.js, which a test holds equal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workbench.inspect.names import listed, upper_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workbench.views.frame import Frame, Mark
    from workbench.views.schema import Padlock, RatchetTreeView

ATTACKER = "attacker"
_LISTED_AT_MOST = 8
_HELD = {
    "": "",
    "held": "private key held",
    "stolen": "private key stolen",
    "computed": "private key computed from what was stolen",
}
_ABOUT = {
    "proposals": "what the proposals change",
    "leaf_key": "the fresh leaf key",
    "climb": "this path secret",
    "seal": "what is sealed to whom",
    "open": "who opens what",
    "welcome": "the Welcome",
    "root": "the commit secret",
    "schedule": "the secrets of the key schedule",
    "epoch": "the new epoch",
    "confirm": "whether the confirmation tag agrees",
    "message": "this message",
    "theft": "this theft",
}


class NodeParts(NamedTuple):
    """A node, part by part: the columns of the table."""

    node: str
    what: str
    key: str
    held: str
    notes: str


def node_parts(mark: Mark, viewer: str) -> NodeParts:
    """Describe a node as the viewer of that name sees it."""
    what = f"leaf {mark.node // 2}" if mark.is_leaf else "parent"
    if mark.member is not None:
        what = f"{what}, {mark.member['name']}"
    if mark.state == "unknown":
        return NodeParts(f"node {mark.node}", what, f"unknown to {viewer}", "", "")
    notes = []
    if mark.unmerged:
        notes.append(f"unmerged: {nodes_in_words(mark.unmerged)}")
    if mark.state == "blank" and not mark.is_leaf:
        notes.append(f"resolution: {nodes_in_words(mark.resolution) or 'empty'}")
    if mark.fresh:
        notes.append("new in this epoch")
    key = "blank" if mark.state == "blank" else f"public key {mark.print}"
    return NodeParts(f"node {mark.node}", what, key, _HELD[mark.hold], ", ".join(notes))


def node_label(mark: Mark, viewer: str) -> str:
    """Name a node in one line: "node 3, parent, blank, resolution: leaves 2 and 3"."""
    return ", ".join(part for part in node_parts(mark, viewer) if part)


def step_sentence(view: RatchetTreeView, step: int, viewer_id: str) -> str:
    """Say what a step did, as far as the viewer knows."""
    happening = view["steps"][step]
    name = _name(view, viewer_id)
    standing = _standing(view, step, viewer_id)
    if viewer_id in happening.get("unseen_by", ()):
        return f"Unknown to {name}: what this step did.{standing}"
    message = happening["message"]
    if message is None or message["kind"] != "application":
        return f"{happening['sentence']}{standing}"
    if viewer_id not in message["read"]:
        return f"{happening['sentence']} {upper_first(name)} cannot read it."
    return f"{happening['sentence']} {upper_first(name)} reads: “{message['read'][viewer_id]}”"


def _standing(view: RatchetTreeView, step: int, viewer_id: str) -> str:
    """How the epoch that a step begins stands for the attacker."""
    padlock = view.get("padlocks", {}).get(str(view["steps"][step]["epoch"]))
    if viewer_id != ATTACKER or padlock is None or view["steps"][step]["kind"] != "commit":
        return ""
    return f" {upper_first(padlock['words'])}."


def beat_sentence(view: RatchetTreeView, step: int, beat: int, viewer_id: str) -> str:
    """Say what happens in one beat of a step, or that the viewer cannot know."""
    happening = view["steps"][step]
    now = happening["beats"][beat]
    if viewer_id in happening.get("unseen_by", ()):
        return step_sentence(view, step, viewer_id)
    if now["known_to"] is None or viewer_id in now["known_to"]:
        return now["sentence"]
    return f"Unknown to {_name(view, viewer_id)}: {_ABOUT[now['kind']]}."


def picture_label(view: RatchetTreeView, frame: Frame) -> str:
    """Name the whole picture."""
    members = sum(mark.member is not None for mark in frame.marks)
    padlock = padlock_of(view, frame)
    standing = f"; {padlock['words']}" if padlock else ""
    return (
        f"Ratchet tree of {view['title']} in epoch {frame.epoch}, step {frame.step + 1} of {len(view['steps'])}, "
        f"seen by {frame.viewer['name']}: {counted(members, 'member')}, {counted(len(frame.marks), 'node')}{standing}"
    )


def padlock_of(view: RatchetTreeView, frame: Frame) -> Padlock | None:
    """How the epoch stands for the attacker who looks at it; None for all other viewers."""
    return view.get("padlocks", {}).get(str(frame.epoch)) if frame.viewer["id"] == ATTACKER else None


def nodes_in_words(nodes: Sequence[int]) -> str:
    """Name some nodes: "node 1 and leaves 2 and 3"; more than a few are only counted."""
    if len(nodes) > _LISTED_AT_MOST:
        return f"{len(nodes)} nodes"
    parents = [str(node) for node in nodes if node % 2 == 1]
    leaves = [str(node // 2) for node in nodes if node % 2 == 0]
    groups = []
    if parents:
        groups.append(f"{'node' if len(parents) == 1 else 'nodes'} {listed(parents)}")
    if leaves:
        groups.append(f"{'leaf' if len(leaves) == 1 else 'leaves'} {listed(leaves)}")
    return listed(groups)


def counted(number: int, thing: str) -> str:
    """Count things: "1 node", "2 nodes"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _name(view: RatchetTreeView, viewer_id: str) -> str:
    return next(viewer["name"] for viewer in view["viewers"] if viewer["id"] == viewer_id)
