"""The record of one performed action. A world's list of them is enough to repeat its history in another world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PerformedAction:
    """An action by its name, with its arguments: `PerformedAction("commit", ("Dave",))`.

    `group` is the number of the group in which it was performed, from 0. `steps` has the number of steps of each group
    afterwards.
    """

    name: str
    arguments: tuple[object, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    group: int = 0
    steps: tuple[int, ...] = ()

    def __str__(self) -> str:
        given = [*map(repr, self.arguments), *(f"{name}={value!r}" for name, value in self.options.items())]
        return f"{self.name}({', '.join(given)})"
