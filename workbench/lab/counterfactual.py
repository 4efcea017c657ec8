"""The same history with something changed, performed again from the beginning and judged under the same leaks.

    counterfactual(world, insert={3: PerformedAction("commit", ("Dave",))}).verdict(leaks)

The other world is as real as the first: its devices draw the same randomness and run the engine anew.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from workbench.adversary.leak import Leak
from workbench.adversary.verdict import RecordedHistory, Verdict
from workbench.lab.action_log import PerformedAction
from workbench.lab.actions import repeat
from workbench.lab.errors import NotPossible
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.world import World
from workbench.mls import Policy

FOUNDING = frozenset({"branch", "successor"})
"""Actions that found a group. They have to be performed, so that all groups keep their numbers."""


@dataclass(frozen=True)
class Counterfactual:
    """Another world, and where in it each step of the first one ended up.

    `left_out` are the actions of the first world that are not possible in this one, with the reason.
    """

    world: World
    steps: Sequence[int]
    left_out: Sequence[tuple[PerformedAction, str]]

    @cached_property
    def recorded(self) -> RecordedHistory:
        """The other history, to be judged."""
        return recorded_history(self.world)

    def leaks(self, leaks: Iterable[Leak]) -> tuple[Leak, ...]:
        """What would have leaked: of the same devices, at the same instants, the same parts."""
        return tuple(
            leak_of(self.world, each.device, at=self.steps[each.at], what=each.what, recorded=self.recorded)
            for each in leaks
        )

    def verdict(self, leaks: Iterable[Leak]) -> Verdict:
        """What these leaks would have given away."""
        return self.recorded.judge(self.leaks(leaks))


def counterfactual(
    world: World,
    *,
    insert: Mapping[int, PerformedAction] = MappingProxyType({}),
    replace: Mapping[int, PerformedAction | None] = MappingProxyType({}),
    policy: Policy | None = None,
) -> Counterfactual:
    """The world as it would be with some changes, by the numbers of its steps.

    `insert` performs one more action after a step, `replace` another action (or none) in place of what made a step, and
    `policy` is another one for all devices from the beginning. Raises `NotPossible` if a given action is not possible,
    or if another group would not be founded because of it.
    """
    other = World(world.seed, world.groups[0].suite.id, world.handshakes, policy=policy or world.policy)
    group, before = world.groups.index(world), 0
    steps, left_out = list[int](), list[tuple[PerformedAction, str]]()
    for performed in world.action_log:
        made = range(before, performed.steps[group] if group < len(performed.steps) else 0)
        before = max(before, made.stop)
        instead = [replace[step] for step in made if step in replace]
        if instead:
            _replace(other, performed, instead)
        elif (reason := _repeat(other, performed)) is not None:
            left_out.append((performed, reason))
        steps.extend(max(len(other.groups[group].history) - 1, 0) for _ in made)
        for step in made:
            if step in insert:
                repeat(_in_group(insert[step], group), other.group)
    return Counterfactual(other.groups[group], steps, left_out)


def _replace(other: World, performed: PerformedAction, instead: Sequence[PerformedAction | None]) -> None:
    """Perform other actions in place of one, or none."""
    for each in instead:
        if each is not None:
            repeat(_in_group(each, performed.group), other.group)


def _repeat(other: World, performed: PerformedAction) -> str | None:
    """Perform an action again. The result is the reason if it is no longer possible."""
    try:
        repeat(performed, other.group)
    except NotPossible as reason:
        if performed.name in FOUNDING:
            raise
        return str(reason)
    return None


def _in_group(action: PerformedAction, group: int) -> PerformedAction:
    return dataclasses.replace(action, group=group)
