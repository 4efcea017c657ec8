"""The warnings for a person, in clear words, with steps that help.

A warning says what happened and what to do. Its steps are names of actions that the lab and the pictures can perform,
so each warning has a way out. A warning disappears when its cause does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from workbench.client.events import Event
from workbench.client.roster import RosterDevice
from workbench.client.trail import ForkAlarm
from workbench.inspect.explanation import Explanation
from workbench.inspect.names import as_name, device_of, listed
from workbench.inspect.reasons import MessageKind
from workbench.mls import LeafIndex
from workbench.mls.errors import KeyAlreadyUsed, OwnMessage

Act: TypeAlias = Literal[
    "review", "verify", "remove_leaf", "lock", "unlock", "resync", "request_to_join", "release", "dismiss_alarm"
]
"""What a step does: `review` shows the list of devices, and each other one is the action of the lab with this name."""

AlertKind: TypeAlias = Literal[
    "unapproved device", "fork", "cannot follow", "copy of this device", "removed", "locked", "waiting", "offline"
]


@dataclass(frozen=True, slots=True)
class RemedyStep:
    """One step that a person can take: a button. `leaf` is the device it is about, if it is about one."""

    act: Act
    label: str
    leaf: LeafIndex | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning: what happened, what to do, and the steps."""

    kind: AlertKind
    what: str
    advice: str
    steps: tuple[RemedyStep, ...]


REVIEW: Final = RemedyStep("review", "Review devices")
LOCK: Final = RemedyStep("lock", "Lock group until verified")
CONNECT: Final = RemedyStep("release", "Connect this device")
COME_BACK: Final = RemedyStep("resync", "Join again with new keys")


@dataclass(frozen=True, slots=True)
class Situation:
    """What a device knows when it warns. `events` are its events since it joined; `members` is its roster."""

    active: bool
    epoch: int
    members: Sequence[RosterDevice]
    events: Sequence[Event]
    locked: bool = False
    fork: ForkAlarm | None = None
    needs_psk: bool = False
    connected: bool = True


def alerts(situation: Situation) -> tuple[Alert, ...]:
    """The warnings of a device now, the most urgent first."""
    if not situation.active:
        return tuple(_removed(situation))
    return (
        *_forks(situation),
        *_copies(situation),
        *_stranded(situation),
        *_devices(situation),
        *_locked(situation),
        *_psk(situation),
        *_offline(situation),
    )


def _forks(situation: Situation) -> Iterator[Alert]:
    if situation.fork is not None:
        fork = situation.fork
        what = f"{fork.who} sees another group than this device from epoch {fork.epoch} on."
        ask = f"Compare the code of the group with the others. In epoch {fork.epoch} it is {fork.own_code} here"
        advice = f"{ask}, and {fork.their_code} at {fork.who}. Join again if this device is on the wrong side."
        yield Alert("fork", what, advice, (REVIEW, COME_BACK, RemedyStep("dismiss_alarm", "This side is right")))


def _devices(situation: Situation) -> Iterator[Alert]:
    for member in situation.members:
        if not member.needs_review:
            continue
        device = device_of(member.identity) if member.identity else member.name
        if member.standing == "rejected":
            what = f"The safety code of {device} differs: somebody else holds the key of this device."
            advice = "Remove it. It can read all messages that were sent since it came in."
        else:
            what = f"{device} came in, and no other device of {as_name(member.user)} has approved it."
            advice = "It reads everything from now on. Compare its safety code, or remove it."
        compare = RemedyStep("verify", "Compare codes", member.leaf)
        remove = RemedyStep("remove_leaf", "Remove it", member.leaf)
        steps = (REVIEW, remove) if member.standing == "rejected" else (REVIEW, compare, remove)
        yield Alert("unapproved device", what, advice, steps if situation.locked else (*steps, LOCK))


