"""The messages that a page without Python keeps beside the one that is shown, as far as there is room."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from workbench.views.wire import WireObjectView, WireView

ROOM = 1_500_000
"""The greatest size of these messages together in a page, in characters of JSON."""
ROOM_IN_A_NOTEBOOK = 120_000
"""The same for an output in a notebook, which has several pictures."""
JSON_PER_BYTE = 6
"""At least so many characters of JSON describe a byte: a message that is too large is not even opened."""

REFUSED_AT_MOST = 5
"""When so many messages in a row had no room, the others have none either, and opening each of them would take long."""


class Source(Protocol):
    """Where messages come from: a history (`WireHistory`) or bytes that somebody gave (`WireBytes`)."""

    def view(self) -> WireView:
        """The list of messages and viewers."""

    def object(self, name: str, viewer: str = "") -> WireObjectView:
        """One message as a viewer can open it. Raises KeyError for a message or a viewer that does not exist."""


def further_messages(
    source: Source, viewer: str, but: tuple[str, str] = ("", ""), room: int = ROOM
) -> dict[str, WireObjectView]:
    """Messages by "message viewer", without `but`: first all messages for this viewer, then for the others."""
    found: dict[str, WireObjectView] = {}
    view, refused = source.view(), 0
    for who in (viewer, *(each["id"] for each in view["viewers"] if each["id"] != viewer)):
        for each in view["messages"]:
            if (each["id"], who) == but or JSON_PER_BYTE * each["size"] > room:
                continue
            other = source.object(each["id"], who)
            size = len(json.dumps(other))
            if size > room:
                refused += 1
                if refused == REFUSED_AT_MOST:
                    return found
                continue
            found[f"{each['id']} {who}"] = other
            room -= size
            refused = 0
    return found
