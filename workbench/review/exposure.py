"""What stated leaks open: an attacker holds the leaked bytes, hears the material, and really decrypts.

The attacker is that of the compromise lab (`workbench.adversary.attacker`). The two other oracles of the lab, the
rules of deduction and the theorem, judge the same leaks from what the member's device did (`member_history`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from workbench.adversary.attacker import Attacker
from workbench.adversary.leaked_secrets import EpochKeys, LeakedRatchets, LeakedSecrets, leaked_secrets_of
from workbench.adversary.theorem import allowed_by_theorem
from workbench.inspect.carving import CarvedObject
from workbench.inspect.names import shown
from workbench.mls import CipherSuite, GroupState, PublicGroup
from workbench.mls.schedule.key_schedule import epoch_from_epoch_secret
from workbench.mls.schedule.secret_tree import DEFAULT_LIMITS
from workbench.review.known_secrets import KnownEpochSecret
from workbench.review.member_history import member_history
from workbench.review.replay import Replay
from workbench.review.stated_leak import StatedLeak, device_with


@dataclass(frozen=True, slots=True)
class Foretold:
    """What theory says of the same leaks, in the epochs of which the member's state is known (`judged`).

    `deduced` are the epochs that follow from the leaks by the rules of deduction. `allowed` are those that an attacker
    may know by the theorem.
    """

    judged: tuple[int, ...]
    deduced: tuple[int, ...]
    allowed: tuple[int, ...]

    def agreement(self, entered: Iterable[int]) -> str:
        """Whether an attacker who enters these epochs has done what theory says, in a sentence."""
        done = {*entered} & {*self.judged}
        if done != {*self.deduced}:
            return f"The rules of deduction give other epochs: {listed_epochs(self.deduced)}. Please report this."
        if not done <= {*self.allowed}:
            return f"The theorem allows only these epochs: {listed_epochs(self.allowed)}. Please report this."
        return "The rules of deduction and the theorem agree."


def listed_epochs(epochs: Iterable[int]) -> str:
    """Epochs for a sentence: "1, 2, 3", or "none"."""
    return ", ".join(map(str, epochs)) or "none"


@dataclass(frozen=True, slots=True)
class Exposure:
    """What an attacker computes from the leaks: the epochs that it enters, and the messages that it reads.

    `messages` are the read ones, as sender's leaf, epoch and length: their contents stay out of a report. `foretold`
    is None where theory has nothing to judge: the leaks are not all of one member's state, or the group has forked.
    """

    leaks: tuple[str, ...]
    group_id: bytes
    epochs: tuple[int, ...]
    messages: tuple[tuple[int, int, int], ...]
    of_messages: int
    foretold: Foretold | None = None

    @property
    def sentence(self) -> str:
        """What the leaks open, in a sentence."""
        leaks = " and ".join(self.leaks) or "nothing that the states hold"
        several = "the epochs " if len(self.epochs) > 1 else "epoch "
        entered = f"{several}{listed_epochs(self.epochs)}" if self.epochs else "no epoch"
        return (
            f"If {leaks} leaked, an attacker who has this material enters {entered} of group {shown(self.group_id)}, "
            f"and reads {len(self.messages)} of {self.of_messages} application messages."
        )

    @property
    def agreement(self) -> str:
        """Whether theory says the same, in a sentence; "" if it has nothing to judge."""
        return "" if self.foretold is None else self.foretold.agreement(self.epochs)

    def as_json(self) -> dict[str, Any]:
        """The exposure for programs; docs/review.md describes the keys."""
        return {
            "leaks": list(self.leaks),
            "group_id": self.group_id.hex(),
            "epochs": list(self.epochs),
            "messages": [{"sender": leaf, "epoch": epoch, "length": size} for leaf, epoch, size in self.messages],
            "of_messages": self.of_messages,
            "foretold": None if self.foretold is None else asdict(self.foretold),
            "agreement": self.agreement,
        }


def attacker_with(state: GroupState, messages: Iterable[bytes]) -> Attacker:
    """The attacker that has taken the state of one member, of any implementation, and has heard these messages.

    The messages are those of the group in their order, before and after the compromise. `Attacker.epochs` are the
    epochs that it enters, and `Attacker.reads` the messages that it reads.
    """
    attacker = Attacker(state.suite, state.group_id, replace(state.policy, ratchets=DEFAULT_LIMITS))
    attacker.take(leaked_secrets_of(device_with(state)))
    for message in messages:
        attacker.hear(message)
    return attacker


def without_state(replays: Iterable[Replay], leaks: Iterable[StatedLeak]) -> list[StatedLeak]:
    """The stated leaks that are of no state in the groups that were followed: they open nothing."""
    epochs = {epoch for each in replays for epoch, view in each.begun().items() if isinstance(view, GroupState)}
    return [leak for leak in leaks if not epochs or (leak.epoch is not None and leak.epoch not in epochs)]


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
    told, leaks = [], tuple(leaks)
    for each in alone:
        told.append(f"the epoch secret of epoch {each.epoch}")
        public = _public(views[each.epoch])
        attacker.take(following_from(each, public.suite, public.tree.leaf_count))
    for leak in leaks:
        state = first if leak.epoch is None else states.get(leak.epoch)
        if state is not None:
            told.append(f"the {leak.part} of leaf {state.own_leaf} in epoch {state.epoch}")
            attacker.take(leaked_secrets_of(device_with(state), leak.part))
    heard = [each for each in objects if each.is_framed and each.content is not None]
    for found in heard:
        attacker.hear(found.data)
    read = tuple((each.sender, each.epoch, len(each.data)) for each in attacker.reads())
    application = sum(each.kind == "private application" for each in heard if each.group_id == replayed.group_id)
    foretold = None if alone else _foretold(replayed, leaks, states)
    return Exposure(tuple(told), replayed.group_id, tuple(sorted(attacker.epochs())), read, application, foretold)


def _foretold(replayed: Replay, leaks: Sequence[StatedLeak], states: Mapping[int, GroupState]) -> Foretold | None:
    """What theory says of the leaks of one member's states; None if there is no history of one member with all."""
    if replayed.forks:
        return None
    history = member_history(replayed, leaks)
    known = history.first_steps
    stated = {min(states) if each.epoch is None else each.epoch for each in leaks} & states.keys()
    if any(epoch not in known or states[epoch].own_leaf != history.states[known[epoch]].own_leaf for epoch in stated):
        return None
    group_history, leaked = history.recorded.group_history, tuple(history.leaks.values())
    return Foretold(tuple(known), history.verdict().readable_epochs, tuple(allowed_by_theorem(group_history, leaked)))


def following_from(known: KnownEpochSecret, suite: CipherSuite, leaf_count: int) -> LeakedSecrets:
    """The secrets of an epoch that follow from its epoch secret (RFC 9420 §8)."""
    derived = epoch_from_epoch_secret(suite, known.epoch_secret, leaf_count)
    at = (known.group_id, known.epoch)
    return EpochKeys(*at, derived.secrets), LeakedRatchets(*at, derived.secret_tree)


def _public(view: GroupState | PublicGroup) -> PublicGroup:
    return view.public if isinstance(view, GroupState) else view
