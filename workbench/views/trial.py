"""What comes of trying to read a message: a device, the server or the attacker tries now, with its bytes.

Nothing is predicted here. A device processes the bytes with the state that it has, the server looks at all that it can
decode, and the attacker has tried with every secret that has leaked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from workbench.inspect.explain import explain
from workbench.inspect.names import counted, device_of
from workbench.inspect.reasons import MessageKind
from workbench.lab import World
from workbench.lab.record import ATTACKER, SERVER
from workbench.mls import ApplicationMessage, MLSMessage, decode, process
from workbench.mls.wire.messages import PrivateMessage


class TrialView(TypedDict):
    """What came of one attempt, and whether it gave the text.

    `error` is the type of the error, `section` that of the RFC, and `advice` says what to do; each is "" if there is
    none.
    """

    opened: bool
    text: str
    said: str
    error: str
    section: str
    advice: str


def trier(who: str) -> str:
    """The name of a device, of the server or of the attacker, as somebody who tries."""
    return {SERVER: "The server", ATTACKER: "The attacker"}.get(who) or device_of(who)


def trial(world: World, who: str, wire: bytes) -> TrialView:
    """Let a device (by its name), the server or the attacker try to read a message now."""
    (own,) = trials(world, (who,), wire)
    return own


def trials(world: World, everybody: Sequence[str], wire: bytes) -> list[TrialView]:
    """Let each of these try to read a message now. The message is decoded once for all."""
    message = decode(MLSMessage, wire)
    return [
        _of_server(message)
        if who == SERVER
        else _of_attacker(world, wire)
        if who == ATTACKER
        else _of_device(world, who, message)
        for who in everybody
    ]


def _of_device(world: World, name: str, message: MLSMessage) -> TrialView:
    own = device_of(name)
    membership = world.devices[name].device_state.groups.get(world.group_id)
    if membership is None:
        return _failed(f"{own} has never had a key of this group.", "NotPossible")
    # An application message needs nothing but the state: no pre-shared key and no commit that waits.
    explained = explain(membership.state, message, now=world.clock.now)
    if explained.kind is MessageKind.PROCESSABLE:
        _, received = process(membership.state, message, now=world.clock.now)
        if isinstance(received, ApplicationMessage):
            text = received.application_data.decode(errors="replace")
            return _opened(text, f"{own} has the key, and decrypts it.")
    error = explained.details.error
    return _failed(explained.sentence, error, explained.section, explained.next_step)


def _of_server(message: MLSMessage) -> TrialView:
    framed = message.message
    if not isinstance(framed, PrivateMessage):
        return _opened("", "The message is not encrypted.")
    size = len(framed.ciphertext)
    seen = f"group {framed.group_id.hex()}, epoch {framed.epoch}, type {framed.content_type.name}"
    said = f"The server decodes the frame: {seen}. The rest is {size} bytes of ciphertext, and it holds no key at all."
    return _failed(said, "", "§6.3")


def _of_attacker(world: World, wire: bytes) -> TrialView:
    heard = world.attacker.heard
    read = next((each for each in world.attacker.reads() if heard[each.index] == wire), None)
    if read is not None:
        return _opened(read.data.decode(errors="replace"), "The attacker has decrypted it.")
    robbed = len({victim for victim, _ in world.attacker.compromised})
    with_what = f"everything from {counted(robbed, 'device')}" if robbed else "no leaked secret"
    said = f"The attacker hears all messages and has {with_what}. It has tried every key, and none opens this message."
    return _failed(said, "", "")


def _opened(text: str, said: str) -> TrialView:
    return {"opened": True, "text": text, "said": said, "error": "", "section": "", "advice": ""}


def _failed(said: str, error: str, section: str = "", advice: str = "") -> TrialView:
    found: TrialView = {
        "opened": False,
        "text": "",
        "said": said,
        "error": error,
        "section": section,
        "advice": advice,
    }
    return found
