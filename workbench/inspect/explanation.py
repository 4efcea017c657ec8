"""An explanation: why a member can or cannot process some bytes, and what to do next."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field, fields
from typing import Any

from workbench.inspect import explanation_html
from workbench.inspect.reasons import KINDS, MessageKind
from workbench.mls.errors import MLSError

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of some bytes and of the state that should process them; None and "" stand for "not known".

    `field` and `offset` say where malformed bytes stop decoding. `leaf` and `generation` are the sender's.
    `missing` are references of proposals or of key packages, or names of pre-shared keys.
    """

    error: str = ""
    field: str = ""
    offset: int | None = None
    encoding: str = ""
    content_type: str = ""
    group_id: bytes | None = None
    own_group_id: bytes | None = None
    epoch: int | None = None
    own_epoch: int | None = None
    sender: str = ""
    leaf: int | None = None
    generation: int | None = None
    missing: tuple[str, ...] = ()

    def known(self) -> dict[str, Any]:
        """All known details by name; bytes are in hexadecimal."""
        return {
            each.name: value.hex() if isinstance(value, bytes) else list(value) if isinstance(value, tuple) else value
            for each in fields(self)
            if (value := getattr(self, each.name)) not in (None, "", ())
        }


UNKNOWN = Details()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a member can or cannot process some bytes, and what to do next.

    `section` is a section of RFC 9420, "" if no section applies. `error` is the error of `process`, if there was one.
    """

    kind: MessageKind
    sentence: str
    next_step: str
    section: str = ""
    details: Details = UNKNOWN
    error: MLSError | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.text()

    def text(self) -> str:
        """The explanation for a terminal, 100 columns wide."""
        source = f" (RFC 9420 {self.section})" if self.section else ""
        lines = [f"{self.kind.value}{source}"]
        for words in (self.sentence, f"Next: {self.next_step}"):
            lines += textwrap.wrap(words, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        lines += [f"    {name}: {_plain(value)}" for name, value in self.details.known().items()]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The explanation for programs, ready for `json.dumps`; docs/explain.md describes the keys."""
        return {
            "format": "mls-workbench explanation",
            "version": 1,
            "kind": self.kind.value,
            "sentence": self.sentence,
            "next_step": self.next_step,
            "section": self.section,
            "evidence": KINDS[self.kind].evidence,
            "details": self.details.known(),
        }

    def _repr_html_(self) -> str:
        """The explanation for a notebook."""
        known = {name.replace("_", " "): _plain(value) for name, value in self.details.known().items()}
        return explanation_html.html(
            self.kind.value,
            self.sentence,
            self.next_step,
            self.section,
            KINDS[self.kind].evidence,
            known,
            is_well=self.kind in WELL,
        )


WELL = {MessageKind.PROCESSABLE, MessageKind.KEY_PACKAGE, MessageKind.GROUP_INFO, MessageKind.WELCOME}
"""The kinds that are no problem."""


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
