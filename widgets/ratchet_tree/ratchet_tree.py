"""The ratchet tree as a widget: a view, a step, and a viewer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.ratchet_tree.lean import is_large, lean, values_at
from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.lighter import BYTES, without_bytes, without_early_parts
from widgets.shared.picture import Picture
from widgets.shared.place import place_in, viewer_name
from widgets.shared.still import NotDrawn, Still, run, still
from workbench.lab import World
from workbench.lab.errors import NotPossible
from workbench.lab.leaks import recorded_history
from workbench.review.member_history import MemberHistory
from workbench.views.attacker import tree_under_attack
from workbench.views.describe import LEAK_HOLDER
from workbench.views.followed_tree import TreeMaterial, tree_view_of
from workbench.views.print import Frame, Mark
from workbench.views.ratchet_tree import ratchet_tree_view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from workbench.adversary.leak import Leak
    from workbench.views.schema import RatchetTreeView


class RatchetTree(Picture):
    """Draws a ratchet tree through time, as one viewer sees it.

    `step` and `beat` are the place in the view that is shown (beat -1: the end of the step). `selected` is the node
    whose values are shown, or -1, and `message` the step whose message a workspace inspects.  With `node_indices` the
    leaves show their node index, as the parents do.  All traits are shared with the browser. Pictures with one
    `workspace` step together.  The view of a tree with more than 512 leaves has no long values: `values` are those of
    the selected node.  `beside` is another viewer, for whom the nodes that differ are marked.
    """

    _module: ClassVar[str] = "ratchet_tree/ratchet_tree.js"
    _still_module: ClassVar[str] = "ratchet_tree/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "shared/marks.css")
    _shares: ClassVar[Mapping[str, str]] = {"step": "step", "viewer": "viewer"}
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    beat = traitlets.Int(-1).tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    speed = traitlets.Float(1.0).tag(sync=True)
    playing = traitlets.Bool(default_value=False).tag(sync=True)
    selected = traitlets.Int(-1).tag(sync=True)
    message = traitlets.Int(-1).tag(sync=True)
    node_indices = traitlets.Bool(default_value=False).tag(sync=True)
    beside = traitlets.Unicode().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)

    def __init__(
        self, view: RatchetTreeView, *, step: int | None = None, viewer: str | None = None, **traits: Any
    ) -> None:
        """Show a view at a step (by default the last) as a viewer sees it (by default the first viewer).

        Raises ValueError if the view has no such step or viewer.
        """
        self._whole: Mapping[str, Any] = view
        super().__init__(view=view, **place_in(view, step, viewer), **traits)
        self.observe(self._give_values, names=["selected", "step", "view"])
        self._give_values()

    @classmethod
    def of(cls, world: World | TreeMaterial, *, leaks: Sequence[Leak] = (), **traits: Any) -> RatchetTree:
        """Show the history of a world so far, as a `viewer` sees it, by default the first member with a device in it.

        With leaks there is one more viewer: the attacker who has all of them. Then this attacker is the default.

        Foreign material is drawn too: a state, a `PublicGroup`, a GroupInfo with its tree, a ratchet tree alone, a line
        of an audit, a `MemberHistory` with the leaks that the reviewer states, a trace
        (`workbench.views.followed_tree`). `leaks` are of a world. Raises TypeError for anything else.
        """
        if isinstance(world, MemberHistory) and world.leaks:
            return cls(tree_under_attack(world.verdict()), **{"viewer": LEAK_HOLDER, **traits})
        if not isinstance(world, World):
            return cls(tree_view_of(world), **traits)
        if leaks:
            return cls(tree_under_attack(recorded_history(world).judge(leaks)), **{"viewer": LEAK_HOLDER, **traits})
        first = next(name for name in world.members if name in world.devices)
        return cls(ratchet_tree_view(world.trace()), **{"viewer": first, **traits})

    def show(self, view: RatchetTreeView) -> None:
        """Show a view that continues the present view, and play its new steps."""
        with self.hold_sync():
            # Set it off, then on: the browser may have stopped playing, and the message may not have arrived here yet.
            self.playing = False
            self.playing = True
            self.set_trait("view", view)

    def frame(self) -> Frame:
        """The tree after the step as the viewer sees it, for print (`workbench.views.print.figure`).

        Raises `NotPossible` if QuickJS is not installed.
        """
        try:
            seen = run('import { seen } from "./ratchet_tree/still.js";\nreturn seen;\n', self._shown())
        except NotDrawn as reason:
            raise NotPossible(f"What a viewer sees is computed by the picture's own module: {reason}") from reason
        return Frame(tuple(Mark.of(mark) for mark in seen["marks"]), dict(seen["path"]))

    @traitlets.validate("view")
    def _fit(self, proposal: traitlets.Bunch) -> Mapping[str, Any]:
        """The view for the browser: that of a large tree has no long values (lean.py)."""
        self._whole = proposal["value"]
        return lean(self._whole) if is_large(self._whole) else self._whole

    def _give_values(self, _change: object = None) -> None:
        """Give the browser the values of the selected node, where the view has none."""
        if self.selected >= 0 and "lean" in self.view:
            self.set_trait("values", values_at(self._whole, self.step, self.selected))

    def __repr__(self) -> str:
        steps = len(self.view["steps"])
        seen = f"seen by {viewer_name(self.view, self.viewer)}"
        return f"RatchetTree({self.view['title']!r}, step {self.step + 1} of {steps}, {seen})"

    def _shown(self) -> dict[str, object]:
        names = ("view", "step", "viewer", "speed", "node_indices", "beside")
        return {name: getattr(self, name) for name in names} | {"beat": -1, "playing": False, "selected": -1}

    def _still(self) -> Still:
        more = ("ratchet_tree/marks.css",) if is_large(self.view) or self.beside else ()
        return still(self._still_module, self._shown(), (*self._still_styles, *more))

    def _versions(self) -> Iterator[tuple[dict[str, object], str]]:
        yield from super()._versions()
        view, parts = without_early_parts(without_bytes(self.view))
        yield {**self._shown(), "view": view}, f"{BYTES}, {parts}"

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        unknown = f"This step is unknown to {viewer_name(self.view, self.viewer)}."
        steps = self.view["steps"][: self.step + 1]
        told = [unknown if self.viewer in step.get("unseen_by", ()) else step["sentence"] for step in steps]
        rows = [[str(number), said] for number, said in enumerate(told, 1)]
        return told[-1], ["Step", "What it did"], rows
