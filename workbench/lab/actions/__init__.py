"""Every action that is possible in a group. `action.py` says what an action is.

- `founding`: make people and groups. `membership`: what members do.
- `joining`: join without an invitation. `outside`: proposals from outsiders.
- `people`: compare safety codes, lock a group, add a further device.
- `psks`: pre-shared keys. `network`: hold back, delay and drop messages, and what the attacker does.
- `reasons`: common reasons why actions are not possible.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.lab.action_log import PerformedAction
from workbench.lab.actions import founding, joining, membership, network, outside, people, psks
from workbench.lab.actions.action import Action
from workbench.lab.errors import NotPossible
from workbench.lab.group import Group

_ALL: tuple[Action[Any, Any], ...] = (
    *(founding.device, founding.create),
    *(membership.commit, membership.update, membership.send, membership.add, membership.remove),
    *(membership.remove_leaf, membership.propose_add, membership.propose_remove, membership.approve),
    *(joining.join, joining.request_to_join, joining.resync),
    *(psks.share_psk, psks.propose_psk, psks.commit_with_psk),
    *(people.verify, people.lock, people.unlock, people.dismiss_alarm, people.add_own_device),
    *(outside.external_sender, outside.ask_to_add, outside.ask_to_remove),
    *(founding.branch, founding.reinit, founding.successor),
    *(network.hold, network.release, network.delay, network.let_through, network.drop),
    *(network.compromise, network.inject),
)

ACTIONS: Mapping[str, Action[Any, Any]] = {each.name: each for each in _ALL}


def reason_against(group: Group, name: str, *arguments: object) -> str | None:
    """Why an action is not possible, in a sentence; None if it is. Raises `NotPossible` if there is no such action."""
    return _named(name).reason_against(group, *arguments)


def repeat(performed: PerformedAction, group: Group) -> None:
    """Perform an action of a log again, in the group with the same number. Raises what the action raises."""
    _named(performed.name)(group.groups[performed.group], *performed.arguments, **performed.options)


def _named(name: str) -> Action[Any, Any]:
    if name not in ACTIONS:
        raise NotPossible(f"There is no action {name!r}; there are {', '.join(ACTIONS)}")
    return ACTIONS[name]
