"""How a secret came to be known, as a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from workbench.views.derivation import derivation_view

if TYPE_CHECKING:
    from workbench.adversary.verdict import Verdict
    from workbench.inspect.trace_rules import Fact
    from workbench.views.derivation import DerivationView


class DerivationGraph(Picture):
    """Draws how one secret or message came to be known, from what leaked down to it.

    `selected` is the fact whose way from the leaks is lit up, as an index of the view's facts, or -1. With
    `every_step`, steps that only turn one secret into the next are shown one by one.
    """

    _module: ClassVar[str] = "derivation_graph/derivation_graph.js"
    _still_module: ClassVar[str] = "derivation_graph/still.js"
    _still_styles: ClassVar[tuple[str, ...]] = ("shared/theme.css", "shared/marks.css", "derivation_graph/marks.css")
    _esm: ClassVar[str] = module(_module)
    _css: ClassVar[str] = stylesheet(*STYLES)

    view = traitlets.Dict().tag(sync=True)
    selected = traitlets.Int(-1).tag(sync=True)
    every_step = traitlets.Bool(default_value=False).tag(sync=True)

    def __init__(self, view: DerivationView, **traits: Any) -> None:
        """Show a view."""
        super().__init__(view=view, **traits)

    @classmethod
    def of(cls, verdict: Verdict, fact: Fact | int, **traits: Any) -> DerivationGraph:
        """Show how a fact is known; a number is an epoch, and means its epoch authenticator.

        Raises KeyError if it is not known, or not there.
        """
        if isinstance(fact, int):
            fact = verdict.recorded.group_history.epochs[fact].secrets["epoch_authenticator"]
        return cls(derivation_view(verdict, fact), **traits)

    def __repr__(self) -> str:
        return f"DerivationGraph({self.view['title']!r}: {self.view['summary']})"

    def _shown(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("view", "selected", "every_step")}

    def _words(self) -> tuple[str, list[str], list[list[str]]]:
        shown = self.view["full" if self.every_step else "folded"]
        leaked = [self.view["facts"][place["fact"]] for place in shown["places"]]
        said = [fact["source"] for fact in leaked if fact["leak"]] + [arrow["sentence"] for arrow in shown["arrows"]]
        return self.view["summary"], ["The derivation in sentences"], [[sentence] for sentence in said]
