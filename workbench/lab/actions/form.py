"""An action as a form: which fields it needs, what its button says, why it is not possible, and how it is performed.

The fields are named after the arguments of the actions (`who`, `whom`, `newcomer`, ...). What is chosen or typed in
them is text. The buttons of notebooks and of the app use the same forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from workbench.lab.actions import founding
from workbench.lab.actions.action import OUTSIDER, Action, Argument
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group

Chosen: TypeAlias = Mapping[str, str]
"""The text of each field, by its name."""


def filled_in(action: Action[Any, Any], chosen: Chosen) -> list[tuple[Argument, str]]:
    """The arguments that an action needs, each with the text of its field."""
    needed = (argument for argument in action.arguments if not argument.is_optional)
    return [(argument, chosen.get(argument.name, "").strip()) for argument in needed]


def label(action: Action[Any, Any], chosen: Chosen) -> str:
    """What the button of an action says: who does what to whom."""
    return action.label_for({argument.name: value for argument, value in filled_in(action, chosen)})


def reason_against(group: Group, action: Action[Any, Any], chosen: Chosen) -> str | None:
    """Why the button cannot act, or None. A new person does not need a device yet, because the action makes one."""
    filled = filled_in(action, chosen)
    missing = next((argument.missing for argument, value in filled if not value), None)
    outsider = next((value for argument, value in filled if argument is OUTSIDER), None)
    if outsider in group.members:
        return f"{outsider} is a member, and not an outsider"
    return missing or _against_newcomer(group, filled) or action.reason(group, *(value for _, value in filled))


def perform(group: Group, action: Action[Any, Any], chosen: Chosen) -> object:
    """Perform an action with the chosen values. Raises `NotPossible` with the reason if it is impossible."""
    if reason := reason_against(group, action, chosen):
        raise NotPossible(reason)
    filled = filled_in(action, chosen)
    for value in (value for argument, value in filled if argument.is_new):
        if value not in group.environment.devices:
            founding.device(group, value)
    return action(group, *(value for _, value in filled))


def _against_newcomer(group: Group, filled: list[tuple[Argument, str]]) -> str | None:
    """Why a new person cannot have a device; a form has no other place for the reason."""
    new = (value for argument, value in filled if argument.is_new)
    return next((reason for name in new if (reason := founding.device.reason(group, name))), None)
