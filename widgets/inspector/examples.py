"""Examples for a reader who has no bytes at hand: material that other implementations have made (lesson 15)."""

from __future__ import annotations

import base64
from typing import TypedDict

from workbench.lessons.material import material


class ExampleView(TypedDict):
    """An example: its name, what it is, the text that a reader would paste, and states of members in base64."""

    name: str
    words: str
    text: str
    states: list[str]


def examples() -> list[ExampleView]:
    """The log of a group with a broken rule and a fork, and a log with the state of a device."""
    return [
        {
            "name": "a fork and a broken rule",
            "words": "The server's log of a group of Tess (ts-mls), Rosa (mls-rs) and Frida (rfc9420).",
            "text": material("transcript.jsonl").decode(),
            "states": [],
        },
        {
            "name": "a stolen device",
            "words": "The server's log of a group of Tess (ts-mls), Rosa (mls-rs) and Olaf, and the state of Olaf's "
            "device (OpenMLS), which opens what the others sent.",
            "text": material("conversation.jsonl").decode(),
            "states": [base64.b64encode(material("olaf.openmls")).decode()],
        },
    ]
