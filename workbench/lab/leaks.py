"""Leaks from a world's devices at any instant of its history, and what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from workbench.adversary import Attacker
from workbench.adversary.evidence import Evidence, GroupEvidence
from workbench.adversary.group_history import GroupHistory
from workbench.adversary.leak import Leak, leak
from workbench.adversary.leaked_secrets import Part
from workbench.adversary.verdict import RecordedHistory
from workbench.inspect.trace_format import Trace
from workbench.lab.errors import NotPossible
from workbench.lab.record import HistoryStep
from workbench.mls import CipherSuite, PublicGroup


class RecordedGroup(Protocol):
    """A group whose history was recorded: a `World`, or the `Group` in it."""

    @property
    def suite(self) -> CipherSuite:
        """The cipher suite of the group."""

    @property
    def group_id(self) -> bytes:
        """The id of the group."""

    @property
    def history(self) -> Sequence[HistoryStep]:
        """What has happened, step by step."""

    @property
    def attacker(self) -> Attacker:
        """Who has heard every message."""

    @property
    def groups(self) -> Sequence[RecordedGroup]:
        """All groups of the same people."""

    def trace(self) -> Trace:
        """Everything that was recorded."""


def recorded_history(group: RecordedGroup) -> RecordedHistory:
    """A group's history so far, to be judged under any leaks; those of all groups of these people belong to it."""
    beside = [GroupHistory.of(other.trace()) for other in _beside(group)]
    return RecordedHistory.of(GroupHistory.of(group.trace()), *beside)


def leak_of(
    group: RecordedGroup, device: str, *, at: int = -1, what: Part = "state", recorded: RecordedHistory | None = None
) -> Leak:
    """What leaks from a device: the part `what` of it, as it was after step `at` of the history.

    Nothing happens in the group: a leak is a value. `recorded` is that of the group if it is at hand. Raises
    `NotPossible` if there was no such device then.
    """
    steps = range(len(group.history))
    if not -len(steps) <= at < len(steps):
        raise NotPossible(f"There is no step {at}: the history has {len(steps)}")
    device_states = group.history[at].device_states
    if device not in device_states:
        raise NotPossible(f"There was no device of {device} in step {steps[at]}")
    return leak((recorded or recorded_history(group)).group_history, device_states[device], device, steps[at], what)


def evidence_of(group: RecordedGroup, leaks: Sequence[Leak]) -> Evidence:
    """What an attacker would have who got these leaks: to be given to a program, or to a learner."""
    leaked = tuple(item for each in leaks for item in each.leaked_secrets)
    return Evidence(*_group(group), leaked, tuple(GroupEvidence(*_group(other)) for other in _beside(group)))


def _group(group: RecordedGroup) -> tuple[CipherSuite, bytes, tuple[PublicGroup, ...], tuple[bytes, ...]]:
    """What everybody knows of a group: its epochs, and what was on the wire, on which public proposals were, too."""
    states = (history_step.state(name) for history_step in group.history for name in history_step.device_states)
    public = {state.epoch: replace(state.public, proposals={}) for state in states if state is not None}
    return group.suite, group.group_id, tuple(public.values()), tuple(group.attacker.heard)


def _beside(group: RecordedGroup) -> tuple[RecordedGroup, ...]:
    """The other groups of the same people."""
    return tuple(other for other in group.groups if other != group and other.history)
