"""Leaks from a world's devices at any instant of its history, and what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.adversary.case_file import CaseFile, GroupFile
from workbench.adversary.chronicle import Chronicle
from workbench.adversary.leak import Leak, leak
from workbench.adversary.loot import Part
from workbench.adversary.verdict import Case
from workbench.lab.errors import NotPossible
from workbench.mls import CipherSuite, PublicGroup

if TYPE_CHECKING:
    from workbench.lab.world import World


def case_of(world: World) -> Case:
    """A group's history so far, to be judged under any leaks; those of all groups of these people belong to it."""
    beside = [Chronicle.of(other.trace()) for other in _beside(world)]
    return Case.of(Chronicle.of(world.trace()), *beside)


def compromise(world: World, device: str, *, at: int = -1, what: Part = "state", case: Case | None = None) -> Leak:
    """What leaks from a device: the part `what` of it, as it was after step `at` of the history.

    Nothing happens in the world: a leak is a value. `case` is that of the world if it is at hand. Raises
    `NotPossible` if there was no such device then.
    """
    steps = range(len(world.history))
    if not -len(steps) <= at < len(steps):
        raise NotPossible(f"There is no step {at}: the history has {len(steps)}")
    holdings = world.history[at].holdings
    if device not in holdings:
        raise NotPossible(f"There was no device of {device} in step {steps[at]}")
    return leak((case or case_of(world)).chronicle, holdings[device], device, steps[at], what)


def case_file(world: World, leaks: Sequence[Leak]) -> CaseFile:
    """What a thief would have who got these leaks: to be given to a program, or to a learner."""
    loot = tuple(item for each in leaks for item in each.loot)
    return CaseFile(*_group(world), loot, tuple(GroupFile(*_group(other)) for other in _beside(world)))


def _group(world: World) -> tuple[CipherSuite, bytes, tuple[PublicGroup, ...], tuple[bytes, ...]]:
    states = (moment.state(name) for moment in world.history for name in moment.holdings)
    public = {state.epoch: state.public for state in states if state is not None}
    return world.suite, world.group_id, tuple(public.values()), tuple(world.thief.heard)


def _beside(world: World) -> tuple[World, ...]:
    """The other groups of the same people."""
    return tuple(other for other in world.groups if other is not world and other.history)
