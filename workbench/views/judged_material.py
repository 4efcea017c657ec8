"""The recorded history in some material: a world, recorded calls, a scenario, a trace, or a member's foreign group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from workbench.adversary.group_history import GroupHistory
from workbench.adversary.leak import Leak, leak_in_record
from workbench.adversary.verdict import RecordedHistory
from workbench.inspect.trace_format import FORMAT, Trace
from workbench.lab import World
from workbench.lab.leaks import leak_of, recorded_history
from workbench.lab.recording import RecordedCalls
from workbench.lab.scenarios import Scenario
from workbench.review.member_history import MemberHistory

JudgedMaterial: TypeAlias = World | RecordedCalls | Scenario | MemberHistory | Trace
"""What has a history that can be judged under leaks."""

TAKES = "a World, recorded calls, a Scenario, a MemberHistory or a trace"


def recorded_in(material: JudgedMaterial, picture: str) -> RecordedHistory:
    """The recorded history in some material. Raises TypeError, which names the picture, for anything else."""
    match material:
        case World() | RecordedCalls():
            return recorded_history(material)
        case Scenario() | MemberHistory():
            return material.recorded
        case {"format": format_} if format_ == FORMAT:
            return RecordedHistory.of(GroupHistory.of(material))
    raise wrong_material(picture, TAKES, material)


def leaks_in(material: JudgedMaterial) -> Mapping[str, Leak]:
    """The leaks that some material names: those of a scenario, or those that the reviewer states."""
    return material.leaks if isinstance(material, Scenario | MemberHistory) else {}


def leak_after(material: JudgedMaterial, recorded: RecordedHistory, device: str, at: int) -> Leak:
    """The leak of all that a device held after a step.

    The leak of a world has the bytes too, and that of other material the facts alone. Raises `NotPossible` or
    ValueError if there is no such step or device.
    """
    world = material.world if isinstance(material, Scenario) else material
    if isinstance(world, World):
        return leak_of(world, device, at=at, recorded=recorded)
    return leak_in_record(recorded.group_history, device, at)


def wrong_material(picture: str, takes: str, given: Any) -> TypeError:
    """The error for an argument that a picture does not take."""
    return TypeError(f"{picture}.of takes {takes}, not a {type(given).__name__}")
