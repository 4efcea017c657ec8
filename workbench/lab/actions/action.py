"""What an action is: one thing that can be done in a group, told in one place.

An action's function does it, and its docstring says what it does. Beside it stand its label, what it has to be told,
and what may speak against it. The methods of a `World`, the buttons of the controls and the reasons why one is greyed
out, the log of what was done and the counterfactuals all read the same actions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Concatenate, Generic, ParamSpec, TypeVar

from workbench.lab.action_log import PerformedAction
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group

P = ParamSpec("P")
Result = TypeVar("Result")
_NAME_AT_MOST = 24
"""How many characters of a name a label has."""


@dataclass(frozen=True)
class Argument:
    """One thing that an action has to be told.

    `name` is the field of a form in which it is chosen, and `missing` what to say while that is empty. A person who
    need not be there yet `is_new`: a form makes a device for it. A form leaves out what is optional.
    """

    name: str
    missing: str = ""
    is_person: bool = True
    is_new: bool = False
    is_optional: bool = False


WHO = Argument("who", "Choose who acts")
WHOM = Argument("whom", "Choose on whom")
MEMBER = Argument("who", "Choose a member")
NEWCOMER = Argument("newcomer", "Type the newcomer's name first", is_new=True)
OUTSIDER = Argument("outsider", "Type the outsider's name first", is_new=True)
PEOPLE = Argument("people", is_optional=True)
NAME = Argument("name", "Type a name first", is_person=False)
TEXT = Argument("text", "There is no message to send", is_person=False)
PSK = Argument("psk", "The pre-shared key needs a name", is_person=False)
DETAIL = Argument("detail", is_person=False, is_optional=True)


@dataclass(frozen=True)
class Action(Generic[P, Result]):
    """One action. `reason` and `perform` take the group and the same arguments; `label` has places for their names."""

    label: str
    arguments: tuple[Argument, ...]
    reason: Callable[..., str | None]
    perform: Callable[Concatenate[Group, P], Result]

    @property
    def name(self) -> str:
        """The name of the action, as a method of a world has it too."""
        return self.perform.__name__

    def label_for(self, chosen: Mapping[str, str]) -> str:
        """The label with the names of those that are chosen, by argument, so that it says who does what to whom."""
        names = {name: _shortened(value) for name, value in chosen.items() if value}
        return self.label.format_map(defaultdict(lambda: "…", names))

    @property
    def hint(self) -> str:
        """What the action does, in a sentence."""
        return (self.perform.__doc__ or "").partition("\n")[0].removesuffix(".")

    def reason_against(self, group: Group, *arguments: object) -> str | None:
        """Why it is not possible, in a sentence, or None. The last arguments may be left out to ask in general."""
        if not arguments:
            return "Nobody was named who could do it"
        declared = chain(self.arguments, repeat(self.arguments[-1]))
        people = (value for argument, value in zip(declared, arguments, strict=False) if argument.is_person)
        unknown = next((name for name in people if name not in group.environment.devices), None)
        return self.reason(group, *arguments) if unknown is None else f"There is no device of {unknown}"

    def __call__(self, group: Group, *arguments: P.args, **options: P.kwargs) -> Result:
        """Do it and write it down in the action log. Raises `NotPossible` with the reason if it is not possible."""
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
    """What speaks against an action that is always possible."""
    return None


def action(
    label: str, *arguments: Argument, reason: Callable[..., str | None] = _never
) -> Callable[[Callable[Concatenate[Group, P], Result]], Action[P, Result]]:
    """Make an action of the function that performs it, with its label, its arguments and what may speak against it."""
    return lambda perform: Action(label, arguments, reason, perform)
