"""The view of what the delivery service knows of a group, as a picture draws it.

It holds nothing but metadata: what the service keeps of each upload, and for each application message the sizes that it
would have under each padding. What padding and delay leave of it is computed where it is drawn.
"""

from __future__ import annotations

from typing import TypedDict

from workbench.adversary.metadata import ServerKnowledge
from workbench.inspect.names import as_name
from workbench.mls import Padme, ToMultiple
from workbench.mls.framing.padding import Padding

FORMAT = "mls-workbench/server-view"
VERSION = 1

PADDINGS: dict[str, Padding] = {"no padding": 0, "Padmé": Padme(), "256 bytes": ToMultiple(256)}
"""The paddings to choose from: none, Padmé, and to the next multiple of 256 bytes."""


class UserView(TypedDict):
    """A user of the group. `since` is the upload after which the user's device receives messages.

    `waiting` counts the messages that the device has not fetched.
    """

    name: str
    since: int
    waiting: int


class UploadView(TypedDict):
    """One upload. `user` is an index of `users`, null if the device is unknown; `invited` are indices too.

    `at` is in seconds since the first upload. `sizes` are bytes, one for each of the view's `paddings`. `readable` is
    what the message says in the clear, nothing if it is encrypted.
    """

    user: int | None
    at: int
    epoch: int
    kind: str
    sizes: list[int]
    readable: str
    invited: list[int]


class ServerView(TypedDict):
    """What the service knows of one group, in the order in which it learned it."""

    format: str
    version: int
    title: str
    paddings: list[str]
    users: list[UserView]
    uploads: list[UploadView]


def server_view(knowledge: ServerKnowledge, title: str = "What the server knows") -> ServerView:
    """The view of what a service knows of a group."""
    since = _first_places(knowledge)
    names = sorted(since, key=lambda name: (since[name], name))
    padded = zip(*(knowledge.sizes(padding) for padding in PADDINGS.values()), strict=True)
    sizes = {row.index: list(of_one) for row, of_one in zip(knowledge.sent, padded, strict=True)}
    start = next((row.at for row in knowledge.rows if row.at is not None), 0)
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": title,
        "paddings": list(PADDINGS),
        "users": [
            {"name": as_name(name), "since": since[name], "waiting": knowledge.waiting.get(name, 0)} for name in names
        ],
        "uploads": [
            {
                "user": names.index(row.user) if row.user else None,
                "at": (row.at or start) - start,
                "epoch": row.epoch,
                "kind": row.kind,
                "sizes": sizes.get(row.index, [row.size] * len(PADDINGS)),
                "readable": row.readable,
                "invited": [names.index(name) for name in row.invited],
            }
            for row in knowledge.rows
        ],
    }


def _first_places(knowledge: ServerKnowledge) -> dict[str, int]:
    """The upload by which the service first knows of each user."""
    places = dict.fromkeys(knowledge.waiting, 0)
    for place, row in reversed([*enumerate(knowledge.rows)]):
        places |= dict.fromkeys((row.user, *row.invited), place)
    places.pop("", None)
    return places
