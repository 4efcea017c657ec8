"""Make an animated picture of a history: one SVG without a script, for slides and pages.

HISTORY is a file that the playground has saved, or a link of the app in quotes. Each scene is the ratchet tree of one
step, with its sentence. For a reader who has asked for no motion the picture stands still.

Examples:
  workbench clip history.json -o history.svg
  workbench clip history.json --viewer attacker --steps 3-9 -o history.svg
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

_STEPS = re.compile(r"([1-9]\d{0,5})-([1-9]\d{0,5})")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the history, the file, and what is shown."""
    parser.add_argument("history", metavar="HISTORY", help="a file of the playground, or a link of the app")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the file of the clip (default: stdout)")
    parser.add_argument("--viewer", metavar="NAME", help="a member, server or attacker (default: the first member)")
    parser.add_argument("--steps", type=_steps, metavar="FROM-TO", help="the steps that are shown (default: all)")
    parser.add_argument("--seconds", type=_seconds, default=4.0, help="how long each step is shown (%(default)s)")
    parser.epilog = "exit status: 0 when it is made; 2 if the history cannot be read, or the clip cannot be made"


def run(arguments: argparse.Namespace) -> int:
    """Perform the history again, and draw it."""
    from workbench.commands.work import clip as work  # noqa: PLC0415 - `--help` needs none of it

    return work.run(arguments)


def _steps(text: str) -> range:
    found = _STEPS.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise argparse.ArgumentTypeError(f"{text} is not two steps such as 3-9; the first step is 1")
    return range(int(found[1]) - 1, int(found[2]))


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 60:  # noqa: PLR2004 - the words say both
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0.1 to 60")
    return seconds
