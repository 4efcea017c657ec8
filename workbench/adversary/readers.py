"""Who can read a message with what is on a device: when it was sent, now, and whether a device ever could.

The answer is computed for each device as for an attacker who has taken all that is on it and hears the wire: the
deductive closure of what it held (`knowledge`). So it is about keys and not about screens: a device that has shown a
message has deleted its key, and whoever takes the device now cannot open the message again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from workbench.adversary.group_history import MessageRecord
from workbench.adversary.knowledge import Knowledge
from workbench.adversary.verdict import RecordedHistory
from workbench.inspect.trace_format import HolderId
from workbench.inspect.trace_rules import Fact

NOBODY = frozenset[HolderId]()


@dataclass(frozen=True, slots=True)
class MessageReaders:
    """The devices whose keys open a message: `then` just before it was sent, `now` after the last step, `ever` at any.

    A device is in `ever` if all that it has held at any time, taken together, opens the message. So a device that is
    not there never could read it.
    """

    message: MessageRecord
    then: frozenset[HolderId]
    now: frozenset[HolderId]
    ever: frozenset[HolderId]


def message_readers(
    recorded: RecordedHistory, devices: Sequence[HolderId], earlier: Sequence[MessageReaders] = ()
) -> tuple[MessageReaders, ...]:
    """Who of these devices can read which application message, in the order of the messages.

    `earlier` may give the readers as they were when the history was shorter: a device that could read a message then,
    or ever, can so in the longer history too, because there are only more rules.
    """
    history = recorded.group_history

    @cache
    def known(facts: frozenset[Fact]) -> Knowledge:
        return recorded.deduction_rules.deductive_closure(facts)

    def opens(
        held: Mapping[HolderId, frozenset[Fact]], message: MessageRecord, before: frozenset[HolderId] = NOBODY
    ) -> frozenset[HolderId]:
        others = (device for device in devices if device not in before)
        return before | {device for device in others if message.fact in known(held.get(device, frozenset()))}

    ever = {
        device: frozenset[Fact]().union(*(held.get(device, frozenset()) for held in history.held)) for device in devices
    }
    last = history.held[-1] if history.held else {}
    return tuple(
        MessageReaders(
            message,
            opens(history.held[message.step - 1] if message.step else {}, message, before.then if before else NOBODY),
            opens(last, message),
            opens(ever, message, before.ever if before else NOBODY),
        )
        for message, before in zip_longest(history.messages, earlier)
    )
