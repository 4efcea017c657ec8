"""The class `Action`: everything about one action in one place.

An action has a function that performs it, a docstring that says what it does, a label, its arguments, and a function
that gives the reason why it is not possible. The methods of `World`, the buttons of the controls with their reasons,
the action log and the counterfactuals all use the same actions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Concatenate, Generic, ParamSpec, TypeVar

from workbench.lab.action_log import PerformedAction
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group

P = ParamSpec("P")
Result = TypeVar("Result")
_NAME_AT_MOST = 24
"""The greatest number of characters that a label shows of a name."""


@dataclass(frozen=True)
class Argument:
    """One argument of an action.

    `name` is the field of a form in which the user chooses it, and `missing` is the text while that field is empty.
    `is_new` means that the person may have no device yet: a form then makes one. A form does not ask for an argument
    that `is_optional`. Where other worlds share the delivery service, the device of a person on whom somebody acts
    `may_be_elsewhere`.
    """

    name: str
    missing: str = ""
    is_person: bool = True
    is_new: bool = False
    is_optional: bool = False
    may_be_elsewhere: bool = False


WHO = Argument("who", "Choose who acts")
WHOM = Argument("whom", "Choose on whom", may_be_elsewhere=True)
MEMBER = Argument("who", "Choose a member")
NEWCOMER = Argument("newcomer", "Type the newcomer's name first", is_new=True, may_be_elsewhere=True)
OUTSIDER = Argument("outsider", "Type the outsider's name first", is_new=True)
PEOPLE = Argument("people", is_optional=True)
NAME = Argument("name", "Type a name first", is_person=False)
TEXT = Argument("text", "There is no message to send", is_person=False)
PSK = Argument("psk", "The pre-shared key needs a name", is_person=False)
DETAIL = Argument("detail", is_person=False, is_optional=True)


@dataclass(frozen=True)
class Action(Generic[P, Result]):
    """One action. `reason` and `perform` take the group and the arguments. `label` has places for the arguments."""

    label: str
    arguments: tuple[Argument, ...]
    reason: Callable[..., str | None]
    perform: Callable[Concatenate[Group, P], Result]

    @property
    def name(self) -> str:
        """The name of the action. The method of `World` has the same name."""
        return self.perform.__name__

    def label_for(self, chosen: Mapping[str, str]) -> str:
        """The label with the chosen names in their places: it says who does what to whom."""
        names = {name: _shortened(value) for name, value in chosen.items() if value}
        return self.label.format_map(defaultdict(lambda: "…", names))

    @property
    def hint(self) -> str:
        """A sentence that says what the action does."""
        return (self.perform.__doc__ or "").partition("\n")[0].removesuffix(".")

    def reason_against(self, group: Group, *arguments: object) -> str | None:
        """Why the action is not possible, in a sentence, or None if it is. The last arguments may be left out."""
        if not arguments:
            return "The action needs the name of the person who acts"
        unknown = next((name for name in self._needed(group, arguments) if name not in group.environment.devices), None)
        return self.reason(group, *arguments) if unknown is None else f"There is no device of {unknown}"

    def _needed(self, group: Group, arguments: Sequence[object]) -> Iterator[object]:
        """The people whose devices have to be in this world: the one who acts, and most of the others."""
        is_shared = group.environment.home.is_shared
        declared = chain(self.arguments, repeat(self.arguments[-1]))
        for place, (argument, value) in enumerate(zip(declared, arguments, strict=False)):
            if argument.is_person and not (place and is_shared and argument.may_be_elsewhere):
                yield value

    def __call__(self, group: Group, *arguments: P.args, **options: P.kwargs) -> Result:
        """Perform the action and log it. Raises `NotPossible` with the reason if it is impossible."""
        reason = self.reason_against(group, *arguments)
        if reason is not None:
            raise NotPossible(reason)
        result = self.perform(group, *arguments, **options)
        steps = tuple(len(each.history) for each in group.groups)
        group.environment.action_log.append(PerformedAction(self.name, arguments, options, group.number, steps))
        return result


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_AT_MOST else f"{name[: _NAME_AT_MOST - 1]}…"


def _never(_group: Group, *_arguments: object) -> str | None:
    """The reason function of an action that is always possible."""
    return None


def action(
    label: str, *arguments: Argument, reason: Callable[..., str | None] = _never
) -> Callable[[Callable[Concatenate[Group, P], Result]], Action[P, Result]]:
    """Make an action from the function that performs it, with a label, arguments and a function that gives reasons."""
    return lambda perform: Action(label, arguments, reason, perform)
