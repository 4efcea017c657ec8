"""Leaks that a reviewer states: a part of a member's state at the beginning of an epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from workbench.adversary.leaked_secrets import Part
from workbench.client.device_state import DeviceState, Membership
from workbench.mls import GroupState
from workbench.mls.crypto.signer import SigningKey

STATED_PARTS: tuple[str, ...] = tuple(part for part in get_args(Part) if part not in {"message keys", "randomness"})
"""The parts of a state that a reviewer can state as leaked; the two others are in no state."""


@dataclass(frozen=True, slots=True)
class StatedLeak:
    """A leak that the reviewer states: a part of the known state at the beginning of an epoch (None: the first one)."""

    part: Part
    epoch: int | None = None

    @classmethod
    def parse(cls, text: str) -> StatedLeak:
        """Read "state", "ratchets@5". Raises ValueError for another part or an epoch that is not a number."""
        part, at, epoch = text.partition("@")
        if part not in STATED_PARTS:
            raise ValueError(f"{part!r} is not a part of a state that can leak; allowed are {', '.join(STATED_PARTS)}")
        if at and not epoch.isdecimal():
            raise ValueError(f"{epoch!r} is not an epoch: write {part}@5 for what a state had in epoch 5")
        return cls(part, int(epoch) if at else None)  # type: ignore[arg-type] # one of the parts

    def __str__(self) -> str:
        return self.part if self.epoch is None else f"{self.part}@{self.epoch}"


def device_with(state: GroupState) -> DeviceState:
    """A device that holds this state and no more."""
    key: SigningKey = state.signature_private_key
    return DeviceState(key, groups={state.group_id: Membership(state, 0)})
