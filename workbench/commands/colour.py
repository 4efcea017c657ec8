"""Colours of words on a terminal. There are none in a pipe or a file, and none if NO_COLOR is set (no-color.org)."""

from __future__ import annotations

import os
import sys
from typing import Literal, TypeAlias

Colour: TypeAlias = Literal["red", "yellow", "green"]

_CODES: dict[Colour, int] = {"red": 31, "yellow": 33, "green": 32}


def painted(text: str, colour: Colour | None) -> str:
    """A text in a colour if standard output is a terminal that shows colours; else the text alone."""
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()
    return text if colour is None or is_plain else f"\x1b[{_CODES[colour]}m{text}\x1b[0m"
