"""What a visitor's address asks for, and the bounds of a visitor's world.

An address comes from a stranger, so only what there is is taken from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import panel as pn

from widgets.playground.session import Bounds, Session
from widgets.shared.long_work import Advance, unwatched
from workbench.lab import SCENARIOS, scenario
from workbench.lab.shared_history import SharedHistory

BOUNDS = Bounds(people=24, steps=150, seconds=20.0, text=500, name=40, histories=8)
"""The bounds of one visitor's world: an action in a world of this size takes about a second."""

_DIGITS = 6


@dataclass(frozen=True)
class Asked:
    """What the query of an address asks for. `step` counts from 0; in the address it counts from 1."""

    history: str = ""
    scenario: str = ""
    step: int | None = None
    theme: str = ""

    @classmethod
    def now(cls) -> Asked:
        """What the address of the present visitor asks for."""
        return cls.of(pn.state.session_args)

    @classmethod
    def of(cls, query: Mapping[str, Sequence[bytes]]) -> Asked:
        """Read a query; other names in it are ignored."""

        def first(name: str) -> str:
            return next((value.decode("utf-8", "replace") for value in query.get(name, ())), "")

        number, theme = first("step"), first("theme")
        # the digits are bounded, because converting very long ones takes time
        is_number = number.isascii() and number.isdecimal() and len(number) <= _DIGITS
        return cls(
            first("history"),
            first("scenario"),
            max(int(number) - 1, 0) if is_number else None,
            theme if theme in {"dark", "light"} else "",
        )

    def session(self, advance: Advance = unwatched) -> Session:
        """The session that is asked for, by default with a new group.

        Raises `InvalidHistory`, and what `advance` raises while a long history is performed.
        """
        if self.history:
            return Session.of_history(SharedHistory.of_text(self.history), bounds=BOUNDS, advance=advance)
        if self.scenario in SCENARIOS:
            return Session.of_scenario(scenario(self.scenario), bounds=BOUNDS)
        return Session.fresh(bounds=BOUNDS)
