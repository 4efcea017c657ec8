"""The trail of a device in a group: what identifies each of its last epochs, for comparison with other members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workbench.client.safety_codes import group_code
from workbench.mls import GroupState

LENGTH: Final = 64
"""How many epochs a trail keeps."""


@dataclass(frozen=True, slots=True)
class EpochMark:
    """What identifies an epoch: its confirmed transcript hash, and the code of the group (`safety_codes`).

    None of it is a secret: the code is a hash of the epoch authenticator, of which no key follows (RFC 9420 §8.7).
    """

    epoch: int
    confirmed_transcript_hash: bytes
    code: str


def trail_to(trail: tuple[EpochMark, ...], state: GroupState) -> tuple[EpochMark, ...]:
    """The trail with the epoch of a state at its end. A device that was removed has no later epoch.

    If the device goes back, because its epochs became void, the trail goes back with it.
    """
    transcript = state.context.confirmed_transcript_hash
    if not state.active or (trail and trail[-1].confirmed_transcript_hash == transcript):
        return trail
    kept = tuple(mark for mark in trail if mark.epoch < state.epoch)
    return (*kept, EpochMark(state.epoch, transcript, group_code(state)))[-LENGTH:]


@dataclass(frozen=True, slots=True)
class ForkAlarm:
    """Another member has other epochs. They differ from `epoch` on, as far as the two trails tell.

    `who` is its name; the codes are those of the group in that epoch, here and there.
    """

    epoch: int
    who: str
    own_code: str
    their_code: str
