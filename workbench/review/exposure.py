"""What stated leaks open: an attacker holds the leaked bytes, hears the material, and really decrypts.

The attacker is that of the compromise lab (`workbench.adversary.attacker`). The two other oracles of the lab, the
deduction and the theorem, need the recorded history of a group; material from elsewhere has no such record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from workbench.adversary.attacker import Attacker
from workbench.adversary.leaked_secrets import EpochKeys, LeakedRatchets, LeakedSecrets, Part, leaked_secrets_of
from workbench.client.device_state import DeviceState, Membership
from workbench.inspect.carving import CarvedObject
from workbench.mls import GroupState, PublicGroup
from workbench.mls.crypto.signer import SigningKey
from workbench.mls.schedule.key_schedule import epoch_from_epoch_secret
from workbench.review.known_secrets import KnownEpochSecret
from workbench.review.replay import Replay

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
        return cls(part, int(epoch) if at else None)  # type: ignore[arg-type] # one of the parts

    def __str__(self) -> str:
        return self.part if self.epoch is None else f"{self.part}@{self.epoch}"


@dataclass(frozen=True, slots=True)
class Exposure:
    """What an attacker computes from the leaks: the epochs that it enters, and the messages that it reads.

    `messages` are the read ones, as sender's leaf, epoch and length: their contents stay out of a report.
    """

    leaks: tuple[str, ...]
    group_id: bytes
    epochs: tuple[int, ...]
    messages: tuple[tuple[int, int, int], ...]
    of_messages: int

    def as_json(self) -> dict[str, Any]:
        """The exposure for programs; docs/review.md describes the keys."""
        return {
            "leaks": list(self.leaks),
            "group_id": self.group_id.hex(),
            "epochs": list(self.epochs),
            "messages": [{"sender": leaf, "epoch": epoch, "length": size} for leaf, epoch, size in self.messages],
            "of_messages": self.of_messages,
        }


def attacker_with(state: GroupState, messages: Iterable[bytes]) -> Attacker:
    """The attacker that has taken the state of one member, of any implementation, and has heard these messages.

    The messages are those of the group in their order, before and after the compromise. `Attacker.epochs` are the
    epochs that it enters, and `Attacker.reads` the messages that it reads.
    """
    attacker = Attacker(state.suite, state.group_id, state.policy)
    attacker.take(leaked_secrets_of(_device(state)))
    for message in messages:
        attacker.hear(message)
    return attacker


def exposure(
    replayed: Replay,
    objects: Sequence[CarvedObject],
    leaks: Iterable[StatedLeak],
    epoch_secrets: Iterable[KnownEpochSecret] = (),
) -> Exposure | None:
    """What the leaks of the members' states, and known epoch secrets, open in a group.

    None if no epoch of the group is known, or if there are neither states nor epoch secrets of it. The attacker hears
    all framed objects of the material in their order, and knows the public part of each epoch that the replay has
    reached.
    """
    views = replayed.begun()
    states = {epoch: view for epoch, view in views.items() if isinstance(view, GroupState)}
    alone = [each for each in epoch_secrets if each.group_id == replayed.group_id and each.epoch in views]
    if not states and not alone:
        return None
    known = _public(views[min(views)])
    first = states[min(states)] if states else None
    attacker = Attacker(known.suite, replayed.group_id, known.policy)
    attacker.take(tuple(_public(view) for _, view in sorted(views.items())))
    told = []
    for each in alone:
        told.append(f"the epoch secret of epoch {each.epoch}")
        attacker.take(_following_from(each, _public(views[each.epoch])))
    for leak in leaks:
        state = first if leak.epoch is None else states.get(leak.epoch)
        if state is not None:
            told.append(f"the {leak.part} of leaf {state.own_leaf} in epoch {state.epoch}")
            attacker.take(leaked_secrets_of(_device(state), leak.part))
    heard = [each for each in objects if each.is_framed and each.content is not None]
    for found in heard:
        attacker.hear(found.data)
    read = tuple((each.sender, each.epoch, len(each.data)) for each in attacker.reads())
    application = sum(each.kind == "private application" for each in heard if each.group_id == replayed.group_id)
    return Exposure(tuple(told), replayed.group_id, tuple(sorted(attacker.epochs())), read, application)


def _following_from(known: KnownEpochSecret, public: PublicGroup) -> LeakedSecrets:
    """The secrets of an epoch that follow from its epoch secret (RFC 9420 §8)."""
    derived = epoch_from_epoch_secret(public.suite, known.epoch_secret, public.tree.leaf_count)
    at = (known.group_id, known.epoch)
    return EpochKeys(*at, derived.secrets), LeakedRatchets(*at, derived.secret_tree)


def _public(view: GroupState | PublicGroup) -> PublicGroup:
    return view.public if isinstance(view, GroupState) else view


def _device(state: GroupState) -> DeviceState:
    """A device that holds this state and no more."""
    key: SigningKey = state.signature_private_key
    return DeviceState(key, groups={state.group_id: Membership(state, 0)})
