"""The derivation of a secret as a widget: how the attacker knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from widgets.shared.assemble import STYLES, module, stylesheet
from widgets.shared.picture import Picture
from workbench.adversary.verdict import Verdict
from workbench.views.derivation import derivation_view
from workbench.views.judged_material import wrong_material

if TYPE_CHECKING:
    from workbench.inspect.trace_rules import Fact
    from workbench.views.derivation import DerivationView


class DerivationGraph(Picture):
    """Draws how the attacker knows one secret or message: from the leaked secrets at the top down to it.

    `selected` is the index of the fact to which the way from the leaks is coloured, or -1. With `every_step`, steps
    that only turn one secret into the next are shown one by one.
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
        """Show how the attacker knows a fact. A number means the epoch authenticator of the epoch with this number.

        Raises KeyError if there is no such fact or epoch, or if the attacker does not know it, and TypeError for
        anything else than a verdict.
        """
        if not isinstance(verdict, Verdict):
            takes = "a verdict (of `SecurityMatrix.verdict`, `Scenario.verdict` or `MemberHistory.verdict`) and a fact"
            raise wrong_material(cls.__name__, takes, verdict)
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
