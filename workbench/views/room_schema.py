"""The shape of the view of a room: what the screens of all people show, and who can read which message."""

from __future__ import annotations

from typing import TypedDict

from workbench.views.trial import TrialView

FORMAT = "mls-workbench/room-view"
VERSION = 1


class ScreenLineView(TypedDict):
    """One line on a screen, which appeared in a step; `message` is an index of the view's messages, null for others.

    `kind` is "message", "own" (a message of this device), "event", "boundary" (nothing before it can be read here),
    "end" (nothing after it) or "refused". `text` is "" for a message, which has its text itself.
    """

    step: int
    kind: str
    text: str
    message: int | None


class SituationView(TypedDict):
    """The head of a screen from a step on. `code` is the group's safety code, "" outside.

    `status` is "outside", "in", "behind" (it has missed a commit), "away" (not connected) or "removed".
    """

    step: int
    status: str
    epoch: int
    people: int
    devices: int
    code: str


class KnownDeviceView(TypedDict):
    """A device that is on some screen's list. `code` is its safety code, `active` the last step in which it acted."""

    name: str
    user: str
    archive: bool
    code: str
    active: int | None


class ScreenMemberView(TypedDict):
    """One line of a screen's list of devices: `device` is an index of the view's devices.

    `since` is the epoch in which this screen saw it first, and `standing` is that of `client.roster`.
    """

    device: int
    leaf: int
    since: int
    standing: str
    approver: str


class RemedyView(TypedDict):
    """A step of a warning: the name of an action, its label, its leaf, and why it is not possible now ("" if it is)."""

    act: str
    label: str
    leaf: int | None
    reason: str


class AlertView(TypedDict):
    """A warning on a screen now: what happened, what to do, and the steps."""

    kind: str
    what: str
    advice: str
    steps: list[RemedyView]


class WaitingView(TypedDict):
    """A message in the holding pen of a device, and for what it waits."""

    message: int
    reason: str


class ScreenView(TypedDict):
    """The screen of one device. `device` is "" for the only device of a user. `hue` is a number from 0 to 7."""

    id: str
    name: str
    user: str
    device: str
    archive: bool
    hue: int
    lines: list[ScreenLineView]
    situations: list[SituationView]
    members: list[ScreenMemberView]
    alerts: list[AlertView]
    pen: list[WaitingView]


class RoomMessageView(TypedDict):
    """An application message. `then`, `now` and `ever` are the screens whose keys open it, by index.

    `sender` is an index of the screens, null if the device is unknown. `wire` is the message as hexadecimal.
    `outcomes` are the results of trying to read it, each once; `trials` has an index of them for each of `triers`.
    """

    step: int
    epoch: int
    sender: int | None
    text: str
    size: int
    wire: str
    then: list[int]
    now: list[int]
    ever: list[int]
    outcomes: list[TrialView]
    trials: list[int]


class RoomView(TypedDict):
    """A room. `steps` has a sentence for each step of the history.

    `triers` names who tries to read: each screen, the server, and the attacker.
    """

    format: str
    version: int
    title: str
    steps: list[str]
    devices: list[KnownDeviceView]
    screens: list[ScreenView]
    triers: list[str]
    messages: list[RoomMessageView]
