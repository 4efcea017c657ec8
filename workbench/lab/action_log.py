"""What was done in a world: each action that was performed, so that the same can be done again in another world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PerformedAction:
    """An action by its name, with what it was given: `PerformedAction("commit", ("Dave",))`.

    `group` is the number of the group among those of the world, and `steps` how many steps each of them had afterwards.
    """

    name: str
    arguments: tuple[object, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    group: int = 0
    steps: tuple[int, ...] = ()

    def __str__(self) -> str:
        given = [*map(repr, self.arguments), *(f"{name}={value!r}" for name, value in self.options.items())]
        return f"{self.name}({', '.join(given)})"
