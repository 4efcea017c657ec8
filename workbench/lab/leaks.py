"""Leaks: the secrets of a world's devices after any step of its history, and the evidence that an attacker has."""

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
from workbench.lab.recording import RecordedCalls
from workbench.mls import CipherSuite, PublicGroup


class RecordedGroup(Protocol):
    """A group whose history was recorded: a `World`, or its `Group`."""

    @property
    def suite(self) -> CipherSuite:
        """The cipher suite of the group."""

    @property
    def group_id(self) -> bytes:
        """The id of the group."""

    @property
    def history(self) -> Sequence[HistoryStep]:
        """The steps of the history of the group, in order."""

    @property
    def attacker(self) -> Attacker:
        """The attacker, who heard every message of the group."""

    @property
    def groups(self) -> Sequence[RecordedGroup]:
        """All groups of the same people."""

    def trace(self) -> Trace:
        """The trace: everything that was recorded of the group."""


def recorded_history(group: RecordedGroup | RecordedCalls) -> RecordedHistory:
    """The history of a group so far, with those of all groups of the same people. It can be judged under any leaks."""
    if isinstance(group, RecordedCalls):
        return RecordedHistory.of(*(GroupHistory.of(group.trace(group_id)) for group_id in group.groups))
    beside = [GroupHistory.of(other.trace()) for other in _beside(group)]
    return RecordedHistory.of(GroupHistory.of(group.trace()), *beside)


def leak_of(
    group: RecordedGroup, device: str, *, at: int = -1, what: Part = "state", recorded: RecordedHistory | None = None
) -> Leak:
    """The leak of the part `what` of a device, as it was after step `at` of the history.

    The leak is only a value: it changes nothing in the group. `recorded` may give the group's recorded history, so that
    it is not computed again. Raises `NotPossible` if there is no such step, or no such device in it.
    """
    steps = range(len(group.history))
    if not -len(steps) <= at < len(steps):
        raise NotPossible(f"There is no step {at}: the history has {len(steps)}")
    device_states = group.history[at].device_states
    if device not in device_states:
        raise NotPossible(f"There was no device of {device} in step {steps[at]}")
    return leak((recorded or recorded_history(group)).group_history, device_states[device], device, steps[at], what)


def evidence_of(group: RecordedGroup, leaks: Sequence[Leak]) -> Evidence:
    """What an attacker with these leaks has: the leaked secrets, the messages, and what is public of all groups."""
    leaked = tuple(item for each in leaks for item in each.leaked_secrets)
    return Evidence(*_group(group), leaked, tuple(GroupEvidence(*_group(other)) for other in _beside(group)))


def _group(group: RecordedGroup) -> tuple[CipherSuite, bytes, tuple[PublicGroup, ...], tuple[bytes, ...]]:
    """What everybody knows of a group: the public part of its epochs, and the messages on the wire.

    The epochs are without proposals, because the messages have them.
    """
    states = (history_step.state(name) for history_step in group.history for name in history_step.device_states)
    public = {state.epoch: replace(state.public, proposals={}) for state in states if state is not None}
    return group.suite, group.group_id, tuple(public.values()), tuple(group.attacker.heard)


def _beside(group: RecordedGroup) -> tuple[RecordedGroup, ...]:
    """The other groups of the same people."""
    return tuple(other for other in group.groups if other != group and other.history)
