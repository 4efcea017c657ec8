"""A question that a reader answers before the lesson computes the answer. The lesson then compares the two.

question = predict("Can the attacker read it?")     yes or no, by mouse or keyboard
question.compare(bool(world.reads()))               what came of it, beside what was chosen
"""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from typing import Any, ClassVar

import traitlets

from widgets.shared.assemble import module, stylesheet
from widgets.shared.live_output import Announced, shown
from workbench.inspect.names import listed
from workbench.lessons.note import Note, Tone

SAVED = "Saved with the notebook. To compare your choice, run this cell again."


class Prediction(Announced):
    """A question with its options; `chosen` has the numbers of the options that the reader has chosen.

    Without a kernel the question is a form, in which the reader can still choose.
    """

    _esm = module("prediction/prediction.js")
    _css = stylesheet("shared/theme.css", "prediction/prediction.css")

    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    several = traitlets.Bool(default_value=False).tag(sync=True)
    chosen = traitlets.List(traitlets.Int()).tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)

    _kept: ClassVar[dict[tuple[str, ...], list[int]]] = {}

    def __init__(self, question: str, options: Collection[str], *, several: bool = False) -> None:
        """Ask the question. If a cell runs again, the options that the reader chose before are still chosen."""
        key = (question, *options)
        super().__init__(
            question=question, options=list(options), several=several, chosen=Prediction._kept.get(key, [])
        )
        self.observe(lambda change: Prediction._kept.update({key: change["new"]}), names="chosen")

    def __repr__(self) -> str:
        return f"{self.question} {' / '.join(self.options)}"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Show the question, and beside it a form for readers without a kernel."""
        bundle = super()._repr_mimebundle_(**kwargs)
        return bundle and (shown(bundle[0], [self._form()], live=self.output_id, saved=SAVED), bundle[1])

    def _form(self) -> str:
        kind = "checkbox" if self.several else "radio"
        labels = (f'<label><input type="{kind}" name="choice">{escape(option)}</label>' for option in self.options)
        return (
            '<form class="mls mls-prediction" method="dialog"><fieldset>'
            f"<legend>{escape(self.question)}</legend>{''.join(labels)}</fieldset></form>"
        )

    def compare(self, computed: object) -> Note:
        """Say whether the choice and the computed answer agree. From then on the reader cannot change the choice.

        `computed` is one of the options, a collection of them, or True or False for yes or no. Raises `ValueError` if
        it is none of the options.
        """
        right = _options_in(computed)
        if strangers := [each for each in right if each not in self.options]:
            raise ValueError(f"{strangers[0]!r} is not among the options: {', '.join(self.options)}")
        right = [option for option in self.options if option in right]
        chosen = [self.options[number] for number in self.chosen]
        came = listed(right) or "none of these"
        if not chosen:
            note = Note("You have chosen nothing.", f"It is: {came}.")
        elif chosen == right:
            note = Note("As you predicted.", f"It is: {came}.", Tone.right)
        else:
            note = Note("Not as you predicted.", f"You chose: {listed(chosen)}. It is: {came}.", Tone.wrong)
        self.said = repr(note)
        return note


def _options_in(computed: object) -> list[str]:
    if isinstance(computed, bool):
        return ["yes" if computed else "no"]
    if isinstance(computed, Collection) and not isinstance(computed, str | bytes):
        return [str(each) for each in computed]
    return [str(computed)]


def predict(question: str, *options: object, several: bool = False) -> Prediction:
    """Ask what the reader expects, in a cell before the one that computes it. Without options it is yes or no."""
    return Prediction(question, [str(option) for option in options] or ["yes", "no"], several=several)
