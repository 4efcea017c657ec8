"""Two sides of a group as a widget: a view, the two sides, and what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from workbench.views.group_diff_sources import DiffMaterial, group_diff_view_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from workbench.inspect.carving import CarvedObject
    from workbench.mls import MLSMessage
    from workbench.views.group_diff import DiffLineView, GroupDiffView

DiffSide: TypeAlias = str | int | tuple[str, int]
"""A side: a member, a step, or a member after a step."""

HOW = 'between=("Alice", "Bob") for two members, between=(3, 7) for two steps'


class GroupDiff(Picture):
    """Draws two sides of a group: the commits up to the first that differs, and what differs since, down to the field.

    `first` and `second` are the members of the two sides, "" for the group, and `first_line` and `second_line` are the
    lines of history on which they are. `step` is the step of the first side. `other_step` is the step of the second
    side, -1 for the same step. `viewer` is the member, "server" or "attacker" who looks, "" for all that was recorded.
    `selected` is the id of a row, `member` the member whose leaf is chosen, and `message` the step whose message is
    chosen, or -1. All traits are shared with the browser.
    """

    _module: ClassVar[str] = "group_diff/group_diff.js"
    _still_module: ClassVar[str] = "group_diff/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = (
        *("shared/theme.css", "shared/marks.css"),
        *("ratchet_tree/marks.css", "group_diff/marks.css"),
    )
    _shares: ClassVar[Mapping[str, str]] = {name: name for name in ("step", "viewer", "member", "message")}
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    other_step = traitlets.Int(-1).tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    first = traitlets.Unicode().tag(sync=True)
    second = traitlets.Unicode().tag(sync=True)
    first_line = traitlets.Int(0).tag(sync=True)
    second_line = traitlets.Int(0).tag(sync=True)
    selected = traitlets.Unicode().tag(sync=True)
    member = traitlets.Unicode().tag(sync=True)
    message = traitlets.Int(-1).tag(sync=True)

    def __init__(
        self,
        view: GroupDiffView,
        *,
        between: Sequence[DiffSide] | None = None,
        step: int | None = None,
        viewer: str = "",
        **traits: Any,
    ) -> None:
        """Show two sides of a view: of its first two lines, or of its only line, where `between` has to name them.

        Sides that name no step are shown after `step`, by default the last. Raises ValueError if the view has no such
        side, step or viewer.
        """
        viewers = [one["id"] for one in view["viewers"]]
        if viewer and viewer not in viewers:
            raise ValueError(f"{viewer!r} is not a viewer of this view; its viewers are {', '.join(viewers)}")
        lines = (0, min(1, len(view["lines"]) - 1))
        if between is None and lines == (0, 0):
            raise ValueError(f"one history has no two sides by itself: name them, {HOW}")
        if between is not None and (isinstance(between, str) or len(between) != len(lines)):
            raise ValueError(f"between takes two sides, {HOW}, not {between!r}")
        sides = [_side(view, line, side) for line, side in zip(lines, between or ("", ""), strict=True)]
        last = [len(view["lines"][line]["steps"]) - 1 for line in lines]
        _check_step(view["lines"][0], step)
        (first, at), (second, other_at) = sides
        start = at if at is not None else step if step is not None else last[0]
        moves_alone = other_at is not None or (lines[1] and step is None and last[1] != start)
        other = -1 if not moves_alone else other_at if other_at is not None else last[1]
        given = {"first": first, "second": second, "first_line": lines[0], "second_line": lines[1]}
        super().__init__(view=view, step=start, other_step=other, viewer=viewer, **given, **traits)

    @classmethod
    def of(
        cls,
        *material: DiffMaterial,
        between: Sequence[DiffSide] | None = None,
        messages: Iterable[CarvedObject | MLSMessage | bytes] = (),
        **traits: Any,
    ) -> GroupDiff:
        """Compare two members or two steps of one history, two histories, or two states of any implementation.

            GroupDiff.of(world, between=("Alice", "Bob"))       # two members
            GroupDiff.of(world, between=(3, 7))                 # two steps
            GroupDiff.of(one, other)                            # two worlds: the sides of a fork
            GroupDiff.of(replay)                                # the lines of history that an audit has followed
            GroupDiff.of(state, other, messages=[...])          # two states, and the commits that led there

        Raises as `group_diff_view_of`, and ValueError for a side that the material does not have.
        """
        return cls(group_diff_view_of(*material, messages=messages), between=between, **traits)

    def show(self, view: GroupDiffView) -> None:
        """Show a view that continues the present view, at its last step."""
        with self.hold_sync():
            self.set_trait("view", view)
            self.step = len(view["lines"][self.first_line]["steps"]) - 1

    def __repr__(self) -> str:
        return f"GroupDiff({self.view['title']!r}, {self._side_words(0)} and {self._side_words(1)})"

    def _side_words(self, side: int) -> str:
        who, number = ((self.first, self.first_line), (self.second, self.second_line))[side]
        line = self.view["lines"][number]
        name = next((each["name"] for each in self.view["members"] if each["id"] == who), line["name"] or "the group")
        wanted = self.other_step if side and self.other_step >= 0 else self.step
        return f"{name} after step {min(wanted, len(line['steps']) - 1) + 1}"

    def _can_show(self, name: str, value: object) -> bool:
        # The steps of the other pictures are those of the first line.
        return self.first_line == 0 if name == "step" else super()._can_show(name, value)

    def _shown(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in _SHOWN}

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        sides = [self._epoch(self.first, self.first_line, self.step), self._epoch(self.second, self.second_line, -1)]
        rows = [
            [fact["name"], *("unknown" if side is None else str(side["facts"][number]) for side in sides)]
            for number, fact in enumerate(self.view["facts"])
        ]
        return f"{self._side_words(0)}, compared with {self._side_words(1)}.", ["What", "First", "Second"], rows

    def _epoch(self, who: str, number: int, step: int) -> Any:
        """The epoch of a side; None if it is in no epoch."""
        line = self.view["lines"][number]
        at = step if step >= 0 else self.other_step if self.other_step >= 0 else self.step
        passed = [
            self.view["epochs"][index]
            for index, begin in zip(line["epochs"], line["begins"], strict=True)
            if begin <= at
        ]
        if who:
            place = [each["epoch"] for each in line["places"].get(who, []) if each["step"] <= at]
            passed = [each for each in passed if place and each["epoch"] == place[-1]]
        return passed[-1] if passed else None


_SHOWN = (
    *("view", "step", "other_step", "viewer", "first", "second"),
    *("first_line", "second_line", "selected", "member", "message"),
)


def _side(view: GroupDiffView, number: int, side: DiffSide) -> tuple[str, int | None]:
    """The member of a side, "" for the group, and its step, None if it names none."""
    line = view["lines"][number]
    who, step = ("", side) if isinstance(side, int) else (side, None) if isinstance(side, str) else side
    _check_step(line, step)
    known = {each["id"]: each["name"] for each in view["members"] if each["id"] in line["places"]}
    found = next((one for one, name in known.items() if who in {one, name}), None)
    if who and found is None:
        people = ", ".join(known.values()) or "not recorded"
        raise ValueError(f"{who!r} is not a member of this history; its members are {people}")
    return found or "", step


def _check_step(line: DiffLineView, step: int | None) -> None:
    last = len(line["steps"]) - 1
    if step is not None and not 0 <= step <= last:
        raise ValueError(f"this history has no step {step}; its steps are 0 to {last}")
