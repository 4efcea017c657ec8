"""Sets of viewers for views of large groups: each set is written once, and named by its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from workbench.inspect.trace_format import HolderId
from workbench.views.schema import ViewerView

CrowdNumber: TypeAlias = int
"""An index of the view's `crowds`. In a group of a thousand almost all secrets have the same holders."""


class Crowds:
    """Numbers the sets of viewers of one view."""

    def __init__(self, viewers: Sequence[ViewerView]) -> None:
        self._numbers: Mapping[HolderId, int] = {viewer["id"]: number for number, viewer in enumerate(viewers)}
        self._known: dict[tuple[int, ...], CrowdNumber] = {}

    def number_of(self, holders: Iterable[HolderId]) -> CrowdNumber:
        """The number of a set of viewers; holders that are no viewers are left out."""
        crowd = tuple(sorted({self._numbers[holder] for holder in holders if holder in self._numbers}))
        return self._known.setdefault(crowd, len(self._known))

    def written(self) -> list[list[int]]:
        """All sets, in the order of their numbers; a viewer is an index of the view's viewers."""
        return [list(crowd) for crowd in self._known]