def _stranded(situation: Situation) -> Iterator[Alert]:
    refused = next((each for each in reversed(situation.events) if _is_refused_commit(each, situation.epoch)), None)
    if refused is not None:
        what = f"This device has refused a change of the group: {_sentence(refused.text)}"
        ask = "The others may have gone on without it. Ask them."
        advice = f"{ask} If they have, join again. If not, tell them of the refusal."
        yield Alert("cannot follow", what, advice, (COME_BACK, LOCK) if not situation.locked else (COME_BACK,))


def _is_refused_commit(event: Event, epoch: int) -> bool:
    return event.kind == "refused" and event.epoch == epoch and event.advice != ""


def _copies(situation: Situation) -> Iterator[Alert]:
    signs = [each for each in situation.events if isinstance(each.error, OwnMessage)]
    if signs:
        what = "Somebody has sent a message in the name of this device, which has not sent it."
        copy = "Another copy of this device is in use: a clone, or a backup."
        advice = f"{copy} Join again with new keys, then look at the devices."
        yield Alert("copy of this device", what, advice, (COME_BACK, REVIEW))
    elif any(isinstance(each.error, KeyAlreadyUsed) for each in situation.events):
        what = (
            "A message came whose key was used before: somebody sends a message twice, or a copy of a device is in use."
        )
        yield Alert("copy of this device", what, "Ask its sender. The message was not shown again.", (REVIEW,))


def _removed(situation: Situation) -> Iterator[Alert]:
    told = next((each for each in reversed(situation.events) if each.kind == "removed"), None)
    if told is not None:
        what = f"{_sentence(told.text)} This device cannot read messages that were sent later."
        advice = "If this was a mistake, ask to be let in again. Messages from the time between stay unreadable."
        yield Alert("removed", what, advice, (RemedyStep("request_to_join", "Ask to be let in"),))


def _locked(situation: Situation) -> Iterator[Alert]:
    if situation.locked and situation.fork is None:
        waiting = [each.name for each in situation.members if each.needs_review]
        until = (
            f" until {listed(waiting)} {'is' if len(waiting) == 1 else 'are'} verified or removed" if waiting else ""
        )
        what = f"The group is locked on this device: it sends no messages{until}."
        steps = (REVIEW,) if waiting else (RemedyStep("unlock", "Unlock group"),)
        advice = "Look at the devices." if waiting else "All devices are verified: unlock the group."
        yield Alert("locked", what, advice, steps)


def _psk(situation: Situation) -> Iterator[Alert]:
    missing = next((each for each in reversed(situation.events) if each.kind == "waiting"), None)
    if situation.needs_psk and missing is not None:
        what = f"This device stops before a change of the group: {_sentence(missing.text)}"
        advice = "Get the key from somebody who has it, or join again with new keys."
        yield Alert("waiting", what, advice, (COME_BACK,))


def _offline(situation: Situation) -> Iterator[Alert]:
    if not situation.connected:
        what = "This device is not connected. New messages wait for it at the server."
        yield Alert("offline", what, "Connect it. It catches up by itself, change by change.", (CONNECT,))


def steps_for(explanation: Explanation) -> tuple[RemedyStep, ...]:
    """What a person can do about a message that a device cannot process, by the kind of the reason."""
    return _STEPS.get(explanation.kind, ())


_STEPS: Final[dict[MessageKind, tuple[RemedyStep, ...]]] = {
    MessageKind.FUTURE_EPOCH: (CONNECT,),
    MessageKind.FORK: (LOCK, REVIEW, COME_BACK),
    MessageKind.FORK_OR_DAMAGED: (LOCK, REVIEW),
    MessageKind.OWN_LEAF_TWICE: (COME_BACK, REVIEW),
    MessageKind.REMOVED: (RemedyStep("request_to_join", "Ask to be let in"),),
    MessageKind.MISSING_PROPOSAL: (COME_BACK,),
    MessageKind.MISSING_PSK: (COME_BACK,),
    MessageKind.FAILED_CHECK: (LOCK, REVIEW),
}


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
