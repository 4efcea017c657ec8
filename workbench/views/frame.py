"""What is on the picture after a step, for one viewer: what widgets/frame.js computes, for the static figure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from workbench.views.schema import Member, Node, RatchetTreeView, Step, Viewer


@dataclass(frozen=True, slots=True)
class Mark:
    """How one node is drawn; `hold` is what the viewer has of its private key."""

    node: int
    state: Literal["keyed", "blank", "unknown"]
    member: Member | None = None
    print: str = ""
    hold: Literal["", "held", "stolen", "computed"] = ""
    unmerged: tuple[int, ...] = ()
    resolution: tuple[int, ...] = ()
    fresh: bool = False

    @property
    def is_leaf(self) -> bool:
        """Whether the node is a leaf: leaves have even node indices."""
        return self.node % 2 == 0


@dataclass(frozen=True, slots=True)
class Frame:
    """The picture after a step; `path` holds the edges of the commit's path by child, filtered nodes marked."""

    step: int
    viewer: Viewer
    epoch: int
    leaf_count: int
    marks: tuple[Mark, ...]
    path: dict[int, Literal["path", "filtered"]]
    seen: bool


@dataclass(slots=True)
class _Scene:
    """The tree and one viewer's knowledge of it while steps are applied."""

    epoch: int
    leaf_count: int
    nodes: dict[int, Node]
    keys: dict[str, str]
    unseen: set[int]
    epoch_began: int = 0
    since: dict[int, int] = field(default_factory=dict)

    def apply(self, step: Step, index: int, viewer: str) -> None:
        """Apply the delta of a step, and what it gives to and takes from the viewer."""
        changed = {int(node): value for node, value in step["set"].items()}
        touched = {*changed, *step["blank"]}
        if step["epoch"] != self.epoch:
            self.epoch, self.epoch_began = step["epoch"], index
        self.leaf_count = step.get("leaf_count", self.leaf_count)
        self.nodes = {node: value for node, value in self.nodes.items() if node not in step["blank"]} | changed
        self.since |= dict.fromkeys(touched, index)
        self.keys = {key: how for key, how in self.keys.items() if key not in step["lose"].get(viewer, ())}
        self.keys |= {gain["key"]: gain["how"] for gain in step["gain"].get(viewer, ())}
        if viewer in step.get("tree_to", ()):
            self.unseen = set()
        self.unseen = self.unseen | touched if viewer in step.get("unseen_by", ()) else self.unseen - touched


def frame_at(view: RatchetTreeView, step: int, viewer_id: str) -> Frame:
    """Give the picture after `step` as the viewer sees it."""
    viewer = next(viewer for viewer in view["viewers"] if viewer["id"] == viewer_id)
    keyframe, first = view["keyframe"], view["steps"][0]
    scene = _Scene(
        epoch=keyframe["epoch"],
        leaf_count=keyframe["leaf_count"],
        nodes={int(node): value for node, value in keyframe["nodes"].items()},
        keys={gain["key"]: gain["how"] for gain in first["gain"].get(viewer_id, ())},
        unseen=set(range(2 * keyframe["leaf_count"] - 1)) if viewer_id in keyframe.get("unseen_by", ()) else set(),
    )
    for index in range(1, step + 1):
        scene.apply(view["steps"][index], index, viewer_id)
    happening = view["steps"][step]
    seen = viewer_id not in happening.get("unseen_by", ())
    return Frame(
        step=step,
        viewer=viewer,
        epoch=scene.epoch,
        leaf_count=scene.leaf_count,
        marks=_marks(view, scene, viewer),
        path=_path_edges(happening) if seen else {},
        seen=seen,
    )


def _marks(view: RatchetTreeView, scene: _Scene, viewer: Viewer) -> tuple[Mark, ...]:
    members = {member["id"]: member for member in view["members"]}
    resolutions: dict[int, tuple[int, ...]] = {}
    marks: dict[int, Mark] = {}
    width = 2 * scene.leaf_count - 1
    for level in range(scene.leaf_count.bit_length()):
        for index in range((1 << level) - 1, width, 2 << level):
            node = scene.nodes.get(index)
            if index in scene.unseen:
                resolutions[index] = ()
                marks[index] = Mark(index, "unknown")
            elif node is None:
                half = (1 << level) >> 1
                resolutions[index] = resolutions[index - half] + resolutions[index + half] if level else ()
                marks[index] = Mark(index, "blank", resolution=resolutions[index])
            else:
                unmerged = tuple(node["unmerged"]) if node["kind"] == "parent" else ()
                resolutions[index] = (index, *unmerged)
                marks[index] = Mark(
                    index,
                    "keyed",
                    member=members[node["member"]] if node["kind"] == "leaf" else None,
                    print=view["keys"][node["key"]]["public"][:4],
                    hold=_hold(scene.keys.get(node["key"]), viewer),
                    unmerged=unmerged,
                    resolution=resolutions[index],
                    fresh=scene.since.get(index, -1) > 0 and scene.since[index] >= scene.epoch_began,
                )
    return tuple(marks[index] for index in range(width))


def _hold(how: str | None, viewer: Viewer) -> Literal["", "held", "stolen", "computed"]:
    if how is None:
        return ""
    if viewer["kind"] != "thief":
        return "held"
    return "stolen" if how == "stolen" else "computed"


def _path_edges(step: Step) -> dict[int, Literal["path", "filtered"]]:
    if step["path"] is None:
        return {}
    nodes = step["path"]["nodes"]
    children = [step["path"]["committer"], *(node["node"] for node in nodes)]
    return {child: "filtered" if node["filtered"] else "path" for child, node in zip(children, nodes, strict=False)}
