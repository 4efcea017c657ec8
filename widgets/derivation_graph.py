"""How a secret came to be known, as a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

import traitlets

from widgets.assemble import STYLES, module, stylesheet
from widgets.derivation_figure import derivation_figure
from widgets.kept import KeptPicture
from workbench.views.derivation import derivation_view

if TYPE_CHECKING:
    from workbench.adversary.verdict import Verdict
    from workbench.inspect.trace_rules import Fact
    from workbench.views.derivation import DerivationView


class DerivationGraph(KeptPicture):
    """Draws how one secret or message came to be known, from what leaked down to it.

    `selected` is the fact whose way from the leaks is lit up, as an index of the view's facts, or -1. With
    `every_step`, steps that only turn one secret into the next are shown one by one.
    """

    _module: ClassVar[str] = "derivation_graph.js"
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
            fact = verdict.case.chronicle.epochs[fact].secrets["epoch_authenticator"]
        return cls(derivation_view(verdict, fact), **traits)

    def __repr__(self) -> str:
        return f"DerivationGraph({self.view['title']!r}: {self.view['summary']})"

    def _shown(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("view", "selected", "every_step")}

    def _figure(self) -> str:
        return derivation_figure(cast("DerivationView", self.view), every_step=self.every_step)
