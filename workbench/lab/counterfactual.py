"""What if: the same history with something changed, done again from the beginning, and judged under the same leaks.

    otherwise(world, Inserted(3, PerformedAction("commit", ("Dave",)))).verdict(leaks)

The other world is as real as the first: its devices draw the same randomness and run the engine anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from workbench.adversary.leak import Leak
from workbench.adversary.verdict import RecordedHistory, Verdict
from workbench.lab.action_log import PerformedAction
from workbench.lab.actions import repeat
from workbench.lab.errors import NotPossible
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.world import World
from workbench.mls import Policy


@dataclass(frozen=True, slots=True)
class Inserted:
    """Something more is done right after a step."""

    after: int
    action: PerformedAction


@dataclass(frozen=True, slots=True)
class Instead:
    """In place of what made a step something else is done, or nothing."""

    step: int
    action: PerformedAction | None = None


@dataclass(frozen=True, slots=True)
class Under:
    """All devices follow another policy from the beginning."""

    policy: Policy


Change: TypeAlias = Inserted | Instead | Under

FOUNDING = frozenset({"branch", "successor"})
"""What founds a group. It has to be done, so that all groups keep their numbers."""


@dataclass(frozen=True)
class Counterfactual:
    """Another world, and where in it each step of the first one ended up.

    `left_out` is what was done in the first world and was not possible in this one, with the reason.
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


def otherwise(world: World, *changes: Change) -> Counterfactual:
    """The world as it would be with some changes. Steps are numbered as they were.

    Raises `NotPossible` if what is to be done is not possible, or another group would not be founded for it.
    """
    policy = next((change.policy for change in changes if isinstance(change, Under)), world.policy)
    other = World(world.seed, world.groups[0].suite.id, world.handshakes, policy=policy)
    group, before = world.groups.index(world), 0
    steps, left_out = list[int](), list[tuple[PerformedAction, str]]()
    for performed in world.action_log:
        made = range(before, performed.steps[group] if group < len(performed.steps) else 0)
        before = max(before, made.stop)
        reason = _do(
            other, performed, [change for change in changes if isinstance(change, Instead) and change.step in made]
        )
        if reason is not None:
            left_out.append((performed, reason))
        steps.extend(max(len(other.groups[group].history) - 1, 0) for _ in made)
        for change in changes:
            if isinstance(change, Inserted) and change.after in made:
                repeat(replace(change.action, group=group), other.group)
    return Counterfactual(other.groups[group], steps, left_out)


def _do(other: World, performed: PerformedAction, instead: Sequence[Instead]) -> str | None:
    """Do what was done, or what is to be done in its place; the reason if what was done is not possible any more."""
    if instead:
        for each in (change.action for change in instead if change.action is not None):
            repeat(replace(each, group=performed.group), other.group)
        return None
    try:
        repeat(performed, other.group)
    except NotPossible as reason:
        if performed.name in FOUNDING:
            raise
        return str(reason)
    return None
