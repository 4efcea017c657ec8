"""What would have happened if an action had been different: the history, performed again with changes.

    counterfactual(world, insert={3: PerformedAction("commit", ("Dave",))}).verdict(leaks)

The other world is as real as the first. Its devices draw the same randomness and run the engine again.
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
"""The actions that found a group. They cannot be left out, because the groups would get other numbers."""


@dataclass(frozen=True)
class Counterfactual:
    """Another world that results from changes to a first world.

    `steps` has, for each step of the first world, the number of the step in this world. `left_out` has the actions of
    the first world that are not possible in this world, each with the reason.
    """

    world: World
    steps: Sequence[int]
    left_out: Sequence[tuple[PerformedAction, str]]

    @cached_property
    def recorded(self) -> RecordedHistory:
        """The recorded history of the other world."""
        return recorded_history(self.world)

    def leaks(self, leaks: Iterable[Leak]) -> tuple[Leak, ...]:
        """The same leaks in the other world: of the same parts of the same devices, after the same steps."""
        return tuple(
            leak_of(self.world, each.device, at=self.steps[each.at], what=each.what, recorded=self.recorded)
            for each in leaks
        )

    def verdict(self, leaks: Iterable[Leak]) -> Verdict:
        """The verdict on the same leaks in the other world."""
        return self.recorded.judge(self.leaks(leaks))


def counterfactual(
    world: World,
    *,
    insert: Mapping[int, PerformedAction] = MappingProxyType({}),
    replace: Mapping[int, PerformedAction | None] = MappingProxyType({}),
    policy: Policy | None = None,
) -> Counterfactual:
    """Perform the actions of a world again, with changes.

    `insert` has actions to perform after a step, by the number of the step. `replace` has actions to perform instead of
    the action that made a step, or None to leave that action out. `policy` replaces the policy of all devices from the
    beginning. Raises `NotPossible` if an action in `insert` or `replace` is not possible, if a group of the world can
    no longer be founded, and for a world whose delivery service is elsewhere: nothing there happens twice.
    """
    other = World(
        world.seed,
        world.groups[0].suite.id,
        world.handshakes,
        policy=policy or world.policy,
        settings=world.service.settings,
        keystores=world.group.environment.keystores,
    )
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
    """Perform other actions instead of one action."""
    for each in instead:
        if each is not None:
            repeat(_in_group(each, performed.group), other.group)


def _repeat(other: World, performed: PerformedAction) -> str | None:
    """Perform an action again. If it is not possible any more, the result is the reason, else None."""
    try:
        repeat(performed, other.group)
    except NotPossible as reason:
        if performed.name in FOUNDING:
            raise
        return str(reason)
    return None


def _in_group(action: PerformedAction, group: int) -> PerformedAction:
    return dataclasses.replace(action, group=group)
