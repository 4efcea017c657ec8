"""What is known of the answers to an exercise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from workbench.lessons.exercise import Exercise


@dataclass(frozen=True)
class Known:
    """One exercise and what is known of answers to it; `name` is what the solution sets."""

    exercise: Exercise
    name: str
    wrong: dict[str, object]
    given: Callable[[], tuple[object, ...]] = tuple
    stub: object = None


def unwritten(*_: Any) -> None:
    """The stub of an exercise that asks for a function."""
