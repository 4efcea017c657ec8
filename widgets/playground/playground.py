"""A playground as a widget: pictures of one live world, and the actions that are possible in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.playground.exported import KEPT, MODULE, STILL_MODULE, STILL_STYLES, STYLES_HERE, exported, words_of
from widgets.playground.session import Session
from widgets.shared.assemble import module, stylesheet
from widgets.shared.kernel_work import KernelWork
from widgets.shared.lighter import BYTES, without_bytes
from widgets.shared.long_work import NO_PROGRESS
from widgets.shared.picture import Picture
from widgets.wire_inspector.further import ROOM_IN_A_NOTEBOOK
from workbench.lab import World
from workbench.lab.scenarios import Scenario
from workbench.lab.shared_history import SharedHistory
from workbench.views.judged_material import wrong_material

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


PICTURES = ("timeline", "matrix", "lifetimes", "server", "room", "schedule", "secrets", "wire", "diff")


class Playground(Picture):
    """Pictures of one live world, linked by step, viewer and member, with a button for each action.

    An action after an older step begins another history, and the earlier one can be shown again. `pictures` are the
    pictures below the tree: "timeline", "matrix", "lifetimes", "server", "room", "schedule", "secrets", "wire" and
    "diff".
    `world` is the world that is shown now. All traits are shared with the browser; playground.js says which of them
    Python sets.
    """

    _module: ClassVar[str] = MODULE
    _still_module: ClassVar[str] = STILL_MODULE
    _still_styles: ClassVar[tuple[str, ...]] = STILL_STYLES
    _esm: ClassVar[str] = module(_module)
    _styles: ClassVar[tuple[str, ...]] = STYLES_HERE
    _css: ClassVar[str] = stylesheet(*STYLES_HERE)

    view = traitlets.Dict().tag(sync=True)
    opened = traitlets.Dict().tag(sync=True)
    offer = traitlets.Dict().tag(sync=True)
    shared = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict(default_value={"number": 0, "words": ""}).tag(sync=True)
    saved = traitlets.Dict(default_value={"number": 0, "page": ""}).tag(sync=True)
    scenarios = traitlets.List(traitlets.Dict()).tag(sync=True)
    scenario = traitlets.Unicode().tag(sync=True)
    histories = traitlets.List(traitlets.Dict()).tag(sync=True)
    groups = traitlets.List(traitlets.Dict()).tag(sync=True)
    group = traitlets.Int(0).tag(sync=True)
    reads = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    can_act = traitlets.Bool(default_value=True).tag(sync=True)
    has_address = traitlets.Bool(default_value=False).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    epoch = traitlets.Int(-1).tag(sync=True)
    exports = traitlets.List(traitlets.Dict()).tag(sync=True)
    compared = traitlets.Dict().tag(sync=True)
    inspected = traitlets.Dict().tag(sync=True)
    inspections = traitlets.Dict().tag(sync=True)
    asked = traitlets.Dict(default_value={"number": 0}).tag(sync=True)
    progress = traitlets.Dict(default_value=dict(NO_PROGRESS)).tag(sync=True)
    cancelled = traitlets.Int(0).tag(sync=True)
    viewer = traitlets.Unicode().tag(sync=True)
    member = traitlets.Unicode().tag(sync=True)
    leaks = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    pictures = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self, session: Session, *, step: int | None = None, pictures: Sequence[str] = ("timeline", "matrix")
    ) -> None:
        """Show a session at a step, by default the last one. Raises ValueError if there is no such picture."""
        for name in pictures:
            if name not in PICTURES:
                raise ValueError(f"{name!r} is not a picture of a playground; there are {', '.join(PICTURES)}")
        self._session = session
        super().__init__(**session.begin(step), pictures=list(pictures))
        self._work = KernelWork(self)
        self.observe(self._answer, names="asked")
        self.observe(self._offer, names=["chosen", "step"])

    @classmethod
    def of(cls, story: World | Scenario | SharedHistory | None = None, **options: Any) -> Playground:
        """Show a world, a scenario with its leaks, a history that somebody has sent, or a new group of four people.

        Raises `InvalidHistory` if the history cannot be performed.
        """
        if story is None:
            return cls(Session.fresh(seed=7), **options)
        if isinstance(story, Scenario):
            return cls(Session.of_scenario(story), **options)
        if isinstance(story, SharedHistory):
            return cls(Session.of_history(story), **{"step": story.step, **options})
        if not isinstance(story, World):
            raise wrong_material(cls.__name__, "a World, a Scenario or a SharedHistory, in which one can act", story)
        return cls(Session(story), **options)

    @property
    def world(self) -> World:
        """The world that is shown now."""
        return self._session.world

    def __repr__(self) -> str:
        return f"Playground({self.world!r})"

    def _answer(self, _change: object) -> None:
        """Do what the reader asks for, and show the result."""
        given = {name: getattr(self, name) for name in self.traits(sync=True)}
        self._work.do(lambda advance: self._session.answer(given, advance))

    def _offer(self, _change: object) -> None:
        self.set_trait("offer", self._session.offer(self.chosen, self.step))

    def _shown(self) -> dict[str, object]:
        return exported({name: getattr(self, name) for name in KEPT})

    def _versions(self) -> Iterator[tuple[dict[str, object], str]]:
        shown = self._shown()
        yield {**shown, "inspections": self._session.inspections(self.viewer, ROOM_IN_A_NOTEBOOK)}, ""
        yield {**shown, "view": without_bytes(shown["view"])}, BYTES

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        return words_of(self._shown())
