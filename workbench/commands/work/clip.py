"""The work of `workbench clip`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from workbench.lab import NotPossible, World
from workbench.lab.shared_history import InvalidHistory, SharedHistory
from workbench.vectors import ProgressBar


def run(arguments: argparse.Namespace) -> int:
    """Perform the history again, and draw it."""
    from widgets.playground.clip import clip  # noqa: PLC0415 # the pictures take a second
    from widgets.shared.still import NotDrawn  # noqa: PLC0415 # as above

    try:
        world = _world(arguments.history)
        made = clip(world, viewer=arguments.viewer, steps=arguments.steps, seconds=arguments.seconds)
        if arguments.output is None:
            print(made)
        else:
            arguments.output.write_text(f"{made}\n", encoding="utf-8")
    except (InvalidHistory, NotPossible, NotDrawn, OSError, ValueError) as problem:
        print(f"workbench clip: {problem}", file=sys.stderr)
        return 2
    return 0


def _world(given: str) -> World:
    """The world of a history in a file, or in the query of a link."""
    text = parse_qs(urlsplit(given).query).get("history", [""])[0] if "history=" in given else ""
    history = SharedHistory.of_text(text) if text else SharedHistory.of_file(Path(given).read_bytes())
    bar = ProgressBar(sys.stderr)
    try:
        world = history.play(advance=lambda done, total: bar.show("actions", done, total))
    finally:
        bar.clear()
    if not world.members:
        raise NotPossible("The history has no group: nobody has created one")
    return world
