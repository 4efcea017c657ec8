"""An explanation: what is the matter with some bytes, in one sentence, and what to do next."""

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
    """What is known of some bytes and of the state that they were held against; None and "" stand for nothing.

    `field` and `offset` are where malformed bytes stopped making sense. `leaf` and `generation` are the sender's.
    `missing` are references of proposals, or names of pre-shared keys.
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
        """Those that are known, bytes in hexadecimal."""
        return {
            each.name: value.hex() if isinstance(value, bytes) else list(value) if isinstance(value, tuple) else value
            for each in fields(self)
            if (value := getattr(self, each.name)) not in (None, "", ())
        }


UNKNOWN = Details()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why bytes cannot be processed, or that they can: `section` is of RFC 9420, "" where it says nothing.

    `error` is what `process` raised, if it came to that.
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
        """For a terminal, 100 columns wide."""
        source = f" (RFC 9420 {self.section})" if self.section else ""
        lines = [f"{self.kind.value}{source}"]
        for words in (self.sentence, f"Next: {self.next_step}"):
            lines += textwrap.wrap(words, WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
        lines += [f"    {name}: {_plain(value)}" for name, value in self.details.known().items()]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """For programs, ready for `json.dumps`; docs/explain.md describes it."""
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
        """For a notebook."""
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
"""Nothing is the matter with these."""


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
